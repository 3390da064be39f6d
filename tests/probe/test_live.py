"""The live view, on a terminal."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.examples import HOME
from tests.probe.helpers import apart, marked, service, until

pytestmark = apart
HIDES, SHOWS = b"\x1b[?25l", b"\x1b[?25h"


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_the_cursor_comes_back(tmp_path: Path, by: signal.Signals) -> None:
    mark = f"live-{os.getpid()}-{by.name}"
    screen, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 80))
    words = [sys.executable, "-m", "s6kit", "probe", "--settle", "1000", str(service(tmp_path, "stay", mark))]
    env = {**os.environ, "TERM": "xterm"}
    with subprocess.Popen(words, cwd=HOME, env=env, stdout=subprocess.DEVNULL, stderr=terminal) as probe:
        os.close(terminal)
        shown = b""
        while HIDES not in shown:
            shown += os.read(screen, 4096)
        until(lambda: marked(mark), "the service runs")
        probe.send_signal(by)
        assert probe.wait(timeout=30) == (130 if by is signal.SIGINT else -by)
    try:
        while more := os.read(screen, 4096):
            shown += more
    except OSError:  # the end, for a terminal
        pass
    os.close(screen)
    assert shown.rindex(SHOWS) > shown.rindex(HIDES)
    until(lambda: not marked(mark), "nothing is left")
