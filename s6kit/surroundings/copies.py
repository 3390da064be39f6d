"""Where does a file of a repository lie in the image? What COPY and ADD say, read generously."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import normpath

from s6kit.dataclass import dataclass
from s6kit.regex import regex
from s6kit.surroundings.modes import CONTINUED, glob

_COPY = regex(r"^[ \t]*(?:ONBUILD[ \t]+)?(?:COPY|ADD)[ \t]+(.+)$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Copy:
    """One source of a COPY: what the paths of a work tree that it means look like, and where they go."""

    source: re.Pattern[str]
    target: str
    into: bool
    """The target is sure to be a directory, in which a file keeps its name."""

    def landing(self, path: str) -> str | None:
        """Where in the image, without the slash in front, the file at `path` of a work tree lies."""
        found = self.source.fullmatch(path)
        if found is None:
            return None
        below = found[1] if found[1] is not None else path.rpartition("/")[2] if self.into else ""
        return normpath(f"{self.target}/{below}").lstrip("/")


def copies(text: str) -> Iterator[Copy]:
    """What a Dockerfile copies.

    The build context is not known: a source may be the end of any directory's path, one in another stage
    (`--from`) by its last names alone. A source or target with a variable says nothing, nor does a target
    that is relative to a WORKDIR.
    """
    for match in _COPY.finditer(CONTINUED.sub(" ", text)):
        words = re.sub(r'[\[\]",]', " ", match[1]).split()
        staged = any(word.startswith("--from=") for word in words)
        words = [word for word in words if not word.startswith("--")]
        if len(words) < 2 or not words[-1].startswith("/") or "$" in words[-1]:
            continue
        for source in words[:-1]:
            parts = [part for part in source.split("/") if part not in ("", ".")]
            if parts and "$" not in source:
                into = words[-1].endswith("/") or len(words) > 2
                yield Copy(_pattern(parts, staged), words[-1], into)


def _pattern(parts: list[str], staged: bool) -> re.Pattern[str]:
    ends = ["/".join(parts[start:]) for start in range(len(parts) if staged else 1)]
    return re.compile(rf"(?:.*/)?(?:{'|'.join(map(glob, ends))})(?:/(.*))?", re.DOTALL)
