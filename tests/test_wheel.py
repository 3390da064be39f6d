"""The wheel, installed into an empty environment and used there, away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from s6kit import __version__
from tests.examples import HOME
from tests.planted import plant

Program = Callable[..., subprocess.CompletedProcess[str]]
PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet")
pytestmark = pytest.mark.xdist_group("wheel")  # one worker, one wheel
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}


def succeed(*command: str | Path, cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that the checkout gives."""
    place = tmp_path_factory.mktemp("wheel")
    succeed(sys.executable, *PIP, "wheel", "--no-deps", "--no-build-isolation", "-w", place, HOME, cwd=place)
    (found,) = place.iterdir()
    return found


@pytest.fixture(scope="module")
def s6kit(wheel: Path) -> Program:
    """The program of an environment that holds the wheel, what it needs, and nothing else."""
    home = wheel.parent / "environment"
    venv.create(home, with_pip=True)
    succeed(
        home / "bin" / "python", *PIP, "install", "-c", HOME / ".ci/constraints.txt", wheel, cwd=wheel.parent
    )

    def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        command = [str(home / "bin" / "s6kit"), *arguments]
        return subprocess.run(command, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, check=False)

    return run


def test_what_is_inside(wheel: Path) -> None:
    assert wheel.name == f"s6kit-{__version__}-py3-none-any.whl"
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {"s6kit", f"s6kit-{__version__}.dist-info"}
    for part in ("s6kit", "skeletons"):
        here = [
            path for path in (HOME / part).rglob("*") if path.is_file() and "__pycache__" not in path.parts
        ]
        prefix = "" if part == "s6kit" else "s6kit/"
        assert {f"{prefix}{path.relative_to(HOME)}" for path in here} <= set(names)


def test_version(s6kit: Program, tmp_path: Path) -> None:
    done = s6kit("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"s6kit {__version__}\n", "")


def test_lint(s6kit: Program, tmp_path: Path) -> None:
    plant(tmp_path, "rootfs/etc/s6/web/run (executable)\n    #!/bin/sh\n    exec nginx\n")
    done = s6kit("lint", "--format", "concise", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("rootfs/etc/s6/web/run:2:6: warning SK201 daemonizing-command ")
    assert done.stdout.count("\n") == 1


def test_own_knowledge_and_configuration(s6kit: Program, tmp_path: Path) -> None:
    plant(tmp_path, "rootfs/etc/s6/web/run (executable)\n    #!/bin/sh\n    exec nginx\n")
    (tmp_path / "s6kit.yaml").write_text("lint: {ignore: [SK201]}\n")
    done = s6kit("lint", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 service, nothing to report\n", "")


def test_new(s6kit: Program, tmp_path: Path) -> None:
    done = s6kit("new", "nginx", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    made = [path.name for path in (tmp_path / "etc/s6/nginx").iterdir()]
    assert sorted(made) == ["data", "down-signal", "finish", "run", "setup"]
    assert (tmp_path / "etc/s6/nginx/run").stat().st_mode & 0o111 == 0o111
    assert (tmp_path / "etc/s6/nginx/run").read_text().endswith("\nexec nginx -g 'daemon off;'\n")
    done = s6kit("show", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "nginx -g 'daemon off;'" in done.stdout


def test_daemons_and_rule(s6kit: Program, tmp_path: Path) -> None:
    done = s6kit("daemons", "nginx", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("nginx: web server and reverse proxy\n")
    done = s6kit("rule", "SK201", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("# SK201 daemonizing-command\n")
