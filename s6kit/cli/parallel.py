"""Work on several processors: forked once everything is found, put together by the parent."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any, TypeVar

from s6kit.interrupt import undisturbed

ENOUGH = 300  # services from which a second process pays for itself
MOST = 4
PARTS = 64  # small enough that nobody has to wait long for the last one

Result = TypeVar("Result")


def spread(work: Callable[[int, int], Result], amount: int) -> list[Result]:
    """`work(number, parts)` for each part, by several processes; one part where the amount is small.

    Whoever is done with a part takes the next one. Results are pickled. A child that fails says nothing: the
    parent does its parts again, and fails in the same way where people can see it. Where the system gives no
    more processes there are fewer.
    """
    parts = PARTS if amount >= ENOUGH and hasattr(os, "fork") else 1
    queue, filled = os.pipe()
    os.write(filled, bytes(range(parts)))
    os.close(filled)
    children: list[tuple[int, IO[bytes]]] = []
    try:
        with undisturbed(), suppress(OSError):  # one that nobody has heard of yet could not be ended
            for _ in range(1, min(_processors(), MOST, parts)):
                children.append(_fork(work, queue, parts))
        done = _done(work, queue, parts)
        for _, pipe in children:
            done |= _received(pipe)
    finally:
        os.close(queue)
        for child, pipe in children:
            pipe.close()
            os.kill(child, signal.SIGKILL)  # after an interrupt; one that has ended is still to be waited for
            os.waitpid(child, 0)
    return [done[number] if number in done else work(number, parts) for number in range(parts)]


def _done(work: Callable[[int, int], Result], queue: int, parts: int) -> dict[int, Result]:
    """The parts that nobody else has taken from the queue."""
    done = {}
    while taken := os.read(queue, 1):
        done[taken[0]] = work(taken[0], parts)
    return done


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _fork(work: Callable[[int, int], Result], queue: int, parts: int) -> tuple[int, IO[bytes]]:
    """A child that does parts and writes them into a pipe; its process, and the end to read from.

    It ends before its next part if its parent has. Ctrl-C is for the parent alone.
    """
    parent = os.getpid()

    def wanted(number: int, parts: int) -> Result:
        if os.getppid() != parent:
            os._exit(0)
        return work(number, parts)

    reading, writing = os.pipe()
    try:
        child = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        raise
    if child:
        os.close(writing)
        return child, os.fdopen(reading, "rb")
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP, signal.SIGTERM})
        import pickle  # noqa: PLC0415 - 2 ms

        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(pickle.dumps(_done(wanted, queue, parts), pickle.HIGHEST_PROTOCOL))
    finally:
        os._exit(0)  # nothing of the parent's may be done twice: no cleaning up, no output


def _received(pipe: IO[bytes]) -> dict[int, Any]:
    """What a child wrote; nothing if it failed."""
    import pickle  # noqa: PLC0415 - 2 ms

    try:
        done: dict[int, Any] = pickle.load(pipe)
    except (EOFError, pickle.UnpicklingError):
        return {}
    return done
