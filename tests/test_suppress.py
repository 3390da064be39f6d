"""Comments that silence findings: what they cover, and what is said of those that do nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s6kit.selection import Selection
from s6kit.suppress import MOST, suppressions
from s6kit.text import Lines
from tests.memory import told

RUN = "etc/s6/web/run (executable)\n    #!/bin/sh\n"


def read(text: str) -> list[tuple[bool, tuple[str, ...], int, int, str]]:
    """Whole file, codes, first and last line, problem: of every suppression in `text`."""
    data = text.encode()
    return [
        (found.whole, tuple(code for code, _ in found.codes), found.first, found.last, found.problem)
        for found in suppressions(data, Lines(data))
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a &  # s6kit: ignore[SK204] a helper\n", [(False, ("SK204",), 1, 1, "")]),
        ("# s6kit: ignore[SK204] a helper\na &\n", [(False, ("SK204",), 1, 2, "")]),
        ("# s6kit: ignore[SK204]\n# more\n# and more\na &\nb\n", [(False, ("SK204",), 1, 4, "")]),
        ("# s6kit: ignore[SK204]\na \\\n  b \\\n  c &\nd\n", [(False, ("SK204",), 1, 4, "")]),
        ("a \\\n  b & # s6kit: ignore[SK204]\nc\n", [(False, ("SK204",), 1, 2, "")]),
        ("a\n# s6kit: ignore-file[SK204] why\nb\n", [(True, ("SK204",), 2, 3, "")]),
        ("# s6kit: ignore[SK204,SK203 , SK205] why\n", [(False, ("SK204", "SK203", "SK205"), 1, 2, "")]),
        ("#s6kit:ignore[SK204]\n", [(False, ("SK204",), 1, 2, "")]),
        ("; s6kit: ignore[SK202] in an ini file\n", [(False, ("SK202",), 1, 2, "")]),
        ("// s6kit: ignore[SK202]\n", [(False, ("SK202",), 1, 2, "")]),
        ("# s6kit: ignore[SK204]\r\na &\r\n", [(False, ("SK204",), 1, 2, "")]),
        ("# s6kit: ignore[SK204]", [(False, ("SK204",), 1, 2, "")]),
        ("# s6kit: ignore SK204\n", [(False, (), 0, 0, "it is not understood")]),
        ("# s6kit: ignore[SK204\n", [(False, (), 0, 0, "it is not understood")]),
        ("# s6kit: ignore[SK204]x\n", [(False, (), 0, 0, "it is not understood")]),
        ("# s6kit: ignroe[SK204]\n", [(False, (), 0, 0, "it is not understood")]),
        ("# s6kit: ignore[]\n", [(False, (), 0, 0, "it names no rule")]),
        ("# s6kit ignore[SK204]\n", []),
        ("# made by s6kit: see the manual\n", []),
        ("x#s6kit: ignore[SK204]\n", []),
        ("echo s6kit: ignore[SK204]\n", []),
        ("exec a\n", []),
        ("", []),
    ],
)
def test_reading(text: str, expected: list[object]) -> None:
    assert read(text) == expected


def test_so_many_are_read_and_no_more() -> None:
    found = read("# s6kit: ignore[SK204] why\n# s6kit: what\n" * MOST + "a &\n")
    assert len(found) == MOST + 1
    assert found[0] == (False, ("SK204",), 1, 2 * MOST + 1, "")
    assert found[-3:] == [
        (False, ("SK204",), MOST - 1, 2 * MOST + 1, ""),
        (False, (), 0, 0, "it is not understood"),
        (False, (), 0, 0, f"no more than {MOST} in a file are read"),
    ]
    assert read(f"# s6kit: ignore[{'SK204,' * MOST}]\n")[0][1] == ("SK204",) * MOST
    assert read(f"# s6kit: ignore[{'SK204,' * (MOST + 1)}]\n") == [
        (False, (), 0, 0, f"it names more than {MOST} rules")
    ]


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_reading_is_total_and_spans_are_exact(before: bytes, after: bytes) -> None:
    data = before + b"\n# s6kit: ignore[SK203, SK999] " + after
    lines = Lines(data)
    for found in suppressions(data, lines):
        assert b"s6kit:" in data[slice(*found.span)]
        for code, span in found.codes:
            assert data[slice(*span)].decode("utf-8", "surrogateescape") == code


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("    nginx -g 'daemon off;'\n", ["etc/s6/web/run:2 SK203"]),
        ("    nginx -g 'daemon off;' # s6kit: ignore[SK203] why\n", []),
        ("    # s6kit: ignore[SK203] why\n    nginx -g 'daemon off;'\n", []),
        ("    # s6kit: ignore-file[SK203] why\n    true\n    nginx -g 'daemon off;'\n", []),
        ("    # s6kit: ignore[SK203, SK204]\n    nginx -g 'daemon off;'\n", ["etc/s6/web/run:2 SK902"]),
        (
            "    # s6kit: ignore[SK203]\n    true\n    nginx -g 'daemon off;'\n",
            ["etc/s6/web/run:2 SK902", "etc/s6/web/run:4 SK203"],
        ),
        ("    # s6kit: ignore[SK999]\n    exec nginx -g 'daemon off;'\n", ["etc/s6/web/run:2 SK902"]),
        ("    # s6kit: ignore[sk203]\n    exec nginx -g 'daemon off;'\n", ["etc/s6/web/run:2 SK902"]),
        ("    # s6kit: ignore SK203\n    exec nginx -g 'daemon off;'\n", ["etc/s6/web/run:2 SK902"]),
        ("    # s6kit: ignore[SK211] off by default\n    exec nginx -g 'daemon off;'\n", []),
        ("    # s6kit: ignore[SK902]\n    exec nginx -g 'daemon off;'\n", []),
        (
            "    # s6kit: ignore-file[SK902]\n    # s6kit: ignore[SK999]\n    exec nginx -g 'daemon off;'\n",
            [],
        ),
    ],
)
def test_what_is_reported(body: str, expected: list[str]) -> None:
    shifted = RUN + body
    assert told(shifted) == [line.replace("run:2 SK203", "run:2 SK203") for line in expected]


def test_a_rule_that_does_not_run_leaves_its_suppressions_alone() -> None:
    text = RUN + "    # s6kit: ignore[SK204]\n    exec nginx -g 'daemon off;'\n"
    assert told(text) == ["etc/s6/web/run:2 SK902"]
    assert told(text, Selection(ignore=("SK204",))) == []
    assert told(text, Selection(select=("SK9",))) == []


def test_a_comment_in_the_configuration_that_a_finding_points_to() -> None:
    text = """
        etc/s6/redis/run (executable)
            #!/bin/sh
            exec redis-server /etc/redis.conf
        etc/redis.conf
            # s6kit: ignore[SK202] another image overwrites this file
            daemonize yes
    """
    loud = text.replace("# s6kit: ignore[SK202] another", "# another")
    assert [line.split()[1] for line in told(loud)] == ["SK202"]
    assert told(text) == []


def test_a_script_that_two_services_share_is_told_once() -> None:
    shared = """
        etc/s6/a/run -> ../../run
        etc/s6/b/run -> ../../run
        etc/run (executable)
            #!/bin/sh
            # s6kit: ignore[SK204]
            exec nginx -g 'daemon off;'
    """
    assert told(shared) == ["etc/s6/a/run:2 SK902"]
