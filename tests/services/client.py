"""Talking to a service, from inside its network namespace; and listening where it is told to send."""

from __future__ import annotations

import re
import shlex
import socket
import ssl
import time
from contextlib import suppress

from tests.services.container import Container
from tests.services.declared import Exchange
from tests.services.network import OTHER, Network, open_socket

KINDS = {"udp": socket.SOCK_DGRAM}
_PATIENCE = 5  # seconds without a word, then it is tried anew


def answered(container: Container, exchange: Exchange, seconds: float) -> str:
    """Nothing where the service answers as expected in time, else what came back last."""
    end = time.monotonic() + seconds
    while True:
        try:
            came = _ask(container, exchange)
        except (OSError, ssl.SSLError) as error:
            came = f"({error})"
        if re.search(exchange.expect, came, re.M | re.S):
            return ""
        if time.monotonic() > end or container.ended:
            return came or "(nothing)"
        time.sleep(0.05)  # between two tries


def _ask(container: Container, exchange: Exchange) -> str:
    if exchange.way == "run":
        return container.run(shlex.split(exchange.to), seconds=60).stdout
    plain = connected(container, exchange)
    with _wrapped(plain) if exchange.way == "tls" else plain as connection:
        connection.sendall(exchange.send)
        return _received(connection, exchange.expect)


def connected(container: Container, exchange: Exchange) -> socket.socket:
    """A socket, connected to where the exchange goes, that waits for a few seconds at most."""
    kind = KINDS.get(exchange.way, socket.SOCK_STREAM)
    if exchange.way == "unix":
        made = open_socket(container.net.container, socket.AF_UNIX, kind)
        address: str | tuple[str, int] = str(container.outside(exchange.to))
    else:
        made = open_socket(container.net.container, socket.AF_INET, kind)
        address = ("127.0.0.1", int(exchange.to))
    try:
        made.settimeout(_PATIENCE)
        made.connect(address)
    except OSError:
        made.close()
        raise
    return made


def _wrapped(plain: socket.socket) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        return context.wrap_socket(plain)
    except OSError:
        plain.close()
        raise


def _received(connection: socket.socket, expected: str) -> str:
    """What comes until it is what is expected, or nothing more does."""
    came = b""
    with suppress(TimeoutError, ConnectionError):
        while data := connection.recv(1 << 16):
            came += data
            if re.search(expected, came.decode("latin-1"), re.M | re.S):
                break
    return came.decode("latin-1")


class Ear:
    """A port of another machine, open from the beginning."""

    def __init__(self, network: Network, exchange: Exchange) -> None:
        self.exchange = exchange
        self._kind = KINDS.get(exchange.way, socket.SOCK_STREAM)
        self._socket = open_socket(network.others, socket.AF_INET, self._kind)
        self._socket.bind((OTHER, int(exchange.to)))
        if self._kind == socket.SOCK_STREAM:
            self._socket.listen()

    def heard(self, seconds: float) -> str:
        """Nothing where it has heard what is expected, waiting for it; else all that it has heard."""
        self._socket.settimeout(seconds)
        try:
            if self._kind == socket.SOCK_DGRAM:
                return self._listen(self._socket, seconds)
            connection, _ = self._socket.accept()
            with connection:
                return self._listen(connection, seconds)
        except TimeoutError:
            return "(nobody came)"

    def _listen(self, connection: socket.socket, seconds: float) -> str:
        end, came = time.monotonic() + seconds, b""
        with suppress(TimeoutError, ConnectionError):
            while (left := end - time.monotonic()) > 0:
                connection.settimeout(left)
                data = connection.recv(1 << 16)
                if not came and self.exchange.send:
                    connection.sendall(self.exchange.send)
                came += data
                if re.search(self.exchange.expect, came.decode("latin-1"), re.M | re.S):
                    return ""
                if not data and self._kind == socket.SOCK_STREAM:
                    break
        return came.decode("latin-1") or "(nothing)"

    def close(self) -> None:
        self._socket.close()
