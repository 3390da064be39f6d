"""A progress bar: on a terminal only, and only when the work lasts over a second."""

from __future__ import annotations

import sys
from time import monotonic
from types import TracebackType

from s6kit.cli.output import tell

PATIENCE = 1.0  # seconds before anything is shown
_PAUSE = 0.1
_CELLS = 30


class Progress:
    """Draws on standard error how much of `total` is done."""

    def __init__(self, total: int, shown: bool = True) -> None:
        self._total = total
        self._on = shown and total > 1 and sys.stderr.isatty()
        self._next = self._first = monotonic() + PATIENCE

    def reached(self, number: int, parts: int) -> None:
        """So many of all parts are done."""
        if self._on and monotonic() >= self._next:
            self._next = monotonic() + _PAUSE
            full, done = _CELLS * number // parts, self._total * number // parts
            bar = "#" * full + "." * (_CELLS - full)
            tell(f"\r{bar} {done} of {self._total}", end="")

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        if self._on and monotonic() >= self._first:  # drawn, here or in another process
            tell("\r\x1b[K", end="")
