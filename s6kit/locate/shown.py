"""Paths as the user typed them, and which of those are excluded."""

# Paths are strings here: there are many, and pathlib takes its time.
from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from posixpath import normpath

from s6kit.service import lies_in


def excluded(shown: str, patterns: Sequence[str]) -> bool:
    """Whether a pattern matches a path, one above it, or, without a slash, a name in it."""
    names = shown.split("/")
    above = ["/".join(names[: end + 1]) for end in range(len(names))]
    for pattern in (given.removeprefix("./").rstrip("/") for given in patterns):
        against = above if "/" in pattern else names
        if any(fnmatchcase(text, pattern) for text in against):
            return True
    return False


class Shower:
    """Turns absolute paths back into what the user typed."""

    def __init__(self) -> None:
        self._given: list[tuple[str, str]] = []
        self._here = os.path.realpath(".")

    def given(self, full: str, path: str) -> None:
        """Remember how `full` was written."""
        while path.startswith("./"):
            path = path[2:].lstrip("/")
        path = path.rstrip("/") if path.strip("/") else path
        self._given.append((full, "" if path in (".", "") else path))
        self._given.sort(key=lambda pair: len(pair[0]))

    def above(self, root: str) -> str:
        """The widest directory that was given and holds `root`; empty if none does."""
        return next((full for full, _ in self._given if lies_in(root, full)), "")

    def show(self, full: str) -> str:
        """The absolute `full` as the user would write it."""
        for base, path in self._given:
            if lies_in(full, base):
                rest = full[len(base) + 1 :]
                return (f"{path.rstrip('/')}/{rest}" if path else rest) if rest else path or "."
        if self._given and all(path.startswith("/") for _, path in self._given):
            return full or "/"
        return os.path.relpath(full or "/", self._here)

    def within(self, root: str) -> Callable[[str], str]:
        """The same for paths relative to `root`."""
        return lambda path: self.show(normpath(f"{root}/{path}") if path else root)
