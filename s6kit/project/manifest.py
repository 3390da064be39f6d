"""The services that s6kit.yaml records, as text: put in and taken out, the rest of the file as it was.

services:
  web:
    skeleton: nginx
    link: [mysql]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from s6kit.errors import Fatal
from s6kit.project import yamledit

SERVICES = "services"


def record(data: bytes, name: str, values: Mapping[str, Any]) -> bytes:
    """The file's bytes with the service in it, a new one behind the others; `values` by options' long names.

    Fatal where the file is written in a way that does not allow it.
    """
    try:
        text = data.decode("utf-8")
        there = ((yamledit.read(text) or {}).get(SERVICES) or {}).get(name)
        if not there:
            return yamledit.put(text, (SERVICES, name), dict(values)).encode("utf-8")
        for key, value in values.items():
            if there.get(key) != value:
                text = yamledit.put(text, (SERVICES, name, key), value)
        for key in there.keys() - values.keys():
            text = yamledit.take(text, (SERVICES, name, key), prune=False)
        return text.encode("utf-8")
    except (ValueError, AttributeError) as error:
        raise Fatal(f"unable to record {name} in s6kit.yaml: {_reason(error)}") from None


def forget(data: bytes, name: str) -> bytes:
    """The file's bytes without the service; comments above and below it stay. Fatal as for `record`."""
    try:
        return yamledit.take(data.decode("utf-8"), (SERVICES, name)).encode("utf-8")
    except (ValueError, KeyError, TypeError) as error:
        raise Fatal(f"unable to take {name} out of s6kit.yaml: {_reason(error)}") from None


def named(data: bytes, root: str) -> bytes:
    """The file's bytes, naming a root if they name none. Fatal as for `record`."""
    try:
        text = data.decode("utf-8")
        there = "root" in (yamledit.read(text) or {})
        return data if there else yamledit.put(text, ("root",), root).encode("utf-8")
    except ValueError as error:
        raise Fatal(f"unable to record the root in s6kit.yaml: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "there is text in it that is not UTF-8"
    return f"{error}; edit the file by hand"
