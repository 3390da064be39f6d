"""`python -m bench.probe`: what a probe costs beside the time that it watches, and how soon it tells."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.measure import measure
from s6kit.probe.observe import Event, observe
from s6kit.probe.run import Run

SETTLE = 1.0  # seconds
SERVICES = 50
RUNS = 7
PROBE = [sys.executable, "-m", "s6kit", "probe", "--isolated", "--format", "json"]
LEAVES = """\
import os, time
time.sleep(0.3)
if os.fork():
    print(time.monotonic(), flush=True)
    os._exit(0)
time.sleep(99)
"""


def main() -> None:
    """Measure, and print one table."""
    with tempfile.TemporaryDirectory() as place:
        one, many = _tree(Path(place, "one"), 1), _tree(Path(place, "many"), SERVICES)
        cold = measure([sys.executable, "-m", "s6kit", "--version"], RUNS).seconds
        whole = measure([*PROBE, "--settle", str(SETTLE), str(one)], RUNS)
        tree = measure([*PROBE, str(many)])
    alone = median(_alone() for _ in range(RUNS))
    escape = median(_escape() for _ in range(RUNS))
    for name, seconds, bound in (
        ("a service over its settle time", alone, 0.15),
        ("the same by `s6kit probe`, without its start", whole.seconds - SETTLE - cold, 0.15),
        ("from an escape to its report", escape, 0.3),
        (f"{SERVICES} services, {len(os.sched_getaffinity(0))} processors", tree.seconds, 20),
    ):
        print(f"{name:<50}{seconds:>9.3f} s{bound:>9.2f} s at most")
    print(f"{f'the largest process, {SERVICES} services':<50}{tree.megabytes:>9.0f} MB")


def _tree(root: Path, services: int) -> Path:
    for number in range(services):
        run = root / "etc" / "s6" / f"service-{number}" / "run"
        run.parent.mkdir(parents=True)
        run.write_text("#!/bin/sh\nexec sleep 1000\n")
        run.chmod(0o755)
    return root


def _alone() -> float:
    begun = time.monotonic()
    observe(Run(("sleep", "1000"), env=dict(os.environ), settle=SETTLE))
    return time.monotonic() - begun - SETTLE


def _escape() -> float:
    heard: list[float] = []

    def hear(_: Run, event: Event) -> None:
        if event["event"] == "done":
            heard.append(time.monotonic())

    seen = observe(Run((sys.executable, "-S", "-c", LEAVES), env=dict(os.environ), settle=30), hear)
    return heard[0] - float(seen.output_tail)


if __name__ == "__main__":
    main()
