"""The documents' examples, run for real; `python -m tests.examples` writes their output anew.

A block of ```console holds commands behind `$ ` (further lines behind `> `) and what they print. The
blocks of one document run in one place, in order. What stands between `<!-- NAME -->` and `<!-- /NAME -->`
is made here.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from s6kit.rules import Rule, rules

HOME = Path(__file__).parent.parent
DOCUMENTS = (
    HOME / "README.md",
    HOME / "docs" / "json.md",
    HOME / "docs" / "probe.md",
    HOME / "docs" / "configuration.md",
    HOME / "docs" / "scaffolding.md",
    HOME / "docs" / "manifest.md",
)
_BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
_MADE = re.compile(r"(?<=^<!-- (\w{5}) -->\n).*?(?=^<!-- /\1 -->$)", re.MULTILINE | re.DOTALL)


def fresh(text: str, place: Path) -> str:
    """The document with every output and every made part as it is now; commands run in `place`."""
    shim, here = place / "bin" / "s6kit", place / "here"
    for directory in (shim.parent, here):
        directory.mkdir()
    shim.write_text(f'#!/bin/sh\nexec {sys.executable} -m s6kit "$@"\n')
    shim.chmod(0o755)
    environment = {
        "PATH": f"{shim.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(HOME),
        "COLUMNS": "90",
        "HOME": str(place),
        "LC_ALL": "C.UTF-8",
    }
    text = _MADE.sub(lambda part: MAKERS[part[1]](), text)
    return _BLOCK.sub(lambda block: _played(block[0], here, environment), text)


def _played(block: str, here: Path, environment: Mapping[str, str]) -> str:
    """A block with what its commands print now."""
    played = ""
    for command in re.findall(r"^\$ (.*\n(?:> .*\n)*)", block, re.MULTILINE):
        done = subprocess.run(
            ["bash", "-c", command.replace("\n> ", "\n")],
            cwd=here,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        played += f"$ {command}{done.stdout.decode()}"
    return "\n".join(line.rstrip() for line in played.split("\n"))


def _table() -> str:
    rows = (f"| {rule.code} | {rule.name} | {_severity(rule)} | {rule.summary} |\n" for rule in rules())
    return f"| code | name | severity | what it finds |\n|---|---|---|---|\n{''.join(rows)}"


def _severity(rule: Rule) -> str:
    return rule.severity.value if rule.enabled else f"{rule.severity.value}, off by default"


MAKERS: Mapping[str, Callable[[], str]] = {"rules": _table}


def main() -> None:
    """Write every document anew."""
    for document in DOCUMENTS:
        with tempfile.TemporaryDirectory() as place:
            document.write_text(fresh(document.read_text("utf-8"), Path(place)), "utf-8")


if __name__ == "__main__":
    main()
