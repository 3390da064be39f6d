"""`s6kit image init`: the starting point of an image repository."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from s6kit.cli import common
from s6kit.cli.output import emit, paint
from s6kit.cli.words import Command, Group

if TYPE_CHECKING:
    from s6kit.model import DictTree

app = typer.Typer(
    cls=Group, rich_markup_mode=None, no_args_is_help=True, help="Begin the repository of an image."
)


@app.command("init", cls=Command)
def init(
    directory: Annotated[str, typer.Argument(help="Where the repository is, or will be.")] = ".",
    base: Annotated[
        str | None, typer.Option(help="The address of the base image.", metavar="IMAGE", show_default=False)
    ] = None,
    color: common.Color = None,
) -> int:
    """Write Dockerfile, rootfs/ with one service, s6kit.yaml, hooks, a CI workflow and a README.

    Nothing that is there already is touched: if one of these files exists, none is written.
    """
    from s6kit.cli import scaffolded  # noqa: PLC0415 - what the work needs, once the usage is right
    from s6kit.project.starting import BASE, shown, starting_point  # noqa: PLC0415
    from s6kit.scaffold.options import options  # noqa: PLC0415
    from s6kit.scaffold.render import Workshop, render  # noqa: PLC0415
    from s6kit.write import Change, write  # noqa: PLC0415

    where = Path(directory)
    _usable(where)
    asked = options("app", {"command": ["sleep", "infinity"]})
    service = render(asked, Workshop(where / "rootfs")).tree
    tree = starting_point(BASE if base is None else base, asked, service)
    _free(where, tree)
    write(Change(where, tree))
    tint = paint(color)
    emit(scaffolded.tree(where, shown(tree), tint))
    steps = [
        ("add a service", "s6kit new nginx"),
        ("check", "s6kit lint && s6kit sync --check"),
        ("build", "docker build --tag image ."),
        ("prove", "s6kit probe --image image"),
    ]
    emit(
        [
            "\n" + tint("Next", "bold") + "\n",
            *(f"  {what.ljust(13)}  {tint(how, 'cyan')}\n" for what, how in steps),
        ]
    )
    return 0


def _usable(where: Path) -> None:
    """Fatal where no directory is, or can be made."""
    from s6kit.errors import Fatal  # noqa: PLC0415

    if not (where if where.exists() else where.absolute().parent).is_dir():
        raise Fatal(f"unable to write into {where}: no such directory")


def _free(where: Path, tree: DictTree) -> None:
    """Fatal where anything that would be written is there already."""
    from s6kit.errors import Fatal  # noqa: PLC0415
    from s6kit.model import Directory  # noqa: PLC0415

    for path, entry in sorted(tree.entries.items()):
        target = where / path
        if not isinstance(entry, Directory) and (target.exists() or target.is_symlink()):
            raise Fatal(f"unable to begin an image in {where}: {target} is there already")
