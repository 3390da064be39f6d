"""`s6kit daemons`: what is known of the programs that services become."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import typer

from s6kit.cli import common
from s6kit.cli.output import emit, paint
from s6kit.report.escape import safe
from s6kit.report.paint import Paint

LEARN = "learn"


def command(
    name: Annotated[
        str | None,
        typer.Argument(help="A daemon, or one of its programs; without one: the list.", metavar="NAME"),
    ] = None,
    words: Annotated[
        list[str] | None,
        typer.Argument(help="With learn: the command to run.", metavar="-- COMMAND", show_default=False),
    ] = None,
    format_: Annotated[Literal["text", "json"], typer.Option("--format", help="How to tell it.")] = "text",
    settle: Annotated[
        str, typer.Option("--settle", help="With learn: watch for so long.", metavar="SECONDS")
    ] = "5",
    color: common.Color = None,
) -> int:
    """List the daemons that s6kit knows, tell all that is known of one, or learn one.

    `s6kit daemons learn -- COMMAND...` runs a program of your own, bare and with those words of its --help
    that seem to decide, and prints a knowledge file for lint.daemons in s6kit.yaml.
    """
    from s6kit.daemons.knowledge import describe, names  # noqa: PLC0415 - once the usage is right
    from s6kit.errors import Fatal  # noqa: PLC0415

    if name == LEARN:
        from s6kit.cli.learn import learn  # noqa: PLC0415 - brings the probe along
        from s6kit.cli.probing import seconds  # noqa: PLC0415

        emit([learn(words or (), seconds(settle, "--settle"))])
        return 0
    if words:
        raise Fatal(f"unable to use {safe(words[0])}: one daemon at a time")
    found = [describe(each) or {} for each in names()] if name is None else [_find(name)]
    if format_ == "json":
        emit([json.dumps({"version": 1, "daemons": found}, indent=1), "\n"])
    elif name is None:
        emit(_list(found, paint(color)))
    else:
        emit(_all(found[0], paint(color)))
    return 0


def _find(name: str) -> dict[str, Any]:
    from s6kit.daemons.knowledge import describe, shipped  # noqa: PLC0415
    from s6kit.errors import Fatal  # noqa: PLC0415

    found = describe(name)
    if found is not None:
        return found
    from difflib import get_close_matches  # noqa: PLC0415 - only for an error

    near = get_close_matches(name, [*shipped().names(), *shipped().programs], 3, 0.6)
    hint = f"; did you mean {' or '.join(dict.fromkeys(near))}?" if near else "; `s6kit daemons` lists them"
    raise Fatal(f"unable to describe {safe(name)}: nothing is known of it{hint}")


_BARE = {
    "foreground": ("stays in front", "green"),
    "daemonizes": ("forks away", "red"),
    "leaves": ("ends by itself", "yellow"),
}


def _list(found: list[dict[str, Any]], tint: Paint) -> Iterator[str]:
    """A line a daemon: its name, what it does when it is started bare, what it is."""
    widest = max((len(raw["daemon"]) for raw in found), default=0)
    for raw in found:
        does, colour = _BARE.get(raw["bare"], ("not known", "blue"))
        yield f"{tint(raw['daemon'].ljust(widest), 'bold')}  {tint(does.ljust(14), colour)}  {raw['title']}\n"
    proven = sum(any(line.get("by") == "probe" for line in raw.get("evidence", ())) for raw in found)
    if found:
        yield f"\n{len(found)} daemons; what each does when it is started without any options.\n"
        yield f"{proven} of them were run to prove it; of the others it is what their manuals say.\n"


def _all(raw: dict[str, Any], tint: Paint) -> Iterator[str]:
    yield f"{tint(raw['daemon'], 'bold')}: {raw['title']}\n"
    for key, value in raw.items():
        if key not in ("daemon", "title", "options"):  # options: how its words are taken apart
            yield from _told(key, value, tint, "")


def _told(key: str, value: Any, tint: Paint, indent: str) -> Iterator[str]:
    """A key and its value, nested ones below it."""
    label = f"{indent}{tint(key.replace('_', ' '), 'cyan')}:"
    if isinstance(value, dict):
        yield f"{label}\n"
        for inner, item in value.items():
            yield from _told(str(inner) or "(nothing)", item, tint, indent + "  ")
    elif isinstance(value, list) and value and all(_is_clue(item) for item in value):
        yield f"{label} {', '.join(_clue(item) for item in value)}\n"
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        yield f"{label}\n"
        for item in value:
            yield from _item(item, tint, indent + "  ")
    elif isinstance(value, list):
        yield f"{label} {', '.join(str(item) for item in value)}\n"
    else:
        yield f"{label} {value}\n"


def _is_clue(item: Any) -> bool:
    return isinstance(item, dict) and "names" in item and item.keys() <= {"names", "values", "matches"}


def _clue(item: dict[str, Any]) -> str:
    """Words of a command line, and the values that they must have."""
    value = "|".join(item["values"]) if "values" in item else item.get("matches", "")
    return "|".join(item["names"]) + (f"={value}" if value else "")


def _item(item: Any, tint: Paint, indent: str) -> Iterator[str]:
    """One entry of a list, its first line marked."""
    if not isinstance(item, dict):
        yield f"{indent}- {item}\n"
        return
    lines = [line for key, value in item.items() for line in _told(str(key), value, tint, indent + "  ")]
    if lines:
        yield f"{indent}- {lines[0][len(indent) + 2 :]}"
        yield from lines[1:]
