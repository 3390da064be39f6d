"""A service as it is asked for, in the root that it goes into: its files, linted before they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path

from s6kit.analysis import Analysis
from s6kit.daemons.knowledge import Knowledge
from s6kit.dataclass import dataclass, replace
from s6kit.diagnostics import Diagnostic
from s6kit.errors import Fatal
from s6kit.layout import S6
from s6kit.lint import lint
from s6kit.model import DictTree, Entry
from s6kit.overlay import Overlay
from s6kit.read import DiskTree
from s6kit.scaffold.files import SCANDIR, nearest, scaffold
from s6kit.scaffold.options import Options, templated
from s6kit.scaffold.skeleton import BASE, Skeleton, home, load, names
from s6kit.selection import Selection
from s6kit.service import Root, scan
from s6kit.surroundings.around import Around

LARGEST = 1 << 20  # bytes of a template


@dataclass(frozen=True)
class Workshop:
    """Where a service goes and what it is made from.

    `root` is where `/` of the image is, `skeletons` are directories of one's own, which come before ours,
    `templates` is the directory that the sources of templates are relative to, `knowledge` what is known of
    daemons; None: ours. `ours` are the paths from `/` that s6kit itself has written before.
    """

    root: Path
    skeletons: tuple[Path, ...] = ()
    templates: Path = field(default_factory=Path)
    knowledge: Knowledge | None = None
    ours: frozenset[str] = frozenset()

    @property
    def places(self) -> tuple[Path, ...]:
        return (*self.skeletons, home())


@dataclass(frozen=True)
class Rendered:
    """The files of a service from `/`, and the skeleton that they are made of."""

    tree: DictTree
    skeleton: Skeleton


def render(asked: Options, workshop: Workshop) -> Rendered:
    """The service, with the first command that lints clean in its root; Fatal if none does."""
    skeleton = choose(asked, workshop)
    made, complaint = _templates(asked, workshop), ""
    for tree in scaffold(skeleton, asked, made, _ports(asked, workshop), workshop.knowledge):
        whole = _without_theirs(tree, workshop)
        found = _lint(workshop, whole, asked.name)
        if not found:
            return Rendered(whole, skeleton)
        complaint = complaint or _complaint(found)
    raise Fatal(f"unable to scaffold {asked.name}: it would not lint clean: {complaint}")


def choose(asked: Options, workshop: Workshop) -> Skeleton:
    """The skeleton that is asked for, or of the service's name, or the generic one; Fatal for none."""
    known = names(*workshop.places)
    wanted = asked.skeleton or (asked.name if asked.name in known and not asked.command else BASE)
    if wanted not in known:
        near = ", ".join(nearest(wanted, known))
        raise Fatal(
            f"unable to find the skeleton {wanted!a}: the nearest are {near}; `s6kit skeletons` lists all"
        )
    if wanted == BASE and not asked.command:
        near = ", ".join(nearest(asked.name, known))
        raise Fatal(
            f"unable to scaffold {asked.name}: no skeleton is called that (the nearest: {near}); "
            f"give its command: s6kit new {asked.name} -- COMMAND..."
        )
    return load(workshop.places, wanted)


def _ports(asked: Options, workshop: Workshop) -> Mapping[str, int]:
    """The first port of each skeleton that is asked for as a link."""
    known = names(*workshop.places)
    linked = (text.partition(":")[0] for text in asked.link)
    loaded = {name: load(workshop.places, name).ports for name in linked if name in known}
    return {name: ports[0] for name, ports in loaded.items() if ports}


def _templates(asked: Options, workshop: Workshop) -> dict[str, bytes]:
    """What is in the sources of the templates."""
    found: dict[str, bytes] = {}
    for source, _ in map(templated, asked.template):
        path = workshop.templates / source
        try:
            with path.open("rb") as file:
                found[source] = file.read(LARGEST + 1)
        except (OSError, ValueError) as error:
            raise Fatal(
                f"unable to read the template {path}: {getattr(error, 'strerror', None) or error}"
            ) from None
        if len(found[source]) > LARGEST:
            raise Fatal(f"unable to read the template {path}: it has more than {LARGEST} bytes")
    return found


def _without_theirs(tree: DictTree, workshop: Workshop) -> DictTree:
    """Without the files of the scan directory itself that somebody has written already."""
    shared = f"{SCANDIR}/.s6-svscan/"
    theirs = (path for path in tree.entries if path.startswith(shared) and path not in workshop.ours)
    there = [path for path in theirs if (workshop.root / path).exists()]
    return DictTree({path: entry for path, entry in tree.entries.items() if path not in there})


def _complaint(found: Sequence[Diagnostic]) -> str:
    first = found[0]
    advice = f" ({first.finding.help})" if first.finding.help else ""
    return f"{first.code} {first.finding.message}{advice}"


def _lint(workshop: Workshop, tree: DictTree, name: str) -> list[Diagnostic]:
    """What lint says of the service in its root as that would be."""
    disk = DiskTree(str(workshop.root.absolute()))
    real = disk.resolve(SCANDIR)
    above = SCANDIR if real.trouble else real.path
    moved: dict[str, Entry] = {
        above + path[len(SCANDIR) :] if path.startswith(SCANDIR + "/") else path: entry
        for path, entry in tree.entries.items()
    }
    whole = Overlay(disk, DictTree(moved))
    scandir = replace(scan(whole, S6, above, names=[name]), whole=False)
    built = Root(whole, (scandir,), str, Around(disk, disk.root))
    return list(lint(built, Analysis(built, workshop.knowledge), Selection()))
