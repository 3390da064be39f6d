"""Where a process listens, as /proc tells it."""

from __future__ import annotations

import os
import socket
from contextlib import ExitStack
from pathlib import Path

from s6kit.probe.sockets import listens


def test_what_listens_and_what_only_talks(tmp_path: Path) -> None:
    before = set(listens([os.getpid()]))
    path = str(tmp_path / "sock et")
    with ExitStack() as stack:

        def opened(family: int, kind: int, address: object) -> socket.socket:
            one = stack.enter_context(socket.socket(family, kind))
            one.bind(address)  # type: ignore[arg-type]
            return one

        tcp = opened(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
        tcp.listen()
        client = stack.enter_context(socket.create_connection(tcp.getsockname()))
        stack.enter_context(tcp.accept()[0])
        six = opened(socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0))
        six.listen()
        udp = opened(socket.AF_INET, socket.SOCK_DGRAM, ("0.0.0.0", 0))
        asking = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        asking.connect(udp.getsockname())
        opened(socket.AF_UNIX, socket.SOCK_STREAM, path).listen()
        opened(socket.AF_UNIX, socket.SOCK_DGRAM, f"{path}.log")
        opened(socket.AF_UNIX, socket.SOCK_STREAM, f"{path}.idle")
        opened(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))  # it has a port, and does not listen
        assert set(listens([os.getpid()])) - before == {
            f"tcp 127.0.0.1:{tcp.getsockname()[1]}",
            f"tcp [::1]:{six.getsockname()[1]}",
            f"udp 0.0.0.0:{udp.getsockname()[1]}",
            f"unix {path}",
            f"unix {path}.log",
        }
        assert client.getsockname() != tcp.getsockname()
    assert set(listens([os.getpid()])) == before


def test_a_process_that_is_not_there() -> None:
    assert listens([999999999]) == ()
