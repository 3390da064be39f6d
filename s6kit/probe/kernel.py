"""Calls of Linux that Python's os module lacks; OSError where the kernel refuses."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
from fcntl import ioctl
from struct import pack

from s6kit.interrupt import STOPS, undisturbed

NEW_MOUNT, NEW_UTS, NEW_IPC = 0x00020000, 0x04000000, 0x08000000
NEW_USER, NEW_PID, NEW_NET = 0x10000000, 0x20000000, 0x40000000
NOSUID, NODEV, NOEXEC, BIND, REC, PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
_DEATH_SIGNAL, _SUBREAPER = 1, 36
_SET_FLAGS, _UP = 0x8914, 0x1

_libc = ctypes.CDLL(None, use_errno=True)


def unshare(flags: int) -> None:
    """Leave the namespaces named by `flags`; a new pid namespace is for children."""
    _checked(_libc.unshare(flags), "unshare")


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """Mount something; all strings as mount(2) has them."""
    words = [os.fsencode(word) or None for word in (source, target, kind)]
    _checked(_libc.mount(*words, ctypes.c_ulong(flags), os.fsencode(data) or None), target)


def die_with_parent(number: int) -> None:
    """Get a signal when the thread that started this process ends."""
    _checked(_libc.prctl(_DEATH_SIGNAL, number, 0, 0, 0), "prctl")


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends."""
    _checked(_libc.prctl(_SUBREAPER, 1, 0, 0, 0), "prctl")


def fork() -> int:
    """A child: 0 in there, its number here. No signal that stops its parent stops it: it ends by itself."""
    with undisturbed():
        pid = os.fork()
        if not pid:
            for number in STOPS:
                signal.signal(number, signal.SIG_IGN)
        return pid


def loopback_up() -> None:
    """Bring up the loopback interface of this network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        ioctl(control, _SET_FLAGS, pack("16sH14x", b"lo", _UP))


def _checked(result: int, what: str) -> None:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), what)
