"""s6-health: what is meant to be up is up, not restarting, and ready if it declares readiness."""

from __future__ import annotations

import pytest

from tests.image.engine import container, derived, until
from tests.image.services import idle

READY = """
etc/s6/late/notification-fd
    3
etc/s6/late/run (executable)
    #!/bin/sh
    while [ ! -e /tmp/ready ]; do sleep 0.05; done
    echo >&3
    exec 3>&- sleep 1000000
"""
OFF = """
etc/s6/off/run (executable)
    #!/bin/sh
    s6-svc -O .
    exit {}
"""


def test_ready_if_it_declares_readiness(base: str) -> None:
    with derived(base, READY) as image, container(image) as it:
        until(lambda: it.says("s6-health") == "late: up, not ready", "late is up, and the others")
        assert it.health() == (1, "late: up, not ready")
        it.run("touch /tmp/ready")
        it.up()
        assert it.health() == (0, "")


def test_a_service_with_a_file_down_is_not_meant_to_be_up(base: str) -> None:
    with derived(base, idle("one") + "etc/s6/one/down\n") as image, container(image) as it:
        it.up()
        assert it.health() == (0, "")
        assert it.says("s6-svstat -u /etc/s6/one") == "false"
        it.run("s6-svc -u /etc/s6/one")  # now it is
        it.up()


@pytest.mark.parametrize(("code", "said"), [(0, (0, "")), (1, (1, "off: down, and stays so (exit code 1)"))])
def test_one_that_asks_not_to_be_started_again(base: str, code: int, said: tuple[int, str]) -> None:
    """With 0 it has nothing to do here; anything else is a refusal."""
    with derived(base, OFF.format(code)) as image, container(image) as it:
        until(lambda: it.says("s6-svstat -o wantedup,up /etc/s6/off") == "false false", "off is down")
        until(lambda: it.says("s6-health") == said[1], "the others are up")
        assert it.health() == said


def test_stopped_by_hand(base: str) -> None:
    with derived(base, idle("one") + idle("two")) as image, container(image) as it:
        it.up()
        it.run("s6-svc -wD -d /etc/s6/one")
        assert it.health() == (1, "one: down, and stays so (SIGTERM)")
        it.run("touch /etc/s6/one/down")
        assert it.health() == (0, "")


def test_a_logger_is_looked_at_too(base: str) -> None:
    tree = idle("one") + "etc/s6/one/log/run (executable)\n    #!/bin/sh\n    exec s6-log t /tmp/log\n"
    with derived(base, tree) as image, container(image) as it:
        it.up()
        it.run("s6-svc -wd -k -O /etc/s6/one/log")
        assert it.health() == (1, "one/log: down, and stays so (SIGKILL)")


def test_without_its_supervisor(base: str) -> None:
    with derived(base, idle("one")) as image, container(image) as it:
        it.up()
        it.run("mkdir /etc/s6/new && cp /etc/s6/one/run /etc/s6/new/")
        assert it.health() == (1, "new: no s6-supervise runs")


def test_the_image_says_how_it_is_asked(base: str) -> None:
    with container(base) as it:
        it.up()
        configured = it.podman("inspect", "--format", "{{json .Config.Healthcheck}}").strip()
        assert configured == (
            '{"Test":["CMD","/usr/bin/s6-health"],"StartPeriod":30000000000,"Interval":30000000000,"Timeout":10000000000}'
        )
