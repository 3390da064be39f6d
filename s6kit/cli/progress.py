"""A progress bar: on a terminal only, and only when the work lasts over a second."""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import monotonic
from types import TracebackType

PATIENCE = 1.0  # seconds before anything is shown
_PAUSE = 0.1
_CELLS = 30


class Progress:
    """Counts steps of `total`, and draws on standard error."""

    def __init__(self, total: int, shown: bool = True) -> None:
        self._total = total
        self._done = 0
        self._drawn = False
        self._on = shown and total > 1 and sys.stderr.isatty()
        self._next = monotonic() + PATIENCE

    def by(self, parts: int) -> Callable[[], None]:
        """What to call when one is done, in each of so many parts that are done side by side."""

        def step() -> None:
            self._done = min(self._total, self._done + parts)
            if self._on and monotonic() >= self._next:
                self._draw()

        return step

    def _draw(self) -> None:
        self._next = monotonic() + _PAUSE
        self._drawn = True
        full = min(_CELLS, _CELLS * self._done // self._total)
        bar = "#" * full + "." * (_CELLS - full)
        print(f"\r{bar} {self._done} of {self._total}", end="", file=sys.stderr, flush=True)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        if self._drawn:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
