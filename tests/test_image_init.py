"""`s6kit image init`: what it writes is sound, works as it stands, and replaces nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from s6kit import __version__
from s6kit.cli import COMMANDS, main

FILES = """\
.github/workflows/image.yml
.pre-commit-config.yaml
.s6kit/rendered/etc/s6/app/finish
.s6kit/rendered/etc/s6/app/run
.s6kit/rendered/etc/s6/app/setup
Dockerfile
README.md
rootfs/etc/s6/app/finish
rootfs/etc/s6/app/run
rootfs/etc/s6/app/setup
s6kit.yaml
""".splitlines()


def files(root: Path) -> dict[str, bytes]:
    every = [Path(above, name) for above, _, names in os.walk(root) for name in names]
    return {str(path.relative_to(root)): path.read_bytes() for path in every if ".git" not in path.parts}


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    assert main(["image", "init", str(tmp_path / "image")]) == 0
    return tmp_path / "image"


def test_what_is_written(begun: Path) -> None:
    assert sorted(files(begun)) == FILES
    assert (begun / "s6kit.yaml").read_text() == (
        "root: rootfs\nservices:\n  app:\n    command: [sleep, infinity]\n"
    )
    for script in ("run", "setup"):
        assert os.access(begun / "rootfs/etc/s6/app" / script, os.X_OK)
    assert "ARG BASE=localhost/s6-base:latest\nFROM ${BASE}\n" in (begun / "Dockerfile").read_text()


def test_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["image", "init"]) == 0
    assert (
        capsys.readouterr().out
        == """\
.
├── .github
│   └── workflows
│       └── image.yml
├── .pre-commit-config.yaml
├── Dockerfile
├── README.md
├── rootfs
│   └── etc
│       └── s6
│           └── app
│               ├── finish -> /bin/true
│               ├── run
│               └── setup
└── s6kit.yaml

Next
  add a service  s6kit new nginx
  check          s6kit lint && s6kit sync --check
  build          docker build --tag image .
  prove          s6kit probe --image image
"""
    )


def test_it_lints_clean_and_is_up_to_date(
    begun: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(begun)
    capsys.readouterr()
    assert main(["lint"]) == 0
    assert main(["sync", "--check"]) == 0
    assert capsys.readouterr().out == "1 service, nothing to report\n1 service, everything up to date\n"


def test_the_example_goes_again(begun: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(begun)
    assert main(["new", "nginx"]) == 0
    assert main(["remove", "app"]) == 0
    assert not (begun / "rootfs/etc/s6/app").exists()
    assert main(["sync", "--check"]) == 0


def test_another_base(tmp_path: Path) -> None:
    base = "registry.example:5000/s6-base:1.2@sha256:" + "0" * 64
    assert main(["image", "init", str(tmp_path), "--base", base]) == 0
    assert f"ARG BASE={base}\n" in (tmp_path / "Dockerfile").read_text()
    assert f"The base image ({base})" in (tmp_path / "README.md").read_text()


@pytest.mark.parametrize("there", FILES)
def test_nothing_is_replaced(tmp_path: Path, there: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / there).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / there).write_text("mine\n")
    assert main(["image", "init", str(tmp_path)]) == 2
    assert files(tmp_path) == {there: b"mine\n"}
    assert capsys.readouterr().err == (
        f"s6kit: fatal: unable to begin an image in {tmp_path}: {tmp_path / there} is there already\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no/such"], "unable to write into no/such: no such directory"),
        (["file"], "unable to write into file: no such directory"),
        ([".", "--base", "a b"], "unable to build on 'a b': that is no address of an image"),
        ([".", "--base", ""], "unable to build on '': that is no address of an image"),
        ([".", "--base", "x\nRUN y"], r"unable to build on 'x\nRUN y': that is no address of an image"),
    ],
)
def test_bad_usage(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    assert main(["image", "init", *words]) == 2
    assert capsys.readouterr().err == f"s6kit: fatal: {said}\n"
    assert files(tmp_path) == {"file": b""}


def test_its_workflow_runs_what_there_is(begun: Path) -> None:
    text = (begun / ".github/workflows/image.yml").read_text()
    workflow = YAML(typ="safe").load(text)
    runs = [step["run"] for step in workflow["jobs"]["image"]["steps"] if "run" in step]
    assert runs == [
        f"pipx install s6kit=={__version__}",
        "s6kit sync --check",
        "s6kit lint",
        "docker build --tag image:ci .",
        "s6kit probe --image image:ci",
    ]
    assert {words.split()[1] for words in runs if words.startswith("s6kit ")} <= set(COMMANDS)


def test_its_hook_finds_what_lint_finds(begun: Path) -> None:
    def call(*words: str) -> subprocess.CompletedProcess[str]:
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return subprocess.run(
            words, cwd=begun, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
        )

    if not shutil.which("git"):
        pytest.skip("needs git")
    assert call("git", "init", "-q").returncode == 0
    assert call("git", "add", ".").returncode == 0
    done = call("pre-commit", "run", "--all-files")
    assert (done.returncode, done.stdout[-7:]) == (0, "Passed\n")
    run = begun / "rootfs/etc/s6/app/run"
    run.write_text(run.read_text().replace("exec sleep", "redis-server --daemonize yes\nexec sleep"))
    done = call("pre-commit", "run", "--all-files")
    assert done.returncode == 1
    assert "SK201" in done.stdout
