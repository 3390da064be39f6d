"""`s6kit new`: a service directory from a skeleton, linted before it is written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from s6kit.cli import common, targets
from s6kit.cli.output import emit, paint

if TYPE_CHECKING:
    from s6kit.diagnostics import Diagnostic
    from s6kit.model import DictTree
    from s6kit.report.paint import Paint
    from s6kit.scaffold import Request
    from s6kit.skeleton import Skeleton


def command(
    name: Annotated[
        str, typer.Argument(help="The service; also the skeleton, if there is one of that name.")
    ],
    words: Annotated[
        list[str] | None,
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
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the files, write nothing.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the files of a service that is there.")
    ] = False,
    config: common.ConfigFile = None,
    isolated: common.Isolated = False,
    color: common.Color = None,
) -> int:
    """Write etc/s6/NAME with run, finish and setup.

    Skeletons: nginx, syslog, cron; any other service is given a command: s6kit new web -- /opt/web --port 80
    """
    from s6kit.errors import Fatal  # noqa: PLC0415 - what the work needs, once the usage is right
    from s6kit.scaffold import Request, place  # noqa: PLC0415
    from s6kit.write import check, write  # noqa: PLC0415

    request = Request(name, tuple(words or ()), user or "")
    if root == "":
        raise Fatal("unable to write into '': no such directory")
    where = Path(root) if root is not None else _root(config, isolated)
    chosen = _skeleton(request, skeleton)
    if not dry_run:
        _usable(where)
        check(where, place(name), force)
    tree = _best(where, chosen, request)
    tint = paint(color)
    if dry_run:
        emit(_files(tree, tint))
        return 0
    write(where, place(name), tree, force)
    emit(_told(where, tree, chosen, request, tint))
    return 0


def _root(config: str | None, isolated: bool) -> Path:
    return Path(next(iter(targets.targets((), config, isolated))).paths[0])


def _usable(root: Path) -> None:
    from s6kit.errors import Fatal  # noqa: PLC0415

    if not (root if os.path.lexists(root) else root.absolute().parent).is_dir():
        raise Fatal(f"unable to write into {root}: no such directory")


def _skeleton(request: Request, asked: str | None) -> Skeleton:
    """The one that is asked for, the one of that name, or, with a command, the generic one."""
    from s6kit.errors import Fatal  # noqa: PLC0415
    from s6kit.report.escape import safe  # noqa: PLC0415
    from s6kit.scaffold import check, nearest  # noqa: PLC0415
    from s6kit.skeleton import BASE, home, load, names  # noqa: PLC0415

    check(request)
    known = [each for each in names(home()) if each != BASE]
    wanted = asked or (request.name if request.name in known else BASE)
    if wanted not in (*known, BASE):
        near = ", ".join(nearest(wanted, known))
        raise Fatal(f"unable to find the skeleton {safe(wanted)}; there are {near}, {BASE}")
    if wanted == BASE and not request.command:
        near = ", ".join(nearest(request.name, known))
        raise Fatal(
            f"unable to scaffold {request.name}: no skeleton is called that (the nearest: {near}); "
            f"give its command: s6kit new {request.name} -- COMMAND..."
        )
    return load(home(), wanted)


def _best(root: Path, skeleton: Skeleton, request: Request) -> DictTree:
    """The first of the skeleton's proposals that lints clean in its root; Fatal if none does."""
    from s6kit.errors import Fatal  # noqa: PLC0415
    from s6kit.scaffold import scaffold  # noqa: PLC0415

    complaint = ""
    for tree in scaffold(skeleton, request):
        found = _lint(root, tree, request.name)
        if not found:
            return tree
        complaint = complaint or _complaint(found)
    raise Fatal(f"unable to scaffold {request.name}: it would not lint clean: {complaint}")


def _complaint(found: Sequence[Diagnostic]) -> str:
    first = found[0]
    advice = f" ({first.finding.help})" if first.finding.help else ""
    return f"{first.code} {first.finding.message}{advice}"


def _lint(root: Path, tree: DictTree, name: str) -> list[Diagnostic]:
    """What lint says of the service in its root as that would be."""
    from s6kit.analysis import Analysis  # noqa: PLC0415
    from s6kit.layout import S6  # noqa: PLC0415
    from s6kit.lint import lint  # noqa: PLC0415
    from s6kit.model import DictTree  # noqa: PLC0415
    from s6kit.overlay import Overlay  # noqa: PLC0415
    from s6kit.read import DiskTree  # noqa: PLC0415
    from s6kit.scaffold import SCANDIR  # noqa: PLC0415
    from s6kit.selection import Selection  # noqa: PLC0415
    from s6kit.service import Root, ScanDir, service  # noqa: PLC0415
    from s6kit.surroundings import Around  # noqa: PLC0415

    disk = DiskTree(str(root.absolute()))
    real = disk.resolve(SCANDIR)
    above = SCANDIR if real.trouble else real.path
    moved = {above + p[len(SCANDIR) :]: e for p, e in tree.entries.items() if p.startswith(SCANDIR + "/")}
    whole = Overlay(disk, DictTree(moved))
    made = service(whole, S6, f"{above}/{name}", above, name)
    scandir = ScanDir(whole, S6, above, (made,), whole=False)
    built = Root(whole, (scandir,), str, Around(disk))
    return list(lint(built, Analysis(built), Selection()))


def _files(tree: DictTree, tint: Paint) -> Iterator[str]:
    """Every file as text, as treetext has it."""
    from s6kit.treetext import render  # noqa: PLC0415

    for line in render(tree).splitlines():
        yield (line if line.startswith(" ") or not line else tint(line, "bold")) + "\n"


def _told(root: Path, tree: DictTree, skeleton: Skeleton, request: Request, tint: Paint) -> Iterator[str]:
    """What was written, as a tree, and what to do next."""
    from s6kit.report.escape import safe  # noqa: PLC0415
    from s6kit.scaffold import place  # noqa: PLC0415

    yield tint(safe(str(root / place(request.name))), "bold") + "\n"
    yield from _branches(tree, place(request.name), "", tint)
    yield "\n" + tint("Next", "bold") + "\n"
    steps = [("check it", f"s6kit lint {safe(str(root))}"), *_dockerfile(root, skeleton)]
    if skeleton.name == "generic":
        steps.insert(0, ("prepare it", f"what {request.name} needs before it starts goes into setup"))
    steps += [(variable, what) for variable, what in skeleton.variables.items()]
    widest = max(len(title) for title, _ in steps)
    for title, text in steps:
        yield f"  {title.ljust(widest)}  {tint(text, 'cyan')}\n"


def _dockerfile(root: Path, skeleton: Skeleton) -> Iterator[tuple[str, str]]:
    """The lines that the image needs."""
    title = "in the Dockerfile"
    for line in _lines(root, skeleton):
        yield title, line
        title = ""


def _lines(root: Path, skeleton: Skeleton) -> Iterable[str]:
    packages = skeleton.packages.get("debian", ())
    if packages:
        names = " ".join(packages)
        yield f"RUN apt-get update && apt-get install -y --no-install-recommends {names}"
    yield f"COPY {root}/ /" if str(root) != "." else "COPY etc/ /etc/"
    if skeleton.volumes:
        yield f"VOLUME {' '.join(skeleton.volumes)}"
    if skeleton.ports:
        yield f"EXPOSE {' '.join(str(port) for port in skeleton.ports)}"


def _branches(tree: DictTree, path: str, indent: str, tint: Paint) -> Iterator[str]:
    from s6kit.model import Directory, Link, join  # noqa: PLC0415

    listed = tree.names(path)
    for name in listed:
        entry = tree.entry(join(path, name))
        last = name == listed[-1]
        target = f" -> {entry.target}" if isinstance(entry, Link) else ""
        yield f"{indent}{'└── ' if last else '├── '}{tint(name, 'bold')}{target}\n"
        if isinstance(entry, Directory):
            yield from _branches(tree, join(path, name), indent + ("    " if last else "│   "), tint)
