"""Where processes listen, from /proc: also those of other network namespaces."""

# Paths are strings here, of /proc.
# ruff: noqa: PTH115, PTH123, PTH208
from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from struct import pack

_PREFIX = "socket:["
_LISTENS, _BOUND = "0A", "07"  # states of /proc/net: TCP_LISTEN; an UDP socket without a peer is TCP_CLOSE
_ACCEPTS = 1 << 16  # __SO_ACCEPTCON, in the flags of /proc/net/unix
_DATAGRAM = "0002"
_TABLES = (
    ("tcp", "tcp", _LISTENS),
    ("tcp6", "tcp", _LISTENS),
    ("udp", "udp", _BOUND),
    ("udp6", "udp", _BOUND),
)


def listens(pids: Iterable[int]) -> tuple[str, ...]:
    """Where these processes listen: `tcp 127.0.0.1:80`, `udp [::]:53`, `unix /run/x.sock`."""
    held = dict[str, tuple[int, set[str]]]()  # network namespace -> a process in it, sockets of all
    for pid in pids:
        with suppress(OSError):
            held.setdefault(os.readlink(f"/proc/{pid}/ns/net"), (pid, set()))[1].update(_sockets(pid))
    return tuple(sorted({line for pid, sockets in held.values() if sockets for line in _bound(pid, sockets)}))


def _sockets(pid: int) -> Iterator[str]:
    """The inodes of the sockets that a process holds."""
    for number in os.listdir(f"/proc/{pid}/fd"):
        with suppress(OSError):
            target = os.readlink(f"/proc/{pid}/fd/{number}")
            if target.startswith(_PREFIX):
                yield target[len(_PREFIX) : -1]


def _bound(pid: int, sockets: set[str]) -> Iterator[str]:
    """Those of a network namespace's sockets that wait for others."""
    for table, kind, state in _TABLES:
        # proc_net_tcp(5): sl, local address, remote address, state, … inode
        for fields in _lines(pid, table):
            if len(fields) > 9 and fields[3] == state and fields[9] in sockets:
                yield f"{kind} {_address(fields[1])}"
    for fields in _lines(pid, "unix"):  # Num, RefCount, Protocol, Flags, Type, St, Inode, Path
        waits = len(fields) > 7 and (int(fields[3], 16) & _ACCEPTS or fields[4] == _DATAGRAM)
        if waits and fields[6] in sockets:
            yield f"unix {' '.join(fields[7:])}"


def _lines(pid: int, table: str) -> list[list[str]]:
    try:
        with open(f"/proc/{pid}/net/{table}", "rb") as file:
            return [os.fsdecode(line).split() for line in file.readlines()[1:]]
    except OSError:
        return []


def _address(word: str) -> str:
    """`127.0.0.1:80` for `0100007F:0050`: words of 32 bits, as this machine orders bytes."""
    host, port = word.split(":")
    data = b"".join(pack("=I", int(host[at : at + 8], 16)) for at in range(0, len(host), 8))
    shown = socket.inet_ntop(socket.AF_INET if len(data) == 4 else socket.AF_INET6, data)
    return f"{f'[{shown}]' if len(data) > 4 else shown}:{int(port, 16)}"
