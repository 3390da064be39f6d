"""The only writer of trees: everything that is asked for, or nothing.

All is made beside its place first, under a name that s6-svscan skips, then renamed; whatever goes wrong on
the way is taken back. Signals that stop a program wait meanwhile.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import field
from errno import EEXIST, ENOTEMPTY
from pathlib import Path

from s6kit.dataclass import dataclass
from s6kit.errors import Fatal
from s6kit.interrupt import undisturbed
from s6kit.model import DictTree, File, Link

EXECUTABLE, PLAIN, OPEN = 0o755, 0o644, 0o755
TAKEN = "it is there already; --force replaces what `new` writes"


@dataclass(frozen=True)
class Change:
    """What becomes of the directory `root`, which need not be there yet.

    The files and links of `tree` are written, those that are there already only with `replace`; the files and
    links in `gone` are removed, and the directories that this empties. Paths are relative to `root`.
    """

    root: Path
    tree: DictTree = field(default_factory=lambda: DictTree({}))
    gone: tuple[str, ...] = ()
    replace: bool = False


@dataclass()
class _Scratch:
    """Directories beside what is written, and how to take back what is done."""

    directories: dict[Path, Path] = field(default_factory=dict)
    units: set[Path] = field(default_factory=set)
    undo: list[Callable[[], object]] = field(default_factory=list)
    emptied: set[tuple[Path, Path]] = field(default_factory=set)  # a directory, and the root above it

    def beside(self, directory: Path) -> Path:
        """The scratch directory in a directory that is there."""
        if directory not in self.directories:
            self.directories[directory] = Path(tempfile.mkdtemp(prefix=".s6kit.", dir=directory))
            for name in ("new", "old"):
                (self.directories[directory] / name).mkdir()
        return self.directories[directory]

    def back(self) -> None:
        """Everything as it was; OSError if that cannot be done."""
        while self.undo:
            self.undo.pop()()

    def remove(self) -> None:
        for directory in self.directories.values():
            shutil.rmtree(directory, ignore_errors=True)


def write(*changes: Change) -> None:
    """Make the changes, in their order; Fatal, and everything as it was, where one cannot be made.

    A directory that is not there appears whole, by one rename. A link in the place of what is written is
    replaced, never followed; one on the way may not lead out of the root.
    """
    scratch = _Scratch()
    with undisturbed():
        try:
            units = [list(_staged(change, scratch)) for change in changes]
            _commit(changes, units, scratch)
        finally:
            scratch.remove()
        for directory, root in sorted(scratch.emptied, reverse=True):
            _prune(directory, root)


def check(root: Path, place: str, replace: bool = False) -> None:
    """Fatal where `place`, a directory, is taken already, cannot be replaced, or is not inside `root`."""
    target = root / place
    if os.path.lexists(target) and not replace:
        raise Fatal(f"unable to write {target}: {TAKEN}")
    if os.path.lexists(target) and (target.is_symlink() or not target.is_dir()):
        raise Fatal(f"unable to replace {target}: it is no directory")
    if os.path.lexists(target / "supervise" / "control"):
        raise Fatal(f"unable to replace {target}: it has a supervise/control; is the service running?")
    _inside(root, place)


def _inside(root: Path, path: str) -> tuple[Path, Path]:
    """The deepest directory on the way to `path` that is there, links followed, and what is left of the way.

    Fatal if that is outside of the root.
    """
    target = root / path
    if any(part in ("", ".", "..") for part in path.split("/")):
        raise ValueError(f"not inside a root: {path!r}")
    there = next(each for each in target.parents if os.path.lexists(each))
    try:
        real = there.resolve(strict=True)
        inside = real.is_relative_to(root.resolve()) or not os.path.lexists(root)
    except (OSError, RuntimeError):  # a link that leads nowhere, or round in a circle
        inside = False
    if not inside:
        raise Fatal(f"unable to write {target}: a link on the way leads out of {root}")
    if not real.is_dir():
        raise Fatal(f"unable to write {target}: Not a directory")
    return real, target.relative_to(there)


def _staged(change: Change, scratch: _Scratch) -> Iterator[tuple[Path, Path]]:
    """What is ready, and where it goes: the topmost path that is not there yet, or a file to replace."""
    for path, entry in sorted(change.tree.entries.items()):
        if not isinstance(entry, File | Link):
            continue
        with _told(change.root / path):
            directory, rest = _inside(change.root, path)
            fresh = scratch.beside(directory) / "new" / rest
            _fill(fresh, directory / rest, entry)
        unit = directory / rest.parts[0]
        if unit not in scratch.units:
            scratch.units.add(unit)
            yield scratch.beside(directory) / "new" / rest.parts[0], unit
    for path in change.gone:
        with _told(change.root / path, "remove"):
            directory, rest = _inside(change.root, path)
            if os.path.lexists(directory / rest):
                scratch.beside(directory)


def _fill(fresh: Path, target: Path, entry: File | Link) -> None:
    """Make one file or link; what replaces a file has its owner, and its mode but for the executable bits."""
    for directory in reversed(fresh.parents):
        if not directory.exists():
            directory.mkdir()
            directory.chmod(OPEN)
    if isinstance(entry, Link):
        fresh.symlink_to(entry.target)
        return
    fresh.write_bytes(entry.data)
    mode = EXECUTABLE if entry.executable else PLAIN
    with suppress(FileNotFoundError):
        old = target.lstat()
        if stat.S_ISREG(old.st_mode):
            mode = (
                old.st_mode & 0o666 | (old.st_mode & 0o444) >> 2 if entry.executable else old.st_mode & 0o666
            )
            with suppress(PermissionError):
                os.chown(fresh, old.st_uid, old.st_gid)
    fresh.chmod(mode)


def _commit(changes: tuple[Change, ...], units: list[list[tuple[Path, Path]]], scratch: _Scratch) -> None:
    """All renames; if one fails, those before it are taken back."""
    try:
        for change, ready in zip(changes, units, strict=True):
            for fresh, target in ready:
                with _told(target):
                    _graft(fresh, target, change.replace, scratch)
            for path in change.gone:
                with _told(change.root / path, "remove"):
                    _take_away(change.root, path, scratch)
    except BaseException:
        try:
            scratch.back()
        except OSError as error:
            kept = ", ".join(str(each / "old") for each in scratch.directories.values())
            scratch.directories.clear()
            raise Fatal(f"unable to take everything back: {error}; what was there is in {kept}") from None
        raise


def _graft(fresh: Path, target: Path, replace: bool, scratch: _Scratch) -> None:
    """Let what is ready take its place; where somebody has just made the same directory, its parts do."""
    if fresh.is_dir() and not fresh.is_symlink():
        try:
            fresh.rename(target)
        except OSError as error:
            if error.errno not in (EEXIST, ENOTEMPTY):
                raise
            for child in sorted(fresh.iterdir()):
                _graft(child, target / child.name, replace, scratch)
            return
        scratch.undo.append(lambda: target.rename(fresh))
    elif replace and os.path.lexists(target):
        _put_aside(target, scratch)
        fresh.rename(target)
    else:
        _link(fresh, target)
        scratch.undo.append(target.unlink)


def _link(fresh: Path, target: Path) -> None:
    """Give a file its name, unless somebody else has taken it."""
    try:
        os.link(fresh, target, follow_symlinks=False)
    except FileExistsError:
        raise FileExistsError(EEXIST, TAKEN) from None
    except OSError:  # a file system without such links
        if os.path.lexists(target):
            raise FileExistsError(EEXIST, TAKEN) from None
        fresh.rename(target)


def _put_aside(target: Path, scratch: _Scratch, away: bool = False) -> None:
    """Keep what is about to be replaced, or, with `away`, removed."""
    if not stat.S_ISREG(target.lstat().st_mode) and not target.is_symlink():
        raise OSError(0, "it is no regular file")
    kept = scratch.beside(target.parent) / "old" / str(len(scratch.undo))
    try:
        if away:
            raise OSError
        os.link(target, kept, follow_symlinks=False)
    except OSError:
        target.rename(kept)
    scratch.undo.append(lambda: kept.replace(target))


def _take_away(root: Path, path: str, scratch: _Scratch) -> None:
    directory, rest = _inside(root, path)
    if os.path.lexists(directory / rest):
        _put_aside(directory / rest, scratch, away=True)
        scratch.emptied.add((directory, root.resolve()))


def _prune(directory: Path, root: Path) -> None:
    """Remove a directory, and those above it below the root, as far as they are empty."""
    with suppress(OSError):
        while directory != root:
            directory.rmdir()
            directory = directory.parent


@contextmanager
def _told(target: Path, verb: str = "write") -> Iterator[None]:
    """An error of the system as one that names the file."""
    try:
        yield
    except OSError as error:
        raise Fatal(f"unable to {verb} {target}: {error.strerror or error}") from None
