"""`s6kit show`: the picture of every service."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from s6kit.cli import common, targets
from s6kit.cli.output import columns, console, emit
from s6kit.dataclass import replace
from s6kit.report.escape import safe

if TYPE_CHECKING:
    from rich.table import Table

    from s6kit.picture import Row

WIDE = 130  # columns from which every fact has a column of its own
_COLOURS = {"foreground": "green", "daemonizes": "red", "unknown": "yellow"}


def command(
    paths: common.Paths = None,
    format_: Annotated[Literal["text", "json"], typer.Option("--format", help="How to tell it.")] = "text",
    config: common.ConfigFile = None,
    isolated: common.Isolated = False,
    color: common.Color = None,
) -> int:
    """Show what every service becomes: the command on each path, and whether it stays supervised."""
    rows = list(_rows(paths or [], config, isolated))
    if format_ == "json":
        emit([json.dumps({"version": 1, "services": [_plain(row) for row in rows]}, indent=1), "\n"])
        return 0
    screen = console(color)
    with screen.capture() as caught:
        screen.print(_table(rows, columns() >= WIDE))
    emit("\n".join(line.rstrip() for line in caught.get().split("\n")))
    return 0


def _rows(paths: Sequence[str], config: str | None, isolated: bool) -> Iterator[Row]:
    """A row a service, init scripts left out, sorted by path."""
    from s6kit.picture import rows  # noqa: PLC0415 - what the work needs, once the usage is right

    found = [
        row
        for target in targets.targets(paths, config, isolated)
        for root in targets.roots(target, target.config.exclude)
        for row in rows(root, targets.analysis(root, target.config))
    ]
    yield from sorted(found, key=lambda row: row.path)


def _table(rows: Sequence[Row], wide: bool) -> Table:
    """A row a path of each service; narrow, what belongs together shares a column."""
    from rich import box  # noqa: PLC0415 - for those who see a table
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", show_lines=False)
    if wide:
        table.add_column("service", overflow="fold", ratio=3)
        table.add_column("layout", no_wrap=True)
        table.add_column("becomes", overflow="fold", ratio=6)
        table.add_column("stays?", no_wrap=True)
        table.add_column("because", overflow="fold", ratio=6)
        for name in ("user", "finish", "log", "ready"):
            table.add_column(name, overflow="fold", ratio=2)
    else:
        table.add_column("service", overflow="fold", ratio=3)
        table.add_column("becomes", overflow="fold", ratio=5)
        table.add_column("stays?", overflow="fold", ratio=5)
    named = Counter(row.name for row in rows)
    for row in rows:
        told = replace(row, name=row.path) if named[row.name] > 1 else row  # which of them it is
        for cells in _wide(told) if wide else _narrow(told):
            table.add_row(*cells)
    return table


def _wide(row: Row) -> Iterator[list[Any]]:
    from rich.text import Text  # noqa: PLC0415

    from s6kit.picture import brief  # noqa: PLC0415

    for at, path in enumerate(brief(row.outcomes) or [None]):
        first = at == 0
        head = [Text(safe(row.name) if first else "", "bold"), Text(row.layout if first else "")]
        tail = [row.finish, row.log, row.ready] if first else ["", "", ""]
        if path is None:
            yield [*head, Text(row.absent), Text(""), Text(""), Text(""), *map(Text, tail)]
            continue
        verdict = Text(path.verdict or "-", _COLOURS.get(path.verdict or "", ""))
        yield [
            *head,
            Text(path.shown),
            verdict,
            Text(safe(path.because)),
            Text(path.user or "-"),
            *map(Text, tail),
        ]


def _narrow(row: Row) -> Iterator[list[Any]]:
    from rich.text import Text  # noqa: PLC0415

    from s6kit.picture import brief  # noqa: PLC0415

    facts = {"user": row.user, "finish": row.finish, "log": row.log, "ready": row.ready}
    below = "".join(f"\n{name} {value}" for name, value in facts.items() if value and value != "-")
    for at, path in enumerate(brief(row.outcomes) or [None]):
        name = Text.assemble((safe(row.name), "bold"), f"\n{row.layout}{below}") if at == 0 else Text("")
        if path is None:
            yield [name, Text(row.absent), Text("")]
            continue
        verdict = (path.verdict or "-", _COLOURS.get(path.verdict or "", ""))
        yield [
            name,
            Text(path.shown),
            Text.assemble(verdict, f"\n{safe(path.because)}" if path.because else ""),
        ]


def _plain(row: Row) -> dict[str, Any]:
    """A service in JSON: see docs of `s6kit.picture.Row`."""
    from s6kit.report.escape import bytes_shown  # noqa: PLC0415

    return {
        "name": bytes_shown(row.name),
        "path": bytes_shown(row.path),
        "layout": row.layout,
        "kind": row.kind,
        "user": row.user,
        "outcomes": [
            {
                "kind": path.kind,
                "command": [None if word is None else bytes_shown(word) for word in path.command],
                "line": path.line,
                "verdict": path.verdict,
                "because": bytes_shown(path.because),
            }
            for path in row.outcomes
        ],
    }
