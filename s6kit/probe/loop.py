"""Waits for what children do: they write, say that they are ready, end. Every orphan is taken in."""

from __future__ import annotations

import os
import select
from collections.abc import Callable
from contextlib import ExitStack
from time import monotonic

from s6kit.dataclass import dataclass
from s6kit.probe import processes

KEPT = 64 * 1024  # bytes of output
BRIEF, CALM = 0.005, 0.05  # seconds between two looks: in the first second of a child, and later
_YOUNG = 1.0
_READS = 100  # of output at a time, from those who never cease


class Abandoned(Exception):
    """Nobody is there any more who wants to know."""


@dataclass(frozen=True)
class End:
    """How a child ended: its wait status, when, and the last name it had."""

    status: int
    at: float
    name: str


class Loop:
    """The parent's side. `lifeline` becomes readable when whoever asked has gone."""

    def __init__(self, lifeline: int) -> None:
        self._lifeline = lifeline
        self._reading, self.writing = os.pipe()
        self._notify = -1
        self._output = bytearray()
        self._born: dict[int, float] = {}
        self._ends: dict[int, End] = {}
        self.ready_at: float | None = None

    @property
    def output(self) -> str:
        """The last of all that has been written until now."""
        for _ in range(_READS):
            if not select.select([self._reading], [], [], 0)[0]:
                break
            self._read_output()
        return os.fsdecode(bytes(self._output))

    def forget_output(self) -> None:
        """What was written so far is of no interest."""
        if self.output:
            self._output.clear()

    def notification(self) -> int:
        """A descriptor for a child to say on that it is ready; to be closed here once it has started."""
        self._notify, write = os.pipe()
        return write

    @property
    def silent(self) -> bool:
        """Whether nobody can say any more that it is ready."""
        return self._notify < 0

    def expect(self, pid: int) -> None:
        """Remember how this child ends."""
        self._born[pid] = monotonic()

    def end(self, pid: int) -> End | None:
        """How an expected child ended; None while it lives."""
        return self._ends.get(pid)

    def until(
        self, deadline: float, done: Callable[[], bool], look: Callable[[], None] = lambda: None
    ) -> bool:
        """Take in what happens until `done` or the deadline, with a `look` between; whether it is done."""
        while not done():
            now = monotonic()
            if now >= deadline:  # we may have been kept from looking: what was in time counts
                self._wait(0)
                return done()
            look()
            young = any(now - born < _YOUNG for born in self._born.values())
            self._wait(min(BRIEF if young else CALM, deadline - now))
        return True

    def _wait(self, seconds: float) -> None:
        with ExitStack() as stack:
            watched = [fd for fd in (self._lifeline, self._reading, self._notify) if fd >= 0]
            for pid in self._born.keys() - self._ends.keys():
                watched.append(os.pidfd_open(pid))
                stack.callback(os.close, watched[-1])
            readable, _, _ = select.select(watched, [], [], seconds)
        if self._lifeline in readable:
            raise Abandoned
        if self._reading in readable:
            self._read_output()
        if self._notify in readable:
            self._read_notification()
        self._reap()

    def _read_output(self) -> None:
        self._output += os.read(self._reading, KEPT)
        del self._output[:-KEPT]

    def _read_notification(self) -> None:
        """A line: it is ready. The end of the file: nobody holds the descriptor any more."""
        said = os.read(self._notify, 4096)
        if b"\n" in said:
            self.ready_at = monotonic()
        if not said or self.ready_at is not None:
            os.close(self._notify)
            self._notify = -1

    def _reap(self) -> None:
        """Take in everyone who has ended; the name is there until then."""
        while True:
            try:
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if found is None:
                return
            name = processes.name(found.si_pid)
            status = os.waitpid(found.si_pid, 0)[1]
            if found.si_pid in self._born and found.si_pid not in self._ends:
                self._ends[found.si_pid] = End(status, monotonic(), name)
