"""lint itself: order, sameness, counting, crashes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.errors import RuleCrash
from s6kit.layout import S6
from s6kit.lint import Run, lint
from s6kit.locate.roots import locate
from s6kit.rules import Rule
from s6kit.selection import Selection
from s6kit.service import ScanDir, Service
from s6kit.text import Span
from tests.memory import diagnostics, root, told
from tests.planted import plant

TREE = """
etc/s6/b/run (executable)
    #!/bin/sh
    nginx -g 'daemon off;'
etc/s6/a/run (executable)
    #!/bin/sh
    exec nginx -g 'daemon off;'
    /opt/never
etc/s6/a/log/run (executable)
    #!/bin/sh
    exec s6-log /var/log/a
etc/cont-init.d/10-x (executable)
    #!/bin/sh
    if
"""


def test_sorted_by_path_and_place() -> None:
    assert told(TREE) == [
        "etc/cont-init.d/10-x:2 SK901",
        "etc/s6/a/run:3 SK208",
        "etc/s6/b/run:2 SK203",
    ]


def test_a_diagnostic_names_its_service_and_layout() -> None:
    assert [(d.service, d.layout) for d in diagnostics(TREE)] == [
        ("10-x", "cont-init.d"),
        ("a", "s6"),
        ("b", "s6"),
    ]


def test_init_scripts_are_counted_apart() -> None:
    tree = root(TREE)
    assert Run(tree, Analysis(tree), Selection()).count() == (3, 1)
    assert Run(tree, Analysis(tree), Selection(exclude=("a",))).count() == (1, 1)


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(exclude=("etc/s6/b",)), ["etc/cont-init.d/10-x:2 SK901", "etc/s6/a/run:3 SK208"]),
        (Selection(exclude=("run", "10-*")), []),
        (Selection(per_path=(("etc/s6", ("SK2",)),)), ["etc/cont-init.d/10-x:2 SK901"]),
        (Selection(select=("SK203",)), ["etc/s6/b/run:2 SK203"]),
        (Selection(ignore=("SK2", "SK9")), []),
    ],
)
def test_what_is_left_out(selection: Selection, expected: list[str]) -> None:
    assert told(TREE, selection) == expected


def make(scope: str, findings: list[Finding], crash: bool = False) -> Rule:
    def check(_: object, __: Analysis) -> Iterator[Finding]:
        yield from findings
        if crash:
            raise KeyError("x")

    return Rule("SK999", "made-up", Severity.WARNING, "0.1.0", "", (), (), True, scope, check)


def with_rules(monkeypatch: pytest.MonkeyPatch, *rules: Rule) -> None:
    monkeypatch.setattr(Selection, "rules", lambda _: rules)


def test_the_same_finding_of_two_services_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    same = Finding("etc/s6/a/run", Span(0, 2), "one")
    with_rules(monkeypatch, make("Service", [same, same, Finding("etc/s6/a/run", Span(0, 2), "two")]))
    assert [d.finding.message for d in diagnostics(TREE)] == ["one", "two"]


def test_a_finding_of_a_scan_directory_belongs_to_the_service_it_lies_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inside = [Finding("etc/s6/a/env/X"), Finding("etc/s6/a/log/run"), Finding("etc/s6/stray")]
    with_rules(monkeypatch, make("ScanDir", inside))
    found = root(TREE)
    only = [scandir for scandir in found.scandirs if scandir.layout is S6]
    kept = replace(found, scandirs=tuple(only))
    assert [(d.finding.path, d.service) for d in lint(kept, Analysis(kept), Selection())] == [
        ("etc/s6/a/env/X", "a"),
        ("etc/s6/a/log/run", "a/log"),
        ("etc/s6/stray", ""),
    ]


def test_a_rule_that_crashes_is_named_with_its_service(monkeypatch: pytest.MonkeyPatch) -> None:
    with_rules(monkeypatch, make("Service", [], crash=True))
    with pytest.raises(RuleCrash) as caught:
        diagnostics("etc/s6/web/run\n    #!/bin/sh\n")
    assert str(caught.value) == "SK999 made-up crashed at etc/s6/web"
    assert isinstance(caught.value.__cause__, KeyError)


def test_severity_is_the_findings_own_or_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Finding("a", message="1"), Finding("a", message="2", severity=Severity.ERROR)]
    with_rules(monkeypatch, make("Service", found))
    assert [d.severity for d in diagnostics("etc/s6/web/run\n    #!/bin/sh\n")] == ["warning", "error"]


@pytest.mark.parametrize("parts", [1, 2, 3, 64])
def test_parts_together_are_the_whole(parts: int) -> None:
    tree = root(TREE)
    run = Run(tree, Analysis(tree), Selection())
    each = [run.part(number, parts) for number in range(parts)]
    assert [d.code for part in each for d in part.diagnostics] == ["SK208", "SK203", "SK901"]
    assert list(run.whole(each)) == diagnostics(TREE)


def test_scopes_are_what_they_say() -> None:
    assert (Service.__name__, ScanDir.__name__) == ("Service", "ScanDir")


@pytest.mark.parametrize(
    ("script", "dockerfile", "word"),
    [
        ("etc/services.d/a/run (executable)\n    #!/usr/bin/with-contenv sh", "ENV X=y", "y"),
        ("etc/services.d/a/run (executable)\n    #!/bin/sh", "ENV X=y", None),
        ("etc/services.d/a/run (executable)\n    #!/bin/sh", "ENV X=y S6_KEEP_ENV=1", "y"),
        ("etc/s6/a/run (executable)\n    #!/bin/sh", "ENV X=y", "y"),
        ("etc/service/a/run (executable)\n    #!/bin/sh", "ENV X=y", "y"),
        ("etc/s6/a/run (executable)\n    #!/bin/sh", "ARG X=y", None),
    ],
)
def test_the_image_s_environment_reaches_those_who_get_it(
    script: str, dockerfile: str, word: str | None, tmp_path: Path
) -> None:
    plant(tmp_path, f"{script}\n    exec web $X\nDockerfile\n    {dockerfile}\n")
    [found] = locate([str(tmp_path)])
    [service] = found.scandirs[0].services
    [judged] = Analysis(found).outcomes(service)
    assert judged.outcome.words == ("web", word)
