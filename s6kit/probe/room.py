"""The place that a service is run in: namespaces of its own, and a root under a layer that is thrown away.

All of this is seen by the processes in there only. Nothing on the disk of this machine is changed by it, and
all of it goes when the last of them has gone.
"""

# Paths are strings here, for the kernel.
# ruff: noqa: PTH101, PTH102, PTH103, PTH110, PTH112, PTH114, PTH211
from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from s6kit.probe import kernel
from s6kit.probe.run import Net, ProbeError

_APART = kernel.NEW_PID | kernel.NEW_MOUNT | kernel.NEW_IPC | kernel.NEW_UTS
_BASES = ("/tmp", "/mnt", "/run", "/media", "/srv", "/opt")  # to mount over: any directory will do
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2", "ptmx": "pts/ptmx"}


def leave(root: str, net: Net) -> bool:
    """Leave this machine's namespaces, as far as the kernel allows; False where it allows none.

    ProbeError where a root or a network is asked for that needs them.
    """
    flags = _APART | (kernel.NEW_NET if net != "host" else 0)
    try:
        _try(flags, bool(root))
        _enter(flags, bool(root))
    except OSError as error:
        if root:
            raise ProbeError(_refused(f"run in {root}", error)) from None
        if net == "none":
            raise ProbeError(_refused("run without a network", error)) from None
        return False
    return True


def _try(flags: int, as_root: bool) -> None:
    """In a child: some systems give namespaces without rights, and the `/` of a chroot is no mount."""
    child = os.fork()
    if not child:
        code = 0
        try:
            _enter(flags, as_root)
            kernel.mount("none", "/", flags=kernel.REC | kernel.PRIVATE)
        except OSError as error:
            code = error.errno or 1
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code:
        raise OSError(code, os.strerror(code))


def _enter(flags: int, as_root: bool) -> None:
    if os.geteuid():
        _become_user(flags | kernel.NEW_USER, as_root)
    else:
        kernel.unshare(flags)


def _become_user(flags: int, as_root: bool) -> None:
    """Enter a user namespace in which we are ourselves, or root."""
    uid, gid = os.geteuid(), os.getegid()
    kernel.unshare(flags)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{0 if as_root else uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{0 if as_root else gid} {gid} 1")


def _refused(what: str, error: OSError) -> str:
    return (
        f"unable to {what}: the kernel allows no namespaces here ({error.strerror}), which takes root or"
        " unprivileged user namespaces; without them a service directory can be probed on this machine with"
        " --net host, and an image with --image"
    )


def furnish(root: str, net: Net, directories: Iterable[str] = ()) -> str:
    """Mount what belongs in there, as the first process of the new namespaces; the path to use as `/`."""
    kernel.mount("none", "/", flags=kernel.REC | kernel.PRIVATE)
    if net == "private":
        kernel.loopback_up()
    kernel.mount("proc", "/proc", "proc", kernel.NOSUID | kernel.NODEV | kernel.NOEXEC)
    if not root:
        return ""
    try:
        top = _layered(root)
    except OSError as error:
        raise ProbeError(f"unable to lay a layer over {root}: {error.strerror}") from None
    for name in ("proc", "dev", "sys", *directories):
        os.makedirs(f"{top}/{name}", exist_ok=True)
    kernel.mount("proc", f"{top}/proc", "proc", kernel.NOSUID | kernel.NODEV | kernel.NOEXEC)
    _devices(f"{top}/dev")
    with suppress(OSError):  # some kernels, some containers: few daemons look there
        kernel.mount("sysfs", f"{top}/sys", "sysfs", kernel.NOSUID | kernel.NODEV | kernel.NOEXEC | 1)
    return top


def _layered(root: str) -> str:
    """`root` under a layer in memory that takes whatever is written."""
    below = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    base = next(path for path in _BASES if os.path.isdir(path) and not os.path.islink(path))
    kernel.mount("tmpfs", base, "tmpfs", data="mode=755")
    for name in ("upper", "work", "top"):
        os.mkdir(f"{base}/{name}")
    os.chmod(f"{base}/upper", os.fstat(below).st_mode & 0o7777)
    os.fchdir(below)  # the path of a root may hold what overlayfs takes for a separator
    options = f"lowerdir=.,upperdir={base}/upper,workdir={base}/work"
    kernel.mount("overlay", f"{base}/top", "overlay", data=options)
    os.chdir("/")
    os.close(below)
    return f"{base}/top"


def _devices(dev: str) -> None:
    """A small /dev: what every container has."""
    kernel.mount("tmpfs", dev, "tmpfs", kernel.NOSUID, "mode=755")
    for name in _DEVICES:
        if os.path.exists(f"/dev/{name}"):
            Path(f"{dev}/{name}").touch()
            kernel.mount(f"/dev/{name}", f"{dev}/{name}", flags=kernel.BIND)
    for name, target in _LINKS.items():
        os.symlink(target, f"{dev}/{name}")
    for name in ("pts", "shm"):
        os.mkdir(f"{dev}/{name}")
    with suppress(OSError):
        kernel.mount("devpts", f"{dev}/pts", "devpts", kernel.NOSUID, "newinstance,ptmxmode=0666,mode=620")
    kernel.mount("tmpfs", f"{dev}/shm", "tmpfs", kernel.NOSUID | kernel.NODEV, "mode=1777")
