"""The processes below this one: which there are, what they are."""

# Paths are strings here, of /proc.
# ruff: noqa: PTH115, PTH123
from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress

import psutil

from s6kit.dataclass import dataclass
from s6kit.observation import Survivor

MOST = 200  # processes that are told one by one
LONGEST = 4096  # characters of a command line that are kept
ARGUMENTS = 45  # proc(5)'s arg_start: the kernel sets it for good before there is a command line to read
FLAGS, ENDS = 6, 0x4  # proc(5)'s flags, and the kernel's PF_EXITING


@dataclass(frozen=True)
class Image:
    """What a process is since its last exec: where its arguments lie tells one exec from another."""

    executable: str
    command: tuple[str, ...]
    place: int
    name: str


def image(pid: int) -> Image | None:
    """What a process is now; None between two programs, and once it has ended."""
    try:
        place = _stat(pid)[ARGUMENTS]
        executable = os.readlink(f"/proc/{pid}/exe").removesuffix(" (deleted)")
        command, own = _command(pid), name(pid)
        is_one = place == _stat(pid)[ARGUMENTS]  # or an exec came between: half of this, half of that
    except (OSError, IndexError, ValueError):
        return None
    return Image(executable, command, int(place), own) if command and is_one else None


def name(pid: int) -> str:
    """A process's own name, 15 bytes at most; a zombie has it, too. Empty where there is no such process."""
    try:
        with open(f"/proc/{pid}/comm", "rb") as file:
            return os.fsdecode(file.read().removesuffix(b"\n"))
    except OSError:
        return ""


def ends(pid: int) -> bool:
    """Whether a process is about to be gone: the kernel closes what it has open a while before."""
    try:
        return bool(int(_stat(pid)[FLAGS]) & ENDS)
    except (OSError, IndexError):
        return True


def descendants() -> list[int]:
    """Every living process below this one, zombies left out, by pid."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
    return sorted(found)


def described(pids: Iterable[int]) -> tuple[Survivor, ...]:
    """The first of these processes, with their command lines; a kernel's name where there is none."""
    found = []
    for pid in pids:
        with suppress(OSError):
            command = _command(pid) or (f"[{name(pid)}]",)
            found.append(Survivor(pid, command))
        if len(found) == MOST:
            break
    return tuple(found)


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name: proc(5)'s field N is at N - 3."""
    with open(f"/proc/{pid}/stat", "rb") as file:
        return file.read().rpartition(b")")[2].decode("ascii").split()


def _command(pid: int) -> tuple[str, ...]:
    with open(f"/proc/{pid}/cmdline", "rb") as file:
        data = file.read(LONGEST)
    return tuple(os.fsdecode(data.rstrip(b"\0")).split("\0")) if data else ()
