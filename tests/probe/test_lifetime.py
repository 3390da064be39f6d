"""Nothing outlives a probe, however it ends."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from select import select

import psutil
import pytest

from s6kit.cli.live import BARE
from s6kit.probe import keeper, processes
from tests.examples import HOME
from tests.probe.helpers import DEADLINE, apart, marked, script, service, until

S6KIT = (sys.executable, "-m", "s6kit")
WITHOUT = ("setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin", "--")  # no namespaces can be made
pytestmark = [apart, pytest.mark.skipif(not shutil.which("setpriv"), reason="no setpriv here")]
PLACES = pytest.mark.parametrize("before", [(), WITHOUT], ids=["apart", "bare"])
WAYS = ["ignore-term", "workers", "grandchild"]


def start(directory: Path, *before: str, settle: str = "1000", timeout: str = "0.3") -> subprocess.Popen[str]:
    """`s6kit probe`, in a session of its own as under a terminal."""
    return subprocess.Popen(
        [
            *before,
            *S6KIT,
            "probe",
            "--settle",
            settle,
            "--timeout",
            timeout,
            "--format",
            "json",
            str(directory),
        ],
        cwd=HOME,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def unique() -> str:
    return f"mark-{os.getpid()}-{time.monotonic_ns()}"


@PLACES
@pytest.mark.parametrize("way", [*WAYS, "detach", "fork-twice", "bomb"])
def test_a_probe_that_comes_to_its_end(tmp_path: Path, way: str, before: tuple[str, ...]) -> None:
    mark = unique()
    with start(service(tmp_path, way, mark), *before, settle="1") as probe:
        told, _ = probe.communicate(timeout=DEADLINE)
    assert way in told
    assert marked(mark) == []


@PLACES
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
@pytest.mark.parametrize("way", WAYS)
def test_one_that_is_ended(tmp_path: Path, way: str, by: signal.Signals, before: tuple[str, ...]) -> None:
    mark = unique()
    with start(service(tmp_path, way, mark), *before) as probe:
        until(lambda: marked(mark), "the service runs")
        assert probe.stderr is not None
        if before:  # s6kit hears of it from another process, which does not wait for it to be said
            assert select([probe.stderr], [], [], DEADLINE)[0]
            assert probe.stderr.readline() == f"s6kit: note: {BARE}\n"
        os.killpg(probe.pid, by)  # as a terminal does: all of its foreground
        _, said = probe.communicate(timeout=DEADLINE)
        assert (probe.returncode, said) == ((130 if by is signal.SIGINT else -by), "")
    until(lambda: not marked(mark), "nothing is left")


def test_what_was_not_seen_at_first_is_ended_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever forks and ends while /proc is read is in there no more, and its child not yet."""
    looks, look = iter(list[list[int]]([[]])), processes.descendants
    monkeypatch.setattr(processes, "descendants", lambda: next(looks, look()))
    pid = os.fork()
    if not pid:
        os.posix_spawnp("sleep", ["sleep", "1000"], os.environ)
        keeper._clear()
        os._exit(len(look()))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_one_whose_reader_goes_away(tmp_path: Path) -> None:
    mark = unique()
    with start(service(tmp_path, "workers", mark), settle="1") as probe:
        assert probe.stdout is not None
        probe.stdout.close()
        probe.wait(timeout=DEADLINE)
    assert marked(mark) == []


def test_a_fatal_error_beside_it(tmp_path: Path) -> None:
    """Another service cannot be set up any more: its directory goes while the first one runs."""
    mark = unique()
    directory = service(tmp_path, "workers", mark)
    gone = service(tmp_path, "stay", mark)
    shutil.rmtree(gone)
    with start(directory.parent, settle="0", timeout=f"{DEADLINE}") as probe:
        probe.communicate(timeout=4 * DEADLINE)
        assert probe.returncode == 0
    assert marked(mark) == []


def test_the_keeper_dies(tmp_path: Path) -> None:
    """Whoever kills what stands between s6kit and the service ends the service, too."""
    mark = unique()
    with start(service(tmp_path, "workers", mark)) as probe:
        until(lambda: marked(mark), "the service runs")
        children = Path(f"/proc/{probe.pid}/task/{probe.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)
        _, said = probe.communicate(timeout=DEADLINE)
        assert probe.returncode == 2
    assert said == "s6kit: fatal: unable to watch workers: what it ran has ended the place that it ran in\n"
    until(lambda: not marked(mark), "nothing is left")


@PLACES
def test_every_process_of_s6kit_is_told_to_end(tmp_path: Path, before: tuple[str, ...]) -> None:
    """As `pkill s6kit` does it: what stands between s6kit and the service has that to end first."""
    mark = unique()
    with start(service(tmp_path, "ignore-term", mark), *before) as probe:
        until(lambda: marked(mark), "the service runs")
        family = [each.pid for each in psutil.Process(probe.pid).children(recursive=True)]
        for pid in (*(each for each in family if each not in marked(mark)), probe.pid):
            os.kill(pid, signal.SIGTERM)
        probe.communicate(timeout=DEADLINE)
        assert probe.returncode == -signal.SIGTERM
    until(lambda: not marked(mark), "nothing is left")


ENGINE = """\
case $1 in
--version) echo podman ;;
run) : > started; sleep 1; : > runs ;;
rm) mv runs removed ;;
esac
"""


def test_a_container_that_is_about_to_start(tmp_path: Path) -> None:
    """It is waited for, and removed, before s6kit ends."""
    script(tmp_path / "engine", ENGINE)
    words = (*S6KIT, "probe", "--image", "x", "--engine", f"{tmp_path}/engine")
    env = {**os.environ, "PYTHONPATH": str(HOME)}
    with subprocess.Popen(words, cwd=tmp_path, env=env, stdout=subprocess.DEVNULL) as probe:
        until((tmp_path / "started").exists, "the engine is at work")
        probe.send_signal(signal.SIGINT)
        assert probe.wait(timeout=DEADLINE) == 130
        assert sorted(path.name for path in tmp_path.iterdir()) == ["engine", "removed", "started"]
