"""Where links lead."""

from __future__ import annotations

import pytest

from s6kit.model import DictTree, Directory, File, Link, Resolved
from s6kit.treetext import parse

TREE = parse("""
    bin/true (executable)
        x
    etc/s6/a/finish -> /bin/true
    etc/s6/a/run -> ../common/run
    etc/s6/common/run (executable)
        x
    etc/s6/b -> a
    etc/s6/c -> /etc/s6/b
    etc/s6/self -> self
    etc/s6/ping -> pong
    etc/s6/pong -> /etc/s6/ping
    etc/s6/out -> ../../../outside
    etc/s6/root -> /../../bin/true
    etc/s6/gone -> /usr/bin/gone
    etc/s6/near -> gone-too
    etc/s6/file -> common/run/below
    etc/s6/dots -> .././/s6/a/.
""")
X = File(b"x\n", True)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", Resolved("", Directory())),
        ("bin/true", Resolved("bin/true", X)),
        ("/bin//./true", Resolved("bin/true", X)),
        ("etc/s6/a/finish", Resolved("bin/true", X, absolute=True)),
        ("etc/s6/a/run", Resolved("etc/s6/common/run", X)),
        ("etc/s6/b/run", Resolved("etc/s6/common/run", X)),
        ("etc/s6/c/run", Resolved("etc/s6/common/run", X, absolute=True)),
        ("etc/s6/dots/run", Resolved("etc/s6/common/run", X)),
        ("etc/s6/root", Resolved("bin/true", X, absolute=True)),
        ("etc/s6/self", Resolved("etc/s6/self", Link("self"), "loop")),
        ("etc/s6/ping", Resolved("etc/s6/ping", Link("pong"), "loop", absolute=True)),
        ("etc/s6/out", Resolved("", None, "outside")),
        ("../etc", Resolved("", None, "outside")),
        ("etc/s6/gone", Resolved("usr", None, "missing", absolute=True)),
        ("etc/s6/near", Resolved("etc/s6/gone-too", None, "missing")),
        ("etc/s6/file", Resolved("etc/s6/common/run", X, "not a directory")),
    ],
)
def test_resolve(path: str, expected: Resolved) -> None:
    assert TREE.resolve(path) == expected


def test_walk_follows_no_link() -> None:
    tree = DictTree({"b/x": File(b""), "a": Link("b"), "c": Directory()})
    assert list(tree.walk()) == ["a", "b", "b/x", "c"]


def test_a_dict_tree_knows_implied_directories() -> None:
    tree = DictTree({"a/b/c": File(b"")})
    assert tree.entry("a/b") == Directory()
    assert tree.names("") == ("a",)
    assert tree.names("a/b/c") == ()
    assert tree.entry("a/x") is None


def test_length_is_of_the_whole_file() -> None:
    assert (File(b"abc").length, File(b"abc", size=9).length) == (3, 9)
