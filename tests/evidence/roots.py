"""Throw-away roots: one small Debian, and over it a layer with the packages of a trial.

Layers are overlays on the same base, so that packages never collide, and are kept in `WHERE` for the next
time. Nothing that is installed is started (policy-rc.d), recommended packages are left out.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

WHERE = Path(os.environ.get("S6KIT_EVIDENCE", "/var/tmp/s6kit-evidence"))
SUITE = "bookworm"
TOOLS = ("iproute2", "procps", "ca-certificates")
"""What set-ups use, in every root."""

_APT = """\
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
APT::Keep-Downloaded-Packages "1";
Binary::apt::APT::Keep-Downloaded-Packages "1";
"""
_FETCH = "apt-get -qq -y --no-install-recommends --download-only install {}"
_INSTALL = (
    "apt-get -qq -y --no-install-recommends -o Debug::NoLocking=true -o Dpkg::Options::=--force-confnew"
    " -o DPkg::Options::=--force-unsafe-io install {}"
)
_OTHERS = {
    "pip": (("python3-venv",), "python3 -m venv /opt/venv && /opt/venv/bin/pip install -q {}"),
    "npm": (("npm",), "npm install -g --silent --no-fund --no-audit {}"),
    "source": (
        ("build-essential",),
        "sed 's/^deb /deb-src /' /etc/apt/sources.list >/etc/apt/sources.list.d/source.list"
        " && apt-get -qq update && cd /opt && apt-get -qq source {} && cd {}-*/"
        " && make -s defconfig && make -s -j2 && install {} /usr/local/bin && rm -r /opt/*",
    ),
}
"""Other places than Debian's packages, as `pip:NAME`: what they need, and the command that installs
from there.

`source` is Debian's source of a program that is configured as the kernel is (busybox), with its defaults.
"""


_CERTIFICATES = "/dev/certificates.crt"
_OURS = "/etc/ssl/certs/ca-certificates.crt"
"""Where the machine's own certificates are while packages are installed."""


class Unable(Exception):
    """A root that could not be made, and why."""


def base() -> Path:
    """The small Debian below everything, made when it is first needed."""
    path = WHERE / "base"
    with _locked("base"):
        if not (path / ".ready").exists():
            shutil.rmtree(path, ignore_errors=True)
            WHERE.mkdir(parents=True, exist_ok=True)
            _call(["mmdebstrap", "--variant=minbase", f"--include={','.join(TOOLS)}", SUITE, str(path)])
            policy = path / "usr/sbin/policy-rc.d"
            policy.write_text("#!/bin/sh\nexit 101\n")
            policy.chmod(0o755)
            (path / "etc/apt/apt.conf.d/99evidence").write_text(_APT)
            (path / "etc/apt/apt.conf.d/70debconf").unlink(missing_ok=True)
            _in_root([str(path)], None, "apt-get -qq update")
            (path / ".ready").touch()
    return path


def layer(packages: Sequence[str]) -> Path:
    """The layer that adds these packages to the base (`pip:` and `npm:` in front of others than Debian's)."""
    name = hashlib.sha256(" ".join(sorted(packages)).encode()).hexdigest()[:12]
    path = (
        WHERE / "layers" / f"{packages[0].replace(':', '-').replace('/', '-') if packages else 'none'}-{name}"
    )
    with _locked(path.name):
        if not (path / ".ready").exists():
            lower = base()
            shutil.rmtree(path, ignore_errors=True)
            (path / "upper").mkdir(parents=True)
            _install(lower, path / "upper", packages)
            (path / ".ready").touch()
    return path / "upper"


def versions(packages: Sequence[str]) -> Mapping[str, str]:
    """The version of each package, as its package manager says."""
    return {package: _version(layer(packages), package) for package in packages}


def _install(lower: Path, upper: Path, packages: Sequence[str]) -> None:
    debian = [package for package in packages if ":" not in package]
    others: dict[str, list[str]] = {}
    for package in packages:
        kind, colon, name = package.partition(":")
        if colon:
            others.setdefault(kind, []).append(name)
    debian += [need for kind in others for need in _OTHERS[kind][0]]
    if debian:
        with _locked("fetch"):
            _in_root([str(lower)], upper, _FETCH.format(" ".join(debian)))
        _in_root([str(lower)], upper, _INSTALL.format(" ".join(debian)))
    for kind, names in others.items():
        _in_root([str(lower)], upper, _OTHERS[kind][1].replace("{}", " ".join(names)))


@cache
def _version(upper: Path, package: str) -> str:
    kind, _, name = package.rpartition(":")
    name = name.partition("=")[0]
    if kind == "pip":
        command = f"/opt/venv/bin/pip show {name} | sed -n 's/^Version: //p'"
    elif kind == "npm":
        command = f"npm ls -g --depth=0 {name} | sed -n 's/.*{name}@//p'"
    elif kind == "source":
        command = f"apt-cache showsrc {name} | sed -n 's/^Version: //p' | tail -1"
    else:
        command = f"dpkg-query -W -f '${{Version}}' {package}"
    return _in_root([str(upper), str(base())], None, command).strip()


MOUNTS = """\
mount -t proc proc {root}/proc
mount -t tmpfs -o mode=755 dev {root}/dev
mkdir {root}/dev/pts {root}/dev/shm {root}/dev/net
mount -t devpts -o newinstance,ptmxmode=666 devpts {root}/dev/pts
mount -t tmpfs shm {root}/dev/shm
for d in null zero full random urandom tty fuse net/tun; do
    [ -e /dev/$d ] && touch {root}/dev/$d && mount --bind /dev/$d {root}/dev/$d
done
ln -s pts/ptmx {root}/dev/ptmx
ln -s /proc/self/fd {root}/dev/fd
ln -s /proc/self/fd/0 {root}/dev/stdin
ln -s /proc/self/fd/1 {root}/dev/stdout
ln -s /proc/self/fd/2 {root}/dev/stderr
"""
"""What every root has besides its files; a shell's lines, run in a mount namespace of its own."""


def overlay(lowers: Sequence[str], upper: str, work: str, root: str) -> str:
    """The shell's line that mounts an overlay."""
    return f"mount -t overlay overlay -o lowerdir={':'.join(lowers)},upperdir={upper},workdir={work} {root}\n"


def _in_root(lowers: Sequence[str], upper: Path | None, command: str) -> str:
    """What a command prints in a root with network. What it writes goes to `upper`, or into the only root."""
    archives = WHERE / "archives"
    (archives / "partial").mkdir(parents=True, exist_ok=True)
    scratch = WHERE / "scratch" / f"{os.getpid()}-{hashlib.sha256(os.urandom(8)).hexdigest()[:8]}"
    (scratch / "work").mkdir(parents=True)
    (scratch / "root").mkdir()
    root = str(scratch / "root")
    if upper is None and len(lowers) == 1:
        mount = f"mount --bind {lowers[0]} {root}\n"
    else:
        if upper is None:
            upper = scratch / "upper"
            upper.mkdir()
            work = scratch / "work"
        else:
            work = upper.parent / "work"
            work.mkdir(exist_ok=True)
        mount = overlay(lowers, str(upper), str(work), root)
    script = (
        "set -e\nmount --make-rprivate /\n"
        + mount
        + MOUNTS.format(root=root)
        + f"mount --bind {archives} {root}/var/cache/apt/archives\n"
        + f"touch {root}{_CERTIFICATES}\nmount --bind {_OURS} {root}{_CERTIFICATES}\n"
        + f"touch {root}/etc/resolv.conf; mount --bind /etc/resolv.conf {root}/etc/resolv.conf\n"
        + f'exec chroot {root} /bin/sh -c "$1"\n'
    )
    environment = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        "DEBIAN_FRONTEND": "noninteractive",
        "LC_ALL": "C.UTF-8",
        **dict.fromkeys(("PIP_CERT", "NODE_EXTRA_CA_CERTS"), _CERTIFICATES),
        **{key: value for key, value in os.environ.items() if key.lower().endswith("_proxy")},
    }
    try:
        return _call(
            ["unshare", "-m", "-p", "-f", "--kill-child", "sh", "-c", script, "sh", command], environment
        )
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _call(command: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=3600,
    )
    if done.returncode:
        raise Unable(
            f"{' '.join(command[-1:])}: exit {done.returncode}\n{(done.stdout + done.stderr)[-2000:]}"
        )
    return done.stdout


@contextmanager
def _locked(name: str) -> Iterator[None]:
    (WHERE / "locks").mkdir(parents=True, exist_ok=True)
    with (WHERE / "locks" / name).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
