"""Reports: every format, and text that comes from hostile files."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s6kit.diagnostics import Diagnostic, Finding, Fix, Severity
from s6kit.report import Item, Report, Spot, Statistics, renderer
from s6kit.report.escape import bytes_shown, fit, safe, width
from s6kit.report.paint import Paint, wanted
from s6kit.report.text import summary
from s6kit.text import Lines, Place, Span


def item(
    source: bytes = b"#!/bin/sh\nexec nginx -c /etc/nginx.conf\n",
    words: bytes = b"nginx",
    path: str = "rootfs/etc/s6/web/run",
    message: str = "nginx forks away",
    advice: str = "",
    severity: Severity = Severity.ERROR,
    fix: Fix | None = None,
) -> Item:
    start = source.index(words)
    lines = Lines(source)
    span = Span(start, start + len(words))
    finding = Finding("etc/s6/web/run", span, message, advice, fix=fix)
    diagnostic = Diagnostic("SK201", "daemonizing-command", severity, finding, "web", "s6")
    return Item(diagnostic, Spot(path, lines.place(span), lines))


def rendered(report: Report, format_: str = "text", columns: int = 80, color: bool = False) -> str:
    return "".join(renderer(format_)(report, Paint(color), columns))


def test_text() -> None:
    conf = Lines(b"user www;\ndaemon on;\n")
    note = (Spot("rootfs/etc/nginx.conf", conf.place(Span(10, 20)), conf), "this line decides")
    found = item(advice="exec nginx -g 'daemon off;'")
    report = Report((Item(found.diagnostic, found.spot, (note,)),), 12)
    assert (
        rendered(report)
        == """\
rootfs/etc/s6/web/run:2:6: error SK201 daemonizing-command
  2 | exec nginx -c /etc/nginx.conf
    |      ^^^^^
  nginx forks away
  help: exec nginx -g 'daemon off;'
  note: rootfs/etc/nginx.conf:2:1: this line decides
    2 | daemon on;
      | ^^^^^^^^^^

1 error in 12 services
"""
    )


def test_text_without_a_line_to_show() -> None:
    finding = Finding("etc/s6/web/run", message="not executable")
    diagnostic = Diagnostic("SK101", "non-executable-run", Severity.ERROR, finding, "web", "s6")
    report = Report((Item(diagnostic, Spot("etc/s6/web/run", Place(1, 1, 1, 1), None)),), 1)
    assert rendered(report) == (
        "etc/s6/web/run: error SK101 non-executable-run\n  not executable\n\n1 error in 1 service\n"
    )


@pytest.mark.parametrize(
    ("source", "words", "columns", "expected"),
    [
        (b"\texec a\n", b"a", 80, ["  1 |     exec a", "    |          ^"]),
        ("echo 日本 a\n".encode(), b"a", 80, ["  1 | echo 日本 a", "    |           ^"]),
        ("echo 日本\n".encode(), "日本".encode(), 80, ["  1 | echo 日本", "    |      ^^^^"]),
        (b"e \x1b[31mx a\n", b"a", 80, ["  1 | e \\x1b[31mx a", "    |             ^"]),
        (b"e \xff a\n", b"a", 80, ["  1 | e \\xff a", "    |        ^"]),
        ("e \u202e a\n".encode(), b"a", 80, ["  1 | e \\u202e a", "    |          ^"]),
        (b"exec a\r\n", b"a", 80, ["  1 | exec a\\r", "    |      ^"]),
        ("e e\u0301 a\n".encode(), b"a", 80, ["  1 | e e\u0301 a", "    |     ^"]),
        (
            b"x" * 100 + b" here " + b"y" * 100 + b"\n",
            b"here",
            40,
            ["  1 | …" + "x" * 18 + " here " + "y" * 7 + "…", "    | " + " " * 20 + "^^^^"],
        ),
        (b"a" * 200 + b"\n", b"a" * 200, 40, ["  1 | " + "a" * 32 + "…", "    | " + "^" * 33]),
        (b"a" * 33 + b"b\n", b"a" * 33, 40, ["  1 | " + "a" * 33, "    | " + "^" * 33]),
        (b"exec a \\\n  b\n", b"a \\\n  b", 80, ["  1 | exec a \\", "    |      ^^^"]),
        (b"if", b"", 80, ["  1 | if", "    | ^"]),
    ],
)
def test_excerpts(source: bytes, words: bytes, columns: int, expected: list[str]) -> None:
    shown = rendered(Report((item(source, words),), 1), columns=columns).split("\n")[1:3]
    assert shown == expected


@given(st.binary(min_size=1, max_size=300), st.data(), st.integers(40, 200))
def test_an_excerpt_fits_and_its_caret_stands_under_the_words(
    source: bytes, data: st.DataObject, columns: int
) -> None:
    start = data.draw(st.integers(0, len(source) - 1))
    end = data.draw(st.integers(start, len(source)))
    lines = Lines(source)
    found = item()
    spot = Spot("run", lines.place(Span(start, end)), lines)
    output = rendered(Report((Item(found.diagnostic, spot),), 1), columns=columns)
    line, caret = output.split("\n")[1:3]
    assert safe(output.replace("\n", "")) == output.replace("\n", "")
    assert width(line) <= columns
    assert "^" in caret
    assert width(caret) <= columns + 1


@pytest.mark.parametrize(
    ("counts", "services", "inits", "expected"),
    [
        ((0, 0, 0), 12, 0, "12 services, nothing to report"),
        ((0, 0, 0), 1, 0, "1 service, nothing to report"),
        ((0, 0, 0), 0, 2, "2 init scripts, nothing to report"),
        ((0, 0, 0), 3, 1, "3 services and 1 init script, nothing to report"),
        ((3, 1, 0), 12, 0, "3 errors, 1 warning in 12 services"),
        ((0, 2, 1), 1, 0, "2 warnings, 1 for information in 1 service"),
        ((0, 0, 2), 3000, 0, "2 for information in 3,000 services"),
    ],
)
def test_summary(counts: tuple[int, int, int], services: int, inits: int, expected: str) -> None:
    severities = (Severity.ERROR, Severity.WARNING, Severity.INFO)
    items = [item(severity=s) for s, n in zip(severities, counts, strict=True) for _ in range(n)]
    assert summary(Report(tuple(items), services, inits), Paint()) == expected


def test_quiet_has_no_summary() -> None:
    assert rendered(Report((), 3, quiet=True)) == ""
    assert rendered(Report((), 3)) == "3 services, nothing to report\n"


def test_prose_is_filled_and_keeps_its_own_breaks() -> None:
    found = item(
        message="one two three four five six seven eight nine ten\nsecond paragraph", advice="a b\nc"
    )
    lines = rendered(Report((found,), 1), columns=40).split("\n")[3:9]
    assert lines == [
        "  one two three four five six seven",
        "  eight nine ten",
        "  second paragraph",
        "  help: a b",
        "        c",
        "",
    ]


def test_colours_are_off_or_only_basic() -> None:
    report = Report((item(advice="x"),), 1)
    assert "\x1b" not in rendered(report)
    colourful = rendered(report, color=True)
    codes = {code.split("m")[0] for code in colourful.split("\x1b[")[1:]}
    assert codes == {"0", "1", "1;31", "1;32", "34"}


def test_concise() -> None:
    report = Report((item(message="a\nb"), item(path="a\nb/run", severity=Severity.WARNING)), 2)
    assert rendered(report, "concise") == (
        "rootfs/etc/s6/web/run:2:6: error SK201 daemonizing-command a\\nb\n"
        "a\\nb/run:2:6: warning SK201 daemonizing-command nginx forks away\n"
    )
    assert rendered(Report((), 2), "concise") == ""


def test_json() -> None:
    report = Report((item(fix=Fix("add exec", True)), item(path="\udcff\n/run")), 2)
    told = json.loads(rendered(report, "json"))
    assert told == {
        "version": 1,
        "services": 2,
        "diagnostics": [
            {
                "code": "SK201",
                "name": "daemonizing-command",
                "severity": "error",
                "message": "nginx forks away",
                "path": "rootfs/etc/s6/web/run",
                "line": 2,
                "column": 6,
                "end_line": 2,
                "end_column": 11,
                "service": "web",
                "layout": "s6",
                "fix": {"title": "add exec", "safe": True},
            },
            {
                "code": "SK201",
                "name": "daemonizing-command",
                "severity": "error",
                "message": "nginx forks away",
                "path": "\\xff\n/run",
                "line": 2,
                "column": 6,
                "end_line": 2,
                "end_column": 11,
                "service": "web",
                "layout": "s6",
                "fix": None,
            },
        ],
    }


def test_json_of_nothing() -> None:
    assert rendered(Report((), 3), "json") == '{"version": 1, "services": 3, "diagnostics": []}\n'


def test_statistics() -> None:
    numbers = Statistics(3, 1)
    numbers.reasons.update({"$OPTS comes from the environment": 1})
    numbers.verdicts.update({"outcomes foreground": 3})
    report = Report((item(),), 4, statistics=numbers)
    assert rendered(report, "concise").split("\n")[1:] == [
        "     1 SK201 daemonizing-command",
        "     3 of 4 run scripts resolved to a command (75 %)",
        "     1 not known: $OPTS comes from the environment",
        "     3 outcomes foreground",
        "",
        "",
    ]
    assert json.loads(rendered(report, "json"))["statistics"] == {
        "rules": {"SK201": 1},
        "resolved": 3,
        "unknown": 1,
        "verdicts": {"outcomes foreground": 3},
        "reasons": {"$OPTS comes from the environment": 1},
    }
    assert numbers.plus(Statistics(1, 2)) == Statistics(4, 3, numbers.reasons, numbers.verdicts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\x00\x7f\x9b", "\\x00\\x7f\\x9b"),
        ("\udcff\udc80", "\\xff\\x80"),
        ("\ud800", "\\ud800"),
        ("\u202e\u2028\ufeff", "\\u202e\\u2028\\ufeff"),
        ("\U000e0041", "\\U000e0041"),
        ("日本 é 👍\ufe0f", "日本 é 👍\ufe0f"),
        ("back\\slash", "back\\slash"),
    ],
)
def test_escapes(text: str, expected: str) -> None:
    assert safe(text) == expected


@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_what_is_safe_has_no_control_characters_and_stays_so(text: str) -> None:
    shown = safe(text)
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in shown)
    assert safe(shown) == shown
    shown.encode("utf-8")
    assert fit(shown, width(shown)) == len(shown)
    bytes_shown(text).encode("utf-8")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("terminal", "environment", "told", "expected"),
    [
        (True, {}, None, True),
        (False, {}, None, False),
        (True, {"NO_COLOR": "1"}, None, False),
        (True, {"NO_COLOR": ""}, None, True),
        (False, {"FORCE_COLOR": "1"}, None, True),
        (True, {"FORCE_COLOR": "0"}, None, False),
        (True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, None, False),
        (True, {"TERM": "dumb"}, None, False),
        (False, {"NO_COLOR": "1"}, True, True),
        (True, {"FORCE_COLOR": "1"}, False, False),
    ],
)
def test_when_to_use_colours(
    terminal: bool, environment: dict[str, str], told: bool | None, expected: bool
) -> None:
    assert wanted(Terminal() if terminal else io.StringIO(), environment, told) is expected
