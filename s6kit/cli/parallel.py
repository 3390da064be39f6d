"""Work on several processors: forked once everything is found, put together by the parent."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable
from typing import IO, Any, TypeVar

ENOUGH = 300  # services from which a second process pays for itself
MOST = 4

Result = TypeVar("Result")


def spread(work: Callable[[int, int], Result], amount: int) -> list[Result]:
    """`work(number, parts)` for each part, in a process of its own; one part where the amount is small.

    Results are pickled and never empty. A child that fails says nothing: the parent does its part again,
    and fails in the same way where people can see it.
    """
    parts = min(_processors(), MOST) if amount >= ENOUGH and hasattr(os, "fork") else 1
    children = [_fork(work, number, parts) for number in range(1, parts)]
    try:
        done = [work(0, parts)]
        for number, (_, pipe) in enumerate(children, 1):
            done.append(_received(pipe) or work(number, parts))
    finally:
        for child, pipe in children:
            pipe.close()
            os.kill(child, signal.SIGKILL)  # after an interrupt; one that has ended is still to be waited for
            os.waitpid(child, 0)
    return done


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _fork(work: Callable[[int, int], Result], number: int, parts: int) -> tuple[int, IO[bytes]]:
    """A child that does one part and writes it into a pipe; its process, and the end to read from."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, os.fdopen(reading, "rb")
    try:
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(pickle.dumps(work(number, parts), pickle.HIGHEST_PROTOCOL))
    finally:
        os._exit(0)  # nothing of the parent's may be done twice: no cleaning up, no output


def _received(pipe: IO[bytes]) -> Any:
    """What a child wrote; None if it failed."""
    try:
        return pickle.load(pipe)
    except (EOFError, pickle.UnpicklingError):
        return None
