"""Reads the process tree of a container: who supervises whom, and who has escaped. No system call in here."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from posixpath import basename

from s6kit.dataclass import dataclass
from s6kit.probe.record import Row
from s6kit.programs import SHELLS

SUPERVISORS = {"s6-supervise": "s6", "runsv": "runit"}
_INNER = (
    "s6rc-",
    "s6-linux-init-",
    "s6-fdholderd",
    "s6-svscan-log",
    ".s6",
)  # services that belong to the init itself
_INIT = frozenset(
    "s6-svscan runsvdir runsv s6-supervise s6-linux-init s6-linux-init-shutdownd s6-ipcserverd s6-rc init"
    " rc.init preinit init-stage2 foreground if".split()
)
"""Programs of the inits. s6-overlay 3 runs the image's CMD below `rc.init`, 2 below `foreground`."""
_LOGGERS = frozenset("svlogd s6-log multilog logger".split())
_INTERPRETERS = SHELLS | {"busybox", "execlineb"}
_LEGACY = "/run/s6/legacy-services"  # where s6-overlay 3 copies those of services.d to
_OPTIONS = {"s6-svscan": "tcCdXL", "runsvdir": ""}  # those that take a value


@dataclass(frozen=True)
class Service:
    """A supervisor with its service: the process that it watches, None while there is none."""

    name: str
    layout: str
    supervisor: int
    main: Row | None


def services(rows: Sequence[Row]) -> list[Service]:
    """Every service that is supervised, by name; those of the init itself left out."""
    found = []
    for row in rows:
        program = basename(row.words[0])
        if program in SUPERVISORS and len(row.words) > 1 and not row.words[1].startswith(_INNER):
            children = [each for each in rows if each.parent == row.pid and not _finishes(each)]
            if program == "runsv":
                children = [each for each in children if basename(each.words[0]) not in _LOGGERS]
            found.append(
                Service(row.words[1], SUPERVISORS[program], row.pid, children[0] if children else None)
            )
    return sorted(found, key=lambda each: each.name)


def _finishes(row: Row) -> bool:
    """Whether it is a `finish`: its service has ended before."""
    return row.words[0] == "finish" or "./finish" in row.words[:4]


def first(rows: Sequence[Row]) -> Row | None:
    """The first process of the container: the one whose parent is not in it."""
    there = {row.pid for row in rows}
    return next((row for row in rows if row.parent not in there), None)


def strays(rows: Sequence[Row]) -> list[Row]:
    """Children of the first process that nobody supervises."""
    top = first(rows)
    if top is None:
        return []
    above = _above(rows)
    return [
        row
        for row in rows
        if row.parent == top.pid and row.pid not in above and _program(row.words) not in _INIT
    ]


def _program(words: Sequence[str]) -> str:
    """The program that a command line is of; of an interpreter's, the script."""
    program = basename(words[0])
    script = next((word for word in words[1:] if not word.startswith("-")), "")
    return basename(script) if program in _INTERPRETERS and script else program


def _above(rows: Sequence[Row]) -> set[int]:
    """The ancestors of every supervisor: the init, and whatever starts it."""
    by = {row.pid: row for row in rows}
    above = set()
    for row in rows:
        if basename(row.words[0]) in SUPERVISORS:
            at = row
            while at.parent in by and at.parent not in above:
                above.add(at.parent)
                at = by[at.parent]
    return above


def below(rows: Sequence[Row], pid: int) -> list[Row]:
    """Every descendant of a process."""
    children = [row for row in rows if row.parent == pid]
    return [each for child in children for each in (child, *below(rows, child.pid))]


def scandir(rows: Iterable[Row]) -> str:
    """The directory that the init scans, where its command line says it; else empty."""
    for row in rows:
        program = basename(row.words[0])
        if program in _OPTIONS:
            words = _arguments(row.words[1:], _OPTIONS[program])
            return next((word for word in words if word.startswith("/")), "")
    return ""


def _arguments(words: Sequence[str], valued: str) -> list[str]:
    """The words behind the options."""
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] != "--":
        at += 2 if len(words[at]) == 2 and words[at][1] in valued else 1
    return list(words[at + 1 :] if at < len(words) and words[at] == "--" else words[at:])


@dataclass(frozen=True)
class Suspect:
    """A service whose process does not stay: what it was each time it was seen, and its script.

    `supervisor` is the number of the process that starts it.
    """

    name: str
    supervisor: int
    commands: tuple[tuple[str, ...], ...]
    script: bytes


def place(rows: Iterable[Row], directory: str) -> str:
    """The service, of the init itself or another, in whose directory this is; empty if in none.

    s6-rc and s6-overlay 3 keep the directories elsewhere, with links to them in the scan directory.
    """
    scans = {scandir(rows), directory.rpartition("/servicedirs/")[0] + "/servicedirs", _LEGACY}
    names = {row.words[1] for row in rows if basename(row.words[0]) in SUPERVISORS and len(row.words) > 1}
    return next((name for name in names for scan in scans if scan and directory == f"{scan}/{name}"), "")


def owner(stray: Row, where: str, suspects: Sequence[Suspect], often: bool) -> str:
    """The service that an escaped process comes from; empty where that cannot be told.

    `where` is the service whose directory that process is still in: it was started there. Else it is the one
    that was seen as the same command or program, or the one whose script or name is of that command or
    program. Where there are more of the same (`often`), it is the only one that is started again and again;
    what is there but once may come from whatever the init has run. A process with a lower number than the
    supervisor was there before it.
    """
    suspects = [one for one in suspects if one.supervisor < stray.pid]
    if where:
        return where if any(one.name == where for one in suspects) else ""
    program = basename(stray.words[0]).rstrip(":")
    ways = (
        lambda one: stray.words in one.commands,
        lambda one: any(basename(words[0]) == program for words in one.commands),
        lambda one: os.fsencode(" ".join(stray.words)) in one.script,
        lambda one: os.fsencode(program) in one.script,
        lambda one: one.name == program,
        lambda one: often,
    )
    for way in ways:
        found = [one.name for one in suspects if way(one)]
        if len(found) == 1:
            return found[0]
    return ""
