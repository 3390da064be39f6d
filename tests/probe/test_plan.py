"""From a service of a tree to what is run; from the words of `top` to who supervises whom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from s6kit.cli.targets import Target, roots
from s6kit.config import Config
from s6kit.probe.engine import rows
from s6kit.probe.plan import Terms, plan
from s6kit.probe.record import Row
from s6kit.probe.run import Run
from s6kit.probe.supervisors import Suspect, owner, place, scandir, services, strays
from tests.planted import plant

RUN = "run (executable)\n    #!/bin/sh\n    exec sleep 1000\n"


def planned(place: Path, tree: str) -> Run:
    (root,) = roots(Target((str(plant(place, tree)),), Config()))
    (service,) = (each for scandir in root.scandirs for each in scandir.services if each.run)
    return plan(root, service, Terms(environment={"A": "b"}))


def test_a_service_of_s6(tmp_path: Path) -> None:
    found = planned(tmp_path, f"etc/s6/web/{RUN}")
    assert (found.argv, found.leads) == (("./run", "web"), True)
    assert (found.cwd, found.root, dict(found.env)) == (f"{tmp_path}/etc/s6/web", "", {"A": "b"})
    assert (found.service, found.path, found.piped) == ("web", f"{tmp_path}/etc/s6/web", False)
    assert (found.notification_fd, found.down_signal, found.timeout_kill) == (None, "SIGTERM", 0)
    assert (found.finish, found.timeout_finish, found.kill_group) == ((), 5, False)


def test_a_service_of_runit(tmp_path: Path) -> None:
    found = planned(tmp_path, f"etc/service/web/{RUN}etc/service/web/finish (executable)\n    #!/bin/sh\n")
    assert (found.argv, found.leads, found.finish) == (("./run",), False, ("./finish",))


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("notification-fd", "3", "notification_fd", 3),
        ("notification-fd", "three", "notification_fd", None),
        ("timeout-kill", "1500", "timeout_kill", 1.5),
        ("timeout-kill", "-1", "timeout_kill", 0),
        ("timeout-finish", "0", "timeout_finish", 0),
        ("timeout-finish", "2000", "timeout_finish", 2),
        ("timeout-finish", "soon", "timeout_finish", 5),
        ("down-signal", "SIGINT", "down_signal", "SIGINT"),
        ("down-signal", "quit", "down_signal", "SIGQUIT"),
        ("down-signal", "2", "down_signal", "SIGINT"),
        ("down-signal", "99", "down_signal", "SIGTERM"),
        ("down-signal", "STOPPING", "down_signal", "SIGTERM"),
        ("flag-timeout-killpg", "", "kill_group", True),
    ],
)
def test_control_files(tmp_path: Path, name: str, text: str, field: str, value: Any) -> None:
    found = planned(tmp_path, f"etc/s6/web/{RUN}etc/s6/web/{name}\n    {text}\n")
    assert getattr(found, field) == value


def test_a_script_that_its_layout_makes_executable(tmp_path: Path) -> None:
    place = "etc/s6-overlay/s6-rc.d/web"
    found = planned(tmp_path, f"{place}/type\n    longrun\n{place}/run\n    #!/bin/sh -e\n    exec sleep 1\n")
    assert found.argv == ("/bin/sh", "-e", "./run", "web")


PODMAN = """\
HPID        PID         PPID        COMMAND
999999991   1           0           s6-svscan -d 4 -- /run/service
999999992   6           1           s6-supervise web
999999993   7           1           s6-supervise s6rc-oneshot-runner
999999994   10          6           nginx: master process nginx -g daemon off;
999999995   11          10          nginx: worker process
999999996   12          1           redis-server *:6379
"""
DOCKER = """\
UID                 PID                 PPID                C                   STIME               TTY                 TIME                CMD
root                999999901           999999899           0                   13:05               ?                   00:00:00            runsvdir -P /etc/service log: ....
root                999999950           999999901           0                   13:05               ?                   00:00:00            runsv web
root                999999951           999999950           0                   13:05               ?                   00:00:00            svlogd -tt /var/log
www                 999999952           999999950           0                   Nov25               ?                   00:00:00            node server.js
root                999999953           999999901           0                   13:05               ?                   00:00:00            cron
"""  # noqa: E501


OVERLAY_3 = """\
PID   PPID  COMMAND
1     0     /package/admin/s6/command/s6-svscan -d4 -- /run/service
17    1     s6-supervise s6-linux-init-shutdownd
18    17    /package/admin/s6-linux-init/command/s6-linux-init-shutdownd -d3 -c /run/s6/basedir -g 3000 -C -B
25    1     s6-supervise s6rc-oneshot-runner
26    1     s6-supervise s6rc-fdholder
27    1     s6-supervise web
34    25    /package/admin/s6/command/s6-ipcserverd -1 -- /package/admin/s6/command/s6-ipcserver-access -v0 -E
40    27    node /app/server.js
51    1     /bin/sh -e /run/s6/basedir/scripts/rc.init top /run/s6/basedir/scripts/rc.init sleep 1000
52    51    sleep 1000
60    1     crond
"""
OVERLAY_2 = """\
PID   PPID  COMMAND
1     0     s6-svscan -t0 /var/run/s6/services
20    1     foreground  s6-setsid  -gq  --  with-contenv  backtick  -D  0  -n  S6_LOGGING  printcontenv
30    1     s6-supervise s6-fdholderd
31    1     s6-supervise web
40    31    node /app/server.js
52    20    sleep 1000
60    1     crond
"""


@pytest.mark.parametrize(
    ("text", "place"), [(OVERLAY_3, "/run/service"), (OVERLAY_2, "/var/run/s6/services")], ids=["3", "2"]
)
def test_s6_overlay_with_a_command(text: str, place: str) -> None:
    """Neither its own services nor the CMD are taken for something else."""
    found = rows(text)
    assert [(each.name, each.main and each.main.pid) for each in services(found)] == [("web", 40)]
    assert [each.words for each in strays(found)] == [("crond",)]
    assert scandir(found) == place


def test_what_podman_says() -> None:
    found = rows(PODMAN)
    assert found[3] == Row(10, 999999994, 6, ("nginx:", "master", "process", "nginx", "-g", "daemon", "off;"))
    assert [(each.name, each.layout, each.main and each.main.pid) for each in services(found)] == [
        ("web", "s6", 10)
    ]
    assert [each.pid for each in strays(found)] == [12]
    assert scandir(found) == "/run/service"


def test_what_docker_says() -> None:
    found = rows(DOCKER)
    assert [(each.name, each.layout, each.main and each.main.words) for each in services(found)] == [
        ("web", "runit", ("node", "server.js"))
    ]
    assert [each.words for each in strays(found)] == [("cron",)]
    assert scandir(found) == "/etc/service"


@pytest.mark.parametrize("text", ["", "PID COMMAND\n1 init\n", "HPID PID PPID COMMAND\nx y z w\n1\n"])
def test_what_makes_no_sense(text: str) -> None:
    assert rows(text) == []


STRAY = Row(50, 0, 1, ("/usr/sbin/redis-server", "*:6379"))


@pytest.mark.parametrize(
    ("suspects", "expected"),
    [
        ([], ""),
        ([Suspect("a", 7, (), b"")], ""),  # whatever the init has run may have left it
        ([Suspect("a", 60, (), b"")], ""),  # it was there before its supervisor
        ([Suspect("a", 7, (), b""), Suspect("b", 8, (("redis-server", "-x"),), b"")], "b"),
        ([Suspect("a", 7, (("nginx",),), b""), Suspect("b", 8, (), b"exec redis-server")], "b"),
        ([Suspect("redis-server", 7, (), b""), Suspect("b", 8, (), b"")], "redis-server"),
        ([Suspect("a", 7, (), b""), Suspect("b", 8, (), b"")], ""),
        # the whole command line tells more than the program's name
        (
            [Suspect("a", 7, (), b"redis-server x"), Suspect("b", 8, (), b"/usr/sbin/redis-server *:6379")],
            "b",
        ),
    ],
)
def test_whose_it_is(suspects: list[Suspect], expected: str) -> None:
    assert owner(STRAY, "", suspects, often=False) == expected


def test_whose_it_is_when_there_are_more_of_the_same() -> None:
    suspects = [Suspect("a", 7, (), b""), Suspect("late", 60, (), b"")]
    assert owner(STRAY, "", suspects, often=True) == "a"
    assert owner(STRAY, "", [*suspects, Suspect("b", 8, (), b"")], often=True) == ""


def test_one_that_is_still_in_a_service_directory() -> None:
    suspects = [Suspect("a", 7, (STRAY.words,), b"exec redis-server"), Suspect("b", 8, (), b"")]
    assert owner(STRAY, "b", suspects, often=False) == "b"
    assert owner(STRAY, "s6rc-oneshot-runner", suspects, often=True) == ""


@pytest.mark.parametrize(
    ("directory", "expected"),
    [
        ("/run/service/web", "web"),
        ("/run/s6-rc:s6-rc-init:x/servicedirs/web", "web"),
        ("/run/s6-rc/servicedirs/s6rc-oneshot-runner", "s6rc-oneshot-runner"),
        ("/run/s6/legacy-services/web", "web"),
        ("/opt/web", ""),
        ("/", ""),
        ("", ""),
    ],
)
def test_the_service_whose_directory_it_is(directory: str, expected: str) -> None:
    assert place(rows(OVERLAY_3), directory) == expected
