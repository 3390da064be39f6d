"""Options, the root that all cases share, and what was measured."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.declared import Case, proofs
from tests.services.root import root

# Here every environment is tried; of the others only the first, unless FULL is set.
EVERY = ("generic", "logstash", "nginx", "postgresql", "syslog")
NEEDED = ("ip", "mmdebstrap", "nsenter", "openssl", "setpriv", "unshare")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--skeleton", help="only the cases of that skeleton")
    parser.addoption("--case", help="only cases with that name")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        chosen = list(_chosen(metafunc.config))
        metafunc.parametrize("case", chosen, ids=[str(case) for case in chosen])
    if "skeleton" in metafunc.fixturenames:
        asked = metafunc.config.getoption("--skeleton")
        metafunc.parametrize("skeleton", [name for name in proofs() if name == (asked or name)])


def _chosen(config: pytest.Config) -> Iterator[Case]:
    skeleton, name = config.getoption("--skeleton"), config.getoption("--case")
    every = proofs()
    if skeleton and skeleton not in every:
        raise pytest.UsageError(f"no skeleton is called {skeleton}: there are {', '.join(every)}")
    for found in every.values():
        for at, case in enumerate(found.cases):
            asked = case.skeleton == (skeleton or case.skeleton) and case.case == (name or case.case)
            if asked and (at == 0 or os.environ.get("FULL") or case.skeleton in EVERY):
                yield case


@pytest.fixture(scope="session")
def base() -> Iterator[Path]:
    """A root with the packages of all skeletons."""
    if reason := _hindrance():
        pytest.skip(reason)
    with root(frozenset().union(*(found.packages for found in proofs().values()))) as place:
        yield place


def _hindrance() -> str:
    """Why no container can be made here; nothing where one can."""
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    filesystems = Path("/proc/filesystems").read_text().split()
    namespaces = subprocess.run(["unshare", "--pid", "--mount", "--net", "--fork", "true"], check=False)
    if os.geteuid() != 0 or namespaces.returncode:
        return "needs root, and leave to make namespaces"
    return "" if "overlay" in filesystems else "the kernel has no overlay file system"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Seconds to the first answer, and from TERM to the end."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            measured = dict(getattr(report, "user_properties", ()))
            if getattr(report, "when", "") == "call" and "start" in measured:
                name = report.nodeid.partition("[")[2].rstrip("]")
                terminalreporter.line(
                    f"{name:32} start {measured['start']:5.2f} s   stop {measured['stop']:5.2f} s"
                )
