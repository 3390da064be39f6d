"""Scaffolds: what is rendered, what is refused, and how it is written."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s6kit.errors import Fatal
from s6kit.model import DictTree, Directory, File, Link, Tree
from s6kit.overlay import Overlay
from s6kit.scaffold.files import place, scaffold
from s6kit.scaffold.options import options, variable
from s6kit.scaffold.skeleton import BASE, Skeleton, home, load, names
from s6kit.write import Change, write
from tests.memory import told

SERVICES = [("nginx", ()), ("cron", ()), ("syslog", ()), ("web", ("/opt/web", "--port", "80"))]


def first(name: str, command: tuple[str, ...] = (), user: str = "") -> DictTree:
    skeleton = load(home(), name if name in names(home()) else BASE)
    return next(scaffold(skeleton, options(name, {"command": command, "user": user})))


def text(tree: Tree, path: str) -> str:
    entry = tree.entry(path)
    assert isinstance(entry, File)
    return entry.data.decode()


def test_the_generic_run() -> None:
    tree = first("web", ("/opt/web", "--port", "80"), "www")
    assert text(tree, "etc/s6/web/run") == (
        "#!/bin/sh\n"
        "# web.\n"
        "# s6 starts this script, which becomes the daemon.\n"
        "\n"
        "exec 2>&1\n"
        "\n"
        "# shellcheck source=/dev/null\n"
        ". ./setup || exit 1\n"
        "\n"
        "exec s6-setuidgid www /opt/web --port 80\n"
    )
    assert tree.entry("etc/s6/web/finish") == Link("/bin/true")
    assert [tree.entry(f"etc/s6/web/{name}") for name in tree.names("etc/s6/web")] == [
        Link("/bin/true"),
        File(text(tree, "etc/s6/web/run").encode(), True),
        File(text(tree, "etc/s6/web/setup").encode(), True),
    ]


def test_the_skeletons() -> None:
    assert text(first("nginx"), "etc/s6/nginx/run").endswith("\nexec nginx -g 'daemon off;'\n")
    assert text(first("cron"), "etc/s6/cron/run").endswith('\nexec cron -f -L "$CRON_LOG_LEVEL"\n')
    assert text(first("syslog"), "etc/s6/syslog/run").endswith(
        '\nexec rsyslogd -n -iNONE -f "$SYSLOG_CONFIG"\n'
    )
    assert first("syslog").names("etc/s6/syslog") == ("data", "finish", "run", "setup")


@pytest.mark.parametrize(("name", "command"), SERVICES)
def test_a_scaffold_lints_clean(name: str, command: tuple[str, ...], tmp_path: Path) -> None:
    from s6kit.treetext import render  # noqa: PLC0415

    assert told(render(first(name, command))) == []
    assert told(render(first(name, command, "nobody"))) == []


@pytest.mark.parametrize(("name", "command"), SERVICES)
def test_shellcheck_and_the_shell_are_content(name: str, command: tuple[str, ...], tmp_path: Path) -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("no shellcheck here")
    write(Change(tmp_path, first(name, command)))
    directory = tmp_path / place(name)
    for program in (["shellcheck", "run", "setup"], ["sh", "-n", "run"], ["sh", "-n", "setup"]):
        done = subprocess.run(program, cwd=directory, capture_output=True, text=True, check=False)
        assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


@pytest.mark.parametrize(
    ("vars_", "expected"),
    [
        (None, (0, "[]\n")),
        ("LEVEL=2\n", (0, "[2]\n")),
        ("LEVEL='a b'\nexport LEVEL\n", (0, "[a b]\n")),
        ("LEVEL='a\n", (1, "web: unable to read VARS: not readable, or a syntax error\n")),
    ],
)
def test_what_setup_reads_reaches_the_daemon(
    vars_: str | None, expected: tuple[int, str], tmp_path: Path
) -> None:
    write(Change(tmp_path, first("web", ("sh", "-c", 'echo "[$LEVEL]"'))))
    directory, place_ = tmp_path / place("web"), tmp_path / "vars"
    setup = directory / "setup"
    setup.write_text(setup.read_text().replace("/etc/s6/web/vars", str(place_)))
    if vars_ is not None:
        place_.write_text(vars_)
    done = subprocess.run(["./run"], cwd=directory, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.replace(str(place_), "VARS")) == expected


@given(st.lists(st.text(st.characters(exclude_characters="\0\n", codec="utf-8"), max_size=20)))
def test_words_arrive_as_they_were_given(command: list[str]) -> None:
    tree = first("web", ("printf", "%s\\n", *command))
    line = text(tree, "etc/s6/web/run").rstrip("\n").split("\nexec ")[-1]
    done = subprocess.run(["sh", "-c", line], capture_output=True, check=True)
    assert done.stdout == "".join(f"{word}\n" for word in command or [""]).encode()


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("../x", {}, "'../x': a service is named with"),
        (".x", {}, "'.x': a service is named with"),
        ("a/b", {}, "'a/b': a service is named with"),
        ("", {}, "'': a service is named with"),
        ("-x", {}, "'-x': a service is named with"),
        ("a b", {}, "'a b': a service is named with"),
        ("a\n", {}, "'a\\n': a service is named with"),
        ("é", {}, "'\\xe9': a service is named with"),
        ("a" * 252, {}, "a service is named with"),
        ("a", {"command": ["b"], "user": "x y"}, "'x y' is no name of a user"),
        ("a", {"command": ["b"], "user": "-x"}, "'-x' is no name of a user"),
        ("a", {"command": ["b\nc"]}, "a word of the command has a line break in it"),
        ("a", {}, "the skeleton generic needs a command behind --"),
        ("a", {"link": ["a:0"]}, "--link 'a:0': expected the name of a service, perhaps with :PORT behind"),
        ("a", {"env": ["a b"]}, "--env 'a b': expected NAME or NAME=DEFAULT"),
        ("a", {"require": ["a-b"]}, "--require 'a-b': expected the name of a variable"),
        ("a", {"template": ["x"]}, "--template 'x': expected SOURCE:TARGET"),
        ("a", {"template": ["x:etc/x"]}, "--template 'x:etc/x': expected SOURCE:TARGET"),
        ("a", {"template": ["x:/etc/../x"]}, "--template 'x:/etc/../x': expected SOURCE:TARGET"),
        ("a", {"template": ["x:/etc/x", "y:/etc/x"]}, "two templates have the same target"),
        ("a", {"needs": ["../b"]}, "--needs '../b': expected the name of a service"),
        ("a", {"needs": ["a"]}, "a service cannot need itself"),
        ("a", {"set": ["A"]}, "--set 'A': expected NAME=VALUE"),
        (
            "a",
            {"command": ["b"], "set": ["A=1"]},
            "the skeleton generic has no such variable; --env adds one",
        ),
        ("a", {"notify-fd": "2"}, "--notify-fd has to be 3 or more"),
        ("a", {"notify-fd": "x"}, "notify-fd has to be a number, not 'x'"),
        ("a", {"stop-signal": "SIGX"}, "--stop-signal 'SIGX' is no signal"),
        ("a", {"max-restarts": 5000}, "--max-restarts has to be from 1 to 4096"),
        ("a", {"shell": "zsh"}, "--shell 'zsh' is neither sh nor execline"),
        ("a", {"setup": False, "ssl": True}, "--ssl is the work of setup, which --no-setup leaves out"),
        ("a", {"down": "yes"}, "down has to be true or false"),
        ("a", {"link": 5}, "link has to be a list of texts"),
        ("a", {"sll": True}, "nothing is called sll here"),
    ],
)
def test_what_is_refused(name: str, values: dict[str, object], reason: str) -> None:
    with pytest.raises(Fatal) as caught:
        list(scaffold(load(home(), BASE), options(name, values)))
    assert str(caught.value).startswith("unable to s")
    assert reason in str(caught.value)


@pytest.mark.parametrize("name", ["a", "_x", "php-fpm", "php8.2-fpm", "x@y", "a" * 251, "a:b+c"])
def test_names_that_are_fine(name: str) -> None:
    assert first(name, ("x",)).names("etc/s6") == (name,)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("nginx", "NGINX"), ("php-fpm", "PHP_FPM"), ("php8.2", "PHP8_2"), ("7zip", "_7ZIP"), ("a@b", "A_B")],
)
def test_variables(name: str, expected: str) -> None:
    assert variable(name) == expected


def test_a_hole_that_nobody_fills() -> None:
    skeleton = Skeleton("x", "x", commands=("x",), files={"etc/s6/NAME/run": "{{nothing}}"})
    with pytest.raises(Fatal, match=r"^unable to fill etc/s6/NAME/run: nothing is called nothing here$"):
        list(scaffold(skeleton, options("a", {})))


def test_an_overlay_is_both() -> None:
    base = DictTree({"a/x": File(b"old"), "a/y": File(b"y"), "b": Link("a")})
    both = Overlay(base, DictTree({"a/x": File(b"new"), "c/z": File(b"z")}))
    assert both.names("") == ("a", "b", "c")
    assert both.names("a") == ("x", "y")
    assert [both.entry(path) for path in ("a", "a/x", "a/y", "b", "c", "d")] == [
        Directory(),
        File(b"new"),
        File(b"y"),
        Link("a"),
        Directory(),
        None,
    ]
    assert both.file("b/x") == File(b"new")
