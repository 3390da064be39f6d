"""One setting of a configuration file."""

from __future__ import annotations

from typing import NamedTuple


class Setting(NamedTuple):
    """`key` set to `value` in `section` (names joined with dots, empty at the top), at these offsets.

    `shown` is how the file says it, where key and value don't tell.
    """

    section: str
    key: str
    value: str
    start: int
    end: int
    shown: str = ""


def unquote(value: str) -> str:
    """`value` without the quotes around it."""
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value
