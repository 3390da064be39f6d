"""CONTRIBUTING.md is followed to the letter, with its own templates, in a copy of the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples import HOME
from tests.planted import plant

TEXT = (HOME / "CONTRIBUTING.md").read_text("utf-8")
BIN = Path(sys.executable).parent
TOP = (
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "pyproject.toml",
    ".pre-commit-hooks.yaml",
    ".ci",
)
PARTS = ("s6kit", "skeletons", "base-image", "tests", "docs")


def template(path: str) -> str:
    """The block behind the line that ends with this path."""
    found = re.search(rf"`{re.escape(path)}`:\n\n```\w+\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert found is not None, f"no template for {path}"
    return found[1]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The repository without its history, its environment taken for ready."""
    for name in (*TOP, *PARTS):
        if (HOME / name).is_dir():
            shutil.copytree(
                HOME / name, tmp_path / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copy(HOME / name, tmp_path / name)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / ".ready").touch()
    return tmp_path


def succeed(*command: str | Path, cwd: Path) -> str:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHONPATH"))
    }
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def s6kit(copy: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "s6kit", *arguments], cwd=copy, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def generate(copy: Path) -> None:
    succeed("make", "generate", f"BIN={BIN}", cwd=copy)


def test_a_rule(copy: Path) -> None:
    module, registry = "s6kit/rules/sleeping_service.py", "s6kit/rules/__init__.py"
    (copy / module).write_text(template(module))
    before = (copy / registry).read_text()
    last = max(re.findall(r'^    "SK2\d\d": "\w+",\n', before, re.MULTILINE))
    (copy / registry).write_text(before.replace(last, last + template(registry)))
    generate(copy)
    assert "\n## SK299 sleeping-service\n" in (copy / "docs/rules.md").read_text()
    assert "\n| SK299 | sleeping-service | info, off by default |" in (copy / "README.md").read_text()
    succeed(sys.executable, "-m", "ruff", "check", "s6kit", cwd=copy)
    succeed(sys.executable, "-m", "ruff", "format", "--check", "s6kit", cwd=copy)
    succeed(sys.executable, "-m", "mypy", "--strict", module, cwd=copy)
    succeed(sys.executable, "-m", "pytest", "-p", "no:xdist", "tests/test_rules.py", cwd=copy)
    plant(copy, "rootfs/etc/s6/x/run (executable)\n    #!/bin/sh\n    exec sleep infinity\n")
    assert s6kit(copy, "lint") == (0, "1 service, nothing to report\n")
    code, out = s6kit(copy, "lint", "--select", "SK299", "--format", "concise", "--failure-threshold", "info")
    assert (code, out) == (
        1,
        "rootfs/etc/s6/x/run:2:1: info SK299 sleeping-service run becomes a program that only sleeps\n",
    )


def test_a_daemon(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = "s6kit/daemons/known/tellerd.yaml"
    (copy / path).write_text(template(path))
    generate(copy)
    succeed(sys.executable, "-m", "pytest", "-p", "no:xdist", "tests/test_knowledge.py", cwd=copy)
    assert s6kit(copy, "daemons", "tellerd")[1].startswith("tellerd: counts what others bring\n")
    sound, broken = tmp_path_factory.mktemp("sound"), tmp_path_factory.mktemp("broken")
    plant(sound, "etc/s6/a/run (executable)\n    #!/bin/sh\n    exec tellerd -f\n")
    plant(sound, "etc/s6/b/run (executable)\n    #!/bin/sh\n    exec tellerd -c /etc/b.conf\n")
    plant(sound, "etc/b.conf\n    foreground = yes\n")
    plant(broken, "etc/s6/c/run (executable)\n    #!/bin/sh\n    exec tellerd\n")
    assert s6kit(copy, "lint", str(sound)) == (0, "2 services, nothing to report\n")
    code, out = s6kit(copy, "lint", "--format", "concise", str(broken))
    assert code == 1
    assert out.startswith(f"{broken}/etc/s6/c/run:2:6: error SK201 daemonizing-command tellerd forks away ")
    assert out.count("\n") == 1


def test_a_skeleton(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    path, root = "skeletons/httpd/skeleton.yaml", tmp_path_factory.mktemp("root")
    (copy / path).parent.mkdir()
    (copy / path).write_text(template(path))
    generate(copy)
    assert (copy / "docs/skeletons/httpd.md").read_text().startswith("# httpd")
    assert s6kit(copy, "new", "httpd", "--root", str(root))[0] == 0
    assert (
        (root / "etc/s6/httpd/run")
        .read_text()
        .endswith('\nexec busybox httpd -f -p "$HTTPD_HTTP_PORT" -h /var/www\n')
    )
    assert s6kit(copy, "lint", str(root)) == (0, "1 service, nothing to report\n")


def test_every_module_has_its_place() -> None:
    table = TEXT.partition("| modules |")[2].partition("\n\n")[0]
    named = {
        name
        for cell in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)/?`", cell)
    }
    modules = {
        path.stem
        for path in (HOME / "s6kit").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    assert named == modules - {"__init__", "__main__"}
