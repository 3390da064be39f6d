"""What the probe says of a service is what s6 shows for it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shlex import join

import psutil
import pytest

from s6kit.cli.targets import Target, roots
from s6kit.config import Config
from s6kit.observation import Fate, Observation
from s6kit.probe.observe import observe
from s6kit.probe.plan import Terms, plan
from tests.probe.helpers import DEADLINE, ENV, apart, command, script, service, until

pytestmark = [
    apart,
    pytest.mark.skipif(not shutil.which("s6-supervise"), reason="no s6 here"),
    pytest.mark.skipif(not shutil.which("unshare"), reason="no unshare here"),
]


def probed(directory: Path, timeout: float = DEADLINE, **more: str) -> Observation:
    """What is seen of it from when it says that it is ready, if it does."""
    (root,) = roots(Target((str(directory),), Config()))
    (found,) = (each for scandir in root.scandirs for each in scandir.services)
    return observe(plan(root, found, Terms(0, timeout, "private", ENV | more)))


class Supervised:
    """A service directory under s6-supervise, which is the first process of its namespace."""

    def __init__(self, directory: Path, process: psutil.Process) -> None:
        self._directory, self._process = str(directory), process

    def state(self, *fields: str) -> list[str]:
        told = subprocess.run(
            ["s6-svstat", "-o", ",".join(fields), self._directory],
            capture_output=True,
            text=True,
            check=False,
        )
        return told.stdout.split()

    def deaths(self) -> list[str]:
        """How it died each time: `exitcode 0`, `signal SIGSEGV`."""
        told = subprocess.run(
            ["s6-svdt", self._directory], capture_output=True, text=True, check=False
        ).stdout
        return re.findall(r"(?:exitcode|signal) \S+", told)

    def is_ready(self) -> bool:
        return self.state("ready") == ["true"]

    def stop(self, patience: float = DEADLINE) -> int:
        """The exit code of asking it to stop and waiting until it is down, for so many seconds at most."""
        asked = ["s6-svc", "-wD", "-T", f"{patience * 1000:.0f}", "-d", self._directory]
        return subprocess.run(asked, check=False, capture_output=True).returncode

    def others(self) -> list[tuple[str, ...]]:
        """The command lines of all that lives beside the supervisor."""
        return [words for _, words in self._others()]

    def main(self) -> tuple[str, ...]:
        """That of the process that s6 watches; empty while there is none."""
        pid = self.state("pid")
        return next((words for inner, words in self._others() if [inner] == pid), ())

    def _others(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Numbers in there, and command lines; what ends meanwhile is left out."""
        (supervisor,) = self._process.children()
        for each in supervisor.children(recursive=True):
            with suppress(psutil.Error, FileNotFoundError, ProcessLookupError):
                words = tuple(each.cmdline())
                if each.status() != psutil.STATUS_ZOMBIE:
                    yield _inner(each), words


def _inner(process: psutil.Process) -> str:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(line.split()[-1] for line in status.splitlines() if line.startswith("NSpid:"))


@contextmanager
def supervised(directory: Path, **more: str) -> Iterator[Supervised]:
    words = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "s6-supervise", directory.name]
    with subprocess.Popen(words, cwd=directory.parent, env=ENV | more, stdin=subprocess.DEVNULL) as process:
        try:
            found = Supervised(directory, psutil.Process(process.pid))
            until(lambda: found.state("pid"), "the supervisor is there")
            yield found
        finally:
            process.kill()


@pytest.mark.parametrize("way", ["stay", "close-all", "become", "workers", "session"])
def test_what_stays_and_stops(tmp_path: Path, way: str) -> None:
    directory = service(tmp_path, way)
    seen = probed(directory)
    assert (seen.outcome, seen.survivors) == (Fate.FOREGROUND, ())
    with supervised(directory) as real:
        ready = way != "close-all"
        until(real.is_ready if ready else lambda: real.main() == seen.command, "it is there")
        assert real.deaths() == []
        assert real.main() == seen.command
        assert sorted(real.others()) == sorted([seen.command, *(each.command for each in seen.children)])
        assert real.stop() == 0
        assert real.others() == []
        (how,) = real.deaths()
        assert seen.stop is not None
        assert (seen.stop.signal, seen.stop.killed) == ("SIGTERM", False)
        assert how == ("exitcode 0" if way == "workers" else "signal SIGTERM")


@pytest.mark.parametrize("way", ["fork-once", "fork-twice", "detach", "fork-late"])
def test_what_leaves(tmp_path: Path, way: str) -> None:
    directory = service(tmp_path, way)
    seen = probed(directory)
    assert (seen.outcome, len(seen.survivors)) == (Fate.DAEMONIZED, 1)
    with supervised(directory) as real:
        until(lambda: len(real.deaths()) >= 2, "it is started again")
        assert set(real.deaths()) == {f"exitcode {seen.exit_code}"}
        assert real.others().count(seen.survivors[0].command) >= 2


@pytest.mark.parametrize("way", ["die", "die-later", "crash"])
def test_what_ends(tmp_path: Path, way: str) -> None:
    directory = service(tmp_path, way)
    seen = probed(directory)
    assert (seen.outcome, seen.survivors) == (Fate.EXITED, ())
    with supervised(directory) as real:
        until(real.deaths, "it dies")
        assert real.deaths()[0] == (f"signal {seen.signal}" if seen.signal else f"exitcode {seen.exit_code}")


def test_what_ignores_the_signal(tmp_path: Path) -> None:
    """From its first moment on: nobody is ended by SIGWINCH, and nobody's patience has to be waited for."""
    directory = service(tmp_path, "stay", down_signal="SIGWINCH\n")
    seen = probed(directory, timeout=1.0)
    assert seen.stop is not None
    assert (seen.stop.signal, seen.stop.killed) == ("SIGKILL", True)
    with supervised(directory) as real:
        until(real.is_ready, "it is up")
        assert real.stop(patience=2.0) == 99, "s6-svc has given up waiting"
        assert real.state("up") == ["true"]


def test_the_services_own_patience(tmp_path: Path) -> None:
    directory = service(tmp_path, "ignore-term", timeout_kill="300\n")
    seen = probed(directory)
    assert seen.stop is not None
    assert (seen.stop.signal, seen.stop.killed) == ("SIGKILL", True)
    with supervised(directory) as real:
        until(real.is_ready, "it ignores TERM")
        assert real.stop() == 0
        assert real.deaths() == ["signal SIGKILL"]


def test_the_services_own_signal(tmp_path: Path) -> None:
    directory = service(tmp_path, "ignore-term", down_signal="SIGINT\n")
    seen = probed(directory)
    assert seen.stop is not None
    assert (seen.stop.signal, seen.stop.killed) == ("SIGINT", False)


def test_what_is_left_behind(tmp_path: Path) -> None:
    directory = service(tmp_path, "grandchild")
    seen = probed(directory)
    with supervised(directory) as real:
        until(real.is_ready, "both are there")
        assert real.stop() == 0
        assert real.others() == [each.command for each in seen.survivors]
        assert seen.survivors[0].command == command("grandchild")


def test_a_shell_that_stays(tmp_path: Path) -> None:
    directory = tmp_path / "etc" / "s6" / "shell"
    directory.mkdir(parents=True)
    script(directory / "run", f"{join(command('stay'))}\n")
    (directory / "notification-fd").write_text("3\n")
    seen = probed(directory)
    assert seen.command == ("/bin/sh", "./run", "shell")
    with supervised(directory) as real:
        until(real.is_ready, "both are there")
        assert real.main() == seen.command
        assert real.stop() == 0
        assert real.others() == [each.command for each in seen.survivors]
        assert seen.survivors[0].command == command("stay")


@pytest.mark.parametrize(("way", "patience"), [("ready-late", DEADLINE), ("never-ready", 1.0)])
def test_readiness(tmp_path: Path, way: str, patience: float) -> None:
    directory = service(tmp_path, way)
    seen = probed(directory, timeout=patience)
    assert (seen.ready_after is None) == (way == "never-ready")
    with supervised(directory) as real:
        if seen.ready_after is not None:
            until(real.is_ready, "ready")
        else:
            until(lambda: int(real.state("updownfor")[0]) >= 2 and real.main() == seen.command, "it is up")
        assert real.state("up", "ready") == ["true", str(seen.ready_after is not None).lower()]


FACTS = """\
echo "$#:$1"
pwd
cat /proc/$$/cmdline | tr '\\0' ' '; echo
umask
readlink /proc/$$/fd/0
ls /proc/$$/fd >fds.$TO; tr '\\n' ' ' <fds.$TO; echo
grep -E '^Sig(Blk|Ign)' /proc/self/status
echo "${A-unset}"
set -- $(cut -d ' ' -f 1,5,6 /proc/$$/stat); test "$1" = "$2" -a "$1" = "$3" && echo leads
echo >&5
exec sleep 1000
"""


def test_it_begins_as_under_s6(tmp_path: Path) -> None:
    """Arguments, directory, descriptors, signals, session: the same script says the same of itself."""
    directory = tmp_path / "etc" / "s6" / "facts"
    directory.mkdir(parents=True)
    (directory / "notification-fd").write_text("5\n")
    script(directory / "run", f"exec >out.$TO 2>&1\n{FACTS}")
    probed(directory, TO="probe")
    probed_text = (directory / "out.probe").read_text()
    with supervised(directory, TO="s6") as real:
        until(real.is_ready, "it is done")
    assert probed_text == (directory / "out.s6").read_text()
    assert probed_text.splitlines()[:3] == ["1:facts", str(directory), "/bin/sh ./run facts "]
    assert probed_text.endswith("\nunset\nleads\n")


def test_a_program_gets_the_name_that_s6_gives_it(tmp_path: Path) -> None:
    """A run that is no script: argv[0] is `./run`, and was `run` until s6 2.12."""
    directory = tmp_path / "etc" / "s6" / "binary"
    directory.mkdir(parents=True)
    shutil.copy(os.path.realpath("/bin/dash"), directory / "run")
    (directory / "binary").write_text("echo >&3; sleep 1000; :\n")
    (directory / "notification-fd").write_text("3\n")
    seen = probed(directory)
    assert seen.command == ("./run", "binary")
    with supervised(directory) as real:
        until(real.is_ready, "it is up")
        assert real.main() in (seen.command, ("run", "binary"))


def test_finish_is_told_what_s6_tells_it(tmp_path: Path) -> None:
    directory = service(tmp_path, "stay", timeout_finish="30000\n")
    script(directory / "finish", 'echo "$1 $2 $3 $(test "$4" -gt 1 && echo group)" >told\n')
    probed(directory)
    told = (directory / "told").read_text()
    (directory / "told").unlink()
    with supervised(directory) as real:
        until(real.is_ready, "it is up")
        assert real.stop() == 0
    assert told.split()[:3] == ["256", "15", "stay"]
    real_words = (directory / "told").read_text().split()
    assert told.split()[: len(real_words)] == real_words
