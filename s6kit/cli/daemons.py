"""`s6kit daemons`: what is known of the programs that services become."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import typer

from s6kit.cli import common
from s6kit.cli.output import columns, emit, paint
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
    from s6kit.report.daemon import page  # noqa: PLC0415

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
        emit(page(found[0], paint(color), columns(None)))
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


def _list(found: list[dict[str, Any]], tint: Paint) -> Iterator[str]:
    """A line a daemon: its name, what it does when it is started bare, what it is."""
    from s6kit.report.daemon import COLOURS, DOES  # noqa: PLC0415

    widest = max((len(raw["daemon"]) for raw in found), default=0)
    for raw in found:
        does, colour = DOES[raw["bare"]], COLOURS[raw["bare"]]
        yield f"{tint(raw['daemon'].ljust(widest), 'bold')}  {tint(does.ljust(14), colour)}  {raw['title']}\n"
    proven = sum(any(line.get("by") == "probe" for line in raw.get("evidence", ())) for raw in found)
    if found:
        yield f"\n{len(found)} daemons; what each does when it is started without any options.\n"
        yield f"{proven} of them were run to prove it; of the others it is what their manuals say.\n"
