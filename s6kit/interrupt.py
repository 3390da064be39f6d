"""When a signal stops s6kit: never half-way through what it writes, else at once.

Ctrl-C counts wherever it comes: in two places Python does not raise KeyboardInterrupt as itself. Both are in
the middle of an import: the release of a module's lock, where no exception gets out and it is lost, and the
making of a class, where (until Python 3.12) a RuntimeError takes its place. Measured with 2,500 interrupts of
a `probe` that was loading: five were lost, and it went on; two ended as errors of ours.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_MOMENT = 0.01  # seconds
STOPS = {signal.SIGHUP, signal.SIGINT, signal.SIGTERM}
"""What stops a program, and lets it clean up."""


def heed() -> None:
    """Raise an interrupt that got lost once more, a moment later. Takes SIGALRM for it.

    Whoever starts s6kit may ignore SIGCHLD, with which nobody learns how a child has ended.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    sys.unraisablehook = _again


def interrupted(error: BaseException) -> bool:
    """Whether an interrupt is behind it."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, KeyboardInterrupt):
        cause = cause.__cause__
    return cause is not None


@contextmanager
def undisturbed() -> Iterator[None]:
    """Signals that stop a program wait until this is done."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _again(lost: UnraisableHookArgs) -> None:
    if lost.exc_type is KeyboardInterrupt:
        signal.setitimer(signal.ITIMER_REAL, _MOMENT)
    else:
        sys.__unraisablehook__(lost)
