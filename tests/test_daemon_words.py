"""Command lines read as the program would: options, their values, operands."""

from __future__ import annotations

import pytest

from s6kit.daemons.facts import Options
from s6kit.daemons.words import events
from s6kit.value import Value, known

GETOPT = Options("fd:o::", ("fore", "file=", "level[=]"))
ABBREVIATED = Options("", GETOPT.long, abbreviated=True)
SINGLE = Options("", ("fg", "f=", "q*", "x"), "single")

TABLE = [
    (GETOPT, "-f a -d v", [("-f", None), ("", "a"), ("-d", "v")]),
    (GETOPT, "-fd v", [("-f", None), ("-d", "v")]),
    (GETOPT, "-fdv -d-f", [("-f", None), ("-d", "v"), ("-d", "-f")]),
    (GETOPT, "-d -f", [("-d", "-f")]),
    (GETOPT, "-o x -ox", [("-o", None), ("", "x"), ("-o", "x")]),
    (GETOPT, "--file x --file=y --file=", [("--file", "x"), ("--file", "y"), ("--file", "")]),
    (GETOPT, "--level x --level=y", [("--level", None), ("", "x"), ("--level", "y")]),
    (GETOPT, "--fore=x", [("--fore", "x")]),
    (ABBREVIATED, "--fo --fi x --f", [("--fore", None), ("--file", "x"), ("--f", None)]),
    (GETOPT, "-- -f", [("", "-f")]),
    (GETOPT, "- -f", [("", "-"), ("-f", None)]),
    (Options("fd:", (), "posix"), "-f a -d v", [("-f", None), ("", "a"), ("", "-d"), ("", "v")]),
    (SINGLE, "-fg -f x --fg -f=y", [("-fg", None), ("-f", "x"), ("-fg", None), ("-f", "y")]),
    (SINGLE, "-q30m -xf a", [("-q*", None), ("-xf", None), ("", "a")]),
    (Options("", ("*=", "D=")), "--D x --other y z", [("--D", "x"), ("--other", "y"), ("", "z")]),
    (
        Options("f:", ("*=", "Key="), "keys", fold=True),
        "key 1 -f x Other 2",
        [("--Key", "1"), ("-f", "x"), ("--Other", "2")],
    ),
]


@pytest.mark.parametrize(("options", "line", "expected"), TABLE)
def test_known_words(options: Options, line: str, expected: list[tuple[str, str | None]]) -> None:
    found = events(options, [known(word) for word in line.split()])
    assert [(event.name, event.value) for event in found] == expected


MANY = Value(None, many=True)
UNKNOWN = [
    ([Value(None)], [("?", False, "")]),
    ([MANY], [("?", False, "")]),
    ([Value(None, prefix="-")], [("?", False, "")]),
    ([Value(None, prefix="-d")], [("-d", True, "")]),
    ([Value(None, prefix="-da")], [("-d", True, "a")]),
    ([Value(None, prefix="-f")], [("-f", True, ""), ("?", False, "")]),
    ([Value(None, prefix="--file=")], [("--file", True, "")]),
    ([Value(None, prefix="--f")], [("?", False, "")]),
    ([known("-d"), Value(None, prefix="p")], [("-d", True, "p")]),
    ([known("-d"), MANY], [("-d", True, ""), ("?", False, "")]),
    ([Value(None, prefix="/etc/")], [("", True, "/etc/")]),
    ([known("-z"), known("a"), known("b")], [("-z", True, ""), ("", False, ""), ("", True, "")]),
    ([known("-zf")], [("-z", True, ""), ("-f", False, "")]),
    ([known("--fo")], [("--fore", False, "")]),
    ([known("--for")], [("--fore", False, "")]),
]


@pytest.mark.parametrize(("words", "expected"), UNKNOWN)
def test_unknown_words(words: list[Value], expected: list[tuple[str, bool, str]]) -> None:
    found = events(GETOPT, words)
    assert [(event.name, event.sure, event.prefix) for event in found] == expected
