"""From a service of a tree to what its supervisor would run."""

from __future__ import annotations

from collections.abc import Mapping

from s6kit.dataclass import dataclass
from s6kit.layout import Bit, ServiceKind
from s6kit.probe.run import SETTLE, TIMEOUT, Net, Run
from s6kit.probe.signals import down_signal
from s6kit.read import DiskTree
from s6kit.service import Root, ScriptFile, Service

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_OVERLAY = ("services.d", "s6-rc")
_CONTAINER = ("run/s6/container_environment", "var/run/s6/container_environment")  # with-contenv reads it


@dataclass(frozen=True)
class Terms:
    """How long to watch, how long to wait, with which network, and the variables of this machine."""

    settle: float = SETTLE
    timeout: float = TIMEOUT
    net: Net = "private"
    environment: Mapping[str, str] | None = None


def plans(service: Service) -> bool:
    """Whether this is something that a supervisor would start."""
    return service.kind is ServiceKind.LONGRUN and "run" in service.tree.names(service.path)


def parked(service: Service) -> bool:
    """Whether nobody starts it until someone asks for it."""
    return "down" in service.tree.names(service.path)


def plan(root: Root, service: Service, terms: Terms) -> Run:
    """How to run a service of a root on the disk: in there if it is complete, else on this machine."""
    assert isinstance(root.tree, DiskTree)
    inside = root.tree.root if root.tree.complete else ""
    base = "" if inside else root.tree.root
    leads = service.layout.leads
    return Run(
        argv=(*_loader(service, service.run), "./run", *([service.name] if leads else [])),
        service=service.name,
        path=root.shown(service.path),
        cwd=f"{base}/{service.path}",
        env=_environment(service, inside, terms),
        root=inside,
        net=terms.net,
        settle=terms.settle,
        timeout=terms.timeout,
        notification_fd=_number(service, "notification-fd") if leads else None,
        down_signal=down_signal(_word(service, "down-signal")) if leads else "SIGTERM",
        timeout_kill=(_number(service, "timeout-kill") or 0) / 1000 if leads else 0,
        kill_group=leads and "flag-timeout-killpg" in service.tree.names(service.path),
        finish=_finish(service),
        timeout_finish=_milliseconds(service, "timeout-finish", 5000) / 1000,
        leads=leads,
        piped=service.name.endswith("/log") or "consumer-for" in service.tree.names(service.path),
        directories=_CONTAINER if inside and service.layout.name in _OVERLAY else (),
    )


def _environment(service: Service, inside: str, terms: Terms) -> Mapping[str, str]:
    """In a root what a container without an image's variables has, on this machine ours."""
    if not inside:
        return terms.environment or {}
    path = f"/command:{_PATH}" if service.layout.name in _OVERLAY else _PATH
    return {"PATH": path, "HOME": "/root"}


def _finish(service: Service) -> tuple[str, ...]:
    if "finish" not in service.tree.names(service.path):
        return ()
    return (*_loader(service, service.scripts.get("finish")), "./finish")


def _loader(service: Service, script: ScriptFile | None) -> tuple[str, ...]:
    """What has to be put before a script that its layout will make executable and that is not yet."""
    if script is None or script.executable is not False:
        return ()
    from s6kit import interpreter  # noqa: PLC0415 - reads all of the chain-loading programs, and few need it

    contract = service.layout.contract(script.role, service.kind)
    return interpreter.shebang(script.data) if contract is not None and contract.bit is Bit.SET else ()


def _word(service: Service, name: str) -> str:
    file = service.tree.file(service.entry(name))
    return file.data.partition(b"\n")[0].strip().decode("ascii", "replace") if file is not None else ""


def _number(service: Service, name: str) -> int | None:
    """The number in a control file; None where it holds none that can be read: it is then ignored."""
    word = _word(service, name)
    return int(word) if word.isascii() and word.isdecimal() and len(word) <= 10 else None


def _milliseconds(service: Service, name: str, default: int) -> int:
    number = _number(service, name)
    return default if number is None else number
