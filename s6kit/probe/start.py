"""Starts one program as s6-supervise starts `run`: in a session of its own, with nothing else inherited."""

# Paths are strings here, in another root.
# ruff: noqa: PTH123
from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from fcntl import F_DUPFD_CLOEXEC, fcntl
from typing import NoReturn

from s6kit.dataclass import dataclass
from s6kit.probe.run import Run

ABSENT, REFUSED = 127, 126  # what shells say of a program that is not there, or cannot be executed


@dataclass(frozen=True)
class Started:
    """A child, and why it could not become its program (empty: it has)."""

    pid: int
    failure: str = ""
    code: int | None = None


@dataclass(frozen=True)
class Ends:
    """Descriptors for a child: what it writes to, what it reads from, what becomes its notification-fd."""

    output: int
    source: int = -1
    ready: int = -1


def start(run: Run, argv: tuple[str, ...], arg0: str, top: str, ends: Ends) -> Started:
    """Start `argv` in the root `top`; returns once it has been executed, or could not be."""
    failed, tell = os.pipe()
    pid = os.fork()
    if not pid:
        _become(run, argv, arg0, top, ends, tell)
    os.close(tell)
    with os.fdopen(failed, "rb") as pipe:
        said = os.fsdecode(pipe.read())
    if not said:
        return Started(pid)
    os.waitpid(pid, 0)
    code, _, reason = said.partition(" ")
    return Started(pid, reason, int(code))


def _become(run: Run, argv: tuple[str, ...], arg0: str, top: str, ends: Ends, tell: int) -> NoReturn:
    """In the child: end as the program, or tell why not."""
    try:
        if run.leads:
            os.setsid()
        _yields()
        tell = _descriptors(run.notification_fd if ends.ready >= 0 else None, ends, tell)
        if top:
            os.chroot(top)
        os.chdir(run.cwd)
        if run.user:
            _user(run.user)
        _signals()
        _execute(argv, arg0, dict(run.env))
    except OSError as error:
        what = argv[0] if error.filename is None else os.fsdecode(error.filename)
        code = ABSENT if isinstance(error, FileNotFoundError) else REFUSED
        os.write(tell, os.fsencode(f"{code} unable to execute {what}: {error.strerror}"))
    except LookupError as error:
        os.write(tell, os.fsencode(f"{REFUSED} unable to become user {run.user}: {error}"))
    finally:
        os._exit(ABSENT)


def _yields() -> None:
    """Where memory runs out it is what is probed that the kernel ends, and nobody else."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "wb", buffering=0) as file:
        file.write(b"1000")


def _descriptors(notify: int | None, ends: Ends, tell: int) -> int:
    """Give a child what it may have; the number that `tell` has now.

    All else that is open closes by itself at the exec.
    """
    least = max(16, (notify or 0) + 1)
    source = ends.source if ends.source >= 0 else os.open("/dev/null", os.O_RDONLY)
    ready = ends.ready if ends.ready >= 0 else source
    source, output, ready, tell = (
        fcntl(each, F_DUPFD_CLOEXEC, least) for each in (source, ends.output, ready, tell)
    )
    os.closerange(3, least)
    if notify is not None:
        os.dup2(ready, notify)
    os.dup2(source, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    return tell


def _user(word: str) -> None:
    """Become a user of this root, with the groups that the root gives it; LookupError if it has none."""
    users = [fields for fields in _database("/etc/passwd", 4) if word in (fields[0], fields[2])]
    if users:
        name, uid, gid = users[0][0], int(users[0][2]), int(users[0][3])
    elif word.isdecimal():
        name, uid, gid = "", int(word), int(word)
    else:
        raise LookupError("not in /etc/passwd")
    groups = [int(fields[2]) for fields in _database("/etc/group", 4) if name in fields[3].split(",")]
    os.setgroups([gid, *groups] if name else [gid])
    os.setgid(gid)
    os.setuid(uid)


def _database(path: str, fields: int) -> Iterator[list[str]]:
    """The lines of a file such as /etc/passwd that have so many fields; none where there is no such file."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            yield from (line for text in file if len(line := text.rstrip("\n").split(":")) >= fields)
    except FileNotFoundError:
        return


def _signals() -> None:
    """As a fresh process has them: Python ignores some."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _execute(argv: tuple[str, ...], arg0: str, env: dict[str, str]) -> None:
    """Become the program, looked for as the shell does; OSError names the program that was asked for."""
    try:
        os.execvpe(argv[0], (arg0 or argv[0], *argv[1:]), env)
    except OSError as error:
        raise type(error)(error.errno, error.strerror, argv[0]) from None
