"""The only writer of trees: a service directory whole, or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from s6kit.errors import Fatal
from s6kit.model import DictTree, File, Link

EXECUTABLE, PLAIN, OPEN = 0o755, 0o644, 0o755


def write(root: Path, place: str, tree: DictTree, replace: bool = False) -> None:
    """Write what `tree` holds at and below `place`, a directory, into `root`.

    It is made beside its place, under a name that s6-svscan skips, and renamed. With `replace`, a
    directory that is there is put aside first, and keeps the files that `tree` does not have. Fatal, and
    everything as it was, where that cannot be done.
    """
    outside = [
        p for p, e in tree.entries.items() if isinstance(e, File | Link) and not p.startswith(place + "/")
    ]
    if outside:
        raise ValueError(f"not below {place}: {outside[0]}")
    target = root / place
    made: list[Path] = []
    try:
        check(root, place, replace)
        for path in _make(target.parent):
            made.append(path)
        _swap(target, place, tree, replace)
    except OSError as error:
        _unmake(made)
        raise Fatal(f"unable to write {target}: {error.strerror or error}") from None
    except BaseException:
        _unmake(made)
        raise


def check(root: Path, place: str, replace: bool = False) -> None:
    """Fatal where `place` is taken already, cannot be replaced, or is not inside `root`."""
    target = root / place
    if os.path.lexists(target) and not replace:
        raise Fatal(f"unable to write {target}: it is there already; --force replaces what `new` writes")
    if os.path.lexists(target) and (target.is_symlink() or not target.is_dir()):
        raise Fatal(f"unable to replace {target}: it is no directory")
    try:
        inside = target.parent.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a loop
        inside = False
    if not inside:
        raise Fatal(f"unable to write {target}: a link on the way leads out of {root}")


def _make(directory: Path) -> Iterator[Path]:
    """Make a directory and those above it that are missing, and tell which."""
    missing = [path for path in (directory, *directory.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(OPEN, exist_ok=True)  # somebody else may have been faster
        yield path


def _unmake(made: list[Path]) -> None:
    for path in reversed(made):
        with suppress(OSError):  # somebody else has put something there
            path.rmdir()


def _swap(target: Path, place: str, tree: DictTree, replace: bool) -> None:
    """Fill a directory beside the target, then let it take its place.

    Whoever comes second finds it taken: a directory that is not empty cannot be renamed over.
    """
    with tempfile.TemporaryDirectory(prefix=".s6kit.", dir=target.parent) as scratch:
        fresh, old = Path(scratch) / "new", Path(scratch) / "old"
        if replace and target.exists():
            shutil.copytree(target, fresh, symlinks=True, copy_function=_copy)
        else:
            fresh.mkdir()
            fresh.chmod(OPEN)
        _fill(fresh, place, tree)
        if replace and target.exists():
            target.rename(old)
        try:
            fresh.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise


def _copy(source: str, target: str) -> str:
    if not Path(source).is_file():
        raise OSError(0, f"{source} is no regular file: is the service running?")
    return str(shutil.copy2(source, target, follow_symlinks=False))


def _fill(directory: Path, place: str, tree: DictTree) -> None:
    for path, entry in sorted(tree.entries.items()):
        if not isinstance(entry, File | Link):
            continue
        target = directory / path.removeprefix(place + "/")
        target.parent.mkdir(OPEN, parents=True, exist_ok=True)
        if os.path.lexists(target):
            target.unlink()
        if isinstance(entry, Link):
            target.symlink_to(entry.target)
        else:
            target.write_bytes(entry.data)
            target.chmod(EXECUTABLE if entry.executable else PLAIN)
