"""`python -m s6kit`, and the console entry."""

from __future__ import annotations

import gc
import os

from s6kit.interrupt import heed, interrupted


def entry() -> None:
    """Run s6kit; Ctrl-C ends it without a word while it is still being loaded, as it does later.

    A run ends before garbage in cycles could matter, and looking for it takes a third of the time of a large
    one.
    """
    gc.disable()
    heed()
    try:
        from s6kit.cli import run  # noqa: PLC0415 - it takes its time

        run()
    except BaseException as error:
        if interrupted(error):
            os._exit(130)
        raise


if __name__ == "__main__":
    entry()
