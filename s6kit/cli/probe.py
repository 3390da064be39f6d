"""`s6kit probe`: services are run and watched; what is seen, and what is to be said of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from s6kit.cli import common, probing, targets
from s6kit.cli.live import Live
from s6kit.cli.output import columns, console, emit, paint
from s6kit.errors import Fatal
from s6kit.report.escape import safe

if TYPE_CHECKING:
    from s6kit.observation import Observation
    from s6kit.report import Item


def command(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Service directories; with --root or --image: names of services.",
            metavar="[TARGET]...",
            show_default=False,
        ),
    ] = None,
    root: Annotated[
        str | None, typer.Option("--root", help="Run them in this complete root.", metavar="DIRECTORY")
    ] = None,
    image: Annotated[
        str | None, typer.Option("--image", help="Run this image, with its own init.", metavar="IMAGE")
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            "--engine",
            help="podman or docker, with options of its own; else the first found.",
            metavar="COMMAND",
        ),
    ] = None,
    engine_option: Annotated[
        list[str] | None,
        typer.Option(
            "--engine-option", help="For the engine's run: '--ulimit nofile=1024'.", metavar="OPTION"
        ),
    ] = None,
    settle: Annotated[
        str, typer.Option("--settle", help="Seconds to watch each service.", metavar="SECONDS")
    ] = "3",
    timeout: Annotated[
        str,
        typer.Option(
            "--timeout",
            help="Seconds to wait after that, for readiness or a late start, and for the stop.",
            metavar="SECONDS",
        ),
    ] = "10",
    net: Annotated[
        Literal["none", "host", "private"],
        typer.Option("--net", help="No network, the machine's, or one of its own with loopback only."),
    ] = "private",
    format_: common.Format = "text",
    output: common.Output = None,
    select: common.Select = None,
    ignore: common.Ignore = None,
    failure_threshold: common.Threshold = "warning",
    config: common.ConfigFile = None,
    isolated: common.Isolated = False,
    color: common.Color = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No live view, no summary.")] = False,
) -> int:
    """Run services as their supervisor would, watch what becomes of them, and stop them again.

    A service directory is run on this machine, apart from its other processes, or inside its root if that is
    complete. Nothing of it outlives the command.
    """
    from s6kit.cli.lint import place  # noqa: PLC0415
    from s6kit.diagnostics import Severity  # noqa: PLC0415 - what the work needs, once the usage is right
    from s6kit.probe.plan import Terms  # noqa: PLC0415

    if root is not None and image is not None:
        raise Fatal("unable to use --root and --image together: each says where services are run")
    told = targets.options(select, ignore, None)
    terms = Terms(
        probing.seconds(settle, "--settle"), probing.seconds(timeout, "--timeout"), net, dict(os.environ)
    )
    observations: list[Observation] = []
    items: list[Item] = []
    with Live(format_ == "text" and output is None and not quiet) as live:
        if image is not None:
            sight = probing.image(image, names or [], terms, engine, engine_option or [], live.heard)
            seen = [probing.seen_in(image, sight, (config, isolated), told)]
        else:
            found = probing.parts(names or [], root, (config, isolated), told)
            wanted = [(part.root, part.services) for part in found]
            seen = list(zip(found, probing.run(wanted, terms, live.heard), strict=True))
    for part, of in seen:
        observations += of.values()
        items += probing.judged(part, of)
    observations.sort(key=lambda each: each.path)
    items.sort(key=place)
    emit(_told(format_, observations, items, color, output, quiet), output)
    least = Severity(failure_threshold).rank
    return int(any(item.diagnostic.severity.rank >= least for item in items))


def _told(
    format_: str,
    observations: Sequence[Observation],
    items: Sequence[Item],
    color: bool | None,
    output: str | None,
    quiet: bool,
) -> Iterator[str]:
    """What was seen, then what there is to say of it."""
    from s6kit.report import Report, renderer  # noqa: PLC0415
    from s6kit.report.observations import as_json, lines  # noqa: PLC0415

    if format_ == "json":
        yield from as_json(observations, items)
        return
    yield from lines(observations) if format_ == "concise" else _table(observations, color, output)
    report = Report(tuple(items), sum(bool(each.service) for each in observations), quiet=quiet)
    yield from renderer(format_)(report, paint(color, output), columns(output))


def _table(observations: Sequence[Observation], color: bool | None, output: str | None) -> Iterator[str]:
    """A row a service: what it became, and what it did."""
    from rich import box  # noqa: PLC0415 - for those who see a table
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from s6kit.report import observations as report  # noqa: PLC0415

    screen = console(color, output)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", show_lines=False)
    table.add_column("service", overflow="fold", ratio=3)
    table.add_column("became", overflow="fold", ratio=5)
    table.add_column("seen", overflow="fold", ratio=6)
    for seen in observations:
        name = Text.assemble((safe(seen.service or seen.path), "bold"))
        facts = "".join(f"\n{fact}" for fact in report.facts(seen))
        told = Text.assemble((report.outcome(seen), report.COLOURS[seen.outcome]), facts)
        table.add_row(name, Text(report.command(seen)), told)
    with screen.capture() as caught:
        screen.print(table)
    yield "\n".join(line.rstrip() for line in caught.get().split("\n"))
