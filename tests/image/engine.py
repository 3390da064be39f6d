"""buildah and podman, with the options that they need to work inside a container and without systemd."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from tests.planted import plant

T = TypeVar("T")

LIMITS = ("--ulimit", "nofile=20000:20000", "--ulimit", "nproc=4000:4000")
PATIENCE = 120.0  # seconds that no command of an engine should need, and nothing that is waited for


class Late(AssertionError):
    """Something had not happened when its time was over."""


def until(found: Callable[[], T], what: str) -> T:
    """The first value of `found()` that is true; Late where there is none in time."""
    end = time.monotonic() + PATIENCE
    while not (value := found()):
        if time.monotonic() > end:
            raise Late(f"not within {PATIENCE:g} s: {what}")
        time.sleep(0.02)  # between two looks
    return value


def call(words: Sequence[str], check: bool = True, seconds: float = PATIENCE) -> str:
    """What a command wrote on standard output; AssertionError with all that it said where it fails."""
    done = subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        env=os.environ | {"BUILDAH_ISOLATION": "chroot"},
    )
    if check and done.returncode:
        raise AssertionError(f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def build(directory: Path, name: str, *options: str, seconds: float = 600) -> str:
    """The image `name`, made of the Dockerfile in `directory`."""
    # OCI images have no HEALTHCHECK.
    call(
        ["buildah", "bud", "--format", "docker", "--layers", "-t", name, *options, str(directory)],
        seconds=seconds,
    )
    return name


@dataclass(frozen=True)
class Ended:
    """How a container ended: its exit code, and how long the stop took in seconds."""

    code: int
    seconds: float


@dataclass(frozen=True)
class Container:
    """One that runs, or has run."""

    name: str
    image: str
    started: float = field(default_factory=time.monotonic)

    def podman(self, verb: str, *words: str, check: bool = True) -> str:
        return call(["podman", verb, self.name, *words], check)

    def run(self, command: str, user: str = "") -> subprocess.CompletedProcess[str]:
        """A shell command line inside."""
        options = ["--user", user] if user else []
        return subprocess.run(
            ["podman", "exec", *options, self.name, "sh", "-c", command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def says(self, command: str) -> str:
        """What a shell command line inside writes, without white space around it."""
        return self.run(command).stdout.strip()

    @property
    def log(self) -> str:
        """All that came out so far, both streams."""
        done = subprocess.run(
            ["podman", "logs", self.name],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return done.stdout

    @property
    def pid(self) -> int:
        """What the machine calls its PID 1; 0 where it does not run."""
        return int(self._state("Pid"))

    @property
    def running(self) -> bool:
        return self._state("Running") == "true"

    def _state(self, key: str) -> str:
        return self.podman("inspect", "--format", f"{{{{.State.{key}}}}}").strip()

    def processes(self) -> list[tuple[int, int, str]]:
        """Pid, pid of the parent and command line of all that run inside, as they are called there."""
        rows = self.podman("top", "pid", "ppid", "args").splitlines()[1:]
        return [(int(pid), int(above), args.strip()) for pid, above, args in (r.split(None, 2) for r in rows)]

    def health(self) -> tuple[int, str]:
        """Exit code and text of the image's own health check, as the engine runs it."""
        code = subprocess.run(
            ["podman", "healthcheck", "run", self.name], capture_output=True, check=False, timeout=PATIENCE
        ).returncode
        log = json.loads(self.podman("inspect", "--format", "{{json .State.Healthcheck.Log}}"))
        return code, str(log[-1]["Output"]).strip()

    def up(self) -> Container:
        """The same, once all is as it is meant to be."""
        until(lambda: self.run("s6-health").returncode == 0, f"{self.name} is well:\n{self.log}")
        return self

    def stop(self) -> Ended:
        """The engine's stop, which waits ten seconds, as `docker stop` does, and then kills."""
        begun = time.monotonic()
        call(["podman", "stop", "--time", "10", self.name])
        return Ended(self.code(), time.monotonic() - begun)

    def code(self) -> int:
        """The exit code, once it has ended."""
        until(lambda: not self.running, f"the end of {self.name}")
        return int(self._state("ExitCode"))


@contextmanager
def container(
    image: str, *options: str, command: Sequence[str] = (), network: str = "none"
) -> Iterator[Container]:
    """A container of `image` that runs meanwhile and is gone afterwards."""
    name = f"s6kit-{os.getpid()}-{time.monotonic_ns()}"
    begun = time.monotonic()
    try:
        call(
            ["podman", "--runtime", "runc", "run", "-d", "--name", name, "--network", network, *LIMITS,
             *options, image, *command]
        )  # fmt: skip
        yield Container(name, image, begun)
    finally:
        call(["podman", "rm", "-f", "-t", "0", name], check=False)


@contextmanager
def derived(base: str, tree: str, *lines: str) -> Iterator[str]:
    """An image of `base` and the tree that a text describes, with more lines of a Dockerfile."""
    name = f"localhost/s6kit-{os.getpid()}-{time.monotonic_ns()}"
    with TemporaryDirectory() as place:
        root = Path(place, "rootfs")
        root.mkdir()
        plant(root, tree)
        text = "\n".join([f"FROM {base}", "COPY rootfs/ /", *lines, ""])
        Path(place, "Dockerfile").write_text(text)
        build(Path(place), name)
    try:
        yield name
    finally:
        call(["podman", "rmi", "-f", name], check=False)
