"""The image, made once; and a table of what was shown, at the end."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from tests.image.base import made

NEEDED = ("apt-get", "buildah", "dpkg-deb", "mmdebstrap", "podman", "runc")
_shown: list[str] = []
_notes: list[str] = []


@pytest.fixture(scope="session")
def base() -> str:
    missing = [program for program in NEEDED if not shutil.which(program)]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    image, notes = made()
    _notes.extend(notes)
    return image


@pytest.fixture
def show() -> Callable[[str], None]:
    """Adds a line to what is printed at the end: something measured, which no test judges."""
    return _shown.append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in (*_notes, *_shown):
        terminalreporter.write_line(line)
