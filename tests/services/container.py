"""A container without a container engine: an overlay over the root, namespaces, s6-svscan as PID 1."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from tests.services.network import Network, inside, network
from tests.services.processes import SCAN, Process, child, processes

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PATIENCE = 120.0  # seconds: what hangs, hangs longer
_LISTEN = "0A"  # the state of a socket that listens, whose queue holds connections
_INIT = Path(__file__).parent / "init"
_NAMESPACES = ("--pid", "--mount", "--uts", "--ipc", "--fork", "--kill-child")


T = TypeVar("T")


class Late(AssertionError):
    """Something had not happened when its time was over."""


def until(found: Callable[[], T | None], seconds: float, what: str) -> T:
    """The first value of `found()` that is true; Late where there is none in time."""
    end = time.monotonic() + seconds
    while not (value := found()):
        if time.monotonic() > end:
            raise Late(f"not within {seconds:g} s: {what}")
        time.sleep(0.01)  # between two looks
    return value


class Container:
    """A running one. `pid` is what the machine calls its PID 1; `log` is all that came out so far."""

    def __init__(self, engine: subprocess.Popen[bytes], net: Network) -> None:
        self.net = net
        self._engine = engine
        self._output = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.pid = until(self._first, PATIENCE, "a process in the namespaces")
        until(self._scanning, PATIENCE, "s6-svscan as PID 1")

    @property
    def log(self) -> str:
        return bytes(self._output).decode("utf-8", "replace")

    @property
    def ended(self) -> bool:
        return self._engine.poll() is not None

    def processes(self) -> dict[int, Process]:
        """All that run now, by the machine's pid."""
        return processes(str(Path(f"/proc/{self.pid}/ns/pid").readlink()))

    def run(self, words: Sequence[str], seconds: float = PATIENCE) -> subprocess.CompletedProcess[str]:
        """What a command inside says (standard output and error together) and its exit code."""
        enter = ["nsenter", f"--target={self.pid}", "--all", "--root", "--wd"]
        return subprocess.run(
            [*enter, "env", "-i", f"PATH={PATH}", "LC_ALL=C.UTF-8", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            timeout=seconds,
        )

    def read(self, path: str) -> str | None:
        """The text of a file as it is seen inside; None where it cannot be read."""
        done = self.run(["cat", path])
        return done.stdout if done.returncode == 0 else None

    def outside(self, path: str) -> Path:
        """Where the machine sees what is `path` inside. No link may be followed there."""
        return Path(f"/proc/{self.pid}/root{path}")

    def waiting(self) -> int:
        """How many connections no daemon has taken yet."""
        lines = [line.split() for name in ("tcp", "tcp6") for line in self._net(name).splitlines()[1:]]
        return sum(int(line[4].split(":")[1], 16) for line in lines if line[3] == _LISTEN)

    def _net(self, name: str) -> str:
        path = Path(f"/proc/{self.pid}/net/{name}")
        return path.read_text() if path.exists() else ""

    def said(self, pattern: str, seconds: float) -> str:
        """The first match in the log, waited for."""
        return until(lambda: re.search(pattern, self.log, re.M), seconds, f"{pattern!r} in the log")[0]

    def stop(self, seconds: float) -> tuple[int, float]:
        """TERM to PID 1: its exit code and how many seconds that took; Late where it goes on."""
        begin = time.monotonic()
        os.kill(self.pid, signal.SIGTERM)
        return self.wait(seconds), time.monotonic() - begin

    def wait(self, seconds: float) -> int:
        """The exit code of a container that ends by itself."""
        until(lambda: self.ended, seconds, "the end of PID 1")
        self._reader.join(PATIENCE)
        return self._engine.returncode

    def kill(self) -> None:
        """End PID 1, and with it all that runs inside."""
        self._engine.kill()
        self._engine.wait(PATIENCE)
        self._reader.join(PATIENCE)
        self.net.close()

    def _first(self) -> int | None:
        """The machine's pid of PID 1."""
        if self.ended:
            self._reader.join(PATIENCE)
            raise Late(f"it ended before there was a PID 1 ({self._engine.returncode}):\n{self.log}")
        return child(self._engine.pid)

    def _scanning(self) -> bool:
        """Whether PID 1 is s6-svscan, or was it already."""
        try:
            return Path(f"/proc/{self.pid}/comm").read_text().strip() == SCAN
        except OSError:
            return self.ended

    def _read(self) -> None:
        assert self._engine.stdout is not None
        with self._engine.stdout as output:
            while data := os.read(output.fileno(), 1 << 16):
                self._output += data


@contextmanager
def container(base: Path, layer: Path, host: str, environment: Mapping[str, str]) -> Iterator[Container]:
    """One that runs `layer` on top of `base`; nothing of it is left afterwards."""
    net = network()
    variables = {"PATH": PATH, "HOSTNAME": host, "HOME": "/root"} | dict(environment)
    with tempfile.TemporaryDirectory(prefix="s6kit-case.") as scratch:
        words = ["sh", str(_INIT), str(base), str(layer), scratch, host]
        words += [f"{name}={value}" for name, value in variables.items()]
        with inside(net.container):
            engine = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "unshare", *_NAMESPACES, *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        running = None
        try:
            running = Container(engine, net)
            yield running
        finally:
            if running:
                running.kill()
            else:
                engine.kill()
                engine.wait(PATIENCE)
                net.close()
