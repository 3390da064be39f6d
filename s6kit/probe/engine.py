"""podman or docker as programs: one container, held by a process that removes it when s6kit goes away."""

from __future__ import annotations

import io
import json
import os
import shlex
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from contextlib import suppress
from posixpath import normpath
from time import sleep
from types import TracebackType
from typing import Any, NoReturn

from s6kit.dataclass import dataclass
from s6kit.model import MAX_SCRIPT, File
from s6kit.probe import kernel
from s6kit.probe.record import Row
from s6kit.probe.run import Net, ProbeError

ENGINES = ("podman", "docker")
_PATIENCE = 60.0  # seconds for one command of the engine
_TRIES, _PAUSE = 5, 0.2  # to see the processes of a container that may be about to end
_STARTS = 300.0  # and for the one that makes the container
_LONGEST = 1 << 16  # bytes of a command line: a class path may be long
_NETWORK = {"none": ("--network", "none"), "host": ("--network", "host"), "private": ()}


@dataclass(frozen=True)
class Engine:
    """An engine's command line, with its global options, and whether it is podman."""

    words: tuple[str, ...]
    podman: bool

    def call(self, *arguments: str, patience: float = _PATIENCE) -> subprocess.CompletedProcess[bytes]:
        """Run one command of the engine; what it wrote and how it ended. ProbeError if it does not end."""
        try:
            return subprocess.run(
                (*self.words, *arguments),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=patience,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ProbeError(
                f"unable to use {self.words[0]}: `{arguments[0]}` did not end within {patience:.0f} s"
            ) from None

    def top(self, container: str) -> subprocess.CompletedProcess[bytes]:
        """The processes of a container, as the engine tells them."""
        # docker: what `ps -ef` says here
        columns = ("hpid", "pid", "ppid", "state", "args") if self.podman else ()
        return self.call("top", container, *columns)


def engine(line: str | None) -> Engine:
    """The engine that a command line names, else the first that is installed. ProbeError if there is none."""
    words = tuple(shlex.split(line)) if line else tuple(filter(shutil.which, ENGINES))[:1]
    if not words:
        raise ProbeError(
            "unable to probe an image: neither podman nor docker is installed; a service directory can be"
            " probed without, and a complete root with --root"
        )
    if shutil.which(words[0]) is None:
        raise ProbeError(f"unable to probe an image: there is no program {words[0]}")
    version = Engine(words, True).call("--version").stdout
    return Engine(words, b"podman" in version)


def rows(text: str) -> list[Row]:
    """What `top` says: a line of titles, then a line a process, the command line last."""
    lines = text.splitlines()
    titles = lines[0].split() if lines else []
    if not {"PID", "PPID"} <= set(titles):
        return []
    pid, parent = titles.index("PID"), titles.index("PPID")
    here = titles.index("HPID") if "HPID" in titles else pid
    state = titles.index("STATE") if "STATE" in titles else None
    found = []
    for line in lines[1:]:
        fields = line.split(None, len(titles) - 1)
        if line.rstrip().endswith("<defunct>") or (state is not None and fields[state : state + 1] == ["Z"]):
            continue  # nobody has taken notice yet that it ended
        if len(fields) == len(titles) and all(fields[at].isdecimal() for at in (here, pid, parent)):
            numbers = (int(fields[pid]), int(fields[here]), int(fields[parent]))
            found.append(Row(*numbers, *_words(numbers[1], fields[-1].rstrip())))
    return found


def _words(here: int, shown: str) -> tuple[tuple[str, ...], bool]:
    """The arguments of a process, from /proc where they are those that `top` shows."""
    with suppress(OSError), open(f"/proc/{here}/cmdline", "rb") as file:  # noqa: PTH123
        words = tuple(os.fsdecode(file.read(_LONGEST).rstrip(b"\0")).split("\0"))
        if " ".join(words).split() == shown.split():
            return words, True
    return tuple(shown.split()), False


class Container:
    """A container of an image, running; removed at the end, also when s6kit is killed."""

    def __init__(self, used: Engine, image: str, net: Net, options: Sequence[str]) -> None:
        self.engine = used
        self.name = f"s6kit-probe-{os.getpid()}-{os.urandom(3).hex()}"
        self._command = ("run", "--detach", "--name", self.name, "--pull", "never", *_NETWORK[net])
        self._command += (*options, image)
        self._image = image

    def __enter__(self) -> Container:
        said, tell = os.pipe()
        lifeline, self._lifeline = os.pipe()
        self._keeper = kernel.fork()
        if not self._keeper:
            os.close(self._lifeline)
            os.close(said)
            self._keep(tell, lifeline)
        os.close(tell)
        os.close(lifeline)
        try:
            with os.fdopen(said, "rb") as pipe:
                told = pipe.read()
        except BaseException:
            self._remove()
            raise
        if told:
            self._remove()
            raise ProbeError(f"unable to run {self._image}: {told.decode('utf-8', 'replace')}")
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._remove()

    def _remove(self) -> None:
        os.close(self._lifeline)
        os.waitpid(self._keeper, 0)

    def _keep(self, tell: int, lifeline: int) -> NoReturn:
        """In a process of its own: start the container, wait until nobody needs it, remove it."""
        try:
            os.setsid()  # what is typed at s6kit's terminal is for s6kit
            done = self.engine.call(*self._command, patience=_STARTS)
            if done.returncode:
                os.write(tell, _reason(done.stderr).encode("utf-8", "replace"))
            os.close(tell)
            os.read(lifeline, 1)
        except ProbeError as error:
            os.write(tell, str(error).encode("utf-8", "replace"))
        finally:
            with suppress(BaseException):
                at_once = ("--time", "0") if self.engine.podman else ()
                self.engine.call("rm", "--force", *at_once, "--volumes", self.name)
            os._exit(0)

    def top(self) -> list[Row]:
        """Its processes; empty once it has ended. ProbeError where the engine does not tell them."""
        for _ in range(_TRIES):
            done = self.engine.top(self.name)
            if done.returncode == 0:
                return rows(os.fsdecode(done.stdout))
            if not self.facts()["State"]["Running"]:
                return []
            sleep(_PAUSE)
        raise ProbeError(f"unable to see the processes of {self._image}: {_reason(done.stderr)}")

    def kill(self, number: str) -> None:
        """Send a signal to its first process."""
        self.engine.call("kill", "--signal", number, self.name)

    def facts(self) -> Any:
        """What the engine says of it: `inspect`."""
        done = self.engine.call("inspect", self.name)
        try:
            return json.loads(done.stdout)[0]
        except (ValueError, IndexError):
            raise ProbeError(f"unable to inspect {self.name}: {_reason(done.stderr)}") from None

    def output(self, most: int) -> str:
        """The last of what it wrote."""
        done = self.engine.call("logs", "--tail", "2000", self.name)
        return os.fsdecode((done.stdout + done.stderr)[-most:])

    def copy(self, directory: str) -> tuple[dict[str, File], dict[str, str]]:
        """A directory: its regular files, and where its symbolic links lead to, by their path in there.

        Both are empty where there is none, and where the engine cannot copy it.
        """
        done = self.engine.call("cp", f"{self.name}:{directory}/.", "-")
        files, links = dict[str, File](), dict[str, str]()
        with suppress(tarfile.TarError, EOFError), tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            for member in archive:
                path, content = normpath(member.name), archive.extractfile(member) if member.isreg() else None
                if content is not None:
                    files[path] = File(content.read(MAX_SCRIPT), bool(member.mode & 0o111), member.size)
                elif member.issym():
                    links[path] = member.linkname
        return files, links


def _reason(stderr: bytes) -> str:
    """The line of a complaint that says what is wrong."""
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    wrong = [line for line in lines if "rror" in line] or lines
    return wrong[-1].removeprefix("docker: ").removeprefix("Error: ") if wrong else "it says nothing"
