"""Files that a Dockerfile brings into the image from elsewhere in the work tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from posixpath import basename, dirname

from s6kit.model import File
from s6kit.read import DIRECTORY, FILE, Disk, read_file
from s6kit.service import lies_in
from s6kit.surroundings.copies import copies


def brought(
    wanted: str, dockerfiles: Iterable[tuple[str, str]], top: str, disk: Disk
) -> tuple[str, File] | None:
    """The file that lies at `wanted` in the image, and its absolute path in the work tree.

    `dockerfiles` are absolute paths and texts. The build context may be the directory of the Dockerfile or
    any above it, up to the absolute directory `top`. None where there is no such file, or several that
    differ.
    """
    found: dict[str, File] = {}
    for path, text in dockerfiles:
        last = [full for full in _origins(wanted, path, text, top) if _is_file(full, top, disk)]
        for full in last[-1:]:
            file = regular(full, top, disk)
            if file is not None:
                found[full] = file
    return next(iter(found.items())) if len({file.data for file in found.values()}) == 1 else None


def regular(full: str, top: str, disk: Disk) -> File | None:
    """The whole file at an absolute path below `top`, where no link lies on the way."""
    entry = read_file(full, False) if _is_file(full, top, disk) else None
    return entry if isinstance(entry, File) and len(entry.data) == entry.length else None


def _origins(wanted: str, dockerfile: str, text: str, top: str) -> Iterator[str]:
    """Where the file may lie, by each COPY and for each build context: what counts comes last."""
    for copy in copies(text):
        for name in copy.origins(wanted):
            yield from reversed([f"{context}/{name}" for context in _above(dirname(dockerfile), top)])


def _above(directory: str, top: str) -> Iterator[str]:
    yield directory
    while directory != top and len(directory) > len(top):
        directory = dirname(directory)
        yield directory.rstrip("/")


def _is_file(full: str, top: str, disk: Disk) -> bool:
    if not lies_in(full, top.rstrip("/")):
        return False
    directory = dirname(full)
    while len(directory) > len(top):
        if disk.listing(dirname(directory)).get(basename(directory)) != DIRECTORY:
            return False
        directory = dirname(directory)
    return disk.listing(dirname(full)).get(basename(full)) == FILE
