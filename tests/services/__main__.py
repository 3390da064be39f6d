"""`python -m tests.services [SKELETON [CASE]] [-- OPTIONS OF PYTEST]`: every case of one, or of all.

The case `hostile` is what `hostile.py` tries.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest


def main(words: list[str]) -> int:
    """The exit code of pytest, having run what `words` choose."""
    at = words.index("--") if "--" in words else len(words)
    chosen, options = words[:at], words[at + 1 :]
    hostile = chosen[1:] == ["hostile"]
    if chosen:
        options += ["--skeleton", chosen[0]]
    if chosen[1:] and not hostile:
        options += ["--case", chosen[1]]
    if not hostile:
        os.environ["FULL"] = "1"
    file = Path(__file__).parent / ("hostile.py" if hostile else "matrix.py")
    return pytest.main(["-p", "no:cacheprovider", str(file), *options])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
