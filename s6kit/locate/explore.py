"""The search for roots and scan directories below a directory: bounded, and through no link."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field

from s6kit.dataclass import dataclass
from s6kit.layout import LAYOUTS, Layout
from s6kit.locate import evidence
from s6kit.locate.evidence import Grade, Sign
from s6kit.read import DIRECTORY, LINK, Disk

MAX_DEPTH = 16
MAX_DIRECTORIES = 60_000
_SKIPPED = frozenset(".git .hg .svn .s6kit node_modules .venv venv __pycache__ .tox .mypy_cache".split())
_SYSTEM = frozenset("bin boot dev lib lib32 lib64 libx32 proc sbin sys tmp usr var".split())
PLACES: tuple[tuple[str, Layout], ...] = tuple(
    (place, layout) for layout in LAYOUTS for place in layout.places
)
_PARTS = tuple(tuple(place.split("/")) for place, _ in PLACES)
_LAST = frozenset(parts[-1] for parts in _PARTS)
_ANY_IN = frozenset(parts[-2] for parts in _PARTS if parts[-1] == "*")


@dataclass()
class Found:
    """Absolute paths: roots that hold directories with a layout's name, and other scan directories.

    `doubtful` are directories whose children, by name, have a `run` and nothing else of a service.
    """

    roots: set[str] = field(default_factory=set)
    scandirs: dict[str, Layout] = field(default_factory=dict)
    doubtful: dict[str, tuple[str, ...]] = field(default_factory=dict)


def root_of(path: str) -> str | None:
    """The root that the absolute `path` lies in, by a directory with a layout's name in it."""
    names = path.split("/")
    for start in range(len(names) - 1, 0, -1):
        if names[start] == "etc" and any(_matches(names, start, parts) for parts in _PARTS):
            return "/".join(names[:start])
    return None


def _matches(names: list[str], start: int, parts: tuple[str, ...]) -> bool:
    held = names[start : start + len(parts)]
    return len(held) == len(parts) and all(
        part in (name, "*") for name, part in zip(held, parts, strict=True)
    )


def places_in(disk: Disk, root: str) -> Iterator[tuple[str, Layout]]:
    """The directories with a layout's name under the absolute `root`, relative to it."""
    if "etc" not in disk.listing(root):
        return
    for place, layout in PLACES:
        directory, _, name = place.rpartition("/")
        if not _is_directory(disk, root, directory):
            continue
        listing = disk.listing(f"{root}/{directory}")
        names = list(listing) if name == "*" else [name]
        for found in names:
            if listing.get(found) in (DIRECTORY, LINK):
                yield f"{directory}/{found}", layout


def _is_directory(disk: Disk, root: str, path: str) -> bool:
    above, _, name = path.rpartition("/")
    if above and not _is_directory(disk, root, above):
        return False
    return disk.listing(f"{root}/{above}" if above else root).get(name) == DIRECTORY


def explore(disk: Disk, start: str, skipped: Callable[[str], bool]) -> Found:
    """Everything at and below the absolute directory `start`, but for what is `skipped`."""
    found = Found()
    signs: dict[str, dict[str, Sign]] = {}
    waiting = [(start, 0)]
    for directory, depth in waiting:
        above, _, name = directory.rpartition("/")
        if (name in _LAST or above.rpartition("/")[2] in _ANY_IN) and (
            root := root_of(directory)
        ) is not None:
            found.roots.add(root)
            continue
        if depth:
            sign = evidence.look(disk, directory)
            if sign.grade:
                signs.setdefault(above, {})[name] = sign
            if sign.grade is Grade.STRONG:
                continue
        if name == "etc" and any(_linked_places(disk, directory)):
            found.roots.add(above)
        if depth < MAX_DEPTH and len(waiting) < MAX_DIRECTORIES:
            waiting += [(child, depth + 1) for child in _children(disk, directory) if not skipped(child)]
    for parent, children in signs.items():
        if evidence.is_scanned(parent, children.values(), _subdirectories(disk, parent)):
            found.scandirs[parent] = evidence.layout_of(parent, children.values())
        else:
            found.doubtful[parent] = tuple(children)
    return found


def _linked_places(disk: Disk, etc: str) -> Iterator[str]:
    """The places right below an `etc` that are links."""
    kinds = disk.listing(etc)
    return (name for name in _LAST if kinds.get(name) == LINK and root_of(f"{etc}/{name}") is not None)


def layout_at(disk: Disk, scandir: str) -> Layout:
    """The layout of a directory that is known to hold services."""
    listing = disk.listing(scandir)
    signs = [evidence.look(disk, f"{scandir}/{name}") for name, kind in listing.items() if kind == DIRECTORY]
    return evidence.layout_of(scandir, signs)


def _children(disk: Disk, directory: str) -> Iterator[str]:
    listing = disk.listing(directory)
    whole = {"etc", "usr", "bin"} <= listing.keys()
    for name, kind in listing.items():
        if kind == DIRECTORY and name not in _SKIPPED and not (whole and name in _SYSTEM):
            yield f"{directory}/{name}"
    if whole and disk.listing(f"{directory}/usr").get("local") == DIRECTORY:
        yield f"{directory}/usr/local"


def _subdirectories(disk: Disk, directory: str) -> int:
    kinds = disk.listing(directory).items()
    return sum(kind == DIRECTORY and not name.startswith(".") for name, kind in kinds)
