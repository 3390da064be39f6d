"""Two network namespaces joined by a cable: the container's and the one of everybody else.

A socket belongs to the namespace that its thread is in when it is made, so a test needs no process there.
"""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

OTHER, OWN = "192.0.2.1", "192.0.2.2"  # 192.0.2.0/24 is for documentation: nobody has it
_NET = 0x40000000  # CLONE_NEWNET
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Network:
    """`container` and `others`: descriptors of the namespaces, open as long as the network is needed."""

    container: int
    others: int

    def close(self) -> None:
        """Forget both; they end with the last process in them."""
        os.close(self.container)
        os.close(self.others)


def network() -> Network:
    """A new one: the container is OWN on eth0, the others are OTHER; both have a loopback."""
    container, others = _namespace(), _namespace()
    with inside(others):
        cable = f"link add eth0 type veth peer name eth0 netns /proc/self/fd/{container}"
        _ip("link set lo up", cable, "link set eth0 up", f"addr add {OTHER}/24 dev eth0", keep=container)
    with inside(container):
        _ip("link set lo up", "link set eth0 up", f"addr add {OWN}/24 dev eth0")
    return Network(container, others)


@contextmanager
def inside(namespace: int) -> Iterator[None]:
    """What this thread makes meanwhile belongs to that namespace."""
    before = _current()
    _enter(namespace)
    try:
        yield
    finally:
        _enter(before)
        os.close(before)


def open_socket(namespace: int, family: int, kind: int) -> socket.socket:
    """A socket that lives in the namespace."""
    with inside(namespace):
        return socket.socket(family, kind)


def _namespace() -> int:
    before = _current()
    _call(_LIBC.unshare(_NET), "unshare")
    try:
        return _current()
    finally:
        _enter(before)
        os.close(before)


def _current() -> int:
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def _enter(namespace: int) -> None:
    _call(_LIBC.setns(namespace, _NET), "setns")


def _call(result: int, name: str) -> None:
    if result:
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")


def _ip(*lines: str, keep: int | None = None) -> None:
    subprocess.run(
        ["ip", "-batch", "-"],
        input="\n".join(lines),
        text=True,
        check=True,
        pass_fds=() if keep is None else (keep,),
    )
