"""All that was seen of a container from outside, as a value: what `image` collects and `sight` reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from s6kit.dataclass import dataclass
from s6kit.model import File


@dataclass(frozen=True)
class Row:
    """One process of a container: its number there (docker: here), its number here, its parent, its words.

    `exact`: /proc of this machine shows the same process, and the words are its arguments themselves; else
    they were split at blanks.
    """

    pid: int
    here: int
    parent: int
    words: tuple[str, ...]
    exact: bool = False


Look = tuple[float, tuple[Row, ...]]
"""Seconds, and the processes that there were."""


@dataclass(frozen=True)
class Inside:
    """What /proc shows of a process: its directory, whether it catches SIGTERM, where it listens."""

    directory: str = ""
    heeds: bool | None = None
    listens: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """A container from its start to its end.

    `looks` were taken while it was watched, from `begun` (seconds since 1970) on; `stopping` after it was
    asked to end at `asked`, with seconds since then, the last one at its end or when it was `killed`. `files`
    are those of each service's directory at the end of the watch, `left` those after the container's end.
    `code` is its exit code. One that ended by itself has neither `stopping` nor files.
    """

    image: str
    looks: tuple[Look, ...]
    begun: float
    watched: float
    code: int
    output: str = ""
    stop_signal: str = "SIGTERM"
    asked: float = 0.0
    stopping: tuple[Look, ...] = ()
    killed: bool = False
    files: Mapping[str, Mapping[str, File]] = field(default_factory=dict)
    left: Mapping[str, Mapping[str, File]] = field(default_factory=dict)
    inside: Mapping[int, Inside] = field(default_factory=dict)
    """By number in the container, for those that were there at the end of the watch."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """The processes at the end of the watch."""
        return self.looks[-1][1] if self.looks else ()
