"""The knowledge base as a table: `python -m tests.evidence.document` writes docs/daemons.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from s6kit.daemons.compile import sources

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "daemons.md"
_HEAD = ("daemon", "version", "bare", "stays with", "leaves with", "decided by", "stop", "reload", "evidence")
_SAYS = {"foreground": "stays", "daemonizes": "leaves", "leaves": "ends", "unknown": "?"}
_ABOUT = """\
# Daemons

What becomes of each program under s6, which watches one pid: *stays* (that pid goes on), *leaves* (it forks
away and s6 starts another), *ends* (it does a job). `s6kit daemons NAME` tells all of it, with each run.

{proven} of {all} daemons were run for this table, on Debian 12, {runs} runs in all; the version is that of
the package. Where evidence is "-", it is what manuals say, and `s6kit daemons NAME` says which. What stays
was watched for 35 seconds. `make evidence` runs all of it again. This page is made from the files of
`s6kit/daemons/known`.

Under *stop* is the signal for a graceful stop, under *reload* the one on which it reads its configuration
anew: *none* where no signal does, or the command that does in its place; "-" where that is not known.

"""


def document(raws: Iterable[Mapping[str, Any]]) -> str:
    """The page, from the compiled forms of all knowledge files."""
    raws = list(raws)
    runs = [sum(line.get("by") == "probe" for line in raw.get("evidence", ())) for raw in raws]
    about = _ABOUT.format(all=len(raws), proven=sum(map(bool, runs)), runs=sum(runs))
    rows = [_HEAD, ("---",) * len(_HEAD), *(_row(raw, count) for raw, count in zip(raws, runs, strict=True))]
    return about + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(raw: Mapping[str, Any], runs: int) -> tuple[str, ...]:
    versions = {line["version"]: None for line in raw.get("evidence", ()) if "version" in line}
    return (
        raw["daemon"],
        next(iter(versions), "-"),
        _SAYS[raw["bare"]],
        _words(raw, "foreground"),
        _words(raw, "daemonizes"),
        ", ".join(_deciding(raw)) or "nothing",
        raw.get("stop", {}).get("signal", "-"),
        _reload(raw.get("reload", {})),
        f"{runs} runs" if runs > 1 else "1 run" if runs else "-",
    )


def _reload(told: Mapping[str, str]) -> str:
    """The signal, the command where no signal does it, "none", or "-" where nothing is known."""
    signal = told.get("signal", "-")
    return f"`{_cell(told['how'])}`" if signal == "none" and "how" in told else signal


def _words(raw: Mapping[str, Any], does: str) -> str:
    """The words, variables and settings that have this effect."""
    found = [_clue(clue) for clue in raw.get(does, ())]
    for name, sub in raw.get("subcommands", {}).items():
        found += [name] if sub["bare"] == does else []
        found += [f"{name} {_clue(clue)}" for clue in sub.get(does, ())]
    for name, variable in raw.get("environment", {}).items():
        found += [f"{name}={value}" for value, then in variable.get("values", {}).items() if then == does]
    for config in raw.get("config", ()):
        for key, known in config["keys"].items():
            value = next((value for value, then in known["values"].items() if then == does), None)
            found += (
                [f"{key} {value}".strip() if config["format"] != "text" else "a setting"]
                if value is not None
                else []
            )
    return ", ".join(f"`{_cell(word)}`" for word in dict.fromkeys(found)) or "-"


def _clue(clue: Mapping[str, Any]) -> str:
    value = clue["values"][0] if "values" in clue else "…" if "matches" in clue else ""
    return f"{clue['names'][0]}={value}" if value else str(clue["names"][0])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _deciding(raw: Mapping[str, Any]) -> Iterator[str]:
    """The kinds of things that decide."""
    if any(raw.get(key) for key in ("foreground", "daemonizes", "rules")):
        yield "words"
    if raw.get("subcommands"):
        yield "subcommand"
    if raw.get("environment"):
        yield "environment"
    if raw.get("config"):
        yield "file"


if __name__ == "__main__":
    DOCUMENT.write_text(document(sources()), "utf-8")
