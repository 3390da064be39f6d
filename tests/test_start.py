"""How s6kit begins, and is kept from it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples import HOME


@pytest.mark.parametrize("words", [["-m", "s6kit"], ["-c", "from s6kit.__main__ import entry; entry()"]])
def test_ctrl_c_while_it_is_being_loaded(words: list[str], tmp_path: Path) -> None:
    """The interrupt comes in the middle of an import."""
    (tmp_path / "typer.py").write_text(
        "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nimport time\n"
    )
    env = {**os.environ, "PYTHONPATH": f"{tmp_path}:{HOME}"}
    done = subprocess.run(
        [sys.executable, *words, "--version"], env=env, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
