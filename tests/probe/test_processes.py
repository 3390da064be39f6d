"""What a process is, looked at while it changes."""

from __future__ import annotations

import os

from s6kit.probe.processes import Image, image


def _seen() -> list[Image]:
    """All that `sh -c "exec sleep 0.01"` is, looked at without a pause."""
    pid = os.posix_spawn("/bin/sh", ["sh", "-c", "exec sleep 0.01"], {"PATH": "/usr/bin:/bin"})
    seen: list[Image] = []
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        now = image(pid)
        if now is not None and (not seen or now != seen[-1]):
            seen.append(now)
    return seen


def test_half_of_one_program_and_half_of_the_next_is_never_seen() -> None:
    whole = {("sh", ("sh", "-c", "exec sleep 0.01")), ("sleep", ("sleep", "0.01"))}
    met = set[tuple[str, tuple[str, ...]]]()
    for _ in range(200):
        told = [(each.name, each.command) for each in _seen()]
        assert len(told) == len(set(told))
        assert set(told) - whole <= set(told[:1])  # this process itself, where the look came before the exec
        met.update(told)
    assert met >= whole
