"""`make bench-image`: the base image beside Debian's dynamic s6, runit and tini, with the same services.

Sizes are those of image layers, unpacked. Memory is private (Private_Clean and Private_Dirty of
smaps_rollup), summed over PID 1 and the supervisors, without the services. Times are those of PID 1: from its
start to the start of the last service, in the kernel's hundredths, and from SIGTERM to its end.
"""

from __future__ import annotations

import json
import os
import select
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.image.base import HERE, arguments, debian, made, packaged, reachable, source
from tests.image.engine import Container, build, call, container, derived, until

COUNTS = (1, 10, 100)
RUNS = 5
TICKS = os.sysconf("SC_CLK_TCK")
IDLE = "exec sleep 1000000"
SLOW = "trap 'sleep 0.5; exit 0' TERM; while :; do sleep 0.02; done"
EMPTY = "RUN rm -rf /etc/s6/*"  # without the services of the base
DYNAMIC = "localhost/s6kit-dynamic"


@dataclass(frozen=True)
class Init:
    """An image without services: where they go, the command of PID 1 if it has none, what supervises."""

    title: str
    image: str
    scandir: str = "etc/s6"
    command: tuple[str, ...] = ()
    supervisors: tuple[str, ...] = ("s6-svscan", "s6-supervise")


@dataclass(frozen=True)
class Process:
    """One as /proc has it; `started` in ticks."""

    pid: int
    parent: int
    name: str
    started: int


@dataclass(frozen=True)
class Figures:
    """Seconds from start to all up, seconds from SIGTERM to gone, private memory at rest in kB."""

    start: float
    stop: float
    memory: float


def main() -> None:
    """Measure, and print the tables."""
    image, notes = made()
    print(*notes, "", sep="\n")
    _sizes(image)
    with inits(image) as compared:
        print(f"\n{'services, idle':31}{'start s':>9}{'stop s':>9}{'private kB':>12}{'kB each':>9}")
        for count in COUNTS:
            for init in compared:
                if count == 1 or init.title != "tini":
                    _print(init, count, _measured(init, count, IDLE))
        print("\na service that needs 0.5 s to end")
        for init in compared:
            _print(init, 1, _measured(init, 1, SLOW))


def _print(init: Init, count: int, was: Figures) -> None:
    figures = f"{was.start:9.2f}{was.stop:9.3f}{was.memory:12.0f}{was.memory / count:9.0f}"
    print(f"{count:4}  {init.title:25}{figures}", flush=True)


def _sizes(image: str) -> None:
    """The image, its layers, and the stages of s6 where their sources are in reach."""
    print(f"{'MB':>8}")
    print(f"{_size(image):8.2f}  the image")
    for layer in json.loads(call(["podman", "history", "--format", "json", image])):
        if layer["size"]:
            print(f"{layer['size'] / 1e6:8.2f}    layer: {' '.join(layer['CreatedBy'].split())[:60]}")
    if not reachable(source()):
        print("          the stages s6 and s6-min: not built, their sources are out of reach")
        return
    for stage in ("s6", "s6-min"):
        name = build(HERE, f"localhost/s6kit-{stage}", "--target", stage, *arguments())
        print(f"{_size(name):8.2f}  stage {stage}")


def _size(image: str) -> float:
    return float(json.loads(call(["podman", "inspect", image]))[0]["Size"]) / 1e6


@contextmanager
def inits(image: str) -> Iterator[list[Init]]:
    """What is compared, each in an image of its own on the same root."""
    install = "RUN apt-get -qq update && apt-get -qq install -y --no-install-recommends runit tini >/dev/null"
    with ExitStack() as stack:
        found = [Init("s6 of the image", stack.enter_context(derived(image, "", EMPTY)))]
        if not _dynamic(image):
            root = stack.enter_context(packaged())
            build(HERE, DYNAMIC, "--target", "base", *arguments(), "--build-context", f"s6={root}")
            found.append(Init("Debian's s6, dynamic", stack.enter_context(derived(DYNAMIC, "", EMPTY))))
        other = stack.enter_context(derived(debian(), "", install))
        runsvdir = ("runsvdir", "-P", "/etc/service")
        found.append(Init("runit (does not wait)", other, "etc/service", runsvdir, ("runsvdir", "runsv")))
        found.append(Init("tini", other, "etc/one", ("tini", "--", "/etc/one/0/run"), ("tini",)))
        yield found


def _dynamic(image: str) -> bool:
    with container(image, command=["grep", "-q", "ld-linux", "/usr/bin/s6-svscan"]) as it:
        return it.code() == 0


def _measured(init: Init, count: int, body: str) -> Figures:
    """The medians of some runs."""
    tree = "".join(
        f"{init.scandir}/{number}/run (executable)\n    #!/bin/sh\n    {body}\n" for number in range(count)
    )
    with derived(init.image, tree) as image:
        runs = [_once(init, image, count) for _ in range(RUNS)]
    return Figures(
        median(run.start for run in runs),
        median(run.stop for run in runs),
        median(run.memory for run in runs),
    )


def _once(init: Init, image: str, count: int) -> Figures:
    with container(image, command=init.command) as it:
        until(lambda: len(_services(init, it)) == count, f"{count} services")
        time.sleep(1)  # at rest
        tree = _tree(it.pid)
        services = _services(init, it)
        if len(services) != count:
            raise RuntimeError(f"{init.title}: {len(services)} services of {count} have stayed")
        started = max(service.started for service in services) - tree[0].started
        memory = sum(_private(each.pid) for each in tree if each.name in init.supervisors)
        return Figures(started / TICKS, _stopped(tree[0].pid), memory)


def _services(init: Init, it: Container) -> list[Process]:
    """What the supervisors have started."""
    tree = _tree(it.pid)
    above = {each.pid for each in tree if each.name in init.supervisors}
    return [each for each in tree if each.parent in above and each.name not in init.supervisors]


def _tree(root: int) -> list[Process]:
    """A process and all below it, as they are at the moment."""
    every = {each.pid: each for each in _every()}
    found = [every[root]] if root in every else []
    for above in found:
        found += [each for each in every.values() if each.parent == above.pid]
    return found


def _every() -> Iterator[Process]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:  # it has ended
            continue
        name, _, rest = text.partition("(")[2].rpartition(")")
        fields = rest.split()
        yield Process(int(stat.parent.name), int(fields[1]), name, int(fields[19]))


def _private(pid: int) -> int:
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(row.split()[1]) for row in rows if row.startswith("Private_"))


def _stopped(pid: int) -> float:
    """Seconds from SIGTERM to the end."""
    watched = os.pidfd_open(pid)
    try:
        begun = time.perf_counter()
        os.kill(pid, signal.SIGTERM)
        if not select.select([watched], [], [], 30)[0]:
            raise RuntimeError(f"{pid} has not ended within 30 s")
        return time.perf_counter() - begun
    finally:
        os.close(watched)


if __name__ == "__main__":
    main()
