"""`s6kit sync`: the services of the manifest rendered again, what was edited kept."""

from __future__ import annotations

from typing import Annotated

import typer

from s6kit.cli import common, targets
from s6kit.cli.output import emit, paint


def command(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Only these services.", metavar="[NAME]...", show_default=False),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing, say what is out of date, for CI.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing, show what would change.")] = False,
    config: common.ConfigFile = None,
    color: common.Color = None,
) -> int:
    """Render the services of s6kit.yaml again.

    Files that nobody has touched are updated, edited ones merged. Exit code 1: with --check or --diff, that
    something would change; else that something is left to be looked at.
    """
    from s6kit.cli import steps as printed  # noqa: PLC0415 - what the work needs, once the usage is right
    from s6kit.project.mergefile import three_way  # noqa: PLC0415
    from s6kit.project.upkeep import changes, sync  # noqa: PLC0415
    from s6kit.write import write  # noqa: PLC0415

    tint, only = paint(color), check or diff
    with targets.project(config, "sync") as project:
        steps = sync(project, names or (), three_way)
        if not only:
            write(*changes(project, steps))
    told = [*printed.differences(project.root, steps, tint)] if diff else []
    if check or not diff:
        told += printed.listed(project, steps, tint, planned=only)
    pending, is_open = any(step.writes for step in steps), printed.is_open(steps)
    if check and pending:
        told.append("\nout of date: run s6kit sync\n")
    elif not (diff or is_open or pending):
        services = len(project.services)
        told.append(f"{services} service{'' if services == 1 else 's'}, everything up to date\n")
    emit(told)
    return int(is_open or (only and pending))
