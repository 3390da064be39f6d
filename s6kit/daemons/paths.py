"""Paths inside a tree: made absolute, and patterns spelled out."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from posixpath import normpath

from s6kit.model import Directory, Tree, join

_MAX_MATCHES = 256


def absolute(path: str, directory: str | None) -> str | None:
    """`path` without a leading slash, from `directory` where it is relative; None: that is not known."""
    if path.startswith("/"):
        return normpath(path).lstrip("/")
    return normpath(f"{directory}/{path}").lstrip("/") if directory is not None else None


def glob(tree: Tree, pattern: str) -> Iterator[str]:
    """The files of `tree` that a root-relative pattern names, sorted, links followed."""
    return _glob(tree, "", [part for part in pattern.split("/") if part])


def _glob(tree: Tree, directory: str, parts: list[str]) -> Iterator[str]:
    if not parts:
        return
    part, rest = parts[0], parts[1:]
    names: tuple[str, ...] = (part,)
    if any(mark in part for mark in "*?["):
        real = tree.resolve(directory)
        names = tree.names(real.path) if not real.trouble else ()
        names = tuple(n for n in names if fnmatchcase(n, part) and not n.startswith(".")) or ()
    for name in names[:_MAX_MATCHES]:
        path = join(directory, name)
        if rest:
            yield from _glob(tree, path, rest)
        elif tree.file(path) is not None:
            yield path


def is_directory(tree: Tree, path: str) -> bool:
    """Whether `path` leads to a directory."""
    return isinstance(tree.resolve(path).entry, Directory)
