"""Reads what s6-supervise and runsv write about their service, as bytes."""

from __future__ import annotations

from s6kit.dataclass import dataclass

_DEATH = 14  # bytes: a TAI64N label, the exit code, the signal
_FINISHES = 2
_UP, _READY = 4, 8
_OLD_UP, _OLD_READY = 8, 16  # up to s6 2.10 another flag, always set, came before these


@dataclass(frozen=True)
class Status:
    """What supervise/status says: the pid (0: none, or `finish`), whether it is to be up, readiness.

    `since` is when it was started or ended last, in seconds of TAI64 labels; `ended` the wait status of the
    last process where it is told: s6 tells it once that has ended (0 if there never was one), runit never.
    """

    pid: int
    up: bool
    ready_after: float | None = None
    ended: int | None = None
    since: float = 0.0


@dataclass(frozen=True)
class Death:
    """One end of a service: when, in seconds of TAI64 labels, its exit code or its signal."""

    at: float
    code: int | None
    signal: int | None


def status(data: bytes | None, old: bool = False) -> Status | None:
    """The status of a service of s6 (35 bytes; 43 in s6 2.13) or runit (20); None where it is none.

    `old`: it is known that s6 2.10 or one before has written it.
    """
    if data is not None and len(data) in (35, 43):
        return _of_s6(data, old or is_old(data))
    if data is not None and len(data) == 20:
        pid = int.from_bytes(data[12:16], "little") if data[19] != _FINISHES else 0
        return Status(pid, data[17:18] == b"u", since=_stamp(data))
    return None


def is_old(data: bytes | None) -> bool:
    """Whether s6 2.10 or one before must have written a status; one of a later s6 never looks like it."""
    if data is None or len(data) != 35:
        return False
    pid, flags = int.from_bytes(data[24:32], "big"), data[-1]
    unready = pid and not flags & _FINISHES and _stamp(data[12:]) < _stamp(data)
    return bool(flags & _OLD_READY or (unready and flags & _OLD_UP))


def _of_s6(data: bytes, old: bool) -> Status:
    flags = data[-1]
    pid = 0 if flags & _FINISHES else int.from_bytes(data[24:32], "big")
    since, ready = _stamp(data), _stamp(data[12:])
    up = bool(flags & (_OLD_UP if old else _UP))
    says = flags & (_OLD_READY if old else _READY) and ready >= since
    after = round(ready - since, 3) if pid and says else None
    return Status(pid, up, after, None if pid else int.from_bytes(data[-3:-1], "big"), since)


def deaths(data: bytes | None) -> tuple[Death, ...]:
    """The last ends of a service of s6, from supervise/death_tally, the oldest first."""
    data = data or b""
    parts = [data[at : at + _DEATH] for at in range(0, len(data) - _DEATH + 1, _DEATH)]
    return tuple(Death(_stamp(part), None if part[13] else part[12], part[13] or None) for part in parts)


def _stamp(label: bytes) -> float:
    """Seconds of a TAI64N label."""
    return int.from_bytes(label[:8], "big") - (1 << 62) + int.from_bytes(label[8:12], "big") / 1e9
