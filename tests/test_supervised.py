"""What is scaffolded, under the real s6: how it ends, waits, logs and is stopped."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from s6kit.model import File, Link
from s6kit.scaffold.files import SCANDIR, scaffold
from s6kit.scaffold.options import options
from s6kit.scaffold.skeleton import BASE, home, load
from s6kit.write import EXECUTABLE, PLAIN

DEADLINE = 60.0  # seconds: what hangs, hangs longer


class Supervised:
    """A scan directory and its s6-svscan."""

    def __init__(self, root: Path) -> None:
        if shutil.which("s6-svscan") is None:
            pytest.skip("no s6 here")
        self.path = root / SCANDIR
        self.path.mkdir(parents=True)
        self.process: subprocess.Popen[str] | None = None

    def add(self, name: str, *command: str, **values: object) -> Path:
        told = {key.replace("_", "-"): value for key, value in values.items()}
        tree = next(scaffold(load(home(), BASE), options(name, {"command": command, **told})))
        for path, entry in tree.entries.items():
            target = self.path.parent.parent / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(entry, File):
                text = entry.data.decode().replace(" /var/log/", f" {self.path.parent}/")
                target.write_text(text)
                target.chmod(EXECUTABLE if entry.executable else PLAIN)
            elif isinstance(entry, Link) and not target.is_symlink():
                target.symlink_to(entry.target)
        return self.path / name

    def start(self) -> None:
        self.process = subprocess.Popen(
            ["s6-svscan", str(self.path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def end(self, by: signal.Signals | None = None) -> tuple[int, str]:
        """The exit code and all that was written, after a signal or by itself."""
        assert self.process is not None
        if by is not None:
            self.process.send_signal(by)
        told, _ = self.process.communicate(timeout=DEADLINE)
        return self.process.returncode, told

    def state(self, name: str, *fields: str) -> str:
        told = ["s6-svstat", "-o", ",".join(fields), str(self.path / name)]
        return subprocess.run(told, capture_output=True, text=True, check=False).stdout.strip()


@pytest.fixture
def scandir(tmp_path: Path) -> Iterator[Supervised]:
    supervised = Supervised(tmp_path)
    yield supervised
    if supervised.process is not None and supervised.process.poll() is None:
        supervised.end(signal.SIGTERM)


def until(what: Callable[[], bool]) -> None:
    """Until it is so; a failure after DEADLINE seconds."""
    end = time.monotonic() + DEADLINE
    while not what():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


def test_an_essential_service_takes_the_container_with_it(scandir: Supervised) -> None:
    scandir.add("other", "sleep", "1000", essential=True)
    scandir.add("main", "sh", "-c", "exit 7", essential=True)
    scandir.start()
    assert scandir.end() == (7, "")


def test_one_that_a_signal_kills(scandir: Supervised) -> None:
    scandir.add("main", "sh", "-c", "kill -9 $$", essential=True)
    scandir.start()
    assert scandir.end() == (137, "")


def test_a_stop_from_outside_is_no_death(scandir: Supervised) -> None:
    scandir.add("main", "sleep", "1000", essential=True)
    scandir.start()
    until(lambda: scandir.state("main", "up") == "true")
    assert scandir.end(signal.SIGTERM) == (0, "")


def test_an_essential_service_that_is_refused(scandir: Supervised) -> None:
    scandir.add("main", "sleep", "1000", essential=True, require=["TOKEN"])
    scandir.start()
    assert scandir.end() == (1, "main: TOKEN is not set\n")


def test_one_that_is_refused_is_not_tried_again(scandir: Supervised) -> None:
    service = scandir.add("main", "sleep", "1000", require=["TOKEN"])
    scandir.start()
    until(lambda: scandir.state("main", "up", "wantedup") == "false false")
    assert scandir.end(signal.SIGTERM) == (0, f"{service.name}: TOKEN is not set\n")


def test_giving_up(scandir: Supervised) -> None:
    service = scandir.add("main", "sh", "-c", "echo x >>data/starts; exit 3", max_restarts=2)
    (service / "data").mkdir()
    scandir.add("other", "sleep", "1000")
    scandir.start()
    until(lambda: scandir.state("main", "up", "wantedup") == "false false")
    assert (service / "data/starts").read_text() == "x\nx\n"
    until(lambda: scandir.state("other", "up") == "true")
    code, told = scandir.end(signal.SIGTERM)
    assert code == 0
    assert "PERMANENT FAILURE triggered after 2 events involving exit code 3" in told


def test_giving_up_and_taking_the_container_along(scandir: Supervised) -> None:
    service = scandir.add("main", "sh", "-c", "echo x >>data/starts; exit 3", max_restarts=2, essential=True)
    (service / "data").mkdir()
    scandir.start()
    assert scandir.end()[0] == 3
    assert (service / "data/starts").read_text() == "x\nx\n"


def test_the_code_of_an_earlier_life_is_forgotten(scandir: Supervised) -> None:
    scandir.add("main", "sh", "-c", "exit 7", essential=True)
    scandir.start()
    assert scandir.end()[0] == 7
    scandir.add("main", "sleep", "1000", essential=True)
    scandir.start()
    until(lambda: scandir.state("main", "up") == "true")
    assert scandir.end(signal.SIGTERM)[0] == 0


def test_waiting_for_another(scandir: Supervised) -> None:
    slow = scandir.add(
        "slow", "sh", "-c", "sleep 1; date +%s%N >data/ready; echo >&3; exec sleep 1000", notify_fd=3
    )
    main = scandir.add("main", "sh", "-c", "date +%s%N >data/started; exec sleep 1000", needs=["slow"])
    (slow / "data").mkdir()
    (main / "data").mkdir()
    scandir.start()
    until(lambda: (main / "data/started").exists() and (main / "data/started").read_text() != "")
    assert int((slow / "data/ready").read_text()) < int((main / "data/started").read_text())
    assert scandir.state("slow", "ready") == "true"


def test_a_logger_keeps_and_passes_on(scandir: Supervised) -> None:
    scandir.add("main", "sh", "-c", "echo out; echo err >&2; exec sleep 1000", log=True)
    scandir.start()
    kept = scandir.path.parent / "main/current"
    until(lambda: kept.exists() and kept.read_text().count("\n") == 2)
    assert [line.split(maxsplit=2)[2] for line in kept.read_text().splitlines()] == ["out", "err"]
    assert scandir.end(signal.SIGTERM) == (0, "out\nerr\n")


@pytest.mark.parametrize(
    ("values", "signalled"),
    [({}, "TERM"), ({"stop_signal": "SIGQUIT"}, "QUIT"), ({"stop_signal": "int"}, "INT")],
)
def test_the_signal_that_stops(values: dict[str, object], signalled: str, scandir: Supervised) -> None:
    traps = "; ".join(f"trap 'echo {name}; exit' {name}" for name in ("TERM", "QUIT", "INT"))
    program = f"{traps}; echo up >data/up; while :; do sleep 0.05; done"
    service = scandir.add("main", "sh", "-c", program, **values)
    (service / "data").mkdir()
    scandir.start()
    until((service / "data/up").exists)
    assert scandir.end(signal.SIGTERM) == (0, f"{signalled}\n")


def test_one_that_does_not_stop_is_killed(scandir: Supervised) -> None:
    program = "trap '' TERM; echo up >data/up; while :; do sleep 0.05; done"
    service = scandir.add("main", "sh", "-c", program, stop_timeout=200)
    (service / "data").mkdir()
    scandir.start()
    until((service / "data/up").exists)
    assert scandir.end(signal.SIGTERM) == (0, "")


def test_one_that_is_down(scandir: Supervised) -> None:
    scandir.add("main", "sleep", "1000", down=True)
    scandir.start()
    until(lambda: scandir.state("main", "up", "normallyup") == "false false")
