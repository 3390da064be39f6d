"""The Dockerfiles of a work tree, as far as they concern one root of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from posixpath import dirname

from s6kit.model import File
from s6kit.read import DIRECTORY, FILE, Disk, read_file
from s6kit.regex import regex
from s6kit.surroundings.texts import LONGEST, NOT_SEARCHED, uncommented

_NAME = regex(r"(?:.*[._-])?(?:docker|container)file(?:[._-].*)?", re.IGNORECASE)
_MOST = 400
_DEPTH = 4  # how deep they are looked for without git


def is_dockerfile(name: str) -> bool:
    """Whether a file is a Dockerfile or a Containerfile, by its name."""
    return _NAME.fullmatch(name) is not None


class Dockerfiles:
    """Those around the absolute directory `root`, in the work tree `top` (`git`: of that repository)."""

    def __init__(self, root: str, top: str, git: str | None, disk: Disk) -> None:
        self._root = root
        self._top = top
        self._git = git
        self._disk = disk

    @cached_property
    def all(self) -> dict[str, bytes]:
        """Absolute path -> text without comments."""
        found: dict[str, bytes] = {}
        for path in sorted({*self._tracked(), *self._nearby()})[:_MOST]:
            entry = read_file(path, False)
            if isinstance(entry, File) and entry.length <= LONGEST:
                found[path] = uncommented(entry.data)
        return found

    @cached_property
    def near(self) -> dict[str, bytes]:
        """Those of the images that the root is copied into, as far as that shows."""
        return {path: text for path, text in self.all.items() if self._is_above(dirname(path))} or self.all

    @property
    def above(self) -> dict[str, bytes]:
        """The near ones in a directory that holds the root; where there is none, all near ones."""
        inside = f"{self._root}/"
        found = {p: text for p, text in self.near.items() if inside.startswith(f"{dirname(p)}/")}
        return found or self.near

    @cached_property
    def context(self) -> str:
        """What the image is built from: the nearest directory above the root that has one."""
        for directory in self._upward():
            if any(self._in(directory)):
                return directory
        return self._root

    def _tracked(self) -> Iterator[str]:
        for path in self._disk.tracked(self._git) if self._git is not None else ():
            if is_dockerfile(path.rpartition("/")[2]):
                yield f"{self._top.rstrip('/')}/{path}"

    def _nearby(self) -> Iterator[str]:
        """Those beside the root and above it within the work tree, and, without an index, those below."""
        for directory in self._upward():
            yield from self._in(directory)
        if self._git is None or not self._disk.tracked(self._git):
            yield from self._below(self._top, _DEPTH)

    def _upward(self) -> Iterator[str]:
        """The root and what is above it in the work tree."""
        directory = self._root
        while directory:
            yield directory
            if directory == self._top:
                break
            directory = dirname(directory).rstrip("/")

    def _in(self, directory: str) -> Iterator[str]:
        for name, kind in self._disk.listing(directory).items():
            if kind == FILE and is_dockerfile(name):
                yield f"{directory}/{name}"

    def _below(self, directory: str, depth: int) -> Iterator[str]:
        yield from self._in(directory)
        if depth:
            for name, kind in self._disk.listing(directory).items():
                if kind == DIRECTORY and name not in NOT_SEARCHED:
                    yield from self._below(f"{directory}/{name}", depth - 1)

    def _is_above(self, directory: str) -> bool:
        """Whether one in `directory` is of an image that the root is copied into."""
        return directory != self._top and f"{self._root}/".startswith(f"{directory}/")
