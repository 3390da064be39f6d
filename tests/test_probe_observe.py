"""What is seen of programs that are run."""

from __future__ import annotations

import os

import pytest

from s6kit.observation import Fate, Observation, Survivor, plain, recorded
from s6kit.probe.observe import observe
from s6kit.probe.run import Run

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
ENV = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


def seen(*argv: str, settle: float = 0.3, timeout: float = 1.0) -> Observation:
    return observe(Run(argv, env=ENV, settle=settle, timeout=timeout))


def test_one_that_stays() -> None:
    found = seen("sleep", "1000")
    assert (found.outcome, found.command, found.survivors) == (Fate.FOREGROUND, ("sleep", "1000"), ())
    assert found.stop is not None
    assert (found.stop.signal, found.stop.killed) == ("SIGTERM", False)


def test_one_that_leaves_a_child_and_ends() -> None:
    found = seen("sh", "-c", "sleep 1000 & exit 3")
    assert (found.outcome, found.exit_code, found.stop) == (Fate.DAEMONIZED, 3, None)
    assert found.survivors == (Survivor(3, ("sleep", "1000")),)


def test_one_that_is_not_there() -> None:
    found = seen("no-such-program")
    assert (found.outcome, found.exit_code) == (Fate.EXITED, 127)
    assert found.failure == "unable to execute no-such-program: No such file or directory"


def test_an_observation_is_recorded_and_read_again() -> None:
    found = seen("sh", "-c", "sleep 1000; :")
    assert recorded(plain(found)) == found
