"""All that is known of one daemon, for people: what decides, how it is stopped, and what was run to know it.

It takes the compiled form of a knowledge file (daemons/SCHEMA.md), a painter and a width in columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any

from s6kit.report.paint import Paint

Raw = Mapping[str, Any]
Facts = Iterator[tuple[str, str]]
DOES = {
    "foreground": "stays in front",
    "daemonizes": "forks away",
    "leaves": "ends by itself",
    "unknown": "may do either",
}
COLOURS = {"foreground": "green", "daemonizes": "red", "leaves": "yellow", "unknown": "blue"}
_OPERANDS = {-1: "the first operand", 1: "the first operand"}
_SEEN = {"daemonized": "daemonizes", "exited": "leaves"}
_LABEL, _VERDICT = 13, 16  # columns of a fact's name, and of what a run did


def page(raw: Raw, tint: Paint, width: int) -> Iterator[str]:
    """The lines of the page."""
    yield f"{tint(raw['daemon'], 'bold')}: {raw['title']}\n\n"
    before = ""
    for label, text in _facts(raw):
        lines = wrap(text, max(width - _LABEL, 20), break_on_hyphens=False) or [""]
        for number, line in enumerate(lines):
            shown = label if number == 0 and label != before else ""
            yield f"{tint(shown.ljust(_LABEL), 'cyan')}{line}\n"
        before = label
    yield from _runs(raw.get("evidence", ()), tint, width)


def _facts(raw: Raw) -> Facts:
    yield "programs", ", ".join(raw["programs"])
    yield "by itself", DOES[raw["bare"]]
    yield from _deciding(raw)
    for key in ("remedy", "instead"):
        if key in raw:
            yield "run", raw[key]
    for key, named in (("stop", "signal"), ("reload", "signal"), ("readiness", "how")):
        yield key, _sourced(raw[key], named) if key in raw else "not known"
    if "user" in raw:
        yield "user", _sourced(raw["user"], "name")
    yield from (("note", note) for note in raw.get("notes", ()))
    yield "known from", "; ".join(raw.get("source", ()))
    yield from (("not proven", f"{claim}: {why}") for claim, why in raw.get("unproven", {}).items())


def _sourced(fact: Raw, named: str) -> str:
    """A signal or a name, the command that takes its place, and where that is known from."""
    told = f"{fact[named]}; run {fact['how']}" if named == "signal" and "how" in fact else str(fact[named])
    return f"{told}  ({fact['source']})" if "source" in fact else told


def _deciding(raw: Raw) -> Facts:
    """Everything that makes it stay, fork away or end."""
    yield from _words(raw)
    for name, sub in raw.get("subcommands", {}).items():
        more = "".join(f"; {label} {words}" for label, words in _words(sub))
        yield "subcommand", f"{name}: {DOES[sub['bare']]}{more}"
    for name, variable in raw.get("environment", {}).items():
        yield "variable", f"${name}: {_values(variable['values']) if 'values' in variable else 'more words'}"
    for rule in raw.get("rules", ()):
        yield "rule", _rule(rule)
    for config in raw.get("config", ()):
        yield from _config(config)


def _words(raw: Raw) -> Facts:
    for does, label in (("foreground", "stays with"), ("daemonizes", "forks with"), ("leaves", "ends with")):
        if raw.get(does):
            yield label, _clues(raw[does], ", ")


def _rule(rule: Raw) -> str:
    when = f"with {_clues(rule['when'], ' and ')}" if rule.get("when") else ""
    unless = f"without {_clues(rule['unless'], ' or ')}" if rule.get("unless") else ""
    because = f" ({rule['because']})" if rule.get("because") else ""
    return f"{' '.join(filter(None, (when, unless)))}: {DOES[rule['then']]}{because}"


def _config(config: Raw) -> Facts:
    where = config["file"]
    options = [f"{name} FILE" for name in where.get("options", ())]
    operand = [_OPERANDS.get(where["operand"], f"operand {where['operand']}")] if "operand" in where else []
    inline = [f"{name} TEXT" for name in config.get("inline", ())]
    yield "file", ", ".join([*where.get("default", ()), *options, *operand, *inline])
    for key, known in config["keys"].items():
        name = f"what matches {key}" if config["format"] == "text" else key
        unset = f"; {DOES[known['unset']]} where it is not set" if "unset" in known else ""
        yield "", f"{name}: {_values(known['values'])}{unset}"
    for shipped in config.get("shipped", ()):
        yield "", f"{shipped['file']} as {shipped['package']} brings it: {DOES[shipped['does']]}"


def _values(values: Mapping[str, str]) -> str:
    """What each value does, values that do the same together."""
    by: dict[str, list[str]] = {}
    for value, does in values.items():
        by.setdefault(does, []).append({"*": "anything", "": "nothing"}.get(value, value))
    return ", ".join(f"{DOES[does]} with {'|'.join(each)}" for does, each in by.items())


def _clues(clues: Iterable[Raw], between: str) -> str:
    return between.join(_clue(clue) for clue in clues)


def _clue(clue: Raw) -> str:
    """Words of a command line, and the values that they must have."""
    value = "|".join(clue["values"]) if "values" in clue else clue.get("matches", "")
    return "|".join(clue["names"]) + (f"={value}" if value else "")


def _runs(evidence: Sequence[Raw], tint: Paint, width: int) -> Iterator[str]:
    """What was run, package by package, with what the run needed below it."""
    before = ""
    for line in evidence:
        package = " ".join(str(line[key]) for key in ("package", "version") if key in line)
        if package != before:
            yield f"\nseen with {tint(package or 'no package', 'bold')}\n"
            before = package
        does = _SEEN.get(line["observed"], str(line["observed"]))
        room = max(width - _VERDICT - 2, 20)
        first, *more = wrap(str(line["run"]), room, break_on_hyphens=False) or [""]
        yield f"  {tint(DOES.get(does, does).ljust(_VERDICT), COLOURS.get(does, 'blue'))}{first}\n"
        for text in (*more, *_given(line, room)):
            yield f"  {'':{_VERDICT}}{text}\n"


def _given(line: Raw, room: int) -> Iterator[str]:
    """The files and variables of a run, as far as they fit into one line each."""
    given = [
        *(f"{name}: {' '.join(text.split())}" for name, text in line.get("config", {}).items()),
        *(f"{name}={value}" for name, value in line.get("environment", {}).items()),
        *([f"as {line['user']}"] if "user" in line else []),
        *([str(line["note"])] if "note" in line else []),
    ]
    yield from (text if len(text) <= room else f"{text[: room - 1]}…" for text in given)
