"""Services run in a complete root, which nothing is written to."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from s6kit.cli.targets import Target, roots
from s6kit.config import Config
from s6kit.dataclass import replace
from s6kit.observation import Fate
from s6kit.probe.observe import observe
from s6kit.probe.plan import Terms, plan
from tests.examples import HOME
from tests.probe import tiny
from tests.probe.daemon import ANOTHER
from tests.probe.helpers import DEADLINE, apart

pytestmark = apart
READY = "notification-fd\n    3\n"  # nobody has to guess when it is where its script leads
TREE = f"""\
etc/s6/writes/run (executable)
    #!/bin/sh
    mkdir -p /var/lib/app && echo 1 >/var/lib/app/data && echo 2 >/etc/passwd && rm /bin/env
    id -G; readlink /proc/self/cwd; ls /dev; echo $PATH; echo >&3
    exec sleep 1000
etc/s6/writes/{READY}etc/s6/leaves/run (executable)
    #!/bin/sh
    exec setsid sleep 1000
etc/s6/leaves/{READY}etc/s6/relies/run (executable)
    #!/bin/sh
    cat /etc/app.conf; echo >&3
    exec sleep 1000
etc/s6/relies/{READY}etc/s6/relies/log/run (executable)
    #!/bin/sh
    exec s6-log -d 3 t /var/log
etc/s6/relies/log/{READY}\
etc/app.conf
    from the root
etc/s6/parked/run (executable)
    #!/bin/sh
    exec false
etc/s6/parked/down (no final newline)
etc/services.d/app/run
    #!/bin/sh
    exec sleep 1000
etc/service/runs/run (executable)
    #!/bin/sh
    setsid true; echo "$#"
    exec sh -c 'echo >&3; kill -STOP $$'
etc/service/runs/finish (executable)
    #!/bin/sh
    echo "finish $*"
etc/s6-overlay/s6-rc.d/made/type
    longrun
etc/s6-overlay/s6-rc.d/made/run
    #!/bin/sh
    ls -d /run/s6/container_environment; echo >&3
    exec sleep 1000
etc/s6-overlay/s6-rc.d/made/{READY}"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.root(tmp_path_factory.mktemp("tiny") / "root", TREE)


def s6kit(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "s6kit", *words], cwd=HOME, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def told(root: Path) -> dict[str, Any]:
    """All services of the root, seen by name."""
    words = ("--settle", "0.5", "--timeout", f"{DEADLINE}", "--format", "json")
    done = s6kit("probe", "--root", str(root), *words)
    assert done.stderr == ""
    return dict(json.loads(done.stdout), code=done.returncode)


def seen(told: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in told["observations"] if each["service"] == name)


def test_every_service_but_those_that_are_down(told: dict[str, Any]) -> None:
    names = sorted(each["service"] for each in told["observations"])
    assert names == ["app", "leaves", "made", "relies", "relies/log", "runs", "writes"]


def test_nothing_of_it_is_written_to_the_root(told: dict[str, Any], root: Path) -> None:
    assert seen(told, "writes")["outcome"] == "foreground"
    assert not (root / "var/lib").exists()
    assert not (root / "run/s6").exists()
    assert (root / "bin/env").is_symlink()
    assert (root / "etc/passwd").read_text().startswith("root:")


def test_where_it_runs(told: dict[str, Any]) -> None:
    assert seen(told, "writes")["output_tail"].split() == [
        "0",
        "/etc/s6/writes",
        *"fd full null ptmx pts random shm stderr stdin stdout tty urandom zero".split(),
        "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ]
    assert seen(told, "relies")["output_tail"] == "from the root\n"


def test_what_leads_a_session_forks_in_setsid(told: dict[str, Any]) -> None:
    """It execs only where its caller leads none: s6-supervise makes `run` lead one."""
    found = seen(told, "leaves")
    assert (found["outcome"], found["exit_code"]) == ("daemonized", 0)
    # the last words: it may be about to become what it is to run
    assert [each["command"][-2:] for each in found["survivors"]] == [["sleep", "1000"]]


def test_runit_gives_no_session_and_no_name(told: dict[str, Any], root: Path) -> None:
    assert seen(told, "runs")["outcome"] == "foreground"
    (place,) = roots(Target((str(root),), Config()))
    (runs,) = (each for scandir in place.scandirs for each in scandir.services if each.name == "runs")
    run = plan(place, runs, Terms(0, DEADLINE))
    assert run.notification_fd is None
    found = observe(replace(run, notification_fd=3))
    assert (found.outcome, found.command) == (Fate.FOREGROUND, ANOTHER)
    assert found.output_tail == "0\nfinish -1 15\n"


def test_a_logger_reads_from_a_pipe(told: dict[str, Any]) -> None:
    found = seen(told, "relies/log")
    assert (found["outcome"], found["stop"]["killed"]) == ("foreground", False)


def test_what_the_layout_makes_executable(told: dict[str, Any]) -> None:
    assert seen(told, "made")["output_tail"] == "/run/s6/container_environment\n"
    assert seen(told, "app")["outcome"] == "exited"
    assert seen(told, "app")["exit_code"] == 126


def test_what_is_said_of_it(told: dict[str, Any], root: Path) -> None:
    assert [(d["code"], d["service"], d["path"], d["line"]) for d in told["diagnostics"]] == [
        ("SK801", "leaves", f"{root}/etc/s6/leaves/run", 2),
        ("SK805", "app", f"{root}/etc/services.d/app/run", 1),
    ]
    assert told["code"] == 1


def test_a_root_is_found_around_a_service(root: Path) -> None:
    done = s6kit("probe", f"{root}/etc/s6/relies", "--settle", "0.5", "--format", "json")
    assert [(each["service"], each["output_tail"]) for each in json.loads(done.stdout)["observations"]] == [
        ("relies", "from the root\n"),
        ("relies/log", ""),
    ]


@pytest.mark.parametrize("words", [("--root", "ROOT", "leaves", "relies"), ("ROOT", "leaves", "relies")])
def test_services_by_name(root: Path, words: tuple[str, ...]) -> None:
    chosen = [word.replace("ROOT", str(root)) for word in words]
    done = s6kit("probe", *chosen, "--settle", "0.5", "--format", "concise")
    assert [line.split(":")[0].removeprefix(f"{root}/etc/s6/") for line in done.stdout.splitlines()] == [
        "leaves",
        "relies",
        "leaves/run",
    ]


def test_lint_runs_what_it_does_not_know(root: Path, tmp_path: Path) -> None:
    copy = tiny.root(
        tmp_path / "root",
        """\
etc/s6/known/run (executable)
    #!/bin/sh
    exec sleep infinity
etc/s6/unknown/run (executable)
    #!/bin/sh
    exec $(cat /etc/command)
etc/command
    setsid sleep 1000
etc/s6/unknown/notification-fd
    3
""",
    )
    assert s6kit("lint", str(copy)).returncode == 0
    done = s6kit("lint", "--probe", "--format", "concise", str(copy))
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith(f"{copy}/etc/s6/unknown/run:2:1: error SK801 observed-daemonizing ")
    assert len(done.stdout.splitlines()) == 1


def test_lint_says_what_it_could_not_run(tmp_path: Path) -> None:
    tiny.add(tmp_path, "etc/s6/svc/run (executable)\n    #!/bin/sh\n    exec /opt/app\n")
    done = s6kit("lint", "--probe", str(tmp_path))
    assert done.returncode == 0
    assert done.stderr == "s6kit: note: 1 service not probed: the root around is not complete\n"
