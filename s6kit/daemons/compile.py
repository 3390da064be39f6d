"""Compile the knowledge files: `python -m s6kit.daemons.compile` writes registry.txt and compiled.jsonl."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from s6kit.daemons.knowledge import COMPILED, REGISTRY
from s6kit.daemons.load import load_file
from s6kit.errors import Fatal, KnowledgeError

KNOWN = Path(__file__).parent / "known"


def sources(directory: Path = KNOWN) -> list[dict[str, Any]]:
    """Every knowledge file in `directory`, checked, sorted by name."""
    found = []
    for path in sorted(directory.glob("*.yaml"), key=lambda path: path.stem):
        raw = load_file(path, path.name)
        if raw["daemon"] != path.stem:
            raise KnowledgeError(
                f"unable to read knowledge file {path.name}:1:1: its daemon is called {raw['daemon']}"
            )
        found.append(raw)
    return found


def compiled(raws: Iterable[Mapping[str, Any]]) -> str:
    """One line of JSON a daemon, its name first; how its evidence is made stays in the file."""
    kept = ({key: value for key, value in raw.items() if key != "trial"} for raw in raws)
    lines = (json.dumps({"daemon": raw["daemon"], **raw}, ensure_ascii=True) for raw in kept)
    return "".join(f"{line}\n" for line in lines)


def registry(raws: Iterable[Mapping[str, Any]]) -> str:
    """One line a program: its name, a tab, the daemons it may be."""
    programs: dict[str, list[str]] = {}
    for raw in raws:
        for program in raw["programs"]:
            programs.setdefault(program, []).append(raw["daemon"])
    return "".join(f"{program}\t{' '.join(sorted(names))}\n" for program, names in sorted(programs.items()))


def main() -> int:
    """Write both files."""
    try:
        raws = sources()
    except Fatal as error:
        print(f"s6kit: fatal: {error}", file=sys.stderr)
        return 2
    COMPILED.write_text(compiled(raws), "ascii")
    REGISTRY.write_text(registry(raws), "utf-8")
    print(f"{len(raws)} daemons")
    return 0


if __name__ == "__main__":
    sys.exit(main())
