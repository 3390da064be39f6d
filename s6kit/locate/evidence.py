"""Is this directory a service? What is enough to say so where no name of a layout says it.

Source-to-image builders keep a script called `run` in a `bin`, test suites one in each case, projects one
beside their Makefile. A service directory has more of the contract than that, or a script that only makes
sense under a supervisor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import IntEnum

from s6kit.dataclass import dataclass
from s6kit.layout import RUNIT, S6, S6_RC, SERVICES_D, Layout
from s6kit.model import File
from s6kit.read import DIRECTORY, FILE, LINK, OTHER, Disk, read_file
from s6kit.regex import regex
from s6kit.service import TYPES

_CONTRACT = frozenset(
    "finish notification-fd lock-fd timeout-kill timeout-finish max-death-tally down-signal reload-signal"
    " flag-newpidns flag-timeout-killpg down supervise producer-for consumer-for dependencies.d".split()
)
_COMPILED = frozenset("up down run contents contents.d dependencies dependencies.d".split())
_PROJECT = frozenset(
    "assemble usage save-artifacts Makefile CMakeLists.txt configure package.json setup.py pyproject.toml"
    " go.mod Cargo.toml pom.xml build.gradle Gemfile composer.json Dockerfile docker-compose.yml".split()
)
_NEVER = frozenset(
    "bin sbin s2i .s2i src test tests spec t script scripts tools ci doc docs example examples bench"
    " benchmark benchmarks lib libexec".split()
)
_SCANNED = frozenset("service services sv svc s6 runit runsvdir daemontools supervise etc-service".split())
_SUPERVISED = frozenset("sv s6 runit runsvdir daemontools etc-service".split())  # of nothing else
_UNUSED = regex(r"(?:^|[-_.])(?:disabled|unused|deprecated|obsolete)(?:$|[-_.])")
_IDIOM = regex(
    rb"execlineb|with-contenv|\bs6-[a-z]|\bchpst\b|\bsvlogd\b|\bsetuidgid\b|\bsv (?:check|start|up|once)\b"
    rb"|\bexec 2>&1\b|/etc/(?:runit|service|sv|s6)\b"
)
_RUNIT = regex(rb"\bchpst\b|\bsvlogd\b|\bsv (?:check|start|up|once|down)\b|/etc/(?:runit|sv)\b")
_EXEC = regex(rb"^[ \t]*exec[ \t]+\S", re.MULTILINE)
_HEAD = 8192


class Grade(IntEnum):
    """How much a directory looks like a service."""

    NONE = 0
    HAS_RUN = 1  # a service if its neighbours are
    WEAK = 2  # its script ends as another program
    STRONG = 3


@dataclass(frozen=True, slots=True)
class Sign:
    """What a directory looks like."""

    grade: Grade
    layout: Layout = S6
    runit: bool = False
    """Something in it speaks of runit."""


def look(disk: Disk, directory: str) -> Sign:
    """What the absolute `directory` looks like, judged by itself."""
    listing = disk.listing(directory)
    name = directory.rpartition("/")[2]
    if listing.get("type") == FILE and listing.keys() & _COMPILED and _is_type(f"{directory}/type", listing):
        return Sign(Grade.STRONG, S6_RC)
    if listing.get("run") not in (FILE, LINK) or name in _NEVER or not _PROJECT.isdisjoint(listing):
        return Sign(Grade.NONE)
    contract = bool(listing.keys() & _CONTRACT) or listing.get("control") == DIRECTORY
    logs = listing.get("log") == DIRECTORY and "run" in disk.listing(f"{directory}/log")
    if listing["run"] == LINK:
        return Sign(Grade.STRONG if contract or logs else Grade.WEAK)
    entry = read_file(f"{directory}/run", None)
    if not isinstance(entry, File):
        return Sign(Grade.HAS_RUN)
    text = entry.data[:_HEAD]
    program = text.lstrip().startswith((b"#!", b"\xef\xbb\xbf#!")) or bool(entry.executable)
    if not program:
        return Sign(Grade.STRONG if contract and _EXEC.search(text) else Grade.HAS_RUN)
    runit = _RUNIT.search(text) is not None or "check" in listing or "control" in listing
    if contract or logs or _IDIOM.search(text):
        return Sign(Grade.STRONG, runit=runit)
    return Sign(Grade.WEAK if _EXEC.search(text) else Grade.HAS_RUN, runit=runit)


def _is_type(path: str, listing: Mapping[str, str]) -> bool:
    """Whether the file is s6-rc's; with dependencies.d beside it even a misspelt one is."""
    entry = read_file(path, False)
    said = entry.data.strip() if isinstance(entry, File) else b""
    return said in TYPES or bool(listing.keys() & {"dependencies.d", "contents.d"})


def is_scanned(directory: str, signs: Iterable[Sign], neighbours: int) -> bool:
    """Whether the absolute `directory` is a scan directory, by the signs of its `neighbours` children."""
    grades = [sign.grade for sign in signs]
    if _UNUSED.search(directory.rpartition("/")[2]):
        return False
    if Grade.STRONG in grades:
        return True
    weak = grades.count(Grade.WEAK)
    name = directory.rpartition("/")[2]
    if name in _SUPERVISED:
        return bool(grades)
    if name in _SCANNED:
        return weak > 0
    return weak > 1 and 2 * weak >= neighbours and name not in _NEVER


def is_named(directory: str) -> bool:
    """Whether the absolute `directory`, if the user means it, is a scan directory by its name."""
    return directory.rpartition("/")[2] in _SCANNED


def is_part_of(disk: Disk, directory: str) -> bool:
    """Whether a child of a known scan directory is a service, or what became of one that lost its `run`."""
    listing = disk.listing(directory)
    if "run" in listing and listing["run"] != DIRECTORY:
        return _PROJECT.isdisjoint(listing)
    if listing.keys() & (_CONTRACT | {"type", "Run", "run.sh", "RUN"}):
        return True
    return listing.get("run") in (DIRECTORY, OTHER) or "run" in disk.listing(f"{directory}/log")


def layout_of(directory: str, signs: Iterable[Sign]) -> Layout:
    """The layout of a scan directory that its name does not give away."""
    signs, name = tuple(signs), directory.rpartition("/")[2]
    if any(sign.layout is S6_RC for sign in signs):
        return S6_RC
    if name.startswith("services."):
        return SERVICES_D
    parts = directory.split("/")[-3:]
    if any(sign.runit for sign in signs) or any(
        "runit" in part or part in ("sv", "runsvdir") for part in parts
    ):
        return RUNIT
    return S6
