"""The live view, on a terminal."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import termios
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from tests.examples import HOME
from tests.probe.helpers import DEADLINE, apart, marked, service, until

pytestmark = apart
HIDES, SHOWS = b"\x1b[?25l", b"\x1b[?25h"


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_cursor_is_there(tmp_path: Path, by: signal.Signals) -> None:
    mark = f"live-{os.getpid()}-{by.name}"
    screen, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 80))
    words = [sys.executable, "-m", "s6kit", "probe", "--settle", "1000", str(service(tmp_path, "stay", mark))]
    env = {**os.environ, "TERM": "xterm"}
    shown = bytearray()

    def read() -> None:
        """All that is drawn: a terminal that is full would hold it up."""
        with suppress(OSError):  # the end, for a terminal
            while more := os.read(screen, 4096):
                shown.extend(more)

    with subprocess.Popen(words, cwd=HOME, env=env, stdout=subprocess.DEVNULL, stderr=terminal) as probe:
        os.close(terminal)
        reader = Thread(target=read, daemon=True)
        reader.start()
        until(lambda: SHOWS in shown and marked(mark), "the service runs")
        probe.send_signal(by)
        assert probe.wait(timeout=DEADLINE) == (130 if by is signal.SIGINT else -by)
        reader.join(DEADLINE)
    os.close(screen)
    assert shown.rindex(SHOWS) > shown.rindex(HIDES)
    until(lambda: not marked(mark), "nothing is left")
