"""Evidence: what knowledge files claim, the runs that prove it, files and a document that agree."""

from __future__ import annotations

from typing import Any

import pytest

from s6kit.daemons.compile import sources
from s6kit.daemons.facts import decode
from s6kit.daemons.load import parse
from s6kit.observation import Fate, Observation, Stop
from s6kit.verdict import Stay
from tests.evidence import proof, roots
from tests.evidence.claims import case, claims, line, touched
from tests.evidence.document import DOCUMENT, document
from tests.evidence.rewrite import ordered, rewritten
from tests.evidence.runs import Seen
from tests.evidence.trials import derived

RAWS = sources()
PROVEN = [raw for raw in RAWS if any(each.get("by") == "probe" for each in raw.get("evidence", ()))]
OBSERVED = {Stay.FOREGROUND: "foreground", Stay.DAEMONIZES: "daemonized"}


@pytest.mark.parametrize("raw", PROVEN, ids=[raw["daemon"] for raw in PROVEN])
def test_what_was_seen_is_what_is_said(raw: dict[str, Any]) -> None:
    daemon = decode(raw)
    for each in raw["evidence"]:
        found = case(daemon, line(each)) if each.get("by") == "probe" else None
        verdict = found.verdict() if found is not None else None
        if verdict is not None and verdict.stay is not Stay.UNKNOWN and verdict.certain:
            assert OBSERVED[verdict.stay] == each["observed"], (each["run"], verdict)


@pytest.mark.parametrize("raw", RAWS, ids=[raw["daemon"] for raw in RAWS])
def test_files_say_what_is_unproven(raw: dict[str, Any]) -> None:
    assert raw.get("unproven", {}) == proof.unproven(raw, raw.get("evidence", ()))


def test_the_document_is_made_of_the_files() -> None:
    assert DOCUMENT.read_text("utf-8") == document(RAWS)


@pytest.mark.parametrize(
    ("reload", "cell"),
    [
        ("", "-"),
        ("reload: {signal: HUP, how: x -r, source: x(8)}\n", "HUP"),
        ("reload: none\n", "none"),
        ("reload: {signal: none, how: x -r|y, source: x(8)}\n", "`x -r\\|y`"),
    ],
)
def test_how_the_document_tells_a_reload(reload: str, cell: str) -> None:
    raw = parse(
        f"daemon: x\ntitle: t\nprograms: [x]\nbare: leaves\nsource: x(8)\n{reload}".encode(), "x.yaml"
    )
    row = f"| x | - | ends | - | - | nothing | - | {cell} | - |\n"
    assert document([raw]).endswith(row)


TELLERD = """\
daemon: tellerd
title: counts what others bring
programs: [tellerd]
bare: daemonizes
options: {short: "c:fb", long: "foreground[=]"}
foreground: [-f, "--foreground=yes|1"]
daemonizes: [-b]
wins: foreground
rules:
  - {when: [-x, -b], then: daemonizes}
environment: {TELLERD: {"*": foreground}}
config:
  - format: keyvalue
    file: {options: [-c]}
    keys: {stay: {yes: foreground, no: daemonizes}}
source: tellerd(8)
trial:
  - package: tellerd
    run: tellerd {} -c /etc/t.conf
    config: {/etc/t.conf: "port 1\\n{key} {value}\\n"}
    values: {$TELLERD: much}
    skip: {order: it is of no use}
"""


def test_claims() -> None:
    found = claims(decode(parse(TELLERD.encode(), "tellerd.yaml")))
    assert {label: does.value for label, does in found.items()} == {
        "bare": "daemonizes",
        "-f": "foreground",
        "--foreground=yes|1": "foreground",
        "-b": "daemonizes",
        "-x -b": "daemonizes",
        "$TELLERD=*": "foreground",
        "stay=yes": "foreground",
        "stay=no": "daemonizes",
    }


def test_runs_of_a_trial() -> None:
    raw = parse(TELLERD.encode(), "tellerd.yaml")
    runs = [
        (label, run.run, run.config["/etc/t.conf"], dict(run.environment))
        for label, run in derived(decode(raw), raw["trial"][0])
    ]
    bare = "port 1\n"
    assert runs == [
        ("bare", "tellerd -c /etc/t.conf", bare, {}),
        ("-f", "tellerd -f -c /etc/t.conf", bare, {}),
        ("--foreground=yes|1", "tellerd --foreground=yes -c /etc/t.conf", bare, {}),
        ("--foreground=yes|1", "tellerd --foreground=1 -c /etc/t.conf", bare, {}),
        ("-b", "tellerd -b -c /etc/t.conf", bare, {}),
        ("order", "tellerd -f -b -c /etc/t.conf", bare, {}),
        ("order", "tellerd -b -f -c /etc/t.conf", bare, {}),
        ("-x -b", "tellerd -x -b -c /etc/t.conf", bare, {}),
        ("$TELLERD=*", "tellerd -c /etc/t.conf", bare, {"TELLERD": "much"}),
        ("stay=yes", "tellerd -c /etc/t.conf", "port 1\nstay yes\n", {}),
        ("stay=no", "tellerd -c /etc/t.conf", "port 1\nstay no\n", {}),
    ]


def test_a_pattern_is_no_key_to_write() -> None:
    keyed = "format: keyvalue\n    file: {options: [-c]}\n    keys: {stay:"
    patterned = "format: text\n    file: {options: [-c]}\n    acquits: stay yes\n    keys: {'stay (.*)':"
    assert keyed in TELLERD
    raw = parse(TELLERD.replace(keyed, patterned).encode(), "tellerd.yaml")
    found = [(label, run.config["/etc/t.conf"]) for label, run in derived(decode(raw), raw["trial"][0])]
    assert len(found) == 9
    assert {config for _, config in found} == {"port 1\n"}


BEARS = [
    ("tellerd", "", {}, {"bare"}),
    ("tellerd -f", "", {}, {"-f"}),
    ("env A=b /usr/sbin/tellerd --foreground=1 -b", "", {}, {"--foreground=yes|1", "-b"}),
    ("tellerd -x -b", "", {}, {"-b", "-x -b"}),
    ("tellerd", "", {"TELLERD": "x"}, {"$TELLERD=*"}),
    ("tellerd -c /etc/t.conf", "stay no\n", {}, {"stay=no"}),
    ("tellerd -f -c /etc/t.conf", "stay yes\n", {}, {"-f", "stay=yes"}),
]


@pytest.mark.parametrize(("run", "config", "environment", "labels"), BEARS)
def test_what_a_run_bears_upon(run: str, config: str, environment: dict[str, str], labels: set[str]) -> None:
    daemon = decode(parse(TELLERD.encode(), "tellerd.yaml"))
    plain = {"package": "p", "run": run, "config": {"/etc/t.conf": config}, "environment": environment}
    found = case(daemon, line(plain))
    assert found is not None
    assert touched(found) == labels


@pytest.mark.parametrize("run", ["true", "setsid -f tellerd", "tellers"])
def test_runs_of_something_else(run: str) -> None:
    assert case(decode(parse(TELLERD.encode(), "tellerd.yaml")), line({"package": "p", "run": run})) is None


def seen(fate: Fate, code: int | None = None, killed: bool = False) -> Seen:
    stop = Stop(10.0, "SIGKILL", True) if killed else None
    return Seen(Observation("", "", fate, exit_code=code, stop=stop, output_tail="a\nb\n"))


def test_what_runs_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "brought", lambda _: {})
    monkeypatch.setattr(roots, "versions", lambda packages: dict.fromkeys(packages, "1.0"))
    raw = parse(TELLERD.encode(), "tellerd.yaml")
    planned = proof.plan(raw)
    fates = {
        "bare": seen(Fate.DAEMONIZED, 0),
        "-f": seen(Fate.FOREGROUND),
        "--foreground=yes|1": seen(Fate.EXITED, 2),
        "-b": seen(Fate.FOREGROUND),
        "-x -b": seen(Fate.DAEMONIZED, 1),
        "$TELLERD=*": seen(Fate.FOREGROUND, killed=True),
        "stay=yes": Seen(None, "no such package"),
        "stay=no": seen(Fate.DAEMONIZED, 0),
    }
    assert [each.claim for each in planned] == [
        "bare",
        "-f",
        "--foreground=yes|1",
        "--foreground=yes|1",
        "-b",
        "-x -b",
        "$TELLERD=*",
        "stay=yes",
        "stay=no",
    ]
    result = proof.proof(raw, [(each, fates[each.claim]) for each in planned])
    common = {"package": "tellerd", "version": "1.0", "run": "tellerd -c /etc/t.conf"}
    bare = {**common, "config": {"/etc/t.conf": "port 1\n"}}
    stays = {"observed": "foreground", "watched": 35, "by": "probe"}
    leaves = {"observed": "daemonized", "by": "probe"}
    assert result.lines == [
        {**bare, **leaves},
        {**bare, "run": "tellerd -f -c /etc/t.conf", **stays},
        {**bare, "environment": {"TELLERD": "much"}, **stays},
        {**common, "config": {"/etc/t.conf": "port 1\nstay no\n"}, **leaves},
    ]
    assert result.contradictions == [
        "tellerd -b -c /etc/t.conf [-b]: foreground (alive: a / b), and the file says daemonized"
    ]
    assert result.failures == [
        "tellerd --foreground=yes -c /etc/t.conf [--foreground=yes|1]: exited (exit code 2: a / b)",
        "tellerd --foreground=1 -c /etc/t.conf [--foreground=yes|1]: exited (exit code 2: a / b)",
        "tellerd -x -b -c /etc/t.conf [-x -b]: exited (exit code 1: a / b)",
        "tellerd -c /etc/t.conf [stay=yes]: failed (no such package)",
    ]
    assert result.unstopped == ["tellerd -c /etc/t.conf"]
    assert result.unproven == {
        "--foreground=yes|1": "not run",
        "-b": "not run",
        "-x -b": "not run",
        "stay=yes": "not run",
    }


def test_without_a_run_everything_is_unproven() -> None:
    raw = parse(TELLERD.encode(), "tellerd.yaml")
    copied = {"package": "p", "run": "tellerd", "observed": "daemonized", "by": "cases"}
    assert proof.unproven(raw, [copied]) == {"everything": "not run"}


def test_a_file_keeps_what_is_not_evidence() -> None:
    before = (
        "daemon: x  # a comment\nevidence:\n  - {run: old}\n\ntitle:   t\nunproven: {a: b}\nbare: leaves\n"
    )
    lines: list[dict[str, Any]] = [
        {
            "by": "probe",
            "run": "x -a 'b c'",
            "package": "x",
            "version": "1.10",
            "config": {"/etc/x": "a: b\n#\n"},
        },
        {
            "package": "x y",
            "run": "x: y",
            "observed": "exited",
            "watched": 35,
            "environment": {},
            "user": "no",
        },
    ]
    after = rewritten(before, {"-x": "not run", "k=yes|no": "no"}, ordered(lines))
    assert after == (
        "daemon: x  # a comment\ntitle:   t\nbare: leaves\nunproven:\n"
        '  "-x": not run\n  "k=yes|no": "no"\nevidence:\n'
        '  - {package: x, version: "1.10", run: "x -a \'b c\'", config: {/etc/x: "a: b\\n#\\n"}, by: probe}\n'
        '  - {package: x y, run: "x: y", user: "no", observed: exited, watched: 35}\n'
    )
    assert rewritten(after, {}, []) == "daemon: x  # a comment\ntitle:   t\nbare: leaves\n"


def test_what_stays_was_watched_long_enough() -> None:
    short = [
        (raw["daemon"], each["run"])
        for raw in RAWS
        for each in raw.get("evidence", ())
        if each.get("by") == "probe" and each["observed"] == "foreground" and int(each["watched"]) < 35
    ]
    assert short == []


def test_enough_is_proven() -> None:
    assert len(RAWS) >= 300
    assert len(PROVEN) >= 220


def test_signals_say_where_they_are_from() -> None:
    reloads = [raw["reload"] for raw in RAWS if "reload" in raw]
    assert [told for told in reloads if "source" not in told] == []
    assert len(reloads) >= 320
