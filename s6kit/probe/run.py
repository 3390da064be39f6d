"""What is to be run and how it is to be watched, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from s6kit.dataclass import dataclass
from s6kit.errors import Fatal

Net = Literal["none", "host", "private"]
"""No network at all, not even loopback; the machine's own; or one of its own with nothing but loopback."""

SETTLE = 3.0
TIMEOUT = 10.0  # as long as docker and podman wait for a container to stop


class ProbeError(Fatal):
    """Something cannot be run here; the message says what is missing, and what works without it."""


@dataclass(frozen=True)
class Run:
    """One command and how s6-supervise would run it.

    `argv` is run in the directory `cwd` as `user` (a name or uid; empty: as we are) with exactly `env`.
    `root` is a complete root to be its `/`, with a layer over it that takes all that it writes; empty: this
    machine, as it is. `setup` is run before it in the same place. It is watched for `settle` seconds, and
    for up to `timeout` more until it says that it is ready on `notification_fd`, if that is given; then it
    gets `down_signal` and SIGCONT, after `timeout_kill` seconds (0: never) SIGKILL, as a process group with
    `kill_group`; after `timeout` seconds SIGKILL in any case. `finish` is then run as the supervisor runs
    it, for at most `timeout_finish` seconds (0: `timeout`). `stop` is False where it is enough to know
    whether it stays: it is killed once that is known. `leads` is False for what runsv starts: it leads no
    session. `piped`: it reads from a pipe, as a logger does, which is closed when it is to stop.
    `directories` are made in the root before.
    """

    argv: tuple[str, ...]
    service: str = ""
    path: str = ""
    cwd: str = "/"
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    user: str = ""
    root: str = ""
    setup: tuple[str, ...] = ()
    net: Net = "private"
    settle: float = SETTLE
    timeout: float = TIMEOUT
    notification_fd: int | None = None
    down_signal: str = "SIGTERM"
    timeout_kill: float = 0.0
    kill_group: bool = False
    finish: tuple[str, ...] = ()
    timeout_finish: float = 5.0
    stop: bool = True
    leads: bool = True
    piped: bool = False
    directories: tuple[str, ...] = ()
