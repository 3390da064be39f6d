"""`make bench`: how fast lint is, beside shellcheck and a bare parser on the same bytes."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import tree_sitter
import tree_sitter_bash

from bench.generate import write
from bench.measure import Measure, measure

SMALL, MIDDLE, LARGE = 12, 300, 3_000
LINT = [sys.executable, "-m", "s6kit", "lint", "--isolated"]
SHELLCHECK = ["shellcheck", "--shell=bash", "--format=gcc"]


def main() -> None:
    """Measure, and print one table."""
    with tempfile.TemporaryDirectory() as place:
        trees = {number: Path(place) / str(number) for number in (SMALL, MIDDLE, LARGE)}
        scripts = {number: write(tree, number) for number, tree in trees.items()}
        cold = measure([sys.executable, "-m", "s6kit", "--version"], 7)
        small, middle = (measure([*LINT, str(trees[number])], 7) for number in (SMALL, MIDDLE))
        large = measure([*LINT, str(trees[LARGE])], 3)
        names = [str(script) for script in scripts[LARGE]]
        other = measure([*SHELLCHECK, *names])
        parsed = _parse(scripts[LARGE])
    _print(cold, small, middle, large, other, parsed, len(names))


def _parse(scripts: list[Path]) -> float:
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))
    texts = [script.read_bytes() for script in scripts]
    started = time.perf_counter()
    for text in texts:
        parser.parse(text)
    return time.perf_counter() - started


def _print(
    cold: Measure,
    small: Measure,
    middle: Measure,
    large: Measure,
    other: Measure,
    parsed: float,
    scripts: int,
) -> None:
    rows = [
        ("s6kit --version", cold.seconds, cold.megabytes),
        (f"s6kit lint, {SMALL} services", small.seconds, small.megabytes),
        (f"s6kit lint, {MIDDLE} services", middle.seconds, middle.megabytes),
        (f"s6kit lint, {LARGE} services", large.seconds, large.megabytes),
        (f"shellcheck, its {scripts} shell scripts", other.seconds, other.megabytes),
        (f"tree-sitter alone, the same {scripts}", parsed, 0.0),
    ]
    for name, seconds, megabytes in rows:
        print(f"{name:<45}{seconds:>9.3f} s" + (f"{megabytes:>9.0f} MB" if megabytes else ""))
    growth = (large.seconds - cold.seconds) / (middle.seconds - cold.seconds)
    print(f"\n{'times faster than shellcheck':<45}{other.seconds / large.seconds:>9.1f}")
    print(f"{'times the time for ten times the services':<45}{growth:>9.1f}")


if __name__ == "__main__":
    main()
