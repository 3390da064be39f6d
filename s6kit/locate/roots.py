"""Which service trees lie under the paths of a command line, and which parts of them are meant."""

# Paths are strings here: there are many, and pathlib takes its time.
# ruff: noqa: PTH112, PTH114
from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from posixpath import basename, dirname

from s6kit.dataclass import dataclass, replace
from s6kit.errors import Fatal
from s6kit.layout import MY_INIT, RUNIT, S6, Layout
from s6kit.locate import evidence
from s6kit.locate.evidence import Grade
from s6kit.locate.explore import PLACES, Found, explore, layout_at, places_in, root_of
from s6kit.locate.shown import Shower, excluded
from s6kit.read import DIRECTORY, FILE, LINK, Disk, DiskTree
from s6kit.service import CONTROL, Root, ScanDir, Service, lies_in, once, scan
from s6kit.surroundings.around import Around
from s6kit.surroundings.dockerfiles import is_dockerfile

_RC_LOCAL = "etc/rc.local"
_CLIMB = 8  # directories, where no work tree ends the climb
_LOOKED_FOR = ", ".join(place for place, _ in PLACES if place.count("/") < 3)


@dataclass()
class _Wanted:
    """What is asked of one root: parts of it (the empty one is everything) and scan directories in it."""

    parts: set[str] = field(default_factory=set)
    scandirs: dict[str, Layout] = field(default_factory=dict)


def locate(paths: Sequence[str], *, exclude: Sequence[str] = ()) -> list[Root]:
    """Every service tree under `paths`, sorted by root, each service once.

    A path inside a service means that service; a file elsewhere in a root means all of it. `exclude` holds
    shell patterns of paths as the user sees them, of directories above them, or, without a slash, of names.
    Fatal where a path does not exist or a directory holds no service; a file that belongs to no service tree
    is passed over as long as another path does.
    """
    finder = _Finder(exclude)
    strays = [path for path in paths if not finder.add(path)]
    roots = finder.roots()
    strays = [path for path in strays if not roots or os.path.isdir(path)]
    if strays or not roots:
        lost = strays or paths
        raise Fatal(f"unable to find services in {_printable(lost)}: {_nothing(lost, exclude)}")
    return roots


def _nothing(paths: Sequence[str], exclude: Sequence[str]) -> str:
    where = "there" if all(map(os.path.isdir, paths)) else "above it"
    nothing = f"no {_LOOKED_FOR}, and no other directory of services (NAME/run, or NAME/type) {where}"
    return nothing + (", but for what is excluded" if exclude else "")


def _printable(paths: Sequence[str]) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in ", ".join(paths))


class _Finder:
    """Collects roots, path by path; all paths in here are absolute, `/` is the empty string."""

    def __init__(self, exclude: Sequence[str]) -> None:
        self._disk = Disk()
        self._shower = Shower()
        self._exclude = tuple(exclude)
        self._wanted: dict[str, _Wanted] = {}
        self._others: list[tuple[str, Layout, str]] = []  # scan directory, layout, what was given

    def add(self, path: str) -> bool:
        """Take in what `path` means; False where it belongs to no service tree."""
        full, kind = _absolute(path)
        self._shower.given(full, path)
        root = root_of(full)
        if root is not None:
            return self._want(root, full)
        if kind == DIRECTORY:
            strong = evidence.look(self._disk, full).grade is Grade.STRONG
            return (not strong and self._below(full)) or self._in_service(full, full)
        if is_dockerfile(basename(full)) and self._below(dirname(full)):
            return True
        return self._in_service(dirname(full), full) or self._above(dirname(full))

    def roots(self) -> list[Root]:
        """Everything found."""
        for scandir, layout, given in self._others:
            root = self._root_around(scandir, given)
            self._want(root, given)
            self._wanted[root].scandirs[scandir[len(root) + 1 :]] = layout
        found = (self._root(path, self._wanted[path]) for path in sorted(self._wanted))
        return [root for root in found if root.scandirs]

    def _want(self, root: str, given: str) -> bool:
        wanted = self._wanted.setdefault(root, _Wanted())
        wanted.parts.add(given[len(root) + 1 :] if lies_in(given, root) else "")
        return True

    def _below(self, directory: str) -> bool:
        found: Found = explore(self._disk, directory, self._is_excluded)
        for root in found.roots:
            self._want(root, directory)
        scandirs = found.scandirs | dict(self._copied(found, directory))
        if directory in found.doubtful and evidence.is_named(directory):
            scandirs[directory] = layout_at(self._disk, directory)
        self._others += [(scandir, layout, directory) for scandir, layout in scandirs.items()]
        return bool(found.roots or scandirs)

    def _copied(self, found: Found, given: str) -> Iterator[tuple[str, Layout]]:
        """What only a Dockerfile makes a scan directory, by copying it to the place of one."""
        for scandir, names in found.doubtful.items():
            root = self._root_around(scandir, given)
            around = Around(DiskTree(root, self._disk), self._shower.above(root))
            layout = _landed(around, scandir[len(root) + 1 :], names)
            if layout is not None:
                yield scandir, layout

    def _in_service(self, directory: str, given: str) -> bool:
        """Whether `directory` or one above it is a service; a `run` that was named is one in any case."""
        for above in self._climb(directory):
            if basename(above) == "log" and "run" in self._disk.listing(dirname(above)):
                continue
            least = Grade.HAS_RUN if above == directory else Grade.WEAK
            named = given == f"{above}/run" and self._disk.listing(above)["run"] in (FILE, LINK)
            if named or evidence.look(self._disk, above).grade >= least:
                scandir = dirname(above).rstrip("/")
                self._others.append((scandir, layout_at(self._disk, scandir), given))
                return True
        return False

    def _above(self, directory: str) -> bool:
        """Whether a directory above is a root."""
        for above in self._climb(directory):
            if any(True for _ in places_in(self._disk, above)):
                return self._want(above, above)
        return False

    def _climb(self, directory: str) -> Iterator[str]:
        """`directory` and those above it, up to the top of the work tree; the root of this machine never."""
        top = self._disk.top_of(directory)
        for _ in range(_CLIMB if top is None else 1000):
            if directory in ("", "/"):
                return
            yield directory
            if directory == top:
                return
            directory = dirname(directory)

    def _root_around(self, scandir: str, given: str) -> str:
        """The root for a scan directory that names none: the nearest with an etc, else the widest."""
        known = [root for root in self._wanted if lies_in(scandir, root)]
        if known:
            return max(known, key=len)
        top = self._disk.top_of(scandir)
        bound = top if top is not None else given if lies_in(scandir, given) else scandir
        for above in self._climb(dirname(scandir)):
            if not lies_in(above, bound):
                break
            if self._disk.listing(above).get("etc") == DIRECTORY:
                return above
        return bound.rstrip("/")

    def _is_excluded(self, full: str) -> bool:
        return bool(self._exclude) and excluded(self._shower.show(full), self._exclude)

    def _root(self, path: str, wanted: _Wanted) -> Root:
        tree = DiskTree(path, self._disk)
        around = Around(tree, self._shower.above(path))
        tree.repairs = around.repairs
        shown = self._shower.within(path)
        dirs = once(_scandirs(self._disk, tree, around, wanted.scandirs))
        kept = (_part(tree, found, wanted.parts) for found in dirs)
        if self._exclude:
            kept = (_without(found, lambda p: excluded(shown(p), self._exclude)) for found in kept if found)
        return Root(tree, tuple(found for found in kept if found), shown, around)


def _absolute(path: str) -> tuple[str, str]:
    """The path without links above it, and what it is: a directory, or something else."""
    if not os.path.lexists(path):
        raise Fatal(f"unable to find {_printable([path])}: No such file or directory")
    name = basename(path.rstrip("/"))
    if name in ("", ".", ".."):
        full = os.path.realpath(path)
    else:
        full = os.path.realpath(dirname(path.rstrip("/")) or ".").rstrip("/") + "/" + name
    if os.path.islink(full) and os.path.isdir(full) and root_of(full) is None:
        full = os.path.realpath(full)
    return full.rstrip("/"), DIRECTORY if os.path.isdir(full) and not os.path.islink(full) else FILE


def _scandirs(disk: Disk, tree: DiskTree, around: Around, others: dict[str, Layout]) -> Iterator[ScanDir]:
    """Every scan directory of a root, those whose services really lie in them first."""
    places = dict(places_in(disk, tree.root))
    extra = [_RC_LOCAL] if disk.listing(f"{tree.root}/etc").get("rc.local") in (FILE, LINK) else []
    nested: dict[str, Layout] = {}
    links: list[ScanDir] = []
    for path, layout in places.items():
        if layout.flat:
            rest = extra if layout is MY_INIT else []
            extra = [] if rest else extra
            yield scan(tree, layout, path, rest)
            continue
        real = tree.resolve(path)
        if real.trouble or (real.path != path and real.path in places):
            continue
        names, inner = _split(disk, tree, real.path, layout)
        nested.update(inner)
        if names:
            found = scan(tree, layout, path, names=names)
            if layout is RUNIT:
                links.append(found)
            else:
                yield found
    for path, layout in (nested | others).items():
        if path not in places:
            full = f"{tree.root}/{path}" if path else tree.root
            kinds = disk.listing(full)
            names = [n for n in kinds if kinds[n] == DIRECTORY and evidence.is_part_of(disk, f"{full}/{n}")]
            names += [n for n in kinds if kinds[n] == LINK and tree.file(f"{path}/{n}/run")]
            yield scan(tree, _landed(around, path, names) or layout, path, names=names)
    yield from sorted(links, key=_linked)


def _landed(around: Around, path: str, names: Sequence[str]) -> Layout | None:
    """The layout of the one place in the image that a Dockerfile copies the services to."""
    runs = (f"{path}/{name}/run".lstrip("/") for name in names)
    landed = {dirname(dirname(place)) for run in runs for place in around.landings(run)}
    layouts = {layout.name: layout for place, layout in PLACES if place in landed}
    return next(iter(layouts.values())) if len(layouts) == 1 else None


def _linked(found: ScanDir) -> int:
    return sum(1 for service in found.services if not lies_in(service.path, found.path))


def _split(disk: Disk, tree: DiskTree, path: str, layout: Layout) -> tuple[list[str], dict[str, Layout]]:
    """The names of the services in a place, and the scan directories that lie in it instead of services."""
    full = f"{tree.root}/{path}"
    listing = disk.listing(full)
    nested: dict[str, Layout] = {}
    names, sure = [], layout not in (S6, RUNIT) or CONTROL in listing
    for name, kind in listing.items():
        if name.startswith(".") or kind not in (DIRECTORY, LINK):
            continue
        if kind == DIRECTORY and layout in (S6, RUNIT) and not evidence.is_part_of(disk, f"{full}/{name}"):
            inner = explore(disk, f"{full}/{name}", lambda _: False)
            nested |= {found[len(tree.root) + 1 :]: inside for found, inside in inner.scandirs.items()}
            if inner.scandirs:
                continue
        else:
            sure = True
        names.append(name)
    return (names if sure else []), nested


def _part(tree: DiskTree, scandir: ScanDir, parts: set[str]) -> ScanDir | None:
    """What of a scan directory lies in one of `parts`; None if nothing does."""
    if any(part == "" or lies_in(scandir.path, part) for part in parts):
        return scandir
    inside = {part for part in parts if scandir.path == "" or lies_in(part, scandir.path)}
    real = {found.path for part in inside if not (found := tree.resolve(part)).trouble}
    reached = {p for p in real if not lies_in(p, scandir.path)} | inside
    services = tuple(s for s in scandir.services if any(_means(part, s, scandir) for part in reached))
    if not services:
        outside = [part for part in inside if not any(lies_in(part, s.path) for s in scandir.services)]
        return scandir if outside else None
    return replace(scandir, services=services, whole=False)


def _means(part: str, service: Service, scandir: ScanDir) -> bool:
    """Whether `part` is the service, lies in it (and not in its logger), or is above it."""
    if lies_in(service.path, part):
        return True
    if not lies_in(part, service.path):
        return False
    return not any(
        other.path != service.path and lies_in(other.path, service.path) and lies_in(part, other.path)
        for other in scandir.services
    )


def _without(scandir: ScanDir, excluded: Callable[[str], bool]) -> ScanDir | None:
    if excluded(scandir.path):
        return None
    services = tuple(s for s in scandir.services if not excluded(s.path))
    return replace(scandir, services=services) if len(services) < len(scandir.services) else scandir
