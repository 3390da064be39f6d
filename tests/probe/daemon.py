"""A daemon that misbehaves as it is told: `python daemon.py WAY [MARK]`; MARK only tells it from others.

It says on descriptor 3 that it is where its way leads, if somebody listens there: nobody has to guess when.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

WAYS: dict[str, Callable[[], None]] = {}
BOMB = 60  # processes
ANOTHER = ("sh", "-c", "echo >&3; kill -STOP $$")  # says so, too, and stays without a child


def way(run: Callable[[], None]) -> Callable[[], None]:
    WAYS[run.__name__.replace("_", "-")] = run
    return run


def rest() -> NoReturn:
    while True:
        signal.pause()


def stay() -> NoReturn:
    with suppress(OSError):
        os.write(3, b"\n")
        os.close(3)
    rest()


def child(run: Callable[[], object] = rest) -> int:
    pid = os.fork()
    if not pid:
        run()
        os._exit(0)
    return pid


def leave() -> None:
    """The one half of fork-and-exit."""
    if os.fork():
        os._exit(0)


def split() -> None:
    """What daemons do to lead no session: the one in the middle has gone before the first goes."""
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        os._exit(0)
    os.setsid()
    leave()


def close() -> None:
    os.closerange(0, 3)
    os.closerange(4, 1024)


WAYS["stay"] = stay


@way
def fork_once() -> None:
    leave()
    rest()


@way
def fork_twice() -> None:
    split()
    rest()


@way
def detach() -> None:
    """All that a daemon of the old school does."""
    split()
    os.chdir("/")
    os.umask(0)
    close()
    rest()


@way
def close_all() -> None:
    close()
    stay()


@way
def become() -> None:
    os.execvp(ANOTHER[0], ANOTHER)


@way
def session() -> None:
    """Whoever leads a session cannot leave it; whoever does not, stays in any case."""
    with suppress(PermissionError):
        os.setsid()
    stay()


@way
def workers() -> None:
    pids = [child() for _ in range(3)]

    def end(*_: object) -> None:
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    stay()


@way
def ignore_term() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    stay()


@way
def ready_late() -> None:
    time.sleep(0.7)
    stay()


@way
def never_ready() -> None:
    rest()


@way
def die() -> None:
    print("nothing to do", flush=True)
    os._exit(7)


@way
def die_later() -> None:
    time.sleep(1)
    os._exit(8)


@way
def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


@way
def fork_late() -> None:
    time.sleep(0.7)
    leave()
    rest()


@way
def grandchild() -> None:
    def second() -> None:
        os.setsid()
        child()

    os.waitpid(child(second), 0)
    stay()


@way
def rename() -> None:
    """Another title, in the place of the arguments, as setproctitle does."""
    fields = Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()
    begin, end = int(fields[45]), int(fields[46])
    ctypes.memset(begin, 0, end - begin)
    ctypes.memmove(begin, b"daemon: master", 14)
    stay()


@way
def bomb() -> None:
    for _ in range(BOMB):
        child()
    os._exit(0)


@way
def write() -> None:
    for number in range(30000):
        print(f"line {number:06}")
    sys.stdout.flush()
    stay()


@way
def slow_end() -> None:
    def end(*_: object) -> None:
        time.sleep(0.5)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    stay()


if __name__ == "__main__":
    WAYS[sys.argv[1]]()
