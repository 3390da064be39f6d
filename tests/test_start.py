"""How s6kit begins, and is kept from it."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from s6kit.cli import main
from s6kit.errors import RuleCrash
from tests.examples import HOME


def started(before: Path, *words: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a run that finds modules in `before` first."""
    env = {**os.environ, "PYTHONPATH": f"{before}:{HOME}"}
    done = subprocess.run(
        [sys.executable, *words, "--version"], env=env, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("words", [["-m", "s6kit"], ["-c", "from s6kit.__main__ import entry; entry()"]])
def test_ctrl_c_while_it_is_being_loaded(words: list[str], tmp_path: Path) -> None:
    """The interrupt comes in the middle of an import."""
    (tmp_path / "typer.py").write_text(
        "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nimport time\n"
    )
    assert started(tmp_path, *words) == (130, "", "")


LOST = """
import os, signal, time, weakref

class Lock: pass

lock = Lock()
watched = weakref.ref(lock, lambda _: signal.raise_signal(signal.SIGINT))
del lock  # as an import does with a module's lock, by which no exception gets out
while True:  # or what comes just before a pause would be waited for in vain
    time.sleep(0.1)
"""
WRAPPED = """
import signal

class Descriptor:
    def __set_name__(self, owner, name):
        signal.raise_signal(signal.SIGINT)

class Owner:
    described = Descriptor()
"""


@pytest.mark.parametrize("typer", [LOST, WRAPPED], ids=["lost", "wrapped"])
def test_ctrl_c_where_python_does_not_raise_it(typer: str, tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text(typer)
    assert started(tmp_path, "-m", "s6kit") == (130, "", "")


def test_a_wrapped_ctrl_c_later_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def made(_: object) -> None:
        raise RuntimeError("Error calling __set_name__") from KeyboardInterrupt()

    monkeypatch.setattr("s6kit.cli._app", made)
    assert main(["lint"]) == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"),
            "Resource temporarily unavailable",
        ),
        (OSError(errno.EMFILE, "Too many open files"), "Too many open files"),
        (MemoryError(), "there is not enough memory"),
    ],
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_what_the_system_lacks(
    error: Exception,
    said: str,
    wrapped: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def made(_: object) -> None:
        if not wrapped:
            raise error
        raise RuleCrash("SK203 unexecuted-daemon crashed at etc/s6/web") from error

    monkeypatch.setattr("s6kit.cli._app", made)
    assert main(["lint"]) == 2
    assert capsys.readouterr() == ("", f"s6kit: fatal: unable to go on: {said}\n")


def test_a_directory_that_is_gone(tmp_path: Path) -> None:
    gone = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"'
    for words, expected in (
        (["rule", "SK203"], (0, "")),
        (["lint"], (2, "s6kit: fatal: unable to find the current directory: No such file or directory\n")),
    ):
        command = ["sh", "-c", gone, "sh", sys.executable, "-m", "s6kit", *words]
        env = {**os.environ, "PYTHONPATH": str(HOME)}
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == expected


def test_who_starts_it_ignores_children() -> None:
    """It hears how its own end all the same: what it has started has to be known to stay."""
    command = [sys.executable, "-m", "s6kit", "daemons", "learn", "--settle", "0.1", "--", "sleep", "60"]
    done = subprocess.run(
        command,
        cwd=HOME,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN),
    )
    assert (done.returncode, done.stderr) == (0, "sleep 60: foreground\n")


def test_what_else_python_cannot_raise_is_told(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text(
        "import os, weakref\nclass Lock: pass\nlock = Lock()\n"
        "watched = weakref.ref(lock, lambda _: 1 / 0)\ndel lock\nos._exit(7)\n"
    )
    code, said, told = started(tmp_path, "-m", "s6kit")
    assert (code, said) == (7, "")
    assert told.startswith("Exception ignored ")
    assert "<lambda>" in told
    assert told.endswith("ZeroDivisionError: division by zero\n")
