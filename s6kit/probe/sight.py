"""Says what became of a container and of its services, from what was seen of it. No system call in here."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from s6kit.dataclass import dataclass
from s6kit.model import File
from s6kit.observation import Fate, Observation, Stop, Survivor, spoken
from s6kit.probe import supervisors
from s6kit.probe.record import Inside, Record, Row
from s6kit.probe.run import ProbeError
from s6kit.probe.signals import down_signal, signal_name
from s6kit.probe.status import Death, Status, deaths, is_old, status
from s6kit.probe.supervisors import Service, Suspect

_STATUS = "supervise/status"
STEADY = 1.5  # seconds for which a process has to be there: s6 starts one a second
_CLOCKS = (10, 37)  # a TAI64 label less the time of day: with and without leap seconds since 1970
_NEAR = 0.5  # seconds by which two who tell of the same may differ


@dataclass(frozen=True)
class Sight:
    """All that was seen of an image; `files` are those of its service directories, by path in the image."""

    observations: tuple[Observation, ...]
    files: Mapping[str, File]
    scandir: str
    layout: str


@dataclass()
class _Seen:
    """What was seen of one service."""

    service: Service
    files: Mapping[str, File]
    left: Mapping[str, File]
    old: bool
    mains: dict[int, Row] = field(default_factory=dict)
    since: float = 0.0  # when the one that is there now was seen first
    strays: list[Row] = field(default_factory=list)

    @property
    def status(self) -> Status | None:
        return status(_data(self.files, _STATUS), self.old)

    @property
    def after(self) -> Status | None:
        """What its supervisor had written when the container had ended."""
        return status(_data(self.left, _STATUS), self.old)

    @property
    def deaths(self) -> tuple[Death, ...]:
        return deaths(_data(self.files, "supervise/death_tally"))

    @property
    def down(self) -> bool:
        """Whether it has no process, and its supervisor starts none."""
        return self.service.main is None and self.status is not None and not self.status.up

    @property
    def parked(self) -> bool:
        """Whether it is down because nobody has asked for it yet."""
        return self.down and "down" in self.files and not self.deaths and not self.mains

    @property
    def starts(self) -> int:
        return max(1, len(self.mains), len(self.deaths) + (self.service.main is not None))


def sight(record: Record, wanted: Sequence[str]) -> Sight:
    """What is seen of the container, and of every service that is wanted (none named: of all).

    ProbeError if one is not there, or if there is none.
    """
    if not record.stopping:
        return Sight((_ended(record),), {}, "", "s6")
    seen = _services(record)
    missing = [name for name in wanted if name not in seen]
    if missing or not seen:
        raise ProbeError(_absent(record, missing, seen))
    names = wanted or sorted(name for name, each in seen.items() if not each.parked)
    idle = next((name for name in names if seen[name].parked), "")
    if idle:
        raise ProbeError(
            f"unable to probe service {idle} in {record.image}: it has a file `down`, and nobody starts it"
        )
    left = _assign(record, seen)
    scandir = supervisors.scandir(record.rows)
    found = [_container(record, seen, left), *(_service(record, seen[name], scandir) for name in names)]
    files = {f"{scandir}/{name}/{path}": file for name in names for path, file in seen[name].files.items()}
    return Sight(tuple(found), files, scandir, next(iter(seen.values())).service.layout)


def _absent(record: Record, missing: Sequence[str], seen: Iterable[str]) -> str:
    what = f"service {missing[0]}" if missing else "a supervisor of s6 or runit"
    there = f"its services are {', '.join(sorted(seen))}" if seen else f"none in {spoken(record.watched)}"
    return f"unable to find {what} among the processes of {record.image}: {there}"


def _services(record: Record) -> dict[str, _Seen]:
    """Every service, with all the processes that it was."""
    found: dict[str, _Seen] = {}
    written = (_data(files, _STATUS) for each in (record.files, record.left) for files in each.values())
    old = any(map(is_old, written))
    for seconds, rows in record.looks:
        for service in supervisors.services(rows):
            name, main = service.name, service.main
            seen = found.setdefault(
                name, _Seen(service, record.files.get(name, {}), record.left.get(name, {}), old)
            )
            seen.service = service
            if main is not None and main.pid not in seen.mains:
                seen.since = seconds
            if main is not None:
                seen.mains[main.pid] = main
    return found


def _assign(record: Record, seen: Mapping[str, _Seen]) -> list[Row]:
    """Give each escaped process to the service that it comes from; those that remain."""
    suspects = [
        Suspect(
            name,
            each.service.supervisor,
            tuple(row.words for row in each.mains.values()),
            _data(each.files, "run") or b"",
        )
        for name, each in seen.items()
        if not _steady(record, each)
    ]
    before = {row.pid for _, rows in record.looks[:-1] for row in supervisors.strays(rows)}
    left: list[Row] = []
    strays = supervisors.strays(record.rows)
    for row in strays:
        if row.pid in before:  # or it may be about to end
            where = supervisors.place(record.rows, _inside(record, row.pid).directory)
            often = sum(each.words == row.words for each in strays) > 1
            owner = supervisors.owner(row, where, suspects, often)
            (seen[owner].strays if owner else left).append(row)
    return left


def _steady(record: Record, seen: _Seen) -> bool:
    """Whether its process has been the same for a while, or nobody wants it up."""
    if seen.service.main is None:
        return seen.down
    return seen.starts == 1 or record.watched - seen.since > STEADY


# Observations.


def _ended(record: Record) -> Observation:
    """A container that ended by itself, as what it was while there were supervisors."""
    at_work = (rows for _, rows in reversed(record.looks) if supervisors.scandir(rows))
    top = supervisors.first(next(at_work, record.rows))
    return Observation(
        "",
        record.image,
        Fate.EXITED,
        command=top.words if top is not None else (),
        exit_code=record.code,
        output_tail=record.output,
        watched=record.watched,
    )


def _container(record: Record, seen: Mapping[str, _Seen], left: Sequence[Row]) -> Observation:
    """The container itself: `children` are the services that it was killed for."""
    top = supervisors.first(record.rows)
    stops = ((each.service.main, _stop(record, each)) for each in seen.values())
    deaf = [row for row, stop in stops if row and stop and stop.killed and stop.asked and not stop.by_init]
    seconds, last = record.stopping[-1]
    held = {row.pid for row in last}
    return Observation(
        "",
        record.image,
        Fate.DAEMONIZED if left else Fate.FOREGROUND,
        command=top.words if top is not None else (),
        exit_code=record.code,
        survivors=_survivors(left),
        children=_survivors(row for row in deaf if row.pid in held),
        stop=Stop(seconds, "SIGKILL" if record.killed else record.stop_signal, record.killed),
        output_tail=record.output,
        watched=record.watched,
    )


def _service(record: Record, seen: _Seen, scandir: str) -> Observation:
    fate = _fate(record, seen)
    main = seen.service.main or next(iter([*reversed(seen.mains.values()), *seen.strays]), None)
    children = supervisors.below(record.rows, main.pid) if main is not None else []
    last = seen.deaths[-1] if seen.deaths else _told(seen.status)
    ended = last if fate in (Fate.EXITED, Fate.RESTARTING) else None
    escaped = (each for row in seen.strays for each in (row, *supervisors.below(record.rows, row.pid)))
    own = (row.pid for row in (main, *children, *escaped) if row is not None)
    return Observation(
        seen.service.name,
        f"{record.image}:{scandir}/{seen.service.name}",
        fate,
        command=main.words if main is not None else (),
        exit_code=ended.code if ended is not None else None,
        signal=signal_name(ended.signal) if ended is not None and ended.signal else None,
        survivors=_survivors(seen.strays),
        children=_survivors(children),
        notifies="notification-fd" in seen.files,
        ready_after=seen.status.ready_after if seen.status is not None else None,
        stop=_stop(record, seen) if fate is Fate.FOREGROUND else None,
        listens=tuple(sorted({line for pid in own for line in _inside(record, pid).listens})),
        watched=_watched(record, ended if fate is Fate.EXITED else None),
        starts=seen.starts,
        heeds=_inside(record, main.pid).heeds if main is not None else None,
        down=fate is Fate.EXITED,
    )


def _watched(record: Record, ended: Death | None) -> float:
    """For how long a service was watched: until it ended for good, if it did."""
    exact = _seconds(ended.at - record.begun, record.watched + _NEAR) if ended is not None else None
    return record.watched if exact is None else exact


def _fate(record: Record, seen: _Seen) -> Fate:
    if seen.strays:
        return Fate.DAEMONIZED
    if not _steady(record, seen):
        return Fate.RESTARTING
    return Fate.EXITED if seen.down else Fate.FOREGROUND


def _told(seen: Status | None) -> Death | None:
    """The last end of a service, from what its supervisor says of it."""
    if seen is None or seen.ended is None:
        return None
    code = os.waitstatus_to_exitcode(seen.ended)
    return Death(seen.since, code if code >= 0 else None, -code if code < 0 else None)


def _stop(record: Record, seen: _Seen) -> Stop | None:
    """How a service ended that was there when the container was asked to end.

    Its supervisor has written down how; one that could not was killed along with its service.
    """
    main, after = seen.service.main, seen.after
    if main is None:
        return None
    gone = next((seconds for seconds, rows in record.stopping if main.pid not in {r.pid for r in rows}), None)
    end = gone if gone is not None else record.stopping[-1][0]
    if gone is None or (after is not None and after.pid):
        return Stop(end, "SIGKILL", True, by_init=gone is not None, asked=after is None or not after.up)
    last = _told(after)
    exact = _seconds(last.at - record.asked, end + _NEAR) if last is not None else None
    signal = signal_name(last.signal) if last is not None and last.signal else _down_signal(seen)
    return Stop(end if exact is None else exact, signal, killed=signal == "SIGKILL")


def _down_signal(seen: _Seen) -> str:
    return down_signal((_data(seen.files, "down-signal") or b"TERM").decode("ascii", "replace"))


def _seconds(difference: float, most: float) -> float | None:
    """A difference between a label and the time of day as seconds, at most so many; None if it is none."""
    found = (difference - clock for clock in _CLOCKS)
    return next((round(max(each, 0.0), 3) for each in found if -_NEAR <= each <= most), None)


def _inside(record: Record, pid: int) -> Inside:
    return record.inside.get(pid, Inside())


def _data(files: Mapping[str, File], name: str) -> bytes | None:
    return files[name].data if name in files else None


def _survivors(rows: Iterable[Row]) -> tuple[Survivor, ...]:
    return tuple(Survivor(row.pid, row.words) for row in rows)
