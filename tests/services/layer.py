"""What a case puts on top of the root: the scaffold as `s6kit new` writes it, and the case's own files."""

from __future__ import annotations

import functools
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

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
        hosts = {case.hostname: OWN, **case.hosts}
        lines = ["127.0.0.1 localhost", *(f"{address} {name}" for name, address in hosts.items())]
        _put(top, {"etc/hosts": "\n".join(lines) + "\n", "etc/resolv.conf": ""})
        _put(top, case.files)
        _put(top, case.programs, 0o755)
        if case.ssl:
            _put(top, {f"private/ssl/{name}": text for name, text in pems().items()})
            (top / "private/ssl/key.pem").chmod(0o600)
        if case.users:
            _put(top, dict(_accounts(case.users, base)))
        _watch(top)
        yield top


def render(case: Case, top: Path) -> None:
    """What `s6kit new` makes of the case's options, written into `top`."""
    options = {key: value for key, value in case.options.items() if key not in ("name", "command")}
    words = [sys.executable, "-m", "s6kit", "new", case.service, "--root", str(top)]
    if case.skeleton not in (case.service, "generic"):
        words += ["--skeleton", case.skeleton]
    for key, value in options.items():
        for one in value if isinstance(value, list) else [value]:
            words += [f"--{key}"] if one is True else [f"--{key}", str(one)]
    if "command" in case.options:
        words += ["--", *map(str, case.options["command"])]
    with tempfile.TemporaryDirectory(prefix="s6kit-cwd.") as elsewhere:  # it may write a manifest
        done = subprocess.run(
            words, cwd=elsewhere, capture_output=True, text=True, check=False, env=_environment()
        )
    if done.returncode:
        raise AssertionError(
            f"{' '.join(words[1:])}: exit code {done.returncode}\n{done.stdout}{done.stderr}"
        )


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(HERE.parent.parent)}


def _put(top: Path, files: Mapping[str, str], mode: int = 0o644) -> None:
    for name, text in files.items():
        path = top / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)


def _accounts(users: tuple[str, ...], base: Path) -> Iterator[tuple[str, str]]:
    """passwd and group with these users in addition, as their packages would make them."""
    passwd = (base / "etc/passwd").read_text()
    group = (base / "etc/group").read_text()
    for number, user in enumerate(users, 900):
        passwd += f"{user}:x:{number}:{number}::/nonexistent:/usr/sbin/nologin\n"
        group += f"{user}:x:{number}:\n"
    yield "etc/passwd", passwd
    yield "etc/group", group


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
