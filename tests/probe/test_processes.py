"""What a process is, looked at while it changes."""

from __future__ import annotations

import os
from time import monotonic

from s6kit.probe.processes import Image, image
from tests.probe.helpers import DEADLINE

WHOLE = [("sh", ("sh", "-c", "read go; exec cat")), ("cat", ("cat",))]


def _seen() -> list[Image]:
    """All that a shell is that becomes `cat`, looked at without a pause; each goes on once it is seen."""
    reading, writing = os.pipe()
    pid = os.posix_spawn(
        "/bin/sh", WHOLE[0][1], {"PATH": "/usr/bin:/bin"}, file_actions=[(os.POSIX_SPAWN_DUP2, reading, 0)]
    )
    os.close(reading)
    seen = list[Image]()
    end = monotonic() + DEADLINE
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        assert monotonic() < end, seen
        now = image(pid)
        if now is not None and (not seen or now != seen[-1]):
            seen.append(now)
            if (now.name, now.command) == WHOLE[0]:
                os.write(writing, b"\n")
            elif (now.name, now.command) == WHOLE[1]:
                os.close(writing)
    return seen


def test_half_of_one_program_and_half_of_the_next_is_never_seen() -> None:
    for _ in range(200):
        told = [(each.name, each.command) for each in _seen()]
        assert told[-2:] == WHOLE
        assert len(told) <= 3  # the first may be this process itself, where the look came before the exec
