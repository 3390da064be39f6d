"""A repository that keeps its services: the manifest, the root, and beside the manifest what was rendered.

What was rendered last lies in `.s6kit/rendered`, with the same paths as in the root.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from s6kit.config import NAME, Config, Recorded
from s6kit.dataclass import dataclass, replace
from s6kit.errors import Fatal
from s6kit.model import Entry, File, Link, Unreadable
from s6kit.read import DiskTree, whole
from s6kit.scaffold.options import options
from s6kit.scaffold.render import Workshop, render

RENDERED = ".s6kit/rendered"
"""Where that is, from the manifest's directory."""


@dataclass(frozen=True)
class Project:
    """A manifest, which need not be there yet, and what its services are made from."""

    config: Config
    workshop: Workshop

    @property
    def root(self) -> Path:
        """Where `/` of the image is."""
        return self.workshop.root

    @property
    def file(self) -> Path:
        """The manifest, as seen from here."""
        return Path(os.path.relpath(self.config.path or NAME))

    @property
    def directory(self) -> Path:
        """Where the manifest is."""
        return self.file.parent

    @property
    def rendered(self) -> str:
        """Where what was rendered last lies, from there; one place for each manifest."""
        return RENDERED if self.file.name == NAME else f"{RENDERED}-{self.file.name}"

    @property
    def services(self) -> dict[str, Recorded]:
        return {each.name: each for each in self.config.services}


def keeps(project: Project) -> bool:
    """Whether the manifest is about the root of the project, or may be told that it is.

    One that lies here and has no services yet may; one further up is about more than this.
    """
    config = project.config
    free = config.root is None and not config.services and config.directory.absolute() == Path.cwd()
    return free or root_of(config).resolve() == project.root.resolve()


def root_of(config: Config) -> Path:
    """The root that a manifest is about: what it names, else `rootfs` beside it, else its directory."""
    beside = config.directory / "rootfs"
    return config.root or (beside if beside.is_dir() else config.directory)


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Nobody else changes the manifest in a directory meanwhile, as far as the file system can say."""
    descriptor = -1
    with suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def read(root: Path, paths: Iterable[str]) -> dict[str, Entry]:
    """What is at the paths of a root, where anything is; links on the way are followed inside of it.

    Fatal for what cannot be read.
    """
    found: dict[str, Entry] = {}
    top = os.path.realpath(root)
    for path in paths:
        above, _, name = path.rpartition("/")
        real = os.path.realpath(f"{top}/{above}")
        if real != top and not real.startswith(top.rstrip("/") + "/"):
            raise Fatal(f"unable to read {root / path}: a link on the way leads out of {root}")
        entry = whole(f"{real}/{name}")
        if isinstance(entry, Unreadable):
            raise Fatal(f"unable to read {root / path}: {entry.reason}")
        if entry is not None:
            found[path] = entry
    return found


def kept(project: Project) -> dict[str, Entry]:
    """What was rendered last: the files and links, by path from `/`; Fatal for what cannot be read."""
    home = project.directory / project.rendered
    if not os.path.lexists(home):
        return {}
    tree = DiskTree(str(home.absolute()))
    found = read(home, [*tree.walk()])
    for path, reason in tree.disk.refused.items():
        raise Fatal(f"unable to read {os.path.relpath(path)}: {reason}")
    return files(found)


def renderings(project: Project) -> dict[str, dict[str, Entry]]:
    """What the manifest says, rendered: the files and links of each service.

    Fatal for what cannot be rendered, and where two services write different things to one path.
    """
    workshop = replace(project.workshop, ours=frozenset(kept(project)))
    made = {name: _rendered(recorded, workshop) for name, recorded in project.services.items()}
    seen: dict[str, str] = {}
    for name, entries in made.items():
        for path, entry in entries.items():
            other = seen.setdefault(path, name)
            if made[other][path] != entry:
                raise Fatal(f"unable to render {other} and {name}: they are not of one mind about /{path}")
    return made


def _rendered(recorded: Recorded, workshop: Workshop) -> dict[str, Entry]:
    try:
        tree = render(options(recorded.name, recorded.values), workshop).tree
    except Fatal as error:
        raise Fatal(f"{error} ({recorded.place})") from None
    return files(tree.entries)


def files(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """The files and links among entries."""
    return {path: entry for path, entry in entries.items() if isinstance(entry, File | Link)}
