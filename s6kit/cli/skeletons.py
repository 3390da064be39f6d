"""`s6kit skeletons`: what `new` can make, and what that reads when it starts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from s6kit.cli import common, targets
from s6kit.cli.output import emit, paint

if TYPE_CHECKING:
    from s6kit.report.paint import Paint
    from s6kit.scaffold.skeleton import Skeleton


def command(
    name: Annotated[str | None, typer.Argument(help="A skeleton; without one: the list.")] = None,
    format_: Annotated[Literal["text", "json"], typer.Option("--format", help="How to tell it.")] = "text",
    config: common.ConfigFile = None,
    isolated: common.Isolated = False,
    color: common.Color = None,
) -> int:
    """List the skeletons with their variables and links, or show the page of one."""
    from s6kit.report.pages import painted  # noqa: PLC0415 - what the work needs, once the usage is right
    from s6kit.scaffold.files import owned  # noqa: PLC0415
    from s6kit.scaffold.page import page  # noqa: PLC0415
    from s6kit.scaffold.skeleton import home, load, names  # noqa: PLC0415

    places = (*targets.configuration(config, isolated).skeletons, home())
    chosen = names(*places) if name is None else (_known(name, names(*places)),)
    found = [load(places, each) for each in chosen]
    if format_ == "json":
        plain = [_plain(owned(each, each.name)) for each in found]
        emit([json.dumps({"version": 1, "skeletons": plain}, indent=1), "\n"])
    elif name is None:
        emit(line for each in found for line in _listed(owned(each, each.name), paint(color)))
    else:
        emit(painted(page(found[0]), paint(color)))
    return 0


def _known(name: str, known: tuple[str, ...]) -> str:
    from s6kit.errors import Fatal  # noqa: PLC0415
    from s6kit.scaffold.files import nearest  # noqa: PLC0415

    if name not in known:
        near = ", ".join(nearest(name, known))
        raise Fatal(f"unable to show {name!a}: no skeleton is called that; the nearest are {near}")
    return name


def _listed(skeleton: Skeleton, tint: Paint) -> Iterator[str]:
    """The name and the title, then the variables and the links, in lines of 100 columns at most."""
    from textwrap import wrap  # noqa: PLC0415

    yield f"{tint(skeleton.name, 'bold')}: {skeleton.title}\n"
    for title, words in (("variables", skeleton.variables), ("links", skeleton.links)):
        for number, line in enumerate(wrap(", ".join(words), 86)):
            yield f"  {title if number == 0 else '':9}  {tint(line, 'cyan')}\n"


def _plain(skeleton: Skeleton) -> dict[str, Any]:
    found = asdict(skeleton)
    return {
        key: sorted(value) if isinstance(value, frozenset) else value
        for key, value in found.items()
        if key not in ("files", "test", "executable", "symlinks")
    }
