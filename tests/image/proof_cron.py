"""cron: a job runs with the container's environment, and what it writes reaches syslog."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.image.engine import container, derived, until

JOBS = """
etc/cron.d/greet
    @reboot root until [ -S /dev/log ]; do sleep 0.1; done; echo "$GREETING, says $(id -un) in $TZ"
    @reboot nobody until [ -S /dev/log ]; do sleep 0.1; done; echo "$GREETING, says $(id -un) in $TZ"
"""
SAID = [
    'cron: what\'s "up" \\ $HOME?, says nobody in Asia/Tokyo',
    'cron: what\'s "up" \\ $HOME?, says root in Asia/Tokyo',
]


@pytest.mark.parametrize("options", [(), ("--read-only", "--tmpfs", "/run")], ids=["plain", "read-only"])
def test_a_job_has_the_environment_and_its_output_reaches_syslog(base: str, options: Sequence[str]) -> None:
    environment = ("--env", 'GREETING=what\'s "up" \\ $HOME?', "--env", "TZ=Asia/Tokyo")
    with derived(base, JOBS) as image, container(image, *environment, *options) as it:
        it.up()

        def said() -> list[str]:
            return sorted(line for line in it.log.splitlines() if line.startswith("cron: "))

        until(lambda: len(said()) == 2, f"what the jobs wrote:\n{it.log}")
        assert said() == SAID
        assert it.stop().code == 0
