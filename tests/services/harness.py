"""The harness sees what it is there to see: services that are wrong, and what it says of each."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from s6kit.scaffold.skeleton import home
from tests.services.declared import Case, Exchange, proof
from tests.services.hostile import CANARY, room, wrong
from tests.services.prove import prove
from tests.test_contributing import template

GOOD = Case("generic", "plain", home(), {"name": "web", "command": ["sleep", "infinity"]})
STAYS = r"s6-svwait -d \(''\): 0, not 99"
DEATHS = r"deaths \(s6-svdt\): '@\w+ exitcode [01]\\n.*"
LEFT = "left behind: sleep infinity "
WRONG = {
    """exec perl -e '$SIG{TERM} = sub { unlink "/tmp/pid"; exit };
        $again = -e "/tmp/pid"; open F, ">/tmp/pid"; open R, ">&=3"; syswrite R, "\\n";
        exit 1 if $again; sleep 1 while 1'""": [r"after SIGKILL it does not stay up \(''\)"],
    "(setsid sleep infinity &)\nexec sleep infinity": [
        r"not within 10 s: every process is below an s6-supervise: sleep \(\d+\), a child of s6-svscan",
        *[LEFT] * 3,  # one for each start
    ],
    "sleep infinity": ["the process that s6-supervise watches is run", LEFT, LEFT],
    'exec perl -e \'exec "sleep", "infinity" if !fork; sleep 1 while 1\'': [LEFT, LEFT],
    # as it is met: down, or for a moment up
    "exit 1": [
        STAYS,
        DEATHS,
        "the process .* is (nothing|run)",
        "not within 10 s: another pid .*|after SIGKILL it does not stay up .*",
    ],
    "date +%N >/etc/x.conf; exec sleep infinity": [
        r"s6-svc -r changes /etc/x.conf: 100644 0 0 \w+ 100644 0 0 \w+",
        r"SIGKILL changes /etc/x.conf: 100644 0 0 \w+ 100644 0 0 \w+",
    ],
}
ASKED = {
    "configuration": ({"/etc/debian_version": ("x",)}, r"/etc/debian_version does not hold \['x'\]:\n12.*"),
    "without": ({"/etc/hostname": ()}, "/etc/hostname should not hold anything"),
    "modes": ({"/etc/passwd": "0600 root"}, "mode and owner of /etc/passwd: '0644 root', not '0600 root'"),
    "answers": (
        (Exchange("tcp", "81", b"", "x"),),
        r"tcp 81 does not answer 'x' but '\(\[Errno 111\] Connection refused\)'",
    ),
    "does": ("echo no; false", r"'echo no; false' fails with 1 and 'no\\n'"),
    "says": (("hello",), "not within 2 s: 'hello' in the log"),
    "heard": ((Exchange("tcp", "82", b"", "x"),), r"another machine does not hear 'x' but '\(nobody came\)'"),
    "refuses": ("no", "not within 20 s: the service is down and wanted down"),
    "rests": (True, "not within 20 s: the service is down and wanted down"),
    "ends": (3, "not within 20 s: the end of PID 1"),
}


def faults(case: Case, base: Path) -> list[str]:
    """Without the line that only says in what state it is."""
    return [fault for fault in prove(case, base).faults if not fault.startswith("(it is ")]


def told(found: list[str], expected: list[str]) -> bool:
    """Whether these are the faults, one by one, as regular expressions."""
    print(*found, sep="\n")
    return len(found) == len(expected) and all(
        re.fullmatch(pattern, fault, re.S) for pattern, fault in zip(expected, found, strict=True)
    )


def test_nothing_wrong(base: Path) -> None:
    assert faults(GOOD, base) == []


@pytest.mark.parametrize("run", WRONG)
def test_a_run_that_is_wrong(run: str, base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.services.prove.BECOMES", 5)
    tells = {"/etc/s6/web/notification-fd": "3\n"} if '">&=3"' in run else {}
    found = faults(replace(GOOD, programs={"/etc/s6/web/run": f"#!/bin/sh\n{run}\n"}, files=tells), base)
    assert told(found, WRONG[run])


@pytest.mark.parametrize("key", ASKED)
def test_what_is_not_there(key: str, base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    value, expected = ASKED[key]
    if "of PID 1" in str(expected) or "wanted down" in str(expected):
        monkeypatch.setattr("tests.services.prove.START", 20)
    monkeypatch.setattr("tests.services.prove.ANSWER", 2)
    found = faults(replace(GOOD, **{key: value}), base)  # type: ignore[arg-type]
    assert told(found, [expected])


def test_a_daemon_that_waits_for_its_clients(base: Path) -> None:
    program = """exec perl -MIO::Socket::INET -e '
        $SIG{TERM} = sub { $over = 1; exit unless $client };
        $s = IO::Socket::INET->new(LocalPort => 80, Listen => 5, ReuseAddr => 1) or die;
        while (!$over) { $client = $s->accept or next; <$client>; print $client "hello"; $client = undef }'"""
    case = replace(
        GOOD,
        programs={"/etc/s6/web/run": f"#!/bin/sh\n{program}\n"},
        answers=(Exchange("tcp", "80", b"hi\n", "hello"),),
    )
    assert told(faults(case, base), ["not within 10 s: another pid after s6-svc -r"])


def test_the_skeleton_of_the_contributing_text(base: Path, tmp_path: Path) -> None:
    (tmp_path / "httpd").mkdir()
    (tmp_path / "httpd/skeleton.yaml").write_text(template("skeletons/httpd/skeleton.yaml"))
    cases = proof(tmp_path, "httpd").cases
    assert {case.case: faults(case, base) for case in cases} == {"plain": [], "port": [], "no-port": []}


SETUPS = {
    'eval "x=$X"': (f"$(touch {CANARY})", ["a value was executed"]),
    "eval \"x='$X'\"": (f"';touch {CANARY};:'", ["a value was executed"]),
    'echo "x=$X"': ("y", [r"accepted, and yet it says 'x=y\\n'"]),
    '[ -z "$X" ] || exit 1': ("y", ["refused with exit code 1 and ''"]),
    '[ -z "$X" ] || { echo "web: no"; exit 2; }': ("y", [r"refused with exit code 2 and 'web: no\\n'"]),
    '[ -z "$X" ] || { echo "web: 1"; echo "web: 2"; exit 1; }': (
        "y",
        [r"refused with exit code 1 and 'web: 1\\nweb: 2\\n'"],
    ),
    '[ -z "$X" ] || { echo >/etc/x; echo "web: no"; exit 1; }': (
        "y",
        [r"refused, and yet these files are not as they were: \['/etc/x'\]"],
    ),
    'echo "$X" >>/etc/x': ("y", [r"a second run says \(0, ''\) and changes \['/etc/x'\]"]),
    'echo "$X" >/etc/x': ("zzz", [r"grep -v zzz /etc/x: 1 "]),
    'printf "%s\n" "$X" >/etc/x': ("y", []),
}


@pytest.mark.parametrize("text", SETUPS)
def test_a_setup_that_is_wrong(text: str, base: Path) -> None:
    value, expected = SETUPS[text]
    checks = "grep -v zzz /etc/x" if "/etc/x" in text else ""
    case = replace(GOOD, programs={"/etc/s6/web/setup": f"#!/bin/sh\n{text}\n"}, checks=checks)
    with room(case, base) as at:
        assert told(list(wrong(at, {"X": value}, "dash")), expected)
