"""What is known of a daemon, as people read it."""

from __future__ import annotations

import pytest

from s6kit.daemons.knowledge import describe, names
from s6kit.report.daemon import page
from s6kit.report.paint import Paint

RAW = {
    "daemon": "tickd",
    "title": "ticks",
    "programs": ["tickd", "tickd2"],
    "bare": "daemonizes",
    "foreground": [{"names": ["-F"]}, {"names": ["--mode"], "values": ["front", "debug"]}],
    "leaves": [{"names": ["-h"]}],
    "subcommands": {
        "check": {"bare": "leaves"},
        "go": {"bare": "daemonizes", "foreground": [{"names": ["-n"]}]},
    },
    "environment": {
        "TICKD": {"values": {"*": "daemonizes", "0": "foreground"}},
        "TICKD_ARGS": {"arguments": True},
    },
    "rules": [
        {
            "when": [{"names": ["-d"]}],
            "unless": [{"names": ["-F"]}],
            "then": "unknown",
            "because": "it says so",
        }
    ],
    "config": [
        {
            "format": "ini",
            "file": {"options": {"-c": "{}"}, "default": ["/etc/tickd.conf"], "operand": 1},
            "keys": {
                "Daemon": {
                    "values": {"no": "foreground", "off": "foreground", "yes": "daemonizes"},
                    "unset": "unknown",
                }
            },
            "shipped": [{"file": "/etc/tickd.conf", "package": "tickd", "does": "daemonizes"}],
        },
        {"format": "text", "file": {"operand": 2}, "keys": {"^fork": {"values": {"": "daemonizes"}}}},
    ],
    "remedy": "tickd -F",
    "stop": {"signal": "TERM", "source": "tickd(8)"},
    "user": {"name": "ticker", "by": "supervisor"},
    "reload": {"signal": "none", "how": "tickctl reload", "source": "tickctl(8)"},
    "readiness": {"how": "none"},
    "notes": ["it ticks", "and it tocks, for as long as there is anybody who listens to it in this room"],
    "source": ["tickd(8)", "its README"],
    "unproven": {"-F": "no package"},
    "evidence": [
        {
            "package": "tickd",
            "version": "1.0",
            "run": "tickd -F -c /etc/t",
            "config": {"/etc/t": "Daemon\n  = no\n"},
            "observed": "foreground",
        },
        {
            "package": "tickd",
            "version": "1.0",
            "run": "tickd",
            "environment": {"TICKD": "1"},
            "user": "nobody",
            "observed": "daemonized",
        },
        {
            "package": "tickd",
            "version": "1.1",
            "run": "tickd check",
            "note": "as it is",
            "observed": "exited",
        },
    ],
}
PAGE = """\
tickd: ticks

programs     tickd, tickd2
by itself    forks away
stays with   -F, --mode=front|debug
ends with    -h
subcommand   check: ends by itself
             go: forks away; stays with -n
variable     $TICKD: forks away with anything, stays in front with 0
             $TICKD_ARGS: more words
rule         with -d without -F: may do either (it says so)
file         /etc/tickd.conf, -c FILE, the first operand
             Daemon: stays in front with no|off, forks away with yes; may
             do either where it is not set
             /etc/tickd.conf as tickd brings it: forks away
file         operand 2
             what matches ^fork: forks away with nothing
run          tickd -F
stop         TERM  (tickd(8))
reload       none; run tickctl reload  (tickctl(8))
readiness    none
user         ticker
note         it ticks
             and it tocks, for as long as there is anybody who listens to
             it in this room
known from   tickd(8); its README
not proven   -F: no package

seen with tickd 1.0
  stays in front  tickd -F -c /etc/t
                  /etc/t: Daemon = no
  forks away      tickd
                  TICKD=1
                  as nobody

seen with tickd 1.1
  ends by itself  tickd check
                  as it is
"""


def test_a_page() -> None:
    assert "".join(page(RAW, Paint(False), 74)) == PAGE


@pytest.mark.parametrize("width", [80, 160])
def test_every_page_fits_and_tells_every_run(width: int) -> None:
    for name in names():
        raw = describe(name)
        assert raw is not None
        text = "".join(page(raw, Paint(False), width))
        words = text.split()
        assert max(map(len, text.splitlines())) <= max(width, 18 + max(map(len, words)))
        runs = [line["run"] for line in raw.get("evidence", ())]
        assert [word for run in runs for word in run.split() if word not in words] == []


def test_what_is_not_known_is_said() -> None:
    raw = {
        "daemon": "tickd",
        "title": "ticks",
        "programs": ["tickd"],
        "bare": "unknown",
        "source": ["a guess"],
    }
    assert "".join(page(raw, Paint(False), 80)) == (
        "tickd: ticks\n\n"
        "programs     tickd\n"
        "by itself    may do either\n"
        "stop         not known\n"
        "reload       not known\n"
        "readiness    not known\n"
        "known from   a guess\n"
    )
