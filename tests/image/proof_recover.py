"""What happens when something inside dies; and what health says of it."""

from __future__ import annotations

from collections.abc import Callable

from tests.image.engine import Container, container, derived, until
from tests.image.services import idle

CRASHING = """
etc/s6/crashing/run (executable)
    #!/bin/sh
    exit 3
"""
GIVES_UP = (
    CRASHING
    + """\
etc/s6/crashing/finish (executable)
    #!/bin/sh
    exec s6-permafailon 60 3 0-255,SIGKILL,SIGSEGV true
"""
)


def pid(it: Container, name: str) -> int:
    return int(it.says(f"s6-svstat -p /etc/s6/{name}"))


def test_an_orphan_of_a_dying_service_is_reaped(base: str) -> None:
    tree = """
etc/s6/parent/run (executable)
    #!/bin/sh
    until [ -e /tmp/end ]; do sleep 0.1; done &
    echo $! >/tmp/orphan
    exit 0
etc/s6/parent/finish (executable)
    #!/bin/sh
    exit 125
"""
    with derived(base, tree) as image, container(image) as it:
        orphan = until(lambda: it.says("cat /tmp/orphan"), "an orphan")
        asked = f"grep PPid: /proc/{orphan}/status"
        until(lambda: it.says(asked).split() == ["PPid:", "1"], "it is a child of PID 1")
        it.run("touch /tmp/end")
        until(
            lambda: it.run(f"test -e /proc/{orphan}").returncode == 1,
            "no entry of the orphan, so no zombie",
        )
        # other services come and go: what stays is no zombie
        until(lambda: it.says("grep -h State: /proc/[0-9]*/status | grep -c Z") == "0", "no zombie")


def test_a_killed_service_recovers(base: str) -> None:
    with derived(base, idle("one") + idle("two")) as image, container(image) as it:
        it.up()
        one, two = pid(it, "one"), pid(it, "two")
        it.run(f"kill -KILL {one}")
        until(lambda: pid(it, "one") not in (one, -1), "one runs again")
        assert pid(it, "two") == two
        assert it.health() == (0, "")


def test_a_killed_s6_supervise_recovers(base: str) -> None:
    with derived(base, idle("one") + idle("two")) as image, container(image) as it:
        it.up()
        one, two = pid(it, "one"), pid(it, "two")
        watcher = next(number for number, _, args in it.processes() if args == "s6-supervise one")
        it.run(f"kill -KILL {watcher}")
        until(lambda: it.run("s6-svok /etc/s6/one").returncode == 0, "one is supervised again")
        until(lambda: pid(it, "one") not in (one, -1), "one runs again")
        assert pid(it, "two") == two
        assert it.health() == (0, "")
        # The first one has lost its supervisor for good: it runs on beside the second.
        assert [row for row in it.processes() if row[0] == one] == [(one, 1, "sleep 1000000")]
        assert it.stop().code == 0


def test_a_crashing_service_is_started_again_and_others_are_left_alone(base: str) -> None:
    with derived(base, CRASHING + idle("two")) as image, container(image) as it:
        until(lambda: len(it.says("s6-svdt /etc/s6/crashing").splitlines()) >= 3, "three deaths")
        assert it.says("s6-svdt /etc/s6/two") == ""
        said = (
            (1, "crashing: restarting again and again"),  # caught while it ran
            (1, "crashing: down, will be restarted (exit code 3)"),
        )
        until(lambda: it.health() in said, "health says so, and nothing of others")


def test_a_service_gives_up_after_so_many_deaths_and_health_says_so(
    base: str, show: Callable[[str], None]
) -> None:
    with derived(base, GIVES_UP + idle("two")) as image, container(image) as it:
        until(lambda: it.says("s6-svstat -o wantedup /etc/s6/crashing") == "false", "it gives up")
        said = (1, "crashing: down, and stays so (exit code 3)")
        until(lambda: it.health() == said, "health says so, and nothing of others")
        show(f"a service that gave up, health: {said[1]}")
        assert len(it.says("s6-svdt /etc/s6/crashing").splitlines()) == 3
        assert it.says("s6-svdt /etc/s6/two") == ""
