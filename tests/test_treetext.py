"""Trees as text: what a reader writes, and that nothing is lost on the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s6kit.model import DictTree, Directory, Entry, File, Link, Special, Unreadable
from s6kit.treetext import parse, render

READ: list[tuple[str, dict[str, Entry]]] = [
    ("", {}),
    ("a/b", {"a/b": File(b"")}),
    ("a/b (executable)\n    x\n", {"a/b": File(b"x\n", True)}),
    ("a/b\n    x\n\n    y\n\nc\n", {"a/b": File(b"x\n\ny\n"), "c": File(b"")}),
    ("run\n\n    #!/bin/sh\n", {"run": File(b"\n#!/bin/sh\n")}),
    ("a\n        deep\n    \tx\n", {"a": File(b"    deep\n\tx\n")}),
    ("a (no final newline)\n    3", {"a": File(b"3")}),
    (
        "a (executable, escaped)\n    #!/bin/sh\\r\n    \\xff\\\\n\n",
        {"a": File(b"#!/bin/sh\r\n\xff\\n\n", True)},
    ),
    ("a (mode unknown, size 9)\n    x", {"a": File(b"x\n", None, 9)}),
    ("a -> /bin/true", {"a": Link("/bin/true")}),
    ('"a b\\n" -> "x -> y"', {"a b\n": Link("x -> y")}),
    ("a b (executable)", {"a b": File(b"", True)}),
    ("d/e/\n", {"d/e": Directory()}),
    (
        "a (fifo)\nb (socket)\nc (device)\nd (special: door)",
        {"a": Special("fifo"), "b": Special("socket"), "c": Special("device"), "d": Special("door")},
    ),
    ("a (unreadable: Permission denied)", {"a": Unreadable("Permission denied")}),
    ("# told\na\n    # kept\n", {"a": File(b"# kept\n")}),
    ("\n    a\n        x\n    b\n", {"a": File(b"x\n"), "b": File(b"")}),
]


@pytest.mark.parametrize(("text", "entries"), READ)
def test_parse(text: str, entries: dict[str, Entry]) -> None:
    assert parse(text) == DictTree(entries)


def test_complete() -> None:
    assert parse("/ (complete)\na") == DictTree({"a": File(b"")}, complete=True)


WRITTEN: list[tuple[dict[str, Entry], str]] = [
    ({}, ""),
    ({"etc/s6/a": Directory()}, "etc/s6/a/\n"),
    ({"a b": Directory()}, '"a b/"\n'),
    (
        {"b": File(b"x\n\ny\n", True), "a": Link("/bin/true")},
        "a -> /bin/true\nb (executable)\n    x\n\n    y\n",
    ),
    ({"a": File(b"3")}, "a (no final newline)\n    3\n"),
    ({"a": File(b"\n")}, "a (escaped, no final newline)\n    \\n\n"),
    ({"a": File(b"x\n\n")}, "a (escaped)\n    x\\n\n"),
    ({"a": File(b"x\r\ny \n")}, "a (escaped)\n    x\\r\n    y\\x20\n"),
    ({"#a": File(b""), "n\xe4": File(b"")}, '"#a"\n"n\xe4"\n'),
    ({"caf\udce9": File(b"\xc3\xa9\n")}, '"caf\\xe9"\n    \xe9\n'),
]


@pytest.mark.parametrize(("entries", "text"), WRITTEN)
def test_render(entries: dict[str, Entry], text: str) -> None:
    assert render(DictTree(entries)) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("/etc", "line 1: paths are relative to the root: '/etc'"),
        ("a\n\nb (runnable)", "line 3: nothing is called 'runnable' here: 'b (runnable)'"),
        ("a\na", "line 2: 'a' is there twice"),
        ("a/ (executable)", "line 1: only a file has a mode and lines: 'a/ (executable)'"),
        ("a -> b\n    x", "line 1: only a file has a mode and lines: 'a -> b'"),
        ('a\n"b', "line 2: not an entry of a tree: '\"b'"),
    ],
)
def test_what_makes_no_sense(text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse(text)
    assert str(caught.value) == message


BYTES = st.binary(max_size=12) | st.text(alphabet="ab \t\n\r\\\"'#>-()\u2028\u00e9", max_size=12).map(
    str.encode
)
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="/\0") | st.sampled_from(
    "\udce9\udc80"
)
NAMES = st.text(CHARACTERS, min_size=1, max_size=6) | st.sampled_from(
    ["a -> b", "a (fifo)", " x", "x ", '"', "\\n"]
)
ENTRIES = (
    st.builds(File, BYTES, st.sampled_from([True, False, None]), st.just(-1) | st.integers(0, 99))
    | st.builds(Link, NAMES)
    | st.builds(Special, st.sampled_from(["fifo", "device", "a, b", "", "x)"]))
    | st.builds(Unreadable, st.sampled_from(["no", "a, (b)", ""]))
    | st.just(Directory())
)


@given(
    st.dictionaries(st.tuples(st.sampled_from(["", "d/", "d/e/"]), NAMES).map("".join), ENTRIES, max_size=5),
    st.booleans(),
)
def test_nothing_is_lost(entries: dict[str, Entry], complete: bool) -> None:
    entries.pop("d", None), entries.pop("d/e", None)
    tree = DictTree(entries, complete)
    text = render(tree)
    assert parse(text) == tree
    assert render(parse(text)) == text
