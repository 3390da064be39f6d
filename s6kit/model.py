"""A root file system as a value: what is at each path, and where links lead.

Paths are relative to the root, with `/` between names and without one at either end; the root
itself is the empty string. Names that are not UTF-8 carry lone surrogates.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from posixpath import dirname
from types import MappingProxyType

from s6kit.dataclass import dataclass

MAX_LINKS = 40  # as Linux: more links than that on one path are a loop
MAX_SCRIPT = 1 << 20  # bytes: whatever is longer is no script that a person wrote


@dataclass(frozen=True)
class File:
    """A regular file: its bytes, whether it may be executed (None: cannot be told).

    `data` may be only the beginning: 4 KiB of a binary, MAX_SCRIPT bytes of anything; `length` is the whole.
    """

    data: bytes
    executable: bool | None = False
    size: int = -1

    @property
    def length(self) -> int:
        """Bytes in the file; `data` may hold fewer."""
        return len(self.data) if self.size < 0 else self.size


@dataclass(frozen=True)
class Brought:
    """A file of the work tree that a Dockerfile copies to a place in the image where the root has none.

    `path` is from the root, which it may lead out of (`../conf/x`), `source` from the top of the work tree.
    """

    path: str
    source: str
    file: File


@dataclass(frozen=True)
class Directory:
    """A directory; the tree knows its names."""


@dataclass(frozen=True)
class Link:
    """A symbolic link, its target as written."""

    target: str


@dataclass(frozen=True)
class Special:
    """What must never be opened: a FIFO, a socket, a device."""

    kind: str


@dataclass(frozen=True)
class Unreadable:
    """What is there and cannot be read, and why."""

    reason: str


Entry = File | Directory | Link | Special | Unreadable


SEARCHED = ("usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin", "command")
"""Where programs are found by their names: the usual PATH, and where s6-overlay has its own."""


@dataclass(frozen=True)
class Resolved:
    """Where a path leads once every link on it is followed inside the root.

    `trouble` is empty, or one of `missing`, `loop`, `outside` (a relative link that climbs over the
    root) and `not a directory`; `path` is then how far it came. `absolute` says that an absolute
    link was followed on the way, which a partial tree may rightly leave dangling.
    """

    path: str
    entry: Entry | None
    trouble: str = ""
    absolute: bool = False


class Tree(ABC):
    """A root: every question about it is answered without leaving it."""

    complete: bool = False
    """Whether this is a whole root file system, so that what is absent is really absent."""

    @abstractmethod
    def entry(self, path: str) -> Entry | None:
        """What is at `path`, its last link not followed; None if nothing is."""

    @abstractmethod
    def names(self, path: str) -> tuple[str, ...]:
        """The sorted names in the directory at `path`; empty if it is none."""

    def resolve(self, path: str) -> Resolved:
        """Follow every link of `path`, absolute ones from the root, never out of it."""
        done: list[str] = []
        todo = [part for part in reversed(path.split("/")) if part not in ("", ".")]
        budget, absolute, rooted = MAX_LINKS, False, False
        while todo:
            part = todo.pop()
            if part == "..":
                if not done and rooted:
                    continue
                if not done:
                    return Resolved("", None, "outside", absolute)
                done.pop()
                continue
            here = "/".join((*done, part))
            entry = self.entry(here)
            if isinstance(entry, Link):
                budget -= 1
                if budget < 0:
                    return Resolved(here, entry, "loop", absolute)
                rooted = entry.target.startswith("/")
                if rooted:
                    done, absolute = [], True
                todo += [p for p in reversed(entry.target.split("/")) if p not in ("", ".")]
                continue
            if entry is None:
                return Resolved(here, None, "missing", absolute)
            if todo and not isinstance(entry, Directory):
                return Resolved(here, entry, "not a directory", absolute)
            done.append(part)
        final = "/".join(done)
        return Resolved(final, self.entry(final), "", absolute)

    def installed(self, program: str) -> str | None:
        """Where a program lies that is started by its name alone, links followed; None where it does not."""
        found = (self.resolve(f"{directory}/{program}") for directory in SEARCHED)
        return next((each.path for each in found if not each.trouble), None)

    def links(self, path: str) -> tuple[str, ...]:
        """The sorted names of the links in the directory at `path`."""
        return tuple(name for name in self.names(path) if isinstance(self.entry(join(path, name)), Link))

    def repaired(self, path: str) -> bool:
        """Whether the repository around makes the file at `path` executable when the image is built."""
        return False

    def file(self, path: str) -> File | None:
        """The regular file that `path` leads to, if it does."""
        entry = self.resolve(path).entry
        return entry if isinstance(entry, File) else None

    def walk(self, path: str = "") -> Iterator[str]:
        """Every path below `path`, sorted, no link followed."""
        for name in self.names(path):
            child = join(path, name)
            yield child
            if isinstance(self.entry(child), Directory):
                yield from self.walk(child)


class DictTree(Tree):
    """A tree held in memory: tests, examples, scaffolds."""

    def __init__(self, entries: Mapping[str, Entry], complete: bool = False) -> None:
        self.complete = complete
        self._entries: dict[str, Entry] = {"": Directory()}
        for path, entry in entries.items():
            self._entries[path] = entry
            while path := dirname(path):
                self._entries.setdefault(path, Directory())
        self._names: dict[str, list[str]] = {}
        for path in self._entries:
            if path:
                self._names.setdefault(dirname(path), []).append(path.rpartition("/")[2])

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Everything in the tree, the root itself and implied directories included."""
        return MappingProxyType(self._entries)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DictTree):
            return NotImplemented
        return self._entries == other._entries and self.complete == other.complete

    __hash__ = None  # type: ignore[assignment]

    def entry(self, path: str) -> Entry | None:
        return self._entries.get(path)

    def names(self, path: str) -> tuple[str, ...]:
        return tuple(sorted(self._names.get(path, ())))


def join(directory: str, name: str) -> str:
    """`name` inside `directory`, both root-relative."""
    return f"{directory}/{name}" if directory else name
