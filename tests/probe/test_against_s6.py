"""What the probe says of a service is what s6 shows for it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from s6kit.cli.targets import Target, roots
from s6kit.config import Config
from s6kit.observation import Fate, Observation
from s6kit.probe.observe import observe
from s6kit.probe.plan import Terms, plan
from tests.probe.helpers import ENV, apart, script, service, until

pytestmark = [
    apart,
    pytest.mark.skipif(not shutil.which("s6-supervise"), reason="no s6 here"),
    pytest.mark.skipif(not shutil.which("unshare"), reason="no unshare here"),
]


def probed(directory: Path, settle: float = 1.0, timeout: float = 2.0) -> Observation:
    (root,) = roots(Target((str(directory),), Config()))
    (found,) = (each for scandir in root.scandirs for each in scandir.services)
    return observe(plan(root, found, Terms(settle, timeout, "private", ENV)))


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

    def stop(self) -> int:
        """The exit code of asking it to stop and waiting for two seconds."""
        asked = ["s6-svc", "-wD", "-T", "2000", "-d", self._directory]
        return subprocess.run(asked, check=False, capture_output=True).returncode

    def others(self) -> list[psutil.Process]:
        """All that lives beside the supervisor, by its own numbers."""
        return [p for p in self._supervisor().children(recursive=True) if p.status() != psutil.STATUS_ZOMBIE]

    def _supervisor(self) -> psutil.Process:
        return self._process.children()[0]

    def main(self) -> psutil.Process:
        """The process that s6 watches."""
        pid = self.state("pid")[0]
        return next(p for p in self.others() if _inner(p) == pid)


def _inner(process: psutil.Process) -> str:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(line.split()[-1] for line in status.splitlines() if line.startswith("NSpid:"))


def _ignores_term(process: psutil.Process) -> bool:
    status = Path(f"/proc/{process.pid}/status").read_text()
    ignored = next(line.split()[-1] for line in status.splitlines() if line.startswith("SigIgn:"))
    return bool(int(ignored, 16) & 1 << (signal.SIGTERM - 1))


@contextmanager
def supervised(directory: Path) -> Iterator[Supervised]:
    command = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "s6-supervise", directory.name]
    with subprocess.Popen(command, cwd=directory.parent, env=ENV, stdin=subprocess.DEVNULL) as process:
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
        until(
            lambda: real.state("up", "updownfor")[0] == "true" and int(real.state("updownfor")[0]) >= 1, "up"
        )
        assert real.deaths() == []
        until(lambda: tuple(real.main().cmdline()) == seen.command, f"it is {seen.command}")
        until(lambda: len(real.others()) == 1 + len(seen.children), f"it has {len(seen.children)} children")
        assert real.stop() == 0
        assert real.others() == []
        (how,) = real.deaths()
        assert seen.stop is not None
        assert (seen.stop.signal, seen.stop.killed) == ("SIGTERM", False)
        assert how == ("exitcode 0" if way == "workers" else "signal SIGTERM")


@pytest.mark.parametrize("way", ["fork-once", "fork-twice", "detach", "fork-late"])
def test_what_leaves(tmp_path: Path, way: str) -> None:
    directory = service(tmp_path, way)
    seen = probed(directory, settle=30)
    assert (seen.outcome, len(seen.survivors)) == (Fate.DAEMONIZED, 1)
    with supervised(directory) as real:
        until(lambda: len(real.deaths()) >= 2, "it is started again")
        assert set(real.deaths()) == {f"exitcode {seen.exit_code}"}
        left = [tuple(p.cmdline()) for p in real.others()]
        assert left.count(seen.survivors[0].command) >= 2


@pytest.mark.parametrize("way", ["die", "die-later", "crash"])
def test_what_ends(tmp_path: Path, way: str) -> None:
    directory = service(tmp_path, way)
    seen = probed(directory, settle=30)
    assert (seen.outcome, seen.survivors) == (Fate.EXITED, ())
    with supervised(directory) as real:
        until(real.deaths, "it dies")
        assert real.deaths()[0] == (f"signal {seen.signal}" if seen.signal else f"exitcode {seen.exit_code}")


def test_what_ignores_the_signal(tmp_path: Path) -> None:
    directory = service(tmp_path, "ignore-term")
    seen = probed(directory)
    assert seen.stop is not None
    assert (seen.stop.signal, seen.stop.killed) == ("SIGKILL", True)
    with supervised(directory) as real:
        until(lambda: real.state("up") == ["true"] and _ignores_term(real.main()), "up, and ignoring TERM")
        assert real.stop() == 99, "s6-svc has given up waiting"
        assert real.state("up") == ["true"]


def test_the_services_own_patience(tmp_path: Path) -> None:
    directory = service(tmp_path, "ignore-term", timeout_kill="300\n")
    seen = probed(directory)
    assert seen.stop is not None
    assert (seen.stop.signal, seen.stop.killed) == ("SIGKILL", True)
    with supervised(directory) as real:
        until(lambda: real.state("up") == ["true"] and _ignores_term(real.main()), "up, and ignoring TERM")
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
        until(lambda: real.state("up") == ["true"] and len(real.others()) == 2, "both are there")
        assert real.stop() == 0
        assert [tuple(p.cmdline()) for p in real.others()] == [each.command for each in seen.survivors]


def test_a_shell_that_stays(tmp_path: Path) -> None:
    directory = tmp_path / "etc" / "s6" / "shell"
    directory.mkdir(parents=True)
    script(directory / "run", "sleep 1000\n")
    seen = probed(directory)
    assert seen.command == ("/bin/sh", "./run", "shell")
    with supervised(directory) as real:
        until(lambda: real.state("up") == ["true"] and len(real.others()) == 2, "both are there")
        assert tuple(real.main().cmdline()) == seen.command
        assert real.stop() == 0
        assert [tuple(p.cmdline()) for p in real.others()] == [each.command for each in seen.survivors]
        assert seen.survivors[0].command == ("sleep", "1000")


@pytest.mark.parametrize("way", ["ready-late", "never-ready"])
def test_readiness(tmp_path: Path, way: str) -> None:
    directory = service(tmp_path, way, notification_fd="3\n")
    seen = probed(directory)
    with supervised(directory) as real:
        until(
            lambda: real.state("up") == ["true"] and int(real.state("updownfor")[0]) >= 2,
            "up for two seconds",
        )
        if seen.ready_after is not None:
            until(lambda: real.state("ready") == ["true"], "ready")
        assert real.state("ready") == [str(seen.ready_after is not None).lower()]
        assert (seen.ready_after is None) == (way == "never-ready")


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
exec sleep 1000
"""


def test_it_begins_as_under_s6(tmp_path: Path) -> None:
    """Arguments, directory, descriptors, signals, session: the same script says the same of itself."""
    directory = tmp_path / "etc" / "s6" / "facts"
    directory.mkdir(parents=True)
    (directory / "notification-fd").write_text("5\n")
    script(directory / "run", f"exec >out.$TO 2>&1\n{FACTS}")
    probed_text = _written(directory, "probe")
    with supervised_as(directory, "s6") as real:
        until(
            lambda: real.state("up") == ["true"] and real.main().cmdline() == ["sleep", "1000"], "it is done"
        )
    assert probed_text == (directory / "out.s6").read_text()
    assert probed_text.splitlines()[:3] == ["1:facts", str(directory), "/bin/sh ./run facts "]
    assert probed_text.endswith("\nunset\nleads\n")


def _written(directory: Path, to: str) -> str:
    (root,) = roots(Target((str(directory),), Config()))
    (found,) = root.scandirs[0].services
    observe(plan(root, found, Terms(1.0, 0.1, "private", {**ENV, "TO": to})))
    return (directory / f"out.{to}").read_text()


@contextmanager
def supervised_as(directory: Path, to: str) -> Iterator[Supervised]:
    ENV["TO"] = to
    try:
        with supervised(directory) as real:
            yield real
    finally:
        del ENV["TO"]


def test_a_program_gets_the_name_that_s6_gives_it(tmp_path: Path) -> None:
    """A run that is no script: argv[0] is `run`."""
    directory = tmp_path / "etc" / "s6" / "binary"
    directory.mkdir(parents=True)
    shutil.copy(os.path.realpath("/bin/dash"), directory / "run")
    (directory / "binary").write_text("sleep 1000; :\n")
    (directory / "notification-fd").write_text("3\n")
    seen = probed(directory)
    assert seen.command == ("run", "binary")
    with supervised(directory) as real:
        until(lambda: real.state("up") == ["true"] and len(real.others()) == 2, "both are there")
        assert tuple(real.main().cmdline()) == seen.command


def test_finish_is_told_what_s6_tells_it(tmp_path: Path) -> None:
    directory = service(tmp_path, "stay")
    script(directory / "finish", 'echo "$1 $2 $3 $(test "$4" -gt 1 && echo group)" >told\n')
    probed(directory)
    told = (directory / "told").read_text()
    (directory / "told").unlink()
    with supervised(directory) as real:
        until(lambda: real.state("up") == ["true"] and int(real.state("updownfor")[0]) >= 1, "up")
        real.stop()
        until((directory / "told").exists, "finish has run")
        until(lambda: (directory / "told").read_text().endswith("\n"), "finish has written")
    assert told.split()[:3] == ["256", "15", "stay"]
    real_words = (directory / "told").read_text().split()
    assert told.split()[: len(real_words)] == real_words
