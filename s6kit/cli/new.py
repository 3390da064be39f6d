"""`s6kit new`: a service directory from a skeleton, linted before it is written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from s6kit.cli import common, targets
from s6kit.cli.output import emit, paint

if TYPE_CHECKING:
    from s6kit.config import Config
    from s6kit.project.project import Project
    from s6kit.report.paint import Paint
    from s6kit.scaffold.options import Options
    from s6kit.scaffold.render import Rendered

Words = list[str] | None


def command(
    name: Annotated[
        str, typer.Argument(help="The service; also the skeleton, if there is one of that name.")
    ],
    words: Annotated[
        Words,
        typer.Argument(
            help="The command to become, behind --.", metavar="[-- COMMAND...]", show_default=False
        ),
    ] = None,
    skeleton: Annotated[
        str | None, typer.Option(help="The skeleton to use instead.", metavar="SKELETON")
    ] = None,
    root: Annotated[
        str | None,
        typer.Option(help="Where `/` of the image is; default as for lint.", metavar="DIRECTORY"),
    ] = None,
    user: Annotated[str | None, typer.Option(help="Run the daemon as this user.", metavar="USER")] = None,
    link: Annotated[
        Words, typer.Option(help="Find this service at start: LINK_HOST, LINK_PORT.", metavar="LINK[:PORT]")
    ] = None,
    ssl: Annotated[bool, typer.Option("--ssl", help="Take cert, key and ca from /private/ssl.")] = False,
    ssh: Annotated[bool, typer.Option("--ssh", help="Take authorized_keys from /private/ssh.")] = False,
    env: Annotated[Words, typer.Option(help="A variable that may be set.", metavar="NAME[=DEFAULT]")] = None,
    require: Annotated[Words, typer.Option(help="A variable that has to be set.", metavar="NAME")] = None,
    template: Annotated[
        Words, typer.Option(help="A file written at each start, ${NAME} filled in.", metavar="SOURCE:TARGET")
    ] = None,
    needs: Annotated[
        Words, typer.Option(help="Wait for this service to be ready, or up.", metavar="SERVICE")
    ] = None,
    log: Annotated[bool, typer.Option("--log", help="Keep what it writes, by a log/ with s6-log.")] = False,
    notify_fd: Annotated[
        str | None, typer.Option(help="It says that it is ready on this descriptor.", metavar="N")
    ] = None,
    essential: Annotated[
        bool, typer.Option("--essential", help="The container stops when it dies, with its exit code.")
    ] = False,
    max_restarts: Annotated[
        str | None, typer.Option(help="Give up after so many deaths in a minute.", metavar="N")
    ] = None,
    stop_signal: Annotated[
        str | None, typer.Option(help="The signal that stops it; default TERM.", metavar="SIGNAL")
    ] = None,
    stop_timeout: Annotated[
        str | None, typer.Option(help="Kill it if it has not stopped by then.", metavar="MILLISECONDS")
    ] = None,
    down: Annotated[bool, typer.Option("--down", help="Do not start it by itself.")] = False,
    setup: Annotated[bool, typer.Option("--setup/--no-setup", help="Whether there is a setup.")] = True,
    shell: Annotated[Literal["sh", "execline"], typer.Option(help="The language of run.")] = "sh",
    set_: Annotated[
        Words,
        typer.Option("--set", help="Another default for a variable of the skeleton.", metavar="NAME=VALUE"),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the tree and the files, write nothing.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what would change with --force, write nothing.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the files of a service that is there.")
    ] = False,
    config: common.ConfigFile = None,
    isolated: common.Isolated = False,
    color: common.Color = None,
) -> int:
    """Write etc/s6/NAME with run, finish and setup, and what else is asked for.

    `s6kit skeletons` lists the skeletons; any other service is given a command:
    s6kit new web -- /opt/web --port 80
    """
    from s6kit.cli import scaffolded  # noqa: PLC0415 - what the work needs, once the usage is right
    from s6kit.project.project import Project  # noqa: PLC0415
    from s6kit.scaffold.files import place  # noqa: PLC0415
    from s6kit.scaffold.options import options  # noqa: PLC0415
    from s6kit.scaffold.render import render  # noqa: PLC0415
    from s6kit.write import check  # noqa: PLC0415

    told = {
        "command": words,
        "skeleton": skeleton,
        "user": user,
        "link": link,
        "ssl": ssl,
        "ssh": ssh,
        "env": env,
        "require": require,
        "template": template,
        "needs": needs,
        "log": log,
        "notify-fd": notify_fd,
        "essential": essential,
        "max-restarts": max_restarts,
        "stop-signal": stop_signal,
        "stop-timeout": stop_timeout,
        "down": down,
        "setup": setup,
        "shell": shell,
        "set": set_,
    }
    holds = targets.configuration(config, isolated)
    told["template"] = [targets.beside(text, holds) for text in template or ()]
    asked = options(name, {key: value for key, value in told.items() if value is not None})
    where = _root(root, holds)
    if not (dry_run or diff):
        check(where, place(name), force)
    workshop = targets.workshop(where, holds, holds.directory)
    made = render(asked, workshop)
    tint = paint(color)
    if dry_run:
        emit([*scaffolded.tree(where, made.tree, tint), "\n", *scaffolded.files(made.tree, tint)])
        return 0
    project = Project(holds, workshop)
    if diff:
        emit(_differences(project, asked, made, isolated, tint))
        return 0
    kept = _write(project, asked, made, force, isolated)
    emit(scaffolded.told(where, made, asked, tint, kept))
    return 0


def _write(project: Project, asked: Options, made: Rendered, force: bool, isolated: bool) -> str:
    """Write the service, recorded where the manifest is about its root; what there is to say of that."""
    from s6kit.project.project import keeps, locked  # noqa: PLC0415 - the same
    from s6kit.project.upkeep import changes, new, recorded  # noqa: PLC0415
    from s6kit.scaffold.files import place  # noqa: PLC0415
    from s6kit.write import Change, check, write  # noqa: PLC0415

    if isolated or not keeps(project):
        write(Change(project.root, made.tree, replace=force))
        return (
            "" if isolated else f"not recorded: {project.file} is about another root; this one needs its own"
        )
    with locked(project.directory):
        check(project.root, place(asked.name), force)  # again: somebody may have been faster
        steps = new(project, asked.name, made.tree, force)
        write(*changes(project, steps, recorded(project, asked, made.skeleton.name)))
    return f"commit {project.file.name} and {project.rendered}, for s6kit sync"


def _differences(
    project: Project, asked: Options, made: Rendered, isolated: bool, tint: Paint
) -> Iterator[str]:
    """What would change, if it were forced."""
    from s6kit.cli.steps import differences, painted  # noqa: PLC0415 - the same
    from s6kit.model import File  # noqa: PLC0415
    from s6kit.project.difference import difference  # noqa: PLC0415
    from s6kit.project.project import keeps, read  # noqa: PLC0415
    from s6kit.project.upkeep import new, recorded  # noqa: PLC0415

    known = not isolated and keeps(project)
    yield from differences(project.root, new(project, asked.name, made.tree, force=True, known=known), tint)
    if known:
        before = read(project.directory, [project.file.name]).get(project.file.name)
        after = File(recorded(project, asked, made.skeleton.name))
        yield from painted(difference(str(project.file), before, after), tint)


def _root(root: str | None, holds: Config) -> Path:
    """Where to write; Fatal if that is nowhere."""
    from s6kit.errors import Fatal  # noqa: PLC0415

    if root == "":
        raise Fatal("unable to write into '': no such directory")
    found = Path(targets.default_root(holds) if root is None else root)
    if not (found if os.path.lexists(found) else found.absolute().parent).is_dir():
        raise Fatal(f"unable to write into {found}: no such directory")
    return found
