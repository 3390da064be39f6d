"""Run a command; seconds and peak memory, as the operating system accounts for them."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Measure:
    """Wall-clock seconds, and the peak resident memory of the largest process, in MB."""

    seconds: float
    megabytes: float


def measure(command: Sequence[str], runs: int = 1) -> Measure:
    """The median of `runs` runs after one that does not count."""
    found = [_once(command) for _ in range(runs + 1)][1 if runs > 1 else 0 :]
    return Measure(median(m.seconds for m in found), max(m.megabytes for m in found))


def _once(command: Sequence[str]) -> Measure:
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    return Measure(time.perf_counter() - started, usage.ru_maxrss / 1024)
