"""Containers that were probed once, kept as JSON: `python -m tests.probe.recording IMAGE >FILE`, as root.

    {"rows": [[pid, here, parent, exact, [word, …]], …],   every process that was seen
     "looks": [[seconds, [index of a row, …]], …],          while it was watched
     "stopping": […],                                       the same, after it was asked to end
     "files": {SERVICE: {PATH: [text, executable]}},        at the end of the watch; bytes as Latin-1
     "left": …,                                             the same, after its end
     "inside": {PID: [directory, heeds, [socket, …]]}, …}

Of a long command line its first words are kept: those of execline's programs hold whole scripts. Of looks
that saw the same the first and the last are kept.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from s6kit.model import File
from s6kit.probe.engine import engine
from s6kit.probe.image import watch
from s6kit.probe.record import Inside, Look, Record, Row
from tests.image.engine import LIMITS

PLACE = Path(__file__).with_name("recorded")
WORDS = 8  # of a command line that are kept
_PLAIN = ("image", "begun", "watched", "code", "output", "stop_signal", "asked", "killed")


def load(path: Path) -> Record:
    """The record of a file."""
    data = json.loads(path.read_text("utf-8"))
    rows = [Row(pid, here, parent, tuple(words), exact) for pid, here, parent, exact, words in data["rows"]]

    def looks(key: str) -> tuple[Look, ...]:
        return tuple((seconds, tuple(rows[at] for at in there)) for seconds, there in data[key])

    def files(key: str) -> dict[str, dict[str, File]]:
        return {
            name: {path: File(text.encode("latin-1"), bit) for path, (text, bit) in found.items()}
            for name, found in data[key].items()
        }

    inside = {int(pid): Inside(at, heeds, tuple(lines)) for pid, (at, heeds, lines) in data["inside"].items()}
    return Record(
        **{key: data[key] for key in _PLAIN},
        looks=looks("looks"),
        stopping=looks("stopping"),
        files=files("files"),
        left=files("left"),
        inside=inside,
    )


def dump(record: Record) -> str:
    """A record as text, an entry a line."""
    rows: dict[Row, int] = {}

    def looks(every: Iterable[Look]) -> list[Any]:
        short = ((s, [replace(row, words=row.words[:WORDS]) for row in there]) for s, there in every)
        found = [[seconds, [rows.setdefault(row, len(rows)) for row in there]] for seconds, there in short]
        ends = {0, len(found) - 1}
        same = (
            at not in ends and found[at - 1][1] == found[at][1] == found[at + 1][1]
            for at in range(len(found))
        )
        return [look for look, dull in zip(found, same, strict=True) if not dull]

    def files(every: Mapping[str, Mapping[str, File]]) -> dict[str, Any]:
        return {
            name: {path: [file.data.decode("latin-1"), file.executable] for path, file in found.items()}
            for name, found in every.items()
        }

    data = {key: getattr(record, key) for key in _PLAIN}
    data |= {"looks": looks(record.looks), "stopping": looks(record.stopping)}
    data |= {"files": files(record.files), "left": files(record.left)}
    data["inside"] = {pid: [each.directory, each.heeds, each.listens] for pid, each in record.inside.items()}
    data["rows"] = [[row.pid, row.here, row.parent, row.exact, row.words] for row in rows]
    return "{" + ",\n".join(f"{json.dumps(key)}: {_lines(value)}" for key, value in data.items()) + "}\n"


def _lines(value: Any) -> str:
    if isinstance(value, dict):
        return "{\n" + ",\n".join(f"{json.dumps(str(k))}: {json.dumps(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[\n" + ",\n".join(map(json.dumps, value)) + "]"
    return json.dumps(value)


if __name__ == "__main__":
    told = watch(engine("podman --runtime runc"), sys.argv[1], 3, 10, "none", LIMITS, lambda *_: None)
    sys.stdout.write(dump(told))
