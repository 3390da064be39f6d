"""Images run by podman, and read from outside."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.examples import HOME
from tests.image.engine import call
from tests.probe import tiny
from tests.probe.helpers import DEADLINE, until

pytestmark = [
    pytest.mark.xdist_group("probed image"),  # one worker, one image
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root"),
    pytest.mark.skipif(not shutil.which("podman"), reason="no podman here"),
]
S6 = """\
etc/s6/leaves/run (executable)
    #!/bin/sh
    exec setsid sleep 1001
etc/s6/stays/run (executable)
    #!/bin/sh
    echo >&3
    exec sleep 1002
etc/s6/stays/notification-fd
    3
etc/s6/shell/run (executable)
    #!/bin/sh
    sleep 1003
    :
etc/s6/traps/run (executable)
    #!/bin/sh
    sleep 1004 & pid=$!
    trap 'kill $pid; exit' TERM
    wait $pid
etc/s6/loops/run (executable)
    #!/bin/sh
    exec false
etc/s6/linked -> /opt/linked
opt/linked/run (executable)
    #!/bin/sh
    exec sleep 1011
etc/s6/once/run (executable)
    #!/bin/sh
    exit 9
etc/s6/once/finish (executable)
    #!/bin/sh
    exit 125
etc/s6/serves/run (executable)
    #!/bin/sh
    exec busybox httpd -f -p 127.0.0.1:8080
etc/s6/patient/run (executable)
    #!/bin/sh
    trap '' TERM
    exec sleep 1012
etc/s6/patient/timeout-kill
    500
etc/s6/done/run (executable)
    #!/bin/sh
    exit 0
etc/s6/done/finish (executable)
    #!/bin/sh
    exit 125
etc/s6/parked/run (executable)
    #!/bin/sh
    exec sleep 1005
etc/s6/parked/down (no final newline)
"""
DEAF = """\
etc/s6/deaf/run (executable)
    #!/bin/sh
    trap '' TERM
    exec sleep 1006
etc/s6/other/run (executable)
    #!/bin/sh
    exec sleep 1007
"""
RUNIT = """\
etc/service/leaves/run (executable)
    #!/bin/sh
    sleep 1008 &
    exec false
etc/service/stays/run (executable)
    #!/bin/sh
    exec sleep 1009
etc/service/stays/log/run (executable)
    #!/bin/sh
    exec svlogd -tt /var
init (executable)
    #!/bin/sh
    sleep 1010 &
    exec runsvdir -P /etc/service
"""
LATE = """\
etc/s6/web/run (executable)
    #!/bin/sh
    exec sleep 1013
init (executable)
    #!/bin/sh
    sleep 2
    exec s6-svscan /etc/s6
"""


def start(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "s6kit", "probe", *tiny.ENGINE, "--format", "json", *words],
        cwd=HOME,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def told(*words: str) -> dict[str, Any]:
    with start(*words) as probe:
        out, err = probe.communicate(timeout=4 * DEADLINE)
    assert err == ""
    return dict(json.loads(out), code=probe.returncode)


def made(place: Path, tree: str, command: str) -> Iterator[str]:
    with tiny.image(tiny.root(place, tree), f"CMD {command}") as name:
        yield name


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from made(tmp_path_factory.mktemp("image") / "plain", S6, '["s6-svscan", "/etc/s6"]')


@pytest.fixture(scope="module")
def deaf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from made(tmp_path_factory.mktemp("image") / "deaf", DEAF, '["s6-svscan", "/etc/s6"]')


@pytest.fixture(scope="module")
def runit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from made(tmp_path_factory.mktemp("image") / "runit", RUNIT, '["/init"]')


def left(image: str) -> list[str]:
    """The containers of an image."""
    return call(["podman", "ps", "--all", "--quiet", "--filter", f"ancestor={image}"]).split()


def test_a_scan_directory(plain: str) -> None:
    found = told("--image", plain, "--settle", "5")  # long enough for two starts of what leaves
    seen = {each["service"]: each for each in found["observations"]}
    assert {name: each["outcome"] for name, each in seen.items()} == {
        None: "foreground",
        "done": "exited",
        "leaves": "daemonized",
        "linked": "foreground",
        "loops": "restarting",
        "once": "exited",
        "patient": "foreground",
        "serves": "foreground",
        "shell": "foreground",
        "stays": "foreground",
        "traps": "foreground",
    }
    assert seen[None]["command"] == ["s6-svscan", "/etc/s6"]
    assert (seen[None]["path"], seen["stays"]["path"]) == (plain, f"{plain}:/etc/s6/stays")
    assert (seen[None]["exit_code"], seen[None]["stop"]["killed"]) == (0, False)
    assert seen["stays"]["command"] == ["sleep", "1002"]
    assert 0 <= seen["stays"]["ready_after"] < DEADLINE
    assert {tuple(each["command"][-2:]) for each in seen["leaves"]["survivors"]} == {("sleep", "1001")}
    assert len(seen["leaves"]["survivors"]) >= 2
    assert seen["shell"]["command"] == ["/bin/sh", "./run", "shell"]
    assert (seen["once"]["exit_code"], seen["once"]["signal"], seen["once"]["stop"]) == (9, None, None)
    assert (seen["loops"]["exit_code"], seen["done"]["exit_code"]) == (1, 0)
    assert {name: each["listens"] for name, each in seen.items() if each["listens"]} == {
        "serves": ["tcp 127.0.0.1:8080"]
    }
    assert (seen["stays"]["stop"]["signal"], seen["stays"]["stop"]["killed"]) == ("SIGTERM", False)
    assert (seen["patient"]["stop"]["signal"], seen["patient"]["stop"]["killed"]) == ("SIGKILL", True)
    assert [(e["code"], e["severity"], e["path"], e["line"]) for e in found["diagnostics"]] == [
        ("SK805", "info", f"{plain}:/etc/s6/done/run", 1),
        ("SK801", "error", f"{plain}:/etc/s6/leaves/run", 2),
        ("SK806", "error", f"{plain}:/etc/s6/loops/run", 1),
        ("SK805", "error", f"{plain}:/etc/s6/once/run", 1),
        ("SK803", "warning", f"{plain}:/etc/s6/patient/run", 1),
        ("SK807", "error", f"{plain}:/etc/s6/shell/run", 1),
    ]
    assert found["code"] == 1
    assert left(plain) == []


def test_some_of_its_services(plain: str) -> None:
    found = told("--image", plain, "--settle", "1", "stays")
    assert [each["service"] for each in found["observations"]] == [None, "stays"]
    assert (found["diagnostics"], found["code"]) == ([], 0)


def test_who_had_to_be_killed(deaf: str) -> None:
    found = told("--image", deaf, "--settle", "1", "--timeout", "2")
    seen = {each["service"]: each for each in found["observations"]}
    assert (seen[None]["exit_code"], seen[None]["stop"]["killed"]) == (137, True)
    assert (seen["deaf"]["stop"]["signal"], seen["deaf"]["stop"]["killed"]) == ("SIGKILL", True)
    assert (seen["other"]["stop"]["signal"], seen["other"]["stop"]["killed"]) == ("SIGTERM", False)
    assert [(each["code"], each["service"]) for each in found["diagnostics"]] == [("SK803", "deaf")]


def test_runit(runit: str) -> None:
    found = told("--image", runit)
    seen = {each["service"]: each for each in found["observations"]}
    assert {name: each["outcome"] for name, each in seen.items()} == {
        None: "daemonized",
        "leaves": "daemonized",
        "stays": "foreground",
    }
    assert [each["command"] for each in seen[None]["survivors"]] == [["sleep", "1010"]]
    assert {tuple(each["command"]) for each in seen["leaves"]["survivors"]} == {("sleep", "1008")}
    assert seen["stays"]["command"] == ["sleep", "1009"]
    # the init ended by its signal, and left nobody to ask its services to end
    assert (seen["stays"]["stop"]["signal"], seen["stays"]["stop"]["killed"]) == ("SIGKILL", True)
    codes = [(each["code"], each["service"], each["layout"]) for each in found["diagnostics"]]
    assert codes == [("SK801", None, "runit"), ("SK801", "leaves", "runit")]


def test_services_that_are_started_late(tmp_path: Path) -> None:
    for image in made(tmp_path / "late", LATE, '["/init"]'):
        found = told("--image", image, "--settle", "1")
        assert [(each["service"], each["outcome"]) for each in found["observations"]] == [
            (None, "foreground"),
            ("web", "foreground"),
        ]
        assert (found["diagnostics"], found["code"]) == ([], 0)


def test_a_container_that_ends_by_itself(plain: str) -> None:
    found = told("--image", plain, "--engine-option", "--entrypoint false", "--settle", "30")
    (seen,) = found["observations"]
    assert (seen["service"], seen["outcome"], seen["exit_code"]) == (None, "exited", 1)
    assert [each["code"] for each in found["diagnostics"]] == ["SK805"]


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_container_outlives_its_probe(deaf: str, by: signal.Signals) -> None:
    with start("--image", deaf, "--settle", "1000") as probe:
        until(lambda: left(deaf), "the container is there")
        os.killpg(probe.pid, by)
        probe.communicate(timeout=DEADLINE)
        assert probe.returncode == (130 if by is signal.SIGINT else -by)
    until(lambda: not left(deaf), "it is gone")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--image", "localhost/no-such-image"),
            "unable to run localhost/no-such-image: localhost/no-such-image: image not known",
        ),
        (
            ("--image", "x", "--engine", "no-such-engine"),
            "unable to probe an image: there is no program no-such-engine",
        ),
        (
            ("--image", "x", "--root", "/"),
            "unable to use --root and --image together: each says where services are run",
        ),
    ],
)
def test_what_cannot_be(words: tuple[str, ...], said: str) -> None:
    with start(*words) as probe:
        out, err = probe.communicate(timeout=DEADLINE)
    assert (probe.returncode, out, err) == (2, "", f"s6kit: fatal: {said}\n")


def test_a_service_that_is_not_there(deaf: str) -> None:
    with start("--image", deaf, "--settle", "1", "nosuch") as probe:
        _, err = probe.communicate(timeout=DEADLINE)
    assert probe.returncode == 2
    assert err == (
        f"s6kit: fatal: unable to find service nosuch among the processes of {deaf}:"
        " its services are deaf, other\n"
    )


def test_a_service_that_nobody_starts(plain: str) -> None:
    with start("--image", plain, "--settle", "1", "parked") as probe:
        _, err = probe.communicate(timeout=DEADLINE)
    assert probe.returncode == 2
    assert err == (
        f"s6kit: fatal: unable to probe service parked in {plain}:"
        " it has a file `down`, and nobody starts it\n"
    )
