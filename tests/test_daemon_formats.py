"""Readers of configuration files: what they find and where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s6kit.daemons.facts import Config, Does, Key, Where
from s6kit.daemons.formats import READERS, read


def config(name: str, **more: object) -> Config:
    keys = (Key(r"set\(daemon,(\w+)\)", {"true": Does.DAEMONIZES}),)
    return Config(name, Where(), keys, **more)  # type: ignore[arg-type]


TABLE = [
    (
        "nginx",
        "a 1;b{c 'x y' 2;}\n# d 3;\ne  \"#4\" ;",
        [("", "a", "1"), ("", "b", ""), ("b", "c", "x y 2"), ("", "e", "#4")],
    ),
    ("nginx", "a { b { c d; } } } e f;", [("", "a", ""), ("a", "b", ""), ("a.b", "c", "d"), ("", "e", "f")]),
    ("blocks", 'a = 1;\nb {\n c "x" # y\n}\nd: 2', [("", "a", "1"), ("b", "c", "x"), ("", "d", "2")]),
    ("ini", "a=1\n[s]\nb = 2 ; x\n;c=3\nd: 'e'\n", [("", "a", "1"), ("s", "b", "2"), ("s", "d", "e")]),
    (
        "keyvalue",
        'a 1\n b=2 # x\nc\td\n#e f\ng = "h # i"\nj\n"k" l\n',
        [("", "a", "1"), ("", "b", "2"), ("", "c", "d"), ("", "g", "h # i"), ("", "j", ""), ("", "k", "l")],
    ),
    (
        "clauses",
        's:\n a: yes\n  b: ""\ninclude: /x\nt: # u\n c: 1 # d',
        [("s", "a", "yes"), ("s", "b", ""), ("s", "include", "/x"), ("t", "c", "1")],
    ),
    (
        "clauses",
        's: a: yes b: "c: d" e: # f: 1\n g: ::1',
        [("s", "a", "yes"), ("s", "b", "c: d"), ("e", "g", "::1")],
    ),
    (
        "yaml",
        "a: 1\nb:\n  c: 'x' # y\n  d:\n    e: f\ng: h",
        [("", "a", "1"), ("b", "c", "x"), ("b.d", "e", "f"), ("", "g", "h")],
    ),
    (
        "json",
        '{"a": 1, /* x */ "b": {"c": "d,e", "f": [1, {"g": true}]}, "h": "i"}',
        [("", "a", "1"), ("b", "c", "d,e"), ("b.f", "g", "true"), ("", "h", "i")],
    ),
    (
        "xml",
        "<?xml?><a><!-- <b>0</b> --><b>1</b><c x='y'><d> 2 </d><e/></c></a>",
        [("a", "b", "1"), ("a.c", "d", "2"), ("a.c", "e", "")],
    ),
    (
        "assignments",
        'a = True\n  b = "x",\n# c = 1\nd = 2;\nlocal d = 3\n-- e = 3',
        [("", "a", "True"), ("indented", "b", "x"), ("", "d", "2")],
    ),
    ("text", "x set(daemon,true)", [("", r"set\(daemon,(\w+)\)", "true")]),
    ("whole", " yes\n", [("", r"set\(daemon,(\w+)\)", "yes")]),
]


@pytest.mark.parametrize(("name", "text", "expected"), TABLE)
def test_settings(name: str, text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(s.section, s.key, s.value) for s in read(text, config(name))] == expected


@pytest.mark.parametrize(
    ("name", "more", "text", "expected"),
    [
        (
            "ini",
            {"continued": True},
            "[s]\n  a = 1\n    b = 2\n  c =\n   /x\n # no\n   /y\n[t]\n   d = 3\n",
            [("s", "a", "1\nb = 2"), ("s", "c", "/x\n/y"), ("t", "d", "3")],
        ),
        ("ini", {"literal": "quotes"}, "a = '1' # x\n", [("", "a", "'1'")]),
        ("yaml", {"literal": "quotes"}, "a: '1' # x\n:b: 2\n", [("", "a", "'1'"), ("", ":b", "2")]),
        (
            "yaml",
            {},
            "a: {b: 'c', d: {e: f}} # x\ng: {\n  h: 1\n}\n",
            [("a", "b", "c"), ("a.d", "e", "f"), ("g", "h", "1")],
        ),
        ("yaml", {}, "{a: {'b': true}}\n", [("a", "b", "true")]),
        ("yaml", {}, "{% if x %}\na: {{ b }}\n{% endif %}\n", [("", "a", "{{ b }}")]),
        ("keywords", {"sections": ("g",)}, "g\n a#x\n", [("g", "a", "")]),
        (
            "assignments",
            {},
            "; a = 1\nb: int = 2\nc: 3\n",
            [("", "a", "1"), ("", "b", "2")],
        ),
        (
            "text",
            {"include": {r"^use (\S+)": "*"}},
            "use /x\nset(daemon,no)",
            [("", r"^use (\S+)", "/x"), ("", r"set\(daemon,(\w+)\)", "no")],
        ),
    ],
)
def test_settings_as_configured(
    name: str, more: dict[str, object], text: str, expected: list[tuple[str, str, str]]
) -> None:
    assert [(s.section, s.key, s.value) for s in read(text, config(name, **more))] == expected


def test_sections_that_words_begin() -> None:
    found = read(
        "global\n daemon\n maxconn 5 # x\ndefaults\n mode http\n",
        config("keywords", sections=("global", "defaults")),
    )
    assert [(s.section, s.key, s.value) for s in found] == [
        ("global", "daemon", ""),
        ("global", "maxconn", "5"),
        ("defaults", "mode", "http"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("nginx", "user x;\n daemon off ;", "daemon off"),
        ("ini", "[a]\n b = 1 ;c\n", "b = 1 ;c"),
        ("yaml", "a:\n  b: c\n", "b: c"),
        ("yaml", "a: {b: c}\n", "b: c"),
        ("text", "x set(daemon,true) y", "set(daemon,true)"),
    ],
)
def test_offsets(name: str, text: str, said: str) -> None:
    last = list(read(text, config(name)))[-1]
    assert text[last.start : last.end] == said


@given(st.text(alphabet="ab=:;{}[]<>/\"'#\\ \n\t-,.$", max_size=80), st.sampled_from(sorted(READERS)))
def test_readers_are_total(text: str, name: str) -> None:
    for setting in read(text, config(name, sections=("a",))):
        assert 0 <= setting.start <= setting.end <= len(text)
