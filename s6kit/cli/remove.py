"""`s6kit remove`: what `new` has written, undone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from s6kit.cli import common, targets
from s6kit.cli.output import emit, paint

if TYPE_CHECKING:
    from s6kit.project.project import Project


def command(
    name: Annotated[str, typer.Argument(help="The service, as s6kit.yaml has it.")],
    force: Annotated[bool, typer.Option("--force", help="Remove edited files, too.")] = False,
    config: common.ConfigFile = None,
    color: common.Color = None,
) -> int:
    """Remove what `new` has written, here and in s6kit.yaml.

    Edited files stay, and the exit code is 1 then.
    """
    from s6kit.cli import steps as printed  # noqa: PLC0415 - what the work needs, once the usage is right
    from s6kit.project.manifest import forget  # noqa: PLC0415
    from s6kit.project.upkeep import changes, remove  # noqa: PLC0415
    from s6kit.write import write  # noqa: PLC0415

    tint = paint(color)
    with targets.project(config, "remove") as project:
        steps = remove(project, name, force)
        manifest = forget(project.file.read_bytes(), name) if name in project.services else None
        write(*changes(project, steps, manifest))
    told = [*printed.listed(project, steps, tint)]
    others = [*_others(project, name, {step.path for step in steps})]
    if others:
        told += ["\n", *(f"{tint('not ours', 'yellow')}  {path}\n" for path in others)]
    emit(told or [f"{name} is no longer in {project.file}\n"])
    return int(printed.is_open(steps))


def _others(project: Project, name: str, mine: set[str]) -> Iterator[str]:
    """What else is left in the service directory."""
    from s6kit.cli.steps import shown  # noqa: PLC0415 - the same
    from s6kit.model import Directory  # noqa: PLC0415
    from s6kit.read import DiskTree  # noqa: PLC0415
    from s6kit.scaffold.files import place  # noqa: PLC0415

    disk = DiskTree(str(project.root.absolute()))
    for path in disk.walk(place(name)):
        if path not in mine and not isinstance(disk.entry(path), Directory):
            yield shown(project.root, path)
