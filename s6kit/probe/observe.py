"""Runs what is to be run, each in a place of its own, and gives what was seen. Nothing outlives the call."""

from __future__ import annotations

import json
import os
import select
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil  # noqa: F401 - before any fork, so that no child has to

from s6kit.dataclass import replace
from s6kit.observation import Observation, recorded
from s6kit.probe import kernel
from s6kit.probe.keeper import keep
from s6kit.probe.run import ProbeError, Run
from s6kit.probe.watch import DIES

Event = Mapping[str, Any]
"""What happens to a run: its `event` is bare (no namespaces here), started, became, stopping, done or tick.

started has a `pid`, became a `command`.
"""

NEEDS = ("/proc/self/fd", os.devnull)  # a bare chroot has neither
ENDS = 2 * DIES  # seconds in which a keeper has ended everything that it has started

Heard = Callable[[Run, Event], None]


def observe(run: Run, heard: Heard = lambda _, __: None) -> Observation:
    """Run one command and watch it; `heard` is called for what happens on the way.

    ProbeError where it cannot be run here.
    """
    return next(iter(observe_all([run], 1, heard)))[1]


def observe_all(
    runs: Sequence[Run], jobs: int, heard: Heard = lambda _, __: None, tick: float | None = None
) -> Iterator[tuple[Run, Observation]]:
    """The same for many, so many at a time, each as soon as it is done.

    With `tick`, `heard` is called with an event `tick` when nothing else has happened for so many seconds.
    """
    for each in NEEDS:
        if not Path(each).exists():
            raise ProbeError(f"unable to run anything here: there is no {each}")
    waiting, going = list(runs), dict[int, _Kept]()
    try:
        while waiting or going:
            while waiting and len(going) < jobs:
                kept = _Kept(waiting.pop(0))
                going[kept.report] = kept
            readable, _, _ = select.select(list(going), [], [], tick)
            if not readable:
                heard(next(iter(going.values())).run, {"event": "tick"})
            for report in readable:
                kept = going[report]
                for event in kept.events():
                    heard(kept.run, event)
                if kept.over:
                    del going[report]
                    kept.close()
                    yield kept.run, kept.observation()
    finally:
        for kept in going.values():
            kept.close()


class _Kept:
    """A run with its keeper, from s6kit's side."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.over = False
        self.last: Event = {}
        self._text = b""
        self.report, report = os.pipe()
        lifeline, self._lifeline = os.pipe()
        self._pid = kernel.fork()
        if not self._pid:
            keep(run, report, lifeline)
        os.close(report)
        os.close(lifeline)

    def events(self) -> Iterator[Event]:
        """What has been told since the last time."""
        said = os.read(self.report, 1 << 16)
        self.over = not said
        *lines, self._text = (self._text + said).split(b"\n")
        for line in lines:
            self.last = json.loads(line)
            yield self.last

    def close(self) -> None:
        """End it, if it has not ended, with all that it has started."""
        os.close(self._lifeline)
        os.close(self.report)
        ended = os.pidfd_open(self._pid)
        if not select.select([ended], [], [], ENDS)[0]:
            os.kill(self._pid, signal.SIGKILL)
        os.close(ended)
        os.waitpid(self._pid, 0)

    def observation(self) -> Observation:
        """What it has told at last; ProbeError if it could not."""
        what = self.run.service or " ".join(self.run.argv)
        match self.last:
            case {"event": "done", "observation": plain}:
                return _whole(self.run, recorded(plain))
            case {"event": "failed", "reason": reason}:
                raise ProbeError(reason)
            case {"event": "crashed", "reason": reason}:
                raise RuntimeError(f"the probe of {what} crashed: {reason}")
        raise ProbeError(f"unable to watch {what}: what it ran has ended the place that it ran in")


def _whole(run: Run, seen: Observation) -> Observation:
    """Of a script that ended before anyone could look: with the interpreter that the kernel put before it."""
    if seen.command != run.argv or seen.executable or "/" not in run.argv[0]:
        return seen
    from s6kit.interpreter import shebang  # noqa: PLC0415 - reads all chain-loading programs

    try:
        data = Path(run.root + run.cwd, run.argv[0]).read_bytes()
    except OSError:
        return seen
    return replace(seen, command=(*shebang(data), *run.argv))
