"""The process between s6kit and what is run: it goes when s6kit goes, and takes everything with it.

    s6kit ── keeper ── first process of the namespaces ── watcher ── the service

Where there are no namespaces the keeper does it alone, as the subreaper of everything below it.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic
from typing import Any, NoReturn

from s6kit.observation import plain
from s6kit.probe import kernel, processes, room
from s6kit.probe.loop import Abandoned, Loop
from s6kit.probe.run import ProbeError, Run
from s6kit.probe.watch import DIES, observe


def keep(run: Run, report: int, lifeline: int) -> NoReturn:
    """In a fork of s6kit: do it all, tell it line by line on `report`, and end."""
    try:
        os.setsid()  # what is typed at s6kit's terminal is for s6kit
        _close_all_but(report, lifeline)
        kernel.adopt_orphans()
        _kept(run, report, lifeline)
    except Abandoned:
        pass
    except ProbeError as error:
        _tell(report, {"event": "failed", "reason": str(error)})
    except BaseException as error:
        _tell(report, {"event": "crashed", "reason": f"{type(error).__name__}: {error}"})
    finally:
        with suppress(BaseException):
            _clear()
        os._exit(0)


def _kept(run: Run, report: int, lifeline: int) -> None:
    if room.leave(run.root, run.net):
        kernel.die_with_parent(signal.SIGKILL)
        first = os.fork()
        if first:
            os.close(report)
            os.waitpid(first, 0)
            return
        kernel.die_with_parent(signal.SIGKILL)
        top = room.furnish(run.root, run.net, run.directories)
        second = os.fork()  # some daemons take themselves for one already where PID 1 is their parent
        if second:
            os.close(report)
            os.waitpid(second, 0)
            return
        kernel.die_with_parent(signal.SIGKILL)
        kernel.adopt_orphans()
    else:
        _tell(report, {"event": "bare"})
        top = ""
    loop = Loop(lifeline)
    observation = observe(run, top, loop, lambda event: _tell(report, event))
    _tell(report, {"event": "done", "observation": plain(observation)})


def _tell(report: int, event: Mapping[str, Any]) -> None:
    """One line; s6kit that has gone away does not listen."""
    data = json.dumps(event).encode("ascii") + b"\n"
    with suppress(OSError):
        while data:
            data = data[os.write(report, data) :]


def _clear() -> None:
    """End all that is left below; those that fork faster than they are killed are met again.

    It is over when there is no child any more: one that forks and ends while /proc is read is not seen there,
    but its own child comes to us.
    """
    deadline = monotonic() + DIES
    while monotonic() < deadline:
        for pid in processes.descendants():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return


def _close_all_but(*kept: int) -> None:
    for word in os.listdir("/proc/self/fd"):  # noqa: PTH208
        if int(word) not in kept:
            with suppress(OSError):
                os.close(int(word))
    for _ in range(3):
        os.open(os.devnull, os.O_RDWR)  # 0, 1 and 2, which are never meant by anything that is opened later
