"""Where CI is set, a skip for want of a program is a failure. No test fails for taking its time."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

STRICT = os.environ.get("CI") == "true"

settings.register_profile(
    "patient", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")

# Tests say themselves what they are surrounded by: a hook of git's names its own repository, some CI asks for
# colours, and some people keep what they make to themselves.
for name in (
    "GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES"
    " GIT_COMMON_DIR GIT_PREFIX GIT_NAMESPACE FORCE_COLOR NO_COLOR CLICOLOR_FORCE TTY_COMPATIBLE"
    " TTY_INTERACTIVE COLUMNS LINES S6KIT_DEBUG"
).split():
    os.environ.pop(name, None)
os.umask(0o022)

# What a shell runs with `&` ignores the keyboard's signals, what tmux runs some of job control, and so does
# all that it starts: they could not be tried. Python's own are left alone.
for number in signal.valid_signals() - {signal.SIGPIPE, signal.SIGXFSZ}:
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skip is a failure that names its reason; what is expected to fail stays so."""
    report = yield
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI forbids: {report.longrepr}"
    return report
