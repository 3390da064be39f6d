"""Files that a Dockerfile brings into the image from elsewhere in the work tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from posixpath import basename, dirname

from s6kit.model import File
from s6kit.read import DIRECTORY, FILE, Disk, read_file
from s6kit.service import lies_in
from s6kit.surroundings.modes import changes
from s6kit.surroundings.stages import Run, Stage


def brought(
    wanted: str, images: Iterable[tuple[str, Stage]], top: str, disk: Disk
) -> tuple[str, File] | None:
    """The file that lies at `wanted` in the image, and its absolute path in the work tree.

    `images` are Dockerfiles: absolute paths, and what they make. The build context may be the directory of a
    Dockerfile or any above it, up to the absolute directory `top`. None where there is no such file, where a
    RUN may have changed it, or where there are several that differ.
    """
    found: dict[str, File] = {}
    for path, stage in images:
        contexts = tuple(_above(dirname(path), top))

        def located(name: str, contexts: tuple[str, ...] = contexts) -> str | None:
            return next((f for c in contexts if _is_file(f := f"{c}/{name}", top, disk)), None)

        full = _origin(stage, wanted, located)
        file = regular(full, top, disk) if full is not None else None
        if full is not None and file is not None:
            found[full] = file
    return next(iter(found.items())) if len({file.data for file in found.values()}) == 1 else None


def _origin(
    stage: Stage, place: str, located: Callable[[str], str | None], followed: bool = True
) -> str | None:
    """Where the file at `place` of a stage comes from; `followed`: from another stage of the file, too."""
    found = None
    for step in stage.steps:
        if isinstance(step, Run):
            found = None if found is not None and changes(step.text, place) else found
            continue
        for name in step.origins(place):
            if name is None or (step.stage is not None and not followed):
                found = None
            elif step.stage is not None:
                found = _origin(step.stage, name, located, False) or found
            else:
                found = located(name) or found
    return found


def regular(full: str, top: str, disk: Disk) -> File | None:
    """The whole file at an absolute path below `top`, where no link lies on the way."""
    entry = read_file(full, False) if _is_file(full, top, disk) else None
    return entry if isinstance(entry, File) and len(entry.data) == entry.length else None


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
