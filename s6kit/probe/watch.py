"""Watches one program from its start to its stop, as s6-supervise would have it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from posixpath import basename
from time import monotonic
from typing import Any

from s6kit.observation import Fate, Observation, Stop, Survivor
from s6kit.probe import processes, sockets
from s6kit.probe.loop import End, Loop
from s6kit.probe.processes import Image
from s6kit.probe.run import ProbeError, Run
from s6kit.probe.signals import signal_name
from s6kit.probe.start import Ends, start

LINGERS = 0.15  # seconds in which what is left of a process that ended by itself may end, too
LAGS = 1.0  # the same after a stop: workers take their time
DIES = 5.0  # seconds in which a process is gone that got SIGKILL
NAME = 15  # bytes of a program's name that the kernel keeps
SETS_UP = 120.0  # seconds that a setup may take

Tell = Callable[[Mapping[str, Any]], None]


def observe(run: Run, top: str, loop: Loop, tell: Tell) -> Observation:
    """Run it, watch it, stop it. `top` is the path of its root; what happens on the way is told."""
    before = _set_up(run, top, loop) if run.setup else frozenset[int]()
    ready = loop.notification() if run.notification_fd is not None else -1
    source, feeding = os.pipe() if run.piped else (-1, -1)
    begin = monotonic()
    started = start(run, run.argv, "", top, Ends(loop.writing, source, ready))
    for each in (ready, source):
        if each >= 0:
            os.close(each)
    if started.failure:
        return Observation(
            run.service, run.path, Fate.EXITED, exit_code=started.code, failure=started.failure
        )
    return _Watch(run, top, loop, tell, started.pid, begin, before, feeding).observation()


def _set_up(run: Run, top: str, loop: Loop) -> frozenset[int]:
    """Run the setup to its end; what it has left behind on purpose. ProbeError if it fails."""
    started = start(run, run.setup, "", top, Ends(loop.writing))
    why = started.failure
    if not why:
        loop.expect(started.pid)
        loop.until(monotonic() + SETS_UP, lambda: loop.end(started.pid) is not None)
        end = loop.end(started.pid)
        why = "" if end and end.status == 0 else _told(end, loop.output)
    if why:
        raise ProbeError(f"unable to set up {run.service or run.argv[0]}: {why}")
    loop.forget_output()
    return frozenset(processes.descendants())


def _told(end: End | None, output: str) -> str:
    last = next((line for line in reversed(output.split("\n")) if line.strip()), "")
    how = f"not done after {SETS_UP:.0f} s" if end is None else f"it ended with {_code(end.status)}"
    return f"{how}: {last}" if last else how


def _code(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"exit code {code}" if code >= 0 else signal_name(-code)


class _Watch:
    """One process, from its start on."""

    def __init__(
        self,
        run: Run,
        top: str,
        loop: Loop,
        tell: Tell,
        pid: int,
        begin: float,
        before: frozenset[int],
        feeding: int,
    ) -> None:
        self._run, self._top, self._loop, self._tell, self._pid = run, top, loop, tell, pid
        self._begin, self._before, self._feeding = begin, before, feeding
        self._images: list[Image] = []
        self._name = ""
        loop.expect(pid)
        tell({"event": "started", "pid": pid})
        self._look()

    def observation(self) -> Observation:
        """All that is to be seen of it."""
        run, loop = self._run, self._loop
        settled = monotonic() + run.settle
        loop.until(settled, self._has_ended, self._look)
        if run.notification_fd is not None:
            loop.until(settled + run.timeout, self._is_decided, self._look)
        return self._ended_by_itself() if self._has_ended() else self._stayed()

    def _has_ended(self) -> bool:
        return self._loop.end(self._pid) is not None

    def _is_decided(self) -> bool:
        silent = self._loop.silent and not processes.ends(self._pid)
        return self._has_ended() or self._loop.ready_at is not None or silent

    def _left(self) -> list[int]:
        """Its descendants that live; those of the setup are not its own."""
        return [pid for pid in processes.descendants() if pid not in self._before and pid != self._pid]

    def _look(self) -> None:
        """Note what it is, if that is something new."""
        seen = processes.image(self._pid)
        if seen is None:
            return
        self._name = seen.name
        last = self._images[-1] if self._images else None
        if last is None or (last.executable, last.place) != (seen.executable, seen.place):
            self._images.append(seen)
            self._tell({"event": "became", "command": seen.command})

    def _ended_by_itself(self) -> Observation:
        """Whether something of it lives on, and what."""
        end = self._loop.end(self._pid)
        assert end is not None
        self._loop.until(monotonic() + LINGERS, lambda: not self._left())
        self._loop.until(monotonic() + LAGS, lambda: not self._copied())
        left = self._left()
        survivors = processes.described(left)
        fate = Fate.DAEMONIZED if survivors else Fate.EXITED
        code = os.waitstatus_to_exitcode(end.status)
        return self._seen(
            fate,
            end.at - self._begin,
            command=self._command(end.name, survivors),
            exit_code=code if code >= 0 else None,
            signal=None if code >= 0 else signal_name(-code),
            survivors=survivors,
            listens=sockets.listens(left),
        )

    def _copied(self) -> bool:
        """Whether something is the same script still: a shell forks before it runs another program.

        A script is known by the interpreter in front of it.
        """
        argv = self._run.argv
        left = (each.command for each in processes.described(self._left()))
        return any(command[-len(argv) :] == argv and len(command) > len(argv) for command in left)

    def _command(self, name: str, survivors: tuple[Survivor, ...]) -> tuple[str, ...]:
        """What it was when it ended.

        Another name than at the last look comes from an exec that nobody saw: then it is the command of a
        descendant that has the name, too, or the name is all that is known.
        """
        if self._images and name in ("", self._name):
            return self._images[-1].command
        if not self._images and name == basename(self._run.argv[0])[:NAME]:
            return self._run.argv
        like = (each.command for each in survivors if processes.name(each.pid) == name)
        return next(like, (name,) if name else ())

    def _stayed(self) -> Observation:
        """What it is now, and how it stops."""
        self._look()
        watched = monotonic() - self._begin
        left = self._left()
        children, listens = processes.described(left), sockets.listens([self._pid, *left])
        stop, survivors = None, tuple[Survivor, ...]()
        if self._run.stop:
            self._tell({"event": "stopping"})
            stop = self._stop()
            self._finish()
            self._loop.until(monotonic() + LAGS, lambda: not self._left())
            survivors = processes.described(self._left())
        return self._seen(
            Fate.FOREGROUND,
            watched,
            command=self._images[-1].command if self._images else (),
            children=children,
            listens=listens,
            stop=stop,
            survivors=survivors,
        )

    def _seen(self, fate: Fate, watched: float, **facts: Any) -> Observation:
        ready = self._loop.ready_at
        return Observation(
            self._run.service,
            self._run.path,
            fate,
            executable=self._executable(facts["command"]),
            notifies=self._run.notification_fd is not None,
            ready_after=round(ready - self._begin, 3) if ready is not None else None,
            output_tail=self._loop.output,
            watched=round(watched, 3),
            **facts,
        )

    def _executable(self, command: tuple[str, ...]) -> str:
        """The file of a command that was looked at, as a path of its root."""
        last = self._images[-1] if self._images else None
        return last.executable.removeprefix(self._top) if last and last.command == command else ""

    def _stop(self) -> Stop:
        """Ask it to end, and make it: s6-svc -d."""
        run, asked = self._run, monotonic()
        if self._feeding >= 0:
            os.close(self._feeding)
        os.kill(self._pid, signal.Signals[run.down_signal])
        os.kill(self._pid, signal.SIGCONT)
        patience = min(run.timeout_kill or run.timeout, run.timeout)
        killed = not self._loop.until(asked + patience, self._has_ended)
        if killed:
            if run.kill_group and run.timeout_kill:
                with suppress(ProcessLookupError):  # it has left the group that it began in
                    os.killpg(self._pid, signal.SIGKILL)
            os.kill(self._pid, signal.SIGKILL)
            self._loop.until(monotonic() + DIES, self._has_ended)
        end = self._loop.end(self._pid)
        gone = end.at if end is not None else monotonic()
        return Stop(round(gone - asked, 3), "SIGKILL" if killed else run.down_signal, killed)

    def _finish(self) -> None:
        """Run finish with what the supervisor tells it; s6: exit code or 256, signal, name, process group."""
        end = self._loop.end(self._pid)
        if not self._run.finish or end is None:
            return
        argv = (*self._run.finish, *self._told(os.waitstatus_to_exitcode(end.status)))
        started = start(self._run, argv, "finish", self._top, Ends(self._loop.writing))
        if started.failure:
            return
        self._loop.expect(started.pid)
        patience = self._run.timeout_finish or self._run.timeout
        if not self._loop.until(monotonic() + patience, lambda: self._loop.end(started.pid) is not None):
            with suppress(ProcessLookupError):
                os.kill(started.pid, signal.SIGKILL)
            self._loop.until(monotonic() + DIES, lambda: self._loop.end(started.pid) is not None)

    def _told(self, code: int) -> tuple[str, ...]:
        """The arguments of finish."""
        by = str(max(0, -code))
        if not self._run.leads:
            return str(max(code, -1)), by
        return str(code if code >= 0 else 256), by, self._run.service, str(self._pid)
