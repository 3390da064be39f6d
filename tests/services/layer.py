"""What a case puts on top of the root: the scaffold as `s6kit new` writes it, and the case's own files."""

from __future__ import annotations

import functools
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from s6kit.model import File, Link
from s6kit.scaffold import render as made
from s6kit.scaffold.options import options
from tests.services.declared import Case
from tests.services.network import OWN

HERE = Path(__file__).parent
PEMS = ("ca.pem", "cert.pem", "key.pem")


@contextmanager
def layer(case: Case, base: Path) -> Iterator[Path]:
    """A directory that mirrors `/`, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="s6kit-layer.") as place:
        top = Path(place)
        top.chmod(0o755)
        render(case, top)
        for path, text, mode in _files(case, base):
            _put(top / path.lstrip("/"), text.encode(), mode)
        _watch(top)
        yield top


def render(case: Case, top: Path) -> None:
    """What `s6kit new` makes of the case's options, written into `top`."""
    values = {key: value for key, value in case.options.items() if key != "name"}
    asked = options(case.service, {"skeleton": case.skeleton, **values})
    with tempfile.TemporaryDirectory(prefix="s6kit-templates.") as templates:
        for path, text in case.templates.items():
            _put(Path(templates, path), text.encode())
        tree = made.render(asked, made.Workshop(top, (case.directory,), Path(templates))).tree
    for path, entry in tree.entries.items():
        if isinstance(entry, File):
            _put(top / path, entry.data, 0o755 if entry.executable else 0o644)
        elif isinstance(entry, Link):
            (top / path).symlink_to(entry.target)


def _files(case: Case, base: Path) -> Iterator[tuple[str, str, int]]:
    """Path, text and mode of what the case wants to be there."""
    hosts = {case.hostname: OWN, **case.hosts}
    lines = ["127.0.0.1 localhost", *(f"{address} {name}" for name, address in hosts.items())]
    yield "etc/hosts", "\n".join(lines) + "\n", 0o644
    yield "etc/resolv.conf", "", 0o644
    yield from ((path, text, 0o644) for path, text in case.files.items())
    yield from ((path, text, 0o755) for path, text in case.programs.items())
    if case.ssl:
        yield from ((f"private/ssl/{name}", text, 0o600) for name, text in pems().items())
    if case.users:
        yield from _accounts(case.users, base)


def _put(path: Path, data: bytes, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(mode)


def _accounts(users: tuple[str, ...], base: Path) -> Iterator[tuple[str, str, int]]:
    """passwd and group with these users in addition, as their packages would make them."""
    passwd = (base / "etc/passwd").read_text()
    group = (base / "etc/group").read_text()
    for number, user in enumerate(users, 900):
        passwd += f"{user}:x:{number}:{number}::/nonexistent:/usr/sbin/nologin\n"
        group += f"{user}:x:{number}:\n"
    yield "etc/passwd", passwd, 0o644
    yield "etc/group", group, 0o644


def _watch(top: Path) -> None:
    """The end of s6-svscan tells what it leaves behind."""
    finish = top / "etc/s6/.s6-svscan/finish"
    finish.parent.mkdir(exist_ok=True)
    if finish.exists() or finish.is_symlink():
        finish.rename(finish.with_name("finish.own"))
    finish.write_text((HERE / "finish").read_text())
    finish.chmod(0o755)


@functools.cache
def pems() -> dict[str, str]:
    """A certificate that vouches for itself, and its key, as the three files of /private/ssl."""
    with tempfile.TemporaryDirectory(prefix="s6kit-ssl.") as place:
        command = "openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=test"
        files = ["-keyout", f"{place}/key.pem", "-out", f"{place}/cert.pem"]
        subprocess.run([*command.split(), *files], capture_output=True, check=True)
        cert, key = Path(place, "cert.pem").read_text(), Path(place, "key.pem").read_text()
    return dict(zip(PEMS, (cert, cert, key), strict=True))
