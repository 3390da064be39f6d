"""What was seen of a service that was run: a value, without a judgement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from typing import Any

from s6kit.dataclass import dataclass


class Fate(StrEnum):
    """What became of the pid that the supervisor started."""

    FOREGROUND = "foreground"  # it stayed for as long as it was watched
    DAEMONIZED = "daemonized"  # it ended, and a descendant of it lives on
    EXITED = "exited"  # it ended, and nothing of it lives on
    RESTARTING = "restarting"  # it ended and was started again, over and over; seen in images only


@dataclass(frozen=True, slots=True)
class Survivor:
    """A process that lives; `pid` is its number where the service ran, `command` its arguments."""

    pid: int
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """How a service ended when it was asked to.

    `seconds` from the request to its end, `signal` the one that did it (`SIGTERM`), `killed` whether it had
    to be SIGKILL. In an image: `by_init`, the init did that before the engine did; `asked` is False for one
    that was killed with the container and had not been asked to end.
    """

    seconds: float
    signal: str
    killed: bool
    by_init: bool = False
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Observation:
    """One service, watched. `path` is its service directory as the user knows it.

    `command` is what the pid became in the end, after every exec, as it was at that exec; `executable` is
    the file (empty where that could not be seen). `exit_code` and `signal` tell how it ended by itself.
    `survivors` are its descendants that live on: after it ended by itself, or after it was stopped.
    `children` are its descendants while it ran. `ready_after` counts seconds from the start. `watched` is how
    many seconds it was watched before it ended or was stopped. `output_tail` holds the last of what it wrote.
    `failure` says why it could not be started at all. `starts` is how many starts were seen.
    """

    service: str
    path: str
    outcome: Fate
    command: tuple[str, ...] = ()
    executable: str = ""
    exit_code: int | None = None
    signal: str | None = None
    survivors: tuple[Survivor, ...] = ()
    children: tuple[Survivor, ...] = ()
    notifies: bool = False
    """It has a notification-fd."""
    ready_after: float | None = None
    stop: Stop | None = None
    listens: tuple[str, ...] = ()
    output_tail: str = ""
    watched: float = 0.0
    failure: str = ""
    starts: int = 1
    heeds: bool | None = None
    """Whether the process catches the signal that asks it to stop; None where that was not seen."""
    down: bool = False
    """It ended, and its supervisor leaves it down."""


def spoken(seconds: float) -> str:
    """So many seconds, for people."""
    return f"{seconds:.2g} s" if seconds < 9.95 else f"{seconds:.0f} s"


def plain(observation: Observation) -> dict[str, Any]:
    """The observation as JSON knows values; `recorded` takes it back."""
    return asdict(observation)


def recorded(plain: Mapping[str, Any]) -> Observation:
    """The observation that a mapping of its fields describes. TypeError, ValueError, KeyError if none."""
    values = dict(plain)
    values["outcome"] = Fate(values["outcome"])
    for key in ("command", "listens"):
        if key in values:
            values[key] = tuple(map(str, values[key]))
    for key in ("survivors", "children"):
        if key in values:
            values[key] = tuple(Survivor(int(each["pid"]), tuple(each["command"])) for each in values[key])
    if values.get("stop") is not None:
        values["stop"] = Stop(**values["stop"])
    return Observation(**values)
