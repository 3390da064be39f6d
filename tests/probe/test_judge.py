"""What is said of recorded observations: suppression, selection and severity are those of all rules."""

from __future__ import annotations

import pytest

from s6kit.analysis import Analysis
from s6kit.lint import judge
from s6kit.rules.examples import planted, recordings
from s6kit.selection import Selection
from tests.memory import told

LEFT = """\
observed/svc
    {"outcome": "foreground", "command": ["/opt/app/server"], "watched": 3.0,
     "survivors": [{"pid": 3, "command": ["/opt/app/helper"]}],
     "stop": {"seconds": 0.02, "signal": "SIGTERM", "killed": false}}
"""
RUN = "etc/s6/svc/run (executable)\n    #!/bin/sh\n"


def judged(text: str, selection: Selection | None = None) -> list[str]:
    root = planted(text)
    found = judge(root, Analysis(root), selection or Selection(), recordings(root))
    return [f"{each.code} {each.severity} {each.finding.path} {each.service}" for each in found]


def test_it_is_said_of_the_command_that_the_script_becomes() -> None:
    assert told(RUN + "    exec /opt/app/server\n" + LEFT) == ["etc/s6/svc/run:2 SK802"]


def test_of_the_script_where_there_are_several_ways() -> None:
    text = RUN + '    [ -z "$A" ] || exec /opt/app/server -a\n    exec /opt/app/server\n' + LEFT
    assert told(text) == ["etc/s6/svc/run:1 SK802"]


def test_a_comment_silences_it() -> None:
    comment = "    # s6kit: ignore[SK802] it is meant to stay\n"
    assert told(RUN + comment + "    exec /opt/app/server\n" + LEFT) == []


def test_a_comment_is_not_idle_where_nothing_was_run() -> None:
    comment = "    # s6kit: ignore[SK802] it is meant to stay\n"
    assert told(RUN + comment + "    exec /opt/app/server\n") == []


def test_a_comment_is_idle_where_it_was_run_and_nothing_found() -> None:
    comment = "    # s6kit: ignore[SK803] it takes its time\n"
    assert told(RUN + comment + "    exec /opt/app/server\n" + LEFT) == [
        "etc/s6/svc/run:2 SK902",
        "etc/s6/svc/run:3 SK802",
    ]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), ["SK802 error etc/s6/svc/run svc"]),
        (Selection(select=("SK8",)), ["SK802 error etc/s6/svc/run svc"]),
        (Selection(select=("SK1",)), []),
        (Selection(ignore=("SK802",)), []),
        (Selection(exclude=("etc/s6/svc",)), []),
        (Selection(per_path=(("etc/s6/**", ("SK8",)),)), []),
    ],
)
def test_selection_holds(selection: Selection, expected: list[str]) -> None:
    assert judged(RUN + "    exec /opt/app/server\n" + LEFT, selection) == expected


def test_only_what_was_seen_is_judged() -> None:
    """The missing exec is the linter's business."""
    assert judged(RUN + "    nginx -g 'daemon off;'\n" + LEFT) == ["SK802 error etc/s6/svc/run svc"]


@pytest.mark.parametrize(
    ("patience", "severity"), [(None, "error"), ("0", "error"), ("20000", "error"), ("1000", "warning")]
)
def test_who_is_killed_holds_up_the_container_unless_its_own_patience_ends(
    patience: str | None, severity: str
) -> None:
    killed = '{"outcome": "foreground", "stop": {"seconds": 10.0, "signal": "SIGKILL", "killed": true}}'
    file = f"etc/s6/svc/timeout-kill\n    {patience}\n" if patience else ""
    text = f"{RUN}    exec /opt/app/server\n{file}observed/svc\n    {killed}\n"
    assert judged(text) == [f"SK803 {severity} etc/s6/svc/run svc"]
