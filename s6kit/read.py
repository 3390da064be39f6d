"""The only reader of trees: directories, files and links of a disk, each read once, when asked for.

Nothing is opened that is not a regular file, and no link is ever followed by the operating system:
`Tree.resolve` does that inside the root.
"""

# Paths are strings here: there are many, and pathlib takes its time.
# ruff: noqa: PTH115
from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property

from s6kit import gitindex
from s6kit.model import MAX_SCRIPT, Directory, Entry, File, Link, Resolved, Special, Tree, Unreadable, join

HEAD = 4096  # bytes of a binary that are read
_CHUNK = 1 << 16
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_KINDS = {
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "character device",
    stat.S_IFBLK: "block device",
}
DIRECTORY, FILE, LINK, OTHER = "d", "f", "l", "o"


class Disk:
    """Directory listings and git indexes, each read once for everyone in a run.

    A path whose last name is a link has an empty listing; no link may lie above it.
    """

    def __init__(self) -> None:
        self._listings: dict[str, dict[str, str]] = {}
        self.refused: dict[str, str] = {}
        """Directories that could not be listed, and why."""
        self.top_of = cache(gitindex.top_of)
        self.tracked = cache(gitindex.tracked)

    def listing(self, directory: str) -> dict[str, str]:
        """Name -> kind of everything in an absolute directory, sorted; empty where it cannot be listed."""
        found = self._listings.get(directory)
        if found is None:
            found = self._listings[directory] = self._list(directory)
        return found

    def _list(self, directory: str) -> dict[str, str]:
        try:
            descriptor = os.open(directory or "/", _FLAGS | os.O_DIRECTORY)
        except OSError as error:
            self.refused[directory] = error.strerror or str(error)
            return {}
        try:
            with os.scandir(descriptor) as entries:
                found = {entry.name: _kind(entry) for entry in entries}
                return dict(sorted(found.items()))
        except OSError as error:
            self.refused[directory] = error.strerror or str(error)
            return {}
        finally:
            os.close(descriptor)


def _kind(entry: os.DirEntry[str]) -> str:
    if entry.is_file(follow_symlinks=False):
        return FILE
    if entry.is_dir(follow_symlinks=False):
        return DIRECTORY
    return LINK if entry.is_symlink() else OTHER


class DiskTree(Tree):
    """The tree under the absolute directory `root` (`/` as the empty string)."""

    def __init__(self, root: str, disk: Disk | None = None) -> None:
        self.root = root.rstrip("/")
        self.disk = disk or Disk()
        self.repairs: Callable[[str], bool] | None = None
        self._entries: dict[str, Entry | None] = {"": Directory()}
        self._resolved: dict[str, Resolved] = {}
        self._installed: dict[str, str | None] = {}
        self._listings: dict[str, Mapping[str, str]] = {}
        self.complete = self._is_complete()

    def _is_complete(self) -> bool:
        if "etc" not in self.disk.listing(self.root) or "passwd" not in self.disk.listing(self.root + "/etc"):
            return False
        return any(self.resolve(shell).entry is not None for shell in ("bin/sh", "usr/bin/sh"))

    def entry(self, path: str) -> Entry | None:
        if path not in self._entries:
            self._entries[path] = self._read(path)
        return self._entries[path]

    def peek(self, path: str) -> Entry | None:
        """The same, which is not kept: for what is looked at once."""
        return self._entries.get(path) or self._read(path)

    def names(self, path: str) -> tuple[str, ...]:
        return tuple(self._listing(path))

    def links(self, path: str) -> tuple[str, ...]:
        return tuple(name for name, kind in self._listing(path).items() if kind == LINK)

    def _listing(self, path: str) -> Mapping[str, str]:
        """Name -> kind in the directory at `path`; empty where a link lies on the way."""
        found = self._listings.get(path)
        if found is None:
            above, _, name = path.rpartition("/")
            inside = not path or self._listing(above).get(name) == DIRECTORY
            found = self.disk.listing(f"{self.root}/{path}" if path else self.root) if inside else {}
            self._listings[path] = found
        return found

    def resolve(self, path: str) -> Resolved:
        entry = self.entry(path)
        if entry is not None and not isinstance(entry, Link):
            return Resolved(path, entry)  # no link lies above what an entry is known of
        found = self._resolved.get(path)
        if found is None:
            found = self._resolved[path] = super().resolve(path)
        return found

    def installed(self, program: str) -> str | None:
        if program not in self._installed:
            self._installed[program] = super().installed(program)
        return self._installed[program]

    def walk(self, path: str = "") -> Iterator[str]:
        for name, kind in self._listing(path).items():
            child = join(path, name)
            yield child
            if kind == DIRECTORY:
                yield from self.walk(child)

    def repaired(self, path: str) -> bool:
        return self.repairs is not None and self.repairs(path)

    def _read(self, path: str) -> Entry | None:
        directory, _, name = path.rpartition("/")
        full = f"{self.root}/{path}"
        kind = self._listing(directory).get(name)
        if kind == FILE:
            return read_file(full, self._recorded(path))
        if kind == DIRECTORY:
            self._listing(path)
            return Unreadable(self.disk.refused[full]) if full in self.disk.refused else Directory()
        if kind == LINK:
            try:
                return Link(os.readlink(full))
            except OSError as error:
                return Unreadable(error.strerror or str(error))
        return None if kind is None else _special(full)

    @cached_property
    def _index(self) -> tuple[str, Mapping[str, bool]]:
        """What to put before a root-relative path to find it in the git index, and that index."""
        top = self.disk.top_of(self.root)
        if top is None:
            return "", {}
        return f"{self.root}/"[len(top.rstrip("/")) + 1 :], self.disk.tracked(top)

    def _recorded(self, path: str) -> bool | None:
        prefix, modes = self._index
        return modes.get(prefix + path)


def read_file(path: str, executable: bool | None = None) -> Entry:
    """The regular file at the absolute `path`; `executable` overrides its mode where it is known better."""
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        return Unreadable(error.strerror or str(error))
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return Special(_KINDS.get(stat.S_IFMT(status.st_mode), "special file"))
        data = _data(descriptor)
    except OSError as error:
        return Unreadable(error.strerror or str(error))
    finally:
        os.close(descriptor)
    if executable is None:
        executable = bool(status.st_mode & 0o111)
    return File(data, executable, status.st_size if status.st_size > len(data) else -1)


def whole(path: str) -> Entry | None:
    """What is at an absolute path: a file with all its bytes and the mode that the disk has for it."""
    try:
        status = os.lstat(path)
        if stat.S_ISLNK(status.st_mode):
            return Link(os.readlink(path))
        if stat.S_ISDIR(status.st_mode):
            return Directory()
        if not stat.S_ISREG(status.st_mode):
            return Special(_KINDS.get(stat.S_IFMT(status.st_mode), "special file"))
        with os.fdopen(os.open(path, _FLAGS), "rb") as file:
            return File(file.read(), bool(status.st_mode & 0o111))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return Unreadable(error.strerror or str(error))


def _data(descriptor: int) -> bytes:
    """The whole of a text up to MAX_SCRIPT bytes, the head of a binary."""
    data = os.read(descriptor, _CHUNK)
    if len(data) < _CHUNK:
        return data[:HEAD] if len(data) > HEAD and b"\0" in data[:HEAD] else data
    if b"\0" in data[:HEAD]:
        return data[:HEAD]
    chunks, length = [data], len(data)
    while length < MAX_SCRIPT and (data := os.read(descriptor, min(_CHUNK, MAX_SCRIPT - length))):
        chunks.append(data)
        length += len(data)
    return b"".join(chunks)


def _special(path: str) -> Entry:
    try:
        return Special(_KINDS.get(stat.S_IFMT(os.lstat(path).st_mode), "special file"))
    except OSError as error:
        return Unreadable(error.strerror or str(error))
