"""The base image as far as it can be judged without building it; the rest is shown by `make test-image`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from s6kit.scaffold.skeleton import home, load

ROOT = Path(__file__).parents[1]
HERE = ROOT / "base-image"
DOCKERFILE = (HERE / "Dockerfile").read_text()
SERVICES = ("cron", "logforward", "logrotate", "syslog")


def s6kit(*words: str, at: Path = HERE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "s6kit", *words], cwd=at, capture_output=True, text=True, check=False
    )


def scripts() -> list[Path]:
    """Every script of the image, and what builds s6."""
    every = [Path(above, name) for above, _, names in os.walk(HERE) for name in names]
    return sorted(path for path in every if not path.is_symlink() and path.read_bytes()[:9] == b"#!/bin/sh")


def test_it_lints_clean() -> None:
    done = s6kit("lint")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("nothing to report\n")


def test_it_is_up_to_date() -> None:
    done = s6kit("sync", "--check")
    assert (done.returncode, done.stdout) == (0, "4 services, everything up to date\n")


def test_it_has_the_packages_of_its_skeletons() -> None:
    manifest = YAML(typ="safe").load((HERE / "s6kit.yaml").read_text())
    assert {each["skeleton"] for each in manifest["services"].values()} == set(SERVICES)
    wanted = {package for name in SERVICES for package in load((home(),), name).packages["debian"]}
    found = re.search(r"^FROM .* AS base$.*?--no-install-recommends \\\n *(.*?) \\$", DOCKERFILE, re.M | re.S)
    assert found
    assert found[1].split() == sorted(wanted)


def test_its_scripts_pass_shellcheck() -> None:
    if not shutil.which("shellcheck"):
        pytest.skip("needs shellcheck")
    found = scripts()
    assert {"s6-build", "s6-entrypoint", "s6-health", "scandir", "finish", "crash"} <= {p.name for p in found}
    done = subprocess.run(["shellcheck", *found], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_finish_is_what_new_writes_for_an_essential_service() -> None:
    ours = HERE / "rootfs/etc/s6/.s6-svscan/finish"
    assert ours.read_text() == (ROOT / "skeletons/steps/svscan-finish.sh").read_text()


def test_every_published_stage_is_one_of_the_dockerfile() -> None:
    bake = (HERE / "docker-bake.hcl").read_text()
    stages = re.findall(r"^FROM .* AS (\S+)$", DOCKERFILE, re.M)
    assert stages == ["s6-build", "s6", "s6-min", "base"]
    assert set(re.findall(r'^  target   = "(.*)"$', bake, re.M)) == {"s6", "s6-min", "base"}
    for argument in ("UBUNTU", "SKARNET_URL"):
        default = re.search(rf"^ARG {argument}=(.*)$", DOCKERFILE, re.M)
        assert default
        assert re.search(rf'variable "{argument}" *{{ default = "{re.escape(default[1])}" }}', bake)


def test_what_is_downloaded_is_pinned() -> None:
    names = re.findall(
        r"^get (\S+) \"\$(\w+)_VERSION\" \"\$(\w+)_SHA256\"$", (HERE / "s6-build").read_text(), re.M
    )
    assert [name for name, _, _ in names] == ["skalibs", "execline", "s6", "s6-rc"]
    for _, version, checksum in names:
        assert version == checksum
        assert re.search(rf"^ARG {version}_VERSION=\d+\.\d+\.\d+\.\d+$", DOCKERFILE, re.M)
        assert re.search(rf"^ARG {version}_SHA256=[0-9a-f]{{64}}$", DOCKERFILE, re.M)


@pytest.mark.parametrize("example", sorted((HERE / "examples").iterdir()), ids=lambda path: path.name)
def test_an_example_is_made_by_new_and_a_few_lines(example: Path) -> None:
    names = {path.name for path in example.iterdir()} - {"app"}
    assert names == {".s6kit", "Dockerfile", "rootfs", "s6kit.yaml"}
    assert (example / "s6kit.yaml").read_text() == (
        f"root: rootfs\nservices:\n  {example.name}:\n    skeleton: {example.name}\n"
    )
    check = s6kit("sync", "--check", at=example)
    assert (check.returncode, check.stdout) == (0, "1 service, everything up to date\n")
    lint = s6kit("lint", at=example)
    assert (lint.returncode, lint.stdout) == (0, "1 service, nothing to report\n")
    lines = (example / "Dockerfile").read_text().splitlines()
    assert lines[lines.index("ARG BASE=localhost/s6-base:latest") + 1] == "FROM ${BASE}"
    assert "COPY rootfs/ /" in lines
