"""`python -m tests.services [SKELETON [CASE]] [-- OPTIONS OF PYTEST]`: every case of one, or of all."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest


def main(words: list[str]) -> int:
    """The exit code of pytest, having run what `words` choose."""
    at = words.index("--") if "--" in words else len(words)
    chosen, options = words[:at], words[at + 1 :]
    os.environ["FULL"] = "1"
    if chosen:
        options += ["--skeleton", *chosen[:1]]
    if chosen[1:]:
        options += ["--case", *chosen[1:2]]
    return pytest.main(["-p", "no:cacheprovider", str(Path(__file__).parent / "matrix.py"), *options])


sys.exit(main(sys.argv[1:]))
