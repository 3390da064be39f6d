"""`python -m s6kit`, and the console entry."""

from __future__ import annotations

import gc
import os


def entry() -> None:
    """Run s6kit; Ctrl-C ends it without a word while it is still being loaded, as it does later.

    A run ends before garbage in cycles could matter, and looking for it takes a third of the time of a large
    one.
    """
    gc.disable()
    try:
        from s6kit.interrupt import heed  # noqa: PLC0415 - the sooner it is in here, the better

        heed()
        from s6kit.cli import run  # noqa: PLC0415 - it takes its time

        run()
    except BaseException as error:
        from s6kit.interrupt import interrupted  # noqa: PLC0415

        if interrupted(error):
            os._exit(130)
        raise


if __name__ == "__main__":
    entry()
