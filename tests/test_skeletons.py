"""Every skeleton, by itself and with every option: it lints clean, and shellcheck is content."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from s6kit.errors import Fatal
from s6kit.model import DictTree, File
from s6kit.scaffold import skeleton
from s6kit.scaffold.options import LONG, options
from s6kit.scaffold.page import page
from s6kit.scaffold.render import Workshop, render
from s6kit.scaffold.skeleton import BASE, TYPES, fragments, home, load, names

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


@pytest.fixture(autouse=True, scope="module")
def read_once() -> Iterator[None]:
    """A skeleton is rendered forty times here, and does not change."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(skeleton, "_load", cache(skeleton._load))
        yield


def test_every_option_is_tried() -> None:
    assert {*EACH, "command", "skeleton", "set"} == set(LONG)


def test_every_type_has_its_check() -> None:
    assert {f"{name}.sh" for name in TYPES} < fragments("functions").keys()


@pytest.mark.parametrize("name", names(home()))
def test_a_skeleton(name: str, tmp_path: Path) -> None:
    """`render` has linted each already, or it would be Fatal; shellcheck sees every text once."""
    if shutil.which("shellcheck") is None:
        pytest.skip("no shellcheck here")
    scripts: dict[bytes, Path] = {}
    for number, told in enumerate(OPTIONS):
        tree = made(name, told, tmp_path)
        assert made(name, told, tmp_path).entries == tree.entries
        for path, entry in tree.entries.items():
            if isinstance(entry, File) and entry.data.startswith(b"#!/bin/sh\n"):
                scripts.setdefault(entry.data, tmp_path / str(number) / path)
    for text, target in scripts.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text)
    done = subprocess.run(["shellcheck", *scripts.values()], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("", "")


def test_the_pages_are_written() -> None:
    """`make generate` writes them."""
    assert {path.stem: path.read_text("utf-8") for path in DOCS.glob("*.md")} == {
        name: page(load(home(), name)) for name in names(home())
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("title: 5\n", "1:8: expected text, found '5' (put it in quotes)"),
        ("titel: x\n", "1:1: unknown key 'titel'; did you mean 'title'?"),
        ("title: x\nvariables:\n  A: {default: 1}\n", "3:6: a variable needs `about`: what it is for"),
        ("variables:\n  A: {about: x, type: prot}\n", "2:6: 'prot' is no type of a variable"),
        ("variables:\n  A: {about: x, type: choice}\n", "2:6: `choices` and `type: choice` go together"),
        ("variables:\n  A-B: {about: x}\n", "2:8: 'A-B' cannot be the name of a variable"),
        ("links:\n  a b: {port: 1}\n", "2:8: 'a b' cannot be the name of a link"),
        ("links:\n  a: {port: 0}\n", "2:13: expected a port, from 1 to 65535"),
        ("ports: 80\n", "1:8: expected a list of port numbers"),
        ('commands: ["a \'b"]\n', "1:12: no command line: No closing quotation"),
        ("ssl: {cert: /a}\n", "1:6: expected where `cert`, `key` and `ca` go"),
        ("stop: SIGNOTHING\n", "1:7: 'SIGNOTHING' is no signal"),
        ("ready: 1\n", "1:8: expected a file descriptor, 3 or more"),
        ("title: [\n", "2:1: "),
    ],
)
def test_a_skeleton_that_makes_no_sense(text: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "skeleton.yaml").write_text(text)
    with pytest.raises(Fatal) as caught:
        load(tmp_path, "own")
    assert str(caught.value).startswith(f"unable to read own/skeleton.yaml:{reason}")


def test_skeletons_of_ones_own_come_first(tmp_path: Path) -> None:
    for name in ("nginx", "mine"):
        (tmp_path / name / "etc/s6/NAME/data").mkdir(parents=True)
        (tmp_path / name / "skeleton.yaml").write_text("title: own\ncommands: [/opt/x]\n")
    (tmp_path / "mine/etc/s6/NAME/data/bytes").write_bytes(b"\xff\x00\n")
    workshop = Workshop(tmp_path, (tmp_path,))
    assert render(options("nginx", {}), workshop).skeleton.title == "own"
    assert {*names(home()), "mine"} == {*names(*workshop.places)}
    tree = render(options("mine", {}), workshop).tree
    assert tree.file("etc/s6/mine/data/bytes") == File(b"\xff\x00\n")
    assert tree.names("etc/s6/mine") == ("data", "finish", "run", "setup")
