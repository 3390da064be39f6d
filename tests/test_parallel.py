"""Work on several processors gives what it gives on one."""

from __future__ import annotations

import errno
import gc
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from s6kit.cli import main, parallel
from s6kit.cli.parallel import spread
from tests.examples import HOME
from tests.planted import plant


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "ENOUGH", 2)
    monkeypatch.setattr(parallel, "PARTS", 6)
    monkeypatch.setattr(parallel, "_processors", lambda: 3)


def test_every_part_once_and_in_order(many: None) -> None:
    assert spread(lambda number, parts: (number, parts), 2) == [(number, 6) for number in range(6)]
    assert spread(lambda number, parts: (number, parts), 1) == [(0, 1)]


def test_whoever_is_quick_takes_more(many: None) -> None:
    parent, (told, tell) = os.getpid(), os.pipe()

    def work(_: int, parts: int) -> int:
        if os.getpid() == parent:
            for _ in range(parts - 1):
                os.read(told, 1)  # until the children have done all the rest
        else:
            os.write(tell, b"x")
        return os.getpid()

    assert spread(work, 2).count(parent) <= 1


def test_more_than_a_pipe_holds(many: None) -> None:
    assert [len(each) for each in spread(lambda number, _: "x" * (1 << 20), 2)] == [1 << 20] * 6


def test_what_fails_in_a_child_fails_in_the_parent(many: None) -> None:
    def work(number: int, _: int) -> int:
        if number == 2:
            raise KeyError("here")
        return number

    with pytest.raises(KeyError, match="here"):
        spread(work, 2)


def test_a_child_that_dies_is_made_up_for(many: None) -> None:
    parent, (told, tell) = os.getpid(), os.pipe()

    def work(number: int, _: int) -> int:
        if os.getpid() != parent:
            os.write(tell, b"x")
            os._exit(9)
        if not met:
            met.append(os.read(told, 1))
        return number

    met: list[bytes] = []
    assert spread(work, 2) == [0, 1, 2, 3, 4, 5]
    assert met == [b"x"]


def test_no_child_is_left(many: None) -> None:
    before = psutil.Process().children()
    spread(lambda number, _: number, 2)
    assert psutil.Process().children() == before


def test_a_child_that_has_just_been_made_is_ended(many: None, monkeypatch: pytest.MonkeyPatch) -> None:
    fork = os.fork

    def interrupted() -> int:
        child = fork()
        if child:
            signal.raise_signal(signal.SIGINT)
        return child

    before = psutil.Process().children()
    monkeypatch.setattr(os, "fork", interrupted)
    with pytest.raises(KeyboardInterrupt):
        spread(lambda number, _: number, 2)
    assert psutil.Process().children() == before


def test_where_there_are_no_more_processes(many: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    gc.collect()  # what other tests have left open
    before = len(list(Path("/proc/self/fd").iterdir()))
    monkeypatch.setattr(os, "fork", refuse)
    assert spread(lambda number, _: number, 2) == [0, 1, 2, 3, 4, 5]
    assert len(list(Path("/proc/self/fd").iterdir())) == before


TERMINATED = """
import os, signal
from s6kit.cli import parallel

parent = os.getpid()
told, tell = os.pipe()
parallel.ENOUGH, parallel._processors = 2, lambda: 2

def work(number, parts):
    if os.getpid() == parent:
        os.read(told, 1)
        os.kill(parent, signal.SIGTERM)
    os.write(1, b"part\\n")
    os.write(tell, b"x")
    while os.getppid() == parent:
        pass

parallel.spread(work, 2)
"""


def test_a_child_whose_parent_has_ended_does_no_more() -> None:
    done = subprocess.run([sys.executable, "-c", TERMINATED], cwd=HOME, stdout=subprocess.PIPE, check=False)
    assert (done.returncode, done.stdout) == (-signal.SIGTERM, b"part\n")


SHARED = (
    "".join(
        f"""
rootfs/etc/s6/{name}/run (executable)
    #!/bin/sh
    . /etc/shared
    # s6kit: ignore[SK203, SK204] why
    nginx -g 'daemon off;'
rootfs/etc/s6/{name}/finish -> ../../finish
"""
        for name in "abcdefg"
    )
    + """
rootfs/etc/finish (executable)
    #!/bin/sh
    # s6kit: ignore[SK901]
    exit 0
"""
)


def test_lint_says_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(tmp_path, SHARED)
    monkeypatch.chdir(tmp_path)
    alone = main(["lint", "--format", "concise"]), capsys.readouterr().out
    monkeypatch.setattr(parallel, "ENOUGH", 2)
    monkeypatch.setattr(parallel, "_processors", lambda: 3)
    assert (main(["lint", "--format", "concise"]), capsys.readouterr().out) == alone
    assert alone[1].count("SK902") == 8
    assert len(alone[1].splitlines()) == 8


def test_what_services_share_is_said_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scripts = """
rootfs/etc/web (executable)
    #!/bin/sh
    nginx -g 'daemon off;'
rootfs/etc/s6/a/run (executable)
    #!/bin/sh
    exec nginx -g 'daemon off;'
"""
    plant(tmp_path, scripts + "".join(f"rootfs/etc/s6/{name}/run -> ../../web\n" for name in "bcdefg"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(parallel, "ENOUGH", 2)
    monkeypatch.setattr(parallel, "_processors", lambda: 3)
    main(["lint", "--format", "json"])
    found = json.loads(capsys.readouterr().out)["diagnostics"]
    assert [(each["code"], each["path"], each["service"]) for each in found] == [
        ("SK203", "rootfs/etc/web", "b")
    ]
