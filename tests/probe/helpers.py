"""Deadlines, services made of the daemon, and what is needed here."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from shlex import quote
from typing import TypeVar

import psutil
import pytest

from s6kit.probe import kernel

T = TypeVar("T")
DEADLINE = 60.0  # seconds: what hangs, hangs longer
DAEMON = str(Path(__file__).with_name("daemon.py"))
ENV = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}


def command(way: str, *mark: str) -> tuple[str, ...]:
    """The command line of the daemon that goes this way."""
    return (sys.executable, "-S", "-E", DAEMON, way, *mark)


def until(found: Callable[[], T], what: str) -> T:
    """The first value of `found()` that is true; a failure after DEADLINE seconds."""
    end = time.monotonic() + DEADLINE
    while not (value := found()):
        assert time.monotonic() < end, f"not within {DEADLINE:.0f} s: {what}"
        time.sleep(0.02)  # between two looks
    return value


def service(place: Path, way: str, *mark: str, **files: str) -> Path:
    """A service directory called as the way that its daemon goes, with more files.

    It has a notification-fd: a probe and s6 know when the daemon is where its way leads.
    """
    directory = place / "etc" / "s6" / way
    directory.mkdir(parents=True)
    words = " ".join(map(quote, command(way, *mark)))
    script(directory / "run", f"exec 2>&1\nexec {words}\n")
    for name, text in {"notification_fd": "3\n", **files}.items():
        (directory / name.replace("_", "-")).write_text(text)
    return directory


def script(path: Path, text: str) -> None:
    """An executable shell script."""
    path.write_text(f"#!/bin/sh\n{text}")
    path.chmod(0o755)


def marked(mark: str) -> list[int]:
    """The processes of this machine that have this word among their arguments."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        living = process.info["status"] != psutil.STATUS_ZOMBIE
        if living and mark in (process.info["cmdline"] or ()):
            found.append(process.pid)
    return found


def _apart() -> bool:
    pid = os.fork()
    if not pid:
        try:
            kernel.unshare(kernel.NEW_PID | kernel.NEW_MOUNT | kernel.NEW_NET)
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(pid, 0)[1] == 0


apart = pytest.mark.skipif(not _apart(), reason="needs namespaces: root on Linux")
