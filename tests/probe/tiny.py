"""A complete root of a few megabytes, of programs of this machine: busybox, s6, runit. And an image of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from s6kit.model import Directory, File, Link
from s6kit.treetext import parse
from tests.image.engine import LIMITS, call
from tests.planted import plant

PROGRAMS = ("busybox", "s6-svscan", "s6-supervise", "s6-svc", "s6-log", "runsvdir", "runsv", "svlogd")
APPLETS = "sh sleep cat echo ls mkdir rm setsid id readlink env true false".split()
ENGINE = ("--engine", "podman --runtime runc", "--net", "none", "--engine-option", " ".join(LIMITS))
"""Options of `s6kit probe` for podman inside a container."""


def needs(*programs: str) -> None:
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")


def root(place: Path, tree: str = "") -> Path:
    """The root, with the tree that a text describes in it."""
    needs(*PROGRAMS, "ldd")
    for name in ("usr/bin", "etc", "proc", "dev", "sys", "tmp", "run", "var"):
        (place / name).mkdir(parents=True)
    (place / "bin").symlink_to("usr/bin")  # s6-svscan looks for s6-supervise where it was built to be
    (place / "etc" / "passwd").write_text("root:x:0:0::/:/bin/sh\nwww:x:33:33::/:/bin/sh\n")
    (place / "etc" / "group").write_text("root:x:0:\nwww:x:33:\nlogs:x:44:www\n")
    found = [shutil.which(name) or "" for name in PROGRAMS]
    for path in found:
        shutil.copy(path, place / "bin")
    for applet in APPLETS:
        (place / "bin" / applet).symlink_to("busybox")
    told = subprocess.run(["ldd", *found], capture_output=True, text=True, check=False).stdout
    for library in set(re.findall(r"(?:=> |^\t)(/\S+)", told, re.MULTILINE)):
        target = place / library.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(os.path.realpath(library), target)
    add(place, tree)
    return place


def add(place: Path, tree: str) -> None:
    """Write the tree that a text describes into a root."""
    for path, entry in parse(tree).entries.items():
        assert isinstance(entry, File | Directory | Link)
        (place / path).parent.mkdir(parents=True, exist_ok=True)
    plant(place, tree)


@contextmanager
def image(place: Path, *changes: str) -> Iterator[str]:
    """The root as an image of podman, with `changes` of its settings (`CMD [...]`)."""
    needs("podman", "runc")
    name = f"localhost/s6kit-probe-test:{os.getpid()}-{place.name}"
    archive = place.with_name(f"{place.name}.tar")
    call(["tar", "-C", str(place), "-cf", str(archive), "."])
    options = [word for change in changes for word in ("--change", change)]
    call(["podman", "import", "--quiet", *options, str(archive), name])
    try:
        yield name
    finally:
        call(["podman", "rmi", "--force", name], check=False)
