"""syslog: from the program to the container's output, and to another machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest

from tests.image.engine import Container, container, derived, until
from tests.image.proof_confined import NO_CAPABILITIES

UDP, TCP, RELP = "5140", "5141", "5142"


def say(it: Container, tag: str) -> None:
    """Log a line in there, once there is something that takes it."""
    until(lambda: it.run(f"logger -t {tag} hello there").returncode == 0, "a socket")


def variables(values: Mapping[str, str]) -> list[str]:
    return [word for name, value in values.items() for word in ("--env", f"{name}={value}")]


@pytest.mark.parametrize("options", [(), ("--read-only", "--tmpfs", "/run")], ids=["plain", "read-only"])
def test_a_line_of_logger_appears_in_the_log(base: str, options: Sequence[str]) -> None:
    with container(base, *options) as it:
        it.up()
        say(it, "greeter")
        until(lambda: "greeter: hello there" in it.log.splitlines(), "the line")


def test_it_needs_no_capability(base: str) -> None:
    """cron and logrotate do, and stand aside."""
    down = "etc/s6/cron/down\netc/s6/logrotate/down\n"
    with derived(base, down) as image, container(image, *NO_CAPABILITIES) as it:
        it.up()
        say(it, "greeter")
        until(lambda: "greeter: hello there" in it.log.splitlines(), "the line")


def _deaf(it: Container) -> set[str]:
    """The ports that nobody in there has bound yet."""
    bound = it.says("cat /proc/net/udp /proc/net/udp6 /proc/net/tcp /proc/net/tcp6")
    return {port for port in (UDP, TCP, RELP) if f":{int(port):04X} " not in bound}


@pytest.fixture(scope="module")
def receiver(base: str) -> Iterator[Container]:
    listen = {"SYSLOG_LISTEN_UDP": UDP, "SYSLOG_LISTEN_TCP": TCP, "SYSLOG_LISTEN_RELP": RELP}
    with container(base, "--hostname", "receiver", *variables(listen)) as it:
        it.up()
        until(lambda: not _deaf(it), "it listens on every port")
        yield it


@pytest.mark.parametrize(
    "values",
    [
        {"SYSLOG_HOST": "127.0.0.1", "SYSLOG_PORT": UDP},
        {"SYSLOG_HOST": "127.0.0.1", "SYSLOG_PORT": TCP, "SYSLOG_PROTOCOL": "tcp"},
        {"RSYSLOG_HOST": "127.0.0.1", "RSYSLOG_PORT": RELP},
    ],
    ids=["udp", "tcp", "relp"],
)
def test_it_arrives_at_another_container(base: str, receiver: Container, values: Mapping[str, str]) -> None:
    """Both share a network of their own, which has nothing but loopback."""
    with container(base, *variables(values), network=f"container:{receiver.name}") as it:
        it.up()
        tag = f"by-{it.name.rpartition('-')[2]}"
        say(it, tag)
        until(lambda: f"{tag}: hello there" in it.log.splitlines(), "the line in its own log")
        until(lambda: f" {tag}: hello there" in receiver.log, f"the line at the receiver:\n{receiver.log}")
