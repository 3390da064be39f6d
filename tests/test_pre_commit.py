"""The hook, as pre-commit runs it: real git, real pre-commit, repositories of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples import HOME
from tests.planted import plant

pytestmark = pytest.mark.xdist_group("pre-commit")  # one worker, one environment
SOUND = """
rootfs/etc/s6/web/run (executable)
    #!/bin/sh
    exec nginx
rootfs/etc/nginx/nginx.conf
    daemon off;
    events {}
"""
BROKEN = """
rootfs/etc/services.d/cache/run (executable)
    #!/usr/bin/with-contenv bash
    redis-server --port 6379
"""
FOUND = "rootfs/etc/services.d/cache/run:2:1: error SK203 unexecuted-daemon"
CONFIG = "repos: [{{repo: {repo}, rev: {rev}, hooks: [{{id: s6kit-lint}}]}}]\n"


def run(*command: str | Path, cwd: Path, **more: str) -> tuple[int, str]:
    """Exit code and all output; nothing of the user's git or of a hook that runs the tests gets in."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **more}
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def git(cwd: Path, *arguments: str, **more: str) -> tuple[int, str]:
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    return run("git", *identity, *arguments, cwd=cwd, **more)


def repository(place: Path, tree: str) -> Path:
    """A fresh repository with everything added."""
    plant(place, tree)
    assert git(place, "init", "-q")[0] == 0
    assert git(place, "add", "-A")[0] == 0
    return place


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout as it is, in one commit of a repository of its own."""
    place = tmp_path_factory.mktemp("ours")
    for name in run("git", "ls-files", "-z", cwd=HOME)[1].split("\0")[:-1]:
        if (HOME / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(HOME / name, place / name)
    repository(place, "")
    assert git(place, "commit", "-q", "-m", "all")[0] == 0
    return place


def test_try_repo(ours: Path, tmp_path: Path) -> None:
    here = repository(tmp_path, SOUND + BROKEN)
    command = (sys.executable, "-m", "pre_commit", "try-repo", ours, "s6kit-lint", "--all-files")
    code, out = run(*command, cwd=here, COLUMNS="200")
    assert code == 1, out
    assert FOUND in out
    assert "\n1 error in 2 services\n" in out
    assert "etc/s6/web" not in out


def test_a_commit_that_touches_no_service(ours: Path, tmp_path: Path) -> None:
    here = repository(tmp_path / "here", SOUND)
    rev = git(ours, "rev-parse", "HEAD")[1].strip()
    (here / ".pre-commit-config.yaml").write_text(CONFIG.format(repo=ours, rev=rev))
    cache = {"PRE_COMMIT_HOME": str(tmp_path / "cache")}
    code, out = run(sys.executable, "-m", "pre_commit", "install", cwd=here, **cache)
    assert code == 0, out
    git(here, "add", "-A")
    code, out = git(here, "commit", "-m", "sound", **cache)
    assert code == 0, out
    assert "s6kit lint" in out and "Passed" in out

    (here / "rootfs/etc/nginx/nginx.conf").write_text("events {}\n")
    code, out = git(here, "commit", "-a", "-m", "broken", **cache)
    assert code == 1, out
    assert "Failed" in out
    assert "rootfs/etc/s6/web/run:2:6: error SK201 daemonizing-command" in out
    assert "\n1 error in 1 service\n" in out
    assert git(here, "log", "--format=%s")[1] == "sound\n"

    (here / "rootfs/etc/nginx/nginx.conf").write_text("# see the Dockerfile\ndaemon off;\nevents {}\n")
    code, out = git(here, "commit", "-a", "-m", "sound again", **cache)
    assert code == 0, out


@pytest.mark.parametrize("command", ["lint", "show"])
def test_a_hostile_repository_runs_nothing(tmp_path: Path, command: str) -> None:
    here = repository(tmp_path / "here", SOUND)
    (tmp_path / "bin").mkdir()
    evil = tmp_path / "bin" / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
    evil.chmod(0o755)
    for key in (
        "core.fsmonitor core.pager core.editor core.sshCommand core.askPass core.alternateRefsCommand"
        " pager.ls-files diff.external filter.evil.clean filter.evil.smudge filter.evil.process"
    ).split():
        git(here, "config", key, str(evil))
    git(here, "config", "core.hooksPath", str(tmp_path / "bin"))
    git(here, "config", "alias.ls-files", f"!{evil}")
    (here / ".gitattributes").write_text("* filter=evil diff=evil\n")
    for hook in ("post-index-change", "reference-transaction", "fsmonitor-watchman"):
        shutil.copy(evil, tmp_path / "bin" / hook)
        shutil.copy(evil, here / ".git" / "hooks" / hook)
    (here / "rootfs/etc/s6/web/run").chmod(0o644)

    code, out = run(sys.executable, "-m", "s6kit", command, cwd=here, PYTHONPATH=str(HOME))
    assert code == 0, out
    assert not (tmp_path / "ran").exists()
    git(here, "status")
    assert (tmp_path / "ran").exists()  # it was no empty threat
