"""Runs an image with its own init, and reads from outside what becomes of its services."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from time import monotonic, sleep

from s6kit.dataclass import dataclass
from s6kit.model import File
from s6kit.observation import Fate, Observation, Stop, Survivor
from s6kit.probe import supervisors
from s6kit.probe.engine import Container, Engine, Row
from s6kit.probe.loop import KEPT
from s6kit.probe.run import Net, ProbeError
from s6kit.probe.supervisors import Service, Status, Suspect
from s6kit.probe.watch import signal_name

PAUSE = 0.2  # seconds between two looks
STEADY = 1.5  # seconds for which a process has to be there: s6 starts one a second
_DIES = 20.0  # seconds that the engine may take to kill a container
_CAUGHT = 1 << (signal.SIGTERM - 1)


@dataclass(frozen=True)
class Sight:
    """All that was seen of an image; `files` are those of its service directories, by path in the image."""

    observations: tuple[Observation, ...]
    files: Mapping[str, File]
    scandir: str
    layout: str


Tell = Callable[[str, str], None]
"""What is told on the way: a service, or empty for the container; what happens to it."""


@dataclass()
class _Seen:
    """What was seen of one service so far."""

    service: Service
    mains: dict[int, Row] = field(default_factory=dict)
    since: float = 0.0  # when the one that is there now was seen first
    last: float = 0.0
    heeds: bool | None = None
    children: tuple[Row, ...] = ()
    files: Mapping[str, File] = field(default_factory=dict)
    status: Status | None = None
    strays: list[Row] = field(default_factory=list)

    @property
    def down(self) -> bool:
        """Whether it has no process, and its supervisor starts none."""
        return self.service.main is None and self.status is not None and not self.status.up

    @property
    def parked(self) -> bool:
        """Whether it is down because nobody has asked for it yet."""
        return self.down and "down" in self.files

    @property
    def script(self) -> bytes:
        """Its run, where that was to be had."""
        return self.files["run"].data if "run" in self.files else b""


class Look:
    """A container while it is watched."""

    def __init__(self, container: Container, image: str, settle: float, timeout: float, tell: Tell) -> None:
        self._container, self._image, self._tell = container, image, tell
        self._settle, self._timeout = settle, timeout
        self._begin = monotonic()
        self._rows: list[Row] = []
        self._seen: dict[str, _Seen] = {}
        self._scandir = ""
        self._strays: dict[int, int] = {}  # pid -> in how many looks

    def observe(self, wanted: Sequence[str]) -> Sight:
        """What is seen of the container, and of every service that is wanted (none named: of all)."""
        while monotonic() < self._begin + self._settle and self._look():
            sleep(PAUSE)
        watched = monotonic() - self._begin
        facts = self._container.facts()
        if not facts["State"]["Running"]:
            return Sight((self._ended(watched, facts["State"]["ExitCode"]),), {}, "", "s6")
        self._look()
        self._settle_down()
        missing = [name for name in wanted if name not in self._seen]
        if missing or not self._seen:
            raise ProbeError(self._absent(missing))
        left = self._assign()
        stop, gone, killed = self._stop(str(facts["Config"].get("StopSignal") or "SIGTERM"))
        code = self._container.facts()["State"]["ExitCode"]
        found = [self._container_seen(watched, code, stop, left, killed)]
        names = wanted or sorted(name for name, seen in self._seen.items() if not seen.parked)
        found += [self._service(self._seen[name], watched, gone) for name in names]
        files = {
            f"{self._scandir}/{name}/{path}": file
            for name in names
            for path, file in self._seen[name].files.items()
        }
        layout = next(iter(self._seen.values())).service.layout
        return Sight(tuple(found), files, self._scandir, layout)

    def _absent(self, missing: Sequence[str]) -> str:
        what = f"service {missing[0]}" if missing else "a supervisor of s6 or runit"
        there = ", ".join(sorted(self._seen)) or "none"
        return f"unable to find {what} among the processes of {self._image}: its services are {there}"

    def _look(self) -> bool:
        """Take one look; False once the container has ended."""
        rows = self._container.top()
        if not rows:
            return False
        self._rows = rows
        self._scandir = supervisors.scandir(rows)
        now = monotonic()
        for service in supervisors.services(rows):
            seen = self._seen.setdefault(service.name, _Seen(service))
            seen.service = service
            if service.main is not None:
                if service.main.pid not in seen.mains:
                    seen.since = now
                    self._tell(service.name, " ".join(service.main.words))
                seen.mains[service.main.pid] = service.main
                seen.last = now
        for row in supervisors.strays(rows):
            self._strays[row.pid] = self._strays.get(row.pid, 0) + 1
        return True

    def _settle_down(self) -> None:
        """What is read once, at the end of the watch."""
        for name, seen in self._seen.items():
            main = seen.service.main
            if self._scandir:
                seen.files = self._container.files(f"{self._scandir}/{name}")
                written = seen.files.get("supervise/status")
                seen.status = supervisors.status(written.data) if written is not None else None
            if main is not None:
                seen.children = tuple(supervisors.below(self._rows, main.pid))
                seen.heeds = _heeds(main)

    def _assign(self) -> list[Row]:
        """Give each escaped process to the service that it comes from; those that remain."""
        suspects = [
            Suspect(
                name, seen.service.supervisor, tuple(row.words for row in seen.mains.values()), seen.script
            )
            for name, seen in self._seen.items()
            if not self._steady(seen)
        ]
        left: list[Row] = []
        for row in supervisors.strays(self._rows):
            if self._strays.get(row.pid, 0) > 1:
                owner = supervisors.owner(row, suspects)
                (self._seen[owner].strays if owner else left).append(row)
        return left

    def _steady(self, seen: _Seen) -> bool:
        """Whether its process has been the same for a while, or nobody wants it up."""
        if seen.service.main is None:
            return seen.down
        return len(seen.mains) == 1 or monotonic() - seen.since > STEADY

    def _stop(self, name: str) -> tuple[Stop, dict[int, float], list[Row]]:
        """Ask the container to end; how it did, when each process was seen no more, who had to be killed."""
        asked = monotonic()
        self._tell("", "stops")
        self._container.kill(name)
        gone: dict[int, float] = {}
        rows = self._rows
        while rows and monotonic() < asked + self._timeout:
            sleep(PAUSE / 4)
            rows = self._container.top()
            there = {row.pid for row in rows}
            now = monotonic() - asked
            gone |= {row.pid: now for row in self._rows if row.pid not in there and row.pid not in gone}
        seconds = monotonic() - asked
        if rows:
            self._container.kill("SIGKILL")
            while self._container.top() and monotonic() < asked + self._timeout + _DIES:
                sleep(PAUSE)
        return Stop(round(seconds, 3), "SIGKILL" if rows else _full(name), bool(rows)), gone, rows

    # Observations.

    def _ended(self, watched: float, code: int) -> Observation:
        top = supervisors.first(self._rows)
        return Observation(
            "",
            self._image,
            Fate.EXITED,
            command=top.words if top is not None else (),
            exit_code=code,
            output_tail=self._container.output(KEPT),
            watched=round(watched, 3),
        )

    def _container_seen(
        self, watched: float, code: int, stop: Stop, left: Sequence[Row], killed: Sequence[Row]
    ) -> Observation:
        top = supervisors.first(self._rows)
        mains = {pid for seen in self._seen.values() for pid in seen.mains}
        return Observation(
            "",
            self._image,
            Fate.DAEMONIZED if left else Fate.FOREGROUND,
            command=top.words if top is not None else (),
            exit_code=code,
            survivors=_survivors(left),
            children=_survivors(row for row in killed if row.pid in mains),
            stop=stop,
            output_tail=self._container.output(KEPT),
            watched=round(watched, 3),
        )

    def _service(self, seen: _Seen, watched: float, gone: dict[int, float]) -> Observation:
        last = [*seen.mains.values(), *seen.strays[:1]][-1:]
        main = seen.service.main or (last[0] if last else None)
        fate = Fate.FOREGROUND
        if seen.strays:
            fate = Fate.DAEMONIZED
        elif not self._steady(seen):
            fate = Fate.RESTARTING
        elif seen.down and not seen.parked:
            fate = Fate.EXITED
        stop = None
        if fate is Fate.FOREGROUND and seen.service.main is not None:
            after = gone.get(seen.service.main.pid)
            seconds = round(after if after is not None else self._timeout, 3)
            stop = Stop(seconds, "SIGTERM" if after is not None else "SIGKILL", after is None)
        ended = seen.status.ended if fate is Fate.EXITED and seen.status is not None else None
        code = os.waitstatus_to_exitcode(ended) if ended is not None else None
        return Observation(
            seen.service.name,
            f"{self._image}:{self._scandir}/{seen.service.name}",
            fate,
            command=main.words if main is not None else (),
            exit_code=code if code is not None and code >= 0 else None,
            signal=signal_name(-code) if code is not None and code < 0 else None,
            survivors=_survivors(seen.strays),
            children=_survivors(seen.children),
            notifies="notification-fd" in seen.files,
            ready_after=seen.status.ready_after if seen.status is not None else None,
            stop=stop,
            watched=round(watched, 3),
            starts=max(1, len(seen.mains)),
            heeds=seen.heeds,
        )


def observe(
    used: Engine,
    image: str,
    wanted: Sequence[str],
    settle: float,
    timeout: float,
    net: Net,
    options: Sequence[str],
    tell: Tell,
) -> Sight:
    """Run an image; what is seen of the container and of its services. ProbeError where it cannot be run."""
    with Container(used, image, net, options) as container:
        return Look(container, image, settle, timeout, tell).observe(wanted)


def _survivors(rows: Iterable[Row]) -> tuple[Survivor, ...]:
    return tuple(Survivor(row.pid, row.words) for row in rows)


def _full(name: str) -> str:
    return signal_name(int(name)) if name.isdecimal() else name


def _heeds(row: Row) -> bool | None:
    """Whether a process catches SIGTERM, where /proc of this machine shows it."""
    try:
        lines = Path(f"/proc/{row.here}/status").read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    caught = next((line for line in lines if line.startswith("SigCgt:")), "")
    return bool(int(caught.split()[1], 16) & _CAUGHT) if row.exact and caught else None
