"""How a container ends, and with which exit code."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from tests.image.engine import container, derived, until
from tests.image.services import DEAF, TIDY, idle

ESSENTIAL = """
etc/s6/main/run (executable)
    #!/bin/sh
    while [ ! -e /tmp/die ]; do sleep 0.05; done
    {}
etc/s6/main/finish (executable)
    #!/bin/sh
    code=$1
    [ "$1" -ne 256 ] || code=$((128 + $2))
    if [ "$(s6-svstat -o wantedup .)" = true ] && [ ! -e ../.s6-svscan/exit-code ]; then
        echo "$code" >../.s6-svscan/exit-code
    fi
    exec s6-svscanctl -t ..
"""


@pytest.mark.parametrize("name", ["TERM", "INT"])
def test_told_to_stop_every_service_gets_its_signal_and_finishes(
    base: str, show: Callable[[str], None], name: str
) -> None:
    slow = TIDY + TIDY.replace("tidy", "neat") + idle("other")
    with derived(base, slow, f"STOPSIGNAL SIG{name}") as image, container(image) as it:
        it.up()
        ended = it.stop()
        show(f"stop by {name}, two services that need 0.5 s: {ended.seconds:.2f} s, exit code {ended.code}")
        assert ended.code == 0  # 137 would be the engine's own kill
        for service in ("tidy", "neat"):
            assert [line for line in it.log.splitlines() if line.startswith(service)] == [
                f"{service}: started", f"{service}: told to stop", f"{service}: finished",
            ]  # fmt: skip


def test_a_service_that_ignores_term_is_killed_at_its_timeout_kill(
    base: str, show: Callable[[str], None]
) -> None:
    with derived(base, DEAF + TIDY) as image, container(image) as it:
        it.up()
        ended = it.stop()
        show(
            f"stop, a service ignores TERM, timeout-kill 1.5 s: {ended.seconds:.2f} s, exit code {ended.code}"
        )
        assert ended.code == 0  # 137 would be the engine's own kill
        assert "tidy: finished" in it.log
        assert ended.seconds >= 1.5


@pytest.mark.parametrize(
    ("death", "code"), [("exit 7", 7), ("exit 0", 0), ("kill -KILL $$", 137), ("kill -TERM $$", 143)]
)
def test_an_essential_service_that_dies_takes_the_container_with_it(base: str, death: str, code: int) -> None:
    with derived(base, ESSENTIAL.format(death) + TIDY) as image, container(image) as it:
        it.up()
        it.run("touch /tmp/die")
        assert it.code() == code
        assert "tidy: finished" in it.log


def test_an_essential_service_that_is_told_to_stop_changes_no_exit_code(base: str) -> None:
    with derived(base, ESSENTIAL.format("exit 7")) as image, container(image) as it:
        it.up()
        assert it.stop().code == 0


def test_an_exit_code_is_not_used_twice(base: str) -> None:
    with derived(base, ESSENTIAL.format("exit 7")) as image, container(image) as it:
        it.up()
        it.run("touch /tmp/die")
        assert it.code() == 7
        assert it.says("true") == ""
        it.podman("start")  # it dies at once, as /tmp/die is there, and says so again
        assert it.code() == 7


def test_what_a_killed_container_left_is_not_used(base: str) -> None:
    with derived(base, idle("one")) as image, container(image) as it:
        it.up()
        it.run("echo 9 >/etc/s6/.s6-svscan/exit-code")
        it.podman("kill", "--signal", "KILL")
        assert it.code() == 137
        it.podman("start")
        it.up()
        assert it.stop().code == 0


def test_a_killed_s6_svscan_ends_the_container_with_a_code(base: str) -> None:
    with derived(base, TIDY) as image, container(image) as it:
        it.up()
        os.kill(it.pid, signal.SIGKILL)
        assert it.code() == 137


def test_s6_svscan_that_cannot_go_on_says_so(base: str) -> None:
    """Its finish can't be executed, so it becomes crash."""
    with derived(base, TIDY, "RUN chmod -x /etc/s6/.s6-svscan/finish") as image, container(image) as it:
        it.up()
        assert it.stop().code == 111
        assert it.log.splitlines()[-3:] == [
            "s6-svscan: warning: unable to exec finish script .s6-svscan/finish: Permission denied",
            "s6-svscan: warning: executing into .s6-svscan/crash",
            "s6-svscan: unable to go on (the line above says why): the container ends",
        ]


def test_a_stop_while_nothing_runs_yet(base: str) -> None:
    """The script that comes before s6-svscan is PID 1, which ignores what it has no trap for."""
    slow = "RUN printf '#!/bin/sh\\nuntil [ -e /tmp/told ]; do sleep 0.1; done\\n' >/usr/bin/s6-applyuidgid"
    with derived(base, TIDY, slow) as image, container(image) as it:
        until(lambda: "s6-applyuidgid" in str(it.processes()), "the start")
        it.podman("kill", "--signal", "TERM")
        it.run("touch /tmp/told")
        assert it.code() == 0
        assert "tidy: started" not in it.log
