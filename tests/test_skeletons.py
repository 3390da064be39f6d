"""Every skeleton, by itself and with every option: it lints clean, and shellcheck is content."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from s6kit.model import DictTree, File
from s6kit.options import LONG, options
from s6kit.render import Workshop, render
from s6kit.skeleton import BASE, TYPES, fragments, home, load, names
from s6kit.skeleton_page import page

DOCS = Path(__file__).parent.parent / "docs" / "skeletons"
COMMAND = ["/opt/daemon", "--port", "80"]
EACH: dict[str, object] = {
    "user": "daemon",
    "link": ["db:5432", "mail"],
    "ssl": True,
    "ssh": True,
    "env": ["A", 'B=it\'s "1" $x'],
    "require": ["TOKEN"],
    "template": ["in/a.conf:/etc/a.conf", "in/b.conf:/etc/b/b.conf"],
    "needs": ["db", "mail"],
    "log": True,
    "notify-fd": 3,
    "essential": True,
    "max-restarts": 200,
    "stop-signal": "QUIT",
    "stop-timeout": 5000,
    "down": True,
    "shell": "execline",
    "setup": False,
}
OPTIONS: list[dict[str, object]] = [
    {},
    *({key: value} for key, value in EACH.items()),
    {key: value for key, value in EACH.items() if key not in ("shell", "setup")},
    {key: value for key, value in EACH.items() if key != "setup"},
]


def made(name: str, told: dict[str, object], place: Path) -> DictTree:
    (place / "in").mkdir(exist_ok=True)
    for template in ("a.conf", "b.conf"):
        (place / "in" / template).write_text("${A} ${TOKEN} ${DB_HOST}\n")
    (place / "root").mkdir(exist_ok=True)
    command = {"command": COMMAND} if name == BASE else {}
    asked = options(name, {"skeleton": name, **command, **told})
    return render(asked, Workshop(place / "root", templates=place)).tree


def test_every_option_is_tried() -> None:
    assert {*EACH, "command", "skeleton", "set"} == set(LONG)


def test_every_type_has_its_check() -> None:
    assert {f"{name}.sh" for name in TYPES} < fragments("functions").keys()


@pytest.mark.parametrize(
    "told", OPTIONS, ids=lambda told: "+".join(told) if len(told) < 3 else str(len(told))
)
@pytest.mark.parametrize("name", names(home()))
def test_a_skeleton(name: str, told: dict[str, object], tmp_path: Path) -> None:
    """`render` has linted it already, or it would be Fatal."""
    if shutil.which("shellcheck") is None:
        pytest.skip("no shellcheck here")
    tree = made(name, told, tmp_path)
    assert made(name, told, tmp_path).entries == tree.entries
    scripts = []
    for path, entry in tree.entries.items():
        if isinstance(entry, File) and entry.data.startswith(b"#!/bin/sh\n"):
            scripts.append(tmp_path / "out" / path)
            scripts[-1].parent.mkdir(parents=True, exist_ok=True)
            scripts[-1].write_bytes(entry.data)
    done = subprocess.run(["shellcheck", *scripts], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("", "")


def test_the_pages_are_written() -> None:
    """`make generate` writes them."""
    assert {path.stem: path.read_text("utf-8") for path in DOCS.glob("*.md")} == {
        name: page(load(home(), name)) for name in names(home())
    }
