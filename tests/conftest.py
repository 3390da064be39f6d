"""Where CI is set, a test that would be skipped for want of a program fails."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator

import pytest

STRICT = os.environ.get("CI") == "true"

# What a shell runs with `&` ignores these, and so does all that it starts: neither could be tried.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skip is a failure that names its reason; what is expected to fail stays so."""
    report = yield
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI forbids: {report.longrepr}"
    return report
