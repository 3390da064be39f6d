"""One case from start to stop: every way in which it is not as it should be, in words."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from tests.services.client import Ear, answered, connected
from tests.services.container import Container, Late, container, until
from tests.services.declared import Case
from tests.services.layer import layer
from tests.services.processes import below, escaped

START, STOP, ANSWER, STAY = 120, 10, 120, 1.5  # seconds; 10 is what `docker stop` grants
BECOMES, GOES = 120, 10  # until a script is its daemon, and until nothing is beside the supervisors any more
SHELLS = {"sh", "dash", "bash", "run"}


@dataclass
class Record:
    """What was measured, in seconds, and what came out."""

    start: float = 0.0
    stop: float = 0.0
    log: str = ""
    faults: list[str] = field(default_factory=list)


def prove(case: Case, base: Path) -> Record:
    """Run the case, and tell."""
    record = Record()
    with layer(case, base) as top, container(base, top, case.hostname, case.environment) as running:
        try:
            record.faults += _proved(case, running, record)
        except Late as late:
            record.faults.append(str(late))
        if not running.ended:
            record.faults += _state(case, running) if record.faults else ()
        record.log = running.log
    return record


def _proved(case: Case, running: Container, record: Record) -> Iterator[str]:
    place = f"/etc/s6/{case.service}"
    with ExitStack() as stack:
        ears = [stack.enter_context(closing(Ear(running.net, exchange))) for exchange in case.heard]
        if case.ends is not None:
            yield from _differs("exit code of the container", running.wait(START), case.ends)
            return
        until(lambda: running.ended or not running.run(["s6-svok", place]).returncode, START, "s6-supervise")
        if running.ended:
            yield f"the container ended at once, with {running.wait(0)}"
            return
        if case.refuses or case.rests:
            yield from _down(case, running, place)
        else:
            yield from _up(case, running, place, record, ears)
    yield from _stopped(running, record)


def _up(case: Case, running: Container, place: str, record: Record, ears: list[Ear]) -> Iterator[str]:
    begin = time.monotonic()
    _waits(running, place, "the start", START)
    silent = list(_answers(case, running))
    yield from silent
    record.start = time.monotonic() - begin
    yield from _does(case, running)
    for pattern in case.says:
        running.said(pattern, ANSWER)
    for ear in ears:
        if came := ear.heard(ANSWER):
            yield f"another machine does not hear {ear.exchange.expect!r} but {came!r}"
    yield from _files(case, running)
    yield from _supervised(running, place)
    answering = replace(case, answers=() if silent else case.answers)
    if case.restarts:
        with _idle(answering, running):
            yield from _again(answering, running, place, _restart)
    if case.restarts and case.case == "plain":
        yield from _again(answering, running, place, _kill)
        done = running.run(["s6-svwait", "-d", "-t", str(int(STAY * 1000)), place])
        yield from () if done.returncode == 99 else [f"after SIGKILL it does not stay up ({done.stdout!r})"]
    yield from (f"s6 says: {line}" for line in running.log.splitlines() if line.startswith("s6-"))


def _again(
    case: Case, running: Container, place: str, end: Callable[[Container, str], None]
) -> Iterator[str]:
    """One start more: it answers again, and no file is another."""
    before = fingerprint(case, running)
    asked = ["s6-svstat", "-o", "pid", place]
    first = running.run(asked).stdout
    end(running, place)
    until(lambda: running.run(asked).stdout != first, STOP, f"another pid after {end.__doc__}")
    _waits(running, place, f"a start after {end.__doc__}", START)
    yield from (f"after {end.__doc__}: {fault}" for fault in _answers(case, running))
    after = fingerprint(case, running)
    for path in sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path)):
        yield f"{end.__doc__} changes {path}: {before.get(path)} {after.get(path)}"


def _restart(running: Container, place: str) -> None:
    """s6-svc -r"""
    done = running.run(["s6-svc", "-r", place])
    assert (done.stdout, done.returncode) == ("", 0)


def _kill(running: Container, place: str) -> None:
    """SIGKILL"""
    pid = int(running.run(["s6-svstat", "-o", "pid", place]).stdout)
    for process in below(pid, running.processes()):
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)


def _down(case: Case, running: Container, place: str) -> Iterator[str]:
    """Down, and wanted down, having said one line why; the others go on."""

    def settled() -> bool:
        return running.run(["s6-svstat", "-o", "up,wantedup", place]).stdout.split() == ["false", "false"]

    until(settled, START, "the service is down and wanted down")
    if case.refuses:  # what it wrote may be on its way yet
        with suppress(Late):
            until(lambda: f"{case.service}: " in running.log, ANSWER, "a word of why")
    lines = [line for line in running.log.splitlines() if not line.startswith("s6-")]
    yield from _differs("output", lines, [f"{case.service}: {case.refuses}"] if case.refuses else [])
    yield from _files(case, running)


def _waits(running: Container, place: str, what: str, seconds: int) -> None:
    """It is up, and ready if it tells so."""
    wanted = "-U" if running.outside(f"{place}/notification-fd").exists() else "-u"
    done = running.run(["s6-svwait", wanted, "-t", str(seconds * 1000), place], seconds=seconds + 5)
    if done.returncode:
        raise Late(f"{what}: s6-svwait {wanted} says {done.returncode} {done.stdout}")
    with suppress(Late):  # that it is still a shell is told with what else is wrong about the process
        until(lambda: _watched(running, place) not in SHELLS, BECOMES, "the daemon")


def _answers(case: Case, running: Container) -> Iterator[str]:
    for exchange in case.answers:
        if came := answered(running, exchange, ANSWER):
            yield f"{exchange.way} {exchange.to} does not answer {exchange.expect!r} but {came!r}"


def _does(case: Case, running: Container) -> Iterator[str]:
    """Tried until it succeeds: a daemon may be up without being there yet."""
    if not case.does:
        return
    end = time.monotonic() + ANSWER
    while (done := running.run(["sh", "-c", case.does], seconds=START)).returncode:
        if time.monotonic() > end:
            yield f"{case.does!r} fails with {done.returncode} and {done.stdout!r}"
            return
        time.sleep(0.05)  # between two tries


def _files(case: Case, running: Container) -> Iterator[str]:
    for path, wanted in case.configuration.items():
        text = running.read(path)
        lines = [line.strip() for line in (text or "").splitlines()]
        missing = [line for line in wanted if line.strip() not in lines]
        if text is None or missing:
            yield f"{path} does not hold {missing or 'anything: there is none'}:\n{text}"
    for path, unwanted in case.without.items():
        text = running.read(path)
        there = [line for line in unwanted if line in [each.strip() for each in (text or "").splitlines()]]
        if there or (text is not None and not unwanted):
            yield f"{path} should not hold {there or 'anything'}"
    for path, mode in case.modes.items():
        done = running.run(["stat", "-Lc", "%04a %U", path])
        yield from _differs(f"mode and owner of {path}", done.stdout.strip(), mode)


def _supervised(running: Container, place: str) -> Iterator[str]:
    """It stays up, it is no shell, and nobody has left the trees of s6-supervise."""
    done = running.run(["s6-svwait", "-d", "-t", str(int(STAY * 1000)), place])
    yield from _differs(f"s6-svwait -d ({done.stdout!r})", done.returncode, 99)
    yield from _differs("deaths (s6-svdt)", running.run(["s6-svdt", place]).stdout, "")
    name = _watched(running, place)
    if name in SHELLS | {"nothing"}:
        yield f"the process that s6-supervise watches is {name}"
    try:
        until(lambda: not list(escaped(running.processes())), GOES, "every process is below an s6-supervise")
    except Late as late:
        yield f"{late}: {', '.join(escaped(running.processes()))}"


def _watched(running: Container, place: str) -> str:
    """The name of the process that is the service."""
    pid = int(running.run(["s6-svstat", "-o", "pid", place]).stdout)
    return next((p.name for p in running.processes().values() if p.inner == pid), "nothing")


@contextmanager
def _idle(case: Case, running: Container) -> Iterator[None]:
    """Clients that are connected and say nothing; of the plain case, as skeletons are answerable for that."""
    with ExitStack() as stack:
        for exchange in case.answers if case.case == "plain" else ():
            if exchange.way in ("tcp", "tls", "unix"):
                with suppress(OSError):  # it may be expected that nobody listens there
                    stack.enter_context(connected(running, exchange))
        until(lambda: not running.waiting(), ANSWER, "every connection is taken")
        yield


def _stopped(running: Container, record: Record) -> Iterator[str]:
    try:
        code, record.stop = running.stop(STOP)
    except Late as late:
        yield f"{late}; there are {', '.join(sorted(p.name for p in running.processes().values()))}"
        return
    yield from _differs("exit code of PID 1", code, 0)
    yield from re.findall(r"^left behind: .*$", running.log, re.M)


def fingerprint(case: Case, running: Container) -> dict[str, str]:
    """Every file of /etc and of the declared configuration, with what it holds, its mode and its owner."""
    top = str(running.outside(""))
    found = {entry.path: entry.stat(follow_symlinks=False) for entry in _below(f"{top}/etc")}
    there = (top + path for path in case.configuration if os.path.lexists(top + path))
    found |= {path: os.lstat(path) for path in there}
    return {path.removeprefix(top): _about(path, about) for path, about in found.items()}


def _below(directory: str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.name not in ("supervise", "event"):
                yield entry
                if entry.is_dir(follow_symlinks=False):
                    yield from _below(entry.path)


def _about(path: str, about: os.stat_result) -> str:
    content = ""
    if stat.S_ISREG(about.st_mode):
        content = _digest(path, about.st_ino, about.st_ctime_ns)
    elif stat.S_ISLNK(about.st_mode):
        content = f"-> {os.readlink(path)}"  # noqa: PTH115 - quick, as there are a thousand
    return f"{about.st_mode:o} {about.st_uid} {about.st_gid} {content}"


@cache
def _digest(path: str, inode: int, changed: int) -> str:
    """Of what the file holds; the other arguments tell whether it is still the same."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def _state(case: Case, running: Container) -> Iterator[str]:
    done = running.run(["s6-svstat", f"/etc/s6/{case.service}"])
    yield f"(it is {done.stdout.strip()})"


def _differs(what: str, found: object, expected: object) -> Iterator[str]:
    if found != expected:
        yield f"{what}: {found!r}, not {expected!r}"
