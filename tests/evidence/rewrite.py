"""Knowledge files with fresh evidence: `unproven` and `evidence` are written anew, the rest stays."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ruamel.yaml import YAML

_PLAIN = re.compile(r"[A-Za-z0-9_/$][A-Za-z0-9_./$+@%=~ -]*")
_OTHERWISE = re.compile(
    r"(?i)yes|no|true|false|on|off|null|y|n|[-+.0-9_]+(e[-+0-9]+)?|0x[0-9a-f]+|.* #.*|.*\s"
)

Line = Mapping[str, Any]
"""An evidence line as the schema has it."""


def rewritten(text: str, unproven: Mapping[str, str], evidence: Iterable[Line]) -> str:
    """The knowledge file with these two keys at its end; everything else byte for byte as it was."""
    kept = _without(text, ("unproven", "evidence"))
    added = ""
    if unproven:
        added += "unproven:\n" + "".join(
            f"  {_scalar(key)}: {_scalar(why)}\n" for key, why in unproven.items()
        )
    lines = list(evidence)
    if lines:
        added += "evidence:\n" + "".join(f"  - {_flow(line)}\n" for line in lines)
    return kept.rstrip("\n") + "\n" + added


def _without(text: str, keys: tuple[str, ...]) -> str:
    """The text without these keys of its top mapping."""
    lines = text.splitlines(keepends=True)
    node = YAML(typ="rt").load(text)
    starts = sorted(node.lc.data[key][0] for key in node)
    for key in keys:
        if key in node:
            first = node.lc.data[key][0]
            last = next((start for start in starts if start > first), len(lines))
            lines[first:last] = [""] * (last - first)
    return "".join(lines)


def _flow(line: Line) -> str:
    return "{" + ", ".join(f"{_scalar(key)}: {_value(value)}" for key, value in line.items()) + "}"


def _value(value: Any) -> str:
    return _flow(value) if isinstance(value, Mapping) else _scalar(value)


def _scalar(value: Any) -> str:
    """A word as YAML takes it inside braces, with quotes where it needs them."""
    text = str(value)
    if isinstance(value, int) or (_PLAIN.fullmatch(text) and not _OTHERWISE.fullmatch(text)):
        return text
    return json.dumps(text, ensure_ascii=False)


def ordered(lines: Iterable[Line]) -> Iterator[dict[str, Any]]:
    """Lines with their fields in the order of the schema."""
    order = (
        "package",
        "version",
        "run",
        "config",
        "environment",
        "setup",
        "user",
        "directory",
        "observed",
        "watched",
        "by",
        "note",
    )
    for line in lines:
        found = {key: line[key] for key in order if line.get(key) not in (None, "", {})}
        yield {key: int(value) if key == "watched" else value for key, value in found.items()}
