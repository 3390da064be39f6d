"""The processes of a pid namespace, as /proc of the machine shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SUPERVISE, SCAN = "s6-supervise", "s6-svscan"


@dataclass(frozen=True)
class Process:
    """`pid` and `parent` are the machine's numbers, `inner` is the one inside; `state` as in proc(5)."""

    pid: int
    parent: int
    inner: int
    name: str
    state: str


def processes(namespace: str) -> dict[int, Process]:
    """The processes of that namespace (what /proc/PID/ns/pid points at), by the machine's pid."""
    found = {}
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            if str((directory / "ns/pid").readlink()) == namespace:
                process = _read(directory)
                found[process.pid] = process
        except (OSError, KeyError):  # it has ended meanwhile
            continue
    return found


def child(parent: int) -> int | None:
    """The only child of a process, if it has one yet."""
    text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return int(text.split()[0]) if text.split() else None


def escaped(found: Mapping[int, Process]) -> Iterator[str]:
    """What is not in a tree below an s6-supervise: its name, and whose child it is."""
    for process in found.values():
        if process.inner == 1 or process.name == SUPERVISE or process.state == "Z":
            continue
        above = list(_ancestors(process, found))
        if any(other.inner == 1 for other in above) and SUPERVISE not in {other.name for other in above}:
            yield f"{process.name} ({process.inner}), a child of {above[0].name}"


def below(inner: int, found: Mapping[int, Process]) -> list[Process]:
    """The process that has that pid inside, and all that have come from it."""
    tops = {process.pid for process in found.values() if process.inner == inner}
    return [
        process
        for process in found.values()
        if process.pid in tops or tops & {other.pid for other in _ancestors(process, found)}
    ]


def _ancestors(process: Process, found: Mapping[int, Process]) -> Iterator[Process]:
    while process.parent in found:
        process = found[process.parent]
        yield process


def _read(directory: Path) -> Process:
    lines = (directory / "status").read_text().splitlines()
    status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    return Process(
        int(directory.name),
        int(status["PPid"]),
        int(status["NSpid"].split()[-1]),
        status["Name"],
        status["State"][0],
    )
