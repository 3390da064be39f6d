"""Runs an image with its own init, and collects from outside what becomes of its processes."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from posixpath import basename, dirname, join, normpath
from time import monotonic, sleep, time

from s6kit.model import File
from s6kit.probe import sockets, supervisors
from s6kit.probe.engine import Container, Engine
from s6kit.probe.loop import KEPT
from s6kit.probe.record import Inside, Look, Record, Row
from s6kit.probe.run import Net
from s6kit.probe.signals import signal_name
from s6kit.probe.status import status

PAUSE = 0.2  # seconds between two looks
_AGAIN = 1.0  # seconds in which a service that stays is seen once more
_DIES = 20.0  # seconds that the engine may take to kill a container
_CAUGHT = 1 << (signal.SIGTERM - 1)
_STATUS, _TALLY = "supervise/status", "supervise/death_tally"
_TOGETHER = "servicedirs"  # where s6-rc keeps the service directories of all of its services

Tell = Callable[[str, str], None]
"""What is told on the way: a service, or empty for the container; what happens to it."""
Place = tuple[str, str]
"""A directory of the container to be copied, and the directory of a service in there."""
Files = dict[str, dict[str, File]]
"""The files of service directories, by service and path in there."""


def watch(
    used: Engine,
    image: str,
    settle: float,
    timeout: float,
    net: Net,
    options: Sequence[str],
    tell: Tell,
) -> Record:
    """Run an image, watch it, and stop it. ProbeError where it cannot be run."""
    with Container(used, image, net, options) as container:
        return _Watch(container, image, settle, timeout, tell).record()


class _Watch:
    """A container, from its start on."""

    def __init__(self, container: Container, image: str, settle: float, timeout: float, tell: Tell) -> None:
        self._container, self._image, self._tell = container, image, tell
        self._settle, self._timeout = settle, timeout
        self._begin, self._begun = monotonic(), time()
        self._looks: list[Look] = []
        self._until = self._begin + settle
        self._told = dict[str, int]()  # service -> the process that was told last
        self._staying = set[str]()  # services of which a process was seen twice

    def record(self) -> Record:
        """All that is to be seen of it."""
        self._watch()
        facts = self._container.facts()
        watched = round(monotonic() - self._begin, 3)
        if not facts["State"]["Running"] or not self._look():
            return self._ended(watched)
        rows = self._looks[-1][1]
        places, files = self._directories(rows)
        inside = {row.pid: _inside(row) for row in rows if row.exact}
        name = str(facts["Config"].get("StopSignal") or "SIGTERM")
        asked, stopping, killed, left = self._stop(name, places)
        return Record(
            self._image,
            tuple(self._looks),
            self._begun,
            watched,
            self._container.facts()["State"]["ExitCode"],
            self._container.output(KEPT),
            signal_name(int(name)) if name.isdecimal() else name,
            asked,
            stopping,
            killed,
            files,
            left,
            inside,
        )

    def _watch(self) -> None:
        """Look until it has been watched for long enough, or has ended."""
        last = self._begin + self._settle + self._timeout
        while self._look():
            now = monotonic()
            if now >= self._until and (now >= last or not self._starts()):
                return
            sleep(PAUSE)

    def _starts(self) -> bool:
        """Whether its init still has services to start: s6-rc is at work, or none has been started yet."""
        rows = self._looks[-1][1]
        if any(basename(row.words[0]) == "s6-rc" for row in rows):
            return True
        if self._told or any(service.layout != "s6" for service in supervisors.services(rows)):
            return False
        _, files = self._directories(rows)
        return not any(_TALLY in each and each[_TALLY].data for each in files.values())

    def _ended(self, watched: float) -> Record:
        """It has ended by itself."""
        code = self._container.facts()["State"]["ExitCode"]
        return Record(
            self._image, tuple(self._looks), self._begun, watched, code, self._container.output(KEPT)
        )

    def _look(self) -> bool:
        """Take one look; False once the container has ended."""
        rows = tuple(self._container.top())
        if not rows:
            return False
        if self._looks and rows == self._looks[-1][1]:
            rows = self._looks[-1][1]  # a long watch is kept once
        self._looks.append((round(monotonic() - self._begin, 3), rows))
        for service in supervisors.services(rows):
            if service.main is not None:
                self._note(service.name, service.main)
        return True

    def _note(self, name: str, main: Row) -> None:
        """A service is at work; one that starts late is watched for as long as the others, within bounds."""
        now = monotonic()
        if name not in self._told:
            self._until = max(self._until, now + _AGAIN)
        if self._told.get(name) != main.pid:
            self._tell(name, " ".join(main.words))
            self._told[name] = main.pid
        elif name not in self._staying:
            self._staying.add(name)
            self._until = max(self._until, min(now, self._begin + self._timeout) + self._settle)

    def _directories(self, rows: Sequence[Row]) -> tuple[dict[str, Place], Files]:
        """Where the files of each service are, and what they are now."""
        names = [service.name for service in supervisors.services(rows)]
        scandir = supervisors.scandir(rows)
        scanned, links = self._container.copy(scandir) if scandir else ({}, {})
        places = _places(scandir, links, names)
        return places, self._files(places, {scandir: scanned})

    def _files(self, places: Mapping[str, Place], copied: dict[str, dict[str, File]]) -> Files:
        """The files of every service; what is copied already, and one place, are not copied again."""
        for directory, _ in places.values():
            if directory not in copied:
                copied[directory] = self._container.copy(directory)[0]
        return {name: _below(copied[place], inside) for name, (place, inside) in places.items()}

    def _stop(self, name: str, places: Mapping[str, Place]) -> tuple[float, tuple[Look, ...], bool, Files]:
        """Ask the container to end.

        When that was, what was seen until its end, whether it was killed, and the files that it left. Those
        in memory alone end with it: what they said of services that had ended before is kept.
        """
        self._tell("", "stops")
        self._container.kill(name)
        asked, begin = time(), monotonic()
        looks: list[Look] = []
        alive, early = set(self._told.values()), Files()
        while not looks or (looks[-1][1] and looks[-1][0] < self._timeout):
            sleep(PAUSE / 4)
            rows = tuple(self._container.top())
            looks.append((round(monotonic() - begin, 3), rows))
            left = alive & {row.pid for row in rows}
            if rows and left != alive:
                early = self._files(places, {})
            alive = left
        killed = bool(looks[-1][1])
        if killed:
            self._container.kill("SIGKILL")
            while self._container.top() and monotonic() < begin + self._timeout + _DIES:
                sleep(PAUSE)
        files = self._files(places, {})
        kept = {each: found or _told_of_end(early.get(each, {})) for each, found in files.items()}
        return asked, tuple(looks), killed, kept


def _told_of_end(files: dict[str, File]) -> dict[str, File]:
    """The files of a service, if they say that it has ended."""
    written = status(files[_STATUS].data) if _STATUS in files else None
    return files if written is not None and not written.pid else {}


def _places(scandir: str, links: Mapping[str, str], names: Iterable[str]) -> dict[str, Place]:
    """Where the files of each service are; none where it is not known which directory is scanned."""
    found = {}
    for name in names if scandir else ():
        top, _, rest = name.partition("/")
        real = normpath(join(scandir, links[top], rest)) if top in links else ""
        if not real:
            found[name] = (scandir, name)
        elif basename(dirname(real)) == _TOGETHER:
            found[name] = (dirname(real), basename(real))
        else:
            found[name] = (real, "")
    return found


def _below(files: Mapping[str, File], directory: str) -> dict[str, File]:
    """Those files that lie in a directory, by their path in there."""
    head = f"{directory}/" if directory else ""
    return {path.removeprefix(head): file for path, file in files.items() if path.startswith(head)}


def _inside(row: Row) -> Inside:
    """What /proc of this machine shows of a process; nothing where it shows nothing."""
    directory, heeds = "", None
    with suppress(OSError):
        directory = os.readlink(f"/proc/{row.here}/cwd")  # noqa: PTH115
    with suppress(OSError):
        lines = Path(f"/proc/{row.here}/status").read_text("utf-8", "replace").splitlines()
        caught = next((line for line in lines if line.startswith("SigCgt:")), "")
        heeds = bool(int(caught.split()[1], 16) & _CAUGHT) if caught else None
    return Inside(directory, heeds, sockets.listens([row.here]))
