"""A service was run and asked to stop, and it did not.

## Why it bites

`docker stop` waits ten seconds, then kills everything in the container at once, and the exit code
is 137. The service that does not listen takes all the others with it: what they had not written is
lost. With `timeout-kill` in its service directory only this one is killed, and the container stops.

## How to fix

Many daemons have a signal of their own for a graceful stop: it belongs into `down-signal` (QUIT for
php-fpm, INT for postgres). A script that stays as the parent has to pass the signal on. For a
program that can only be killed, write the milliseconds that it may take into `timeout-kill`.

In an image of s6-overlay a service may be killed before the engine loses patience: its init sends
SIGTERM to all that is left once `S6_SERVICES_GRACETIME` is over, and SIGKILL after `S6_KILL_GRACETIME`.

## References

- https://skarnet.org/software/s6/servicedir.html, on `down-signal` and `timeout-kill`
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.observation import spoken
from s6kit.rules.observed import Observed, called, pointed

CODE = "SK803"
NAME = "ignores-stop-signal"
SEVERITY = Severity.ERROR
SINCE = "0.2.0"
_SLACK = 100  # milliseconds: when the engine has sent the signal is not known any better

BAD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "foreground", "command": ["/opt/app/server"], "watched": 3.0,
     "stop": {"seconds": 10.0, "signal": "SIGKILL", "killed": true}}
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
etc/s6/svc/timeout-kill
    1000
observed/svc
    {"outcome": "foreground", "command": ["/opt/app/server"], "watched": 3.0,
     "stop": {"seconds": 1.0, "signal": "SIGKILL", "killed": true}}
""",
    """\
# In an image of s6-overlay.
etc/services.d/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "foreground", "command": ["/opt/app/server"], "watched": 3.0,
     "stop": {"seconds": 6.2, "signal": "SIGKILL", "killed": true, "by_init": true}}
""",
)

GOOD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "foreground", "command": ["/opt/app/server"], "watched": 3.0,
     "stop": {"seconds": 4.2, "signal": "SIGTERM", "killed": false}}
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
etc/s6/svc/down-signal
    SIGKILL
observed/svc
    {"outcome": "foreground", "command": ["/opt/app/server"], "watched": 3.0,
     "stop": {"seconds": 0.0, "signal": "SIGKILL", "killed": false}}
""",
    """\
# An init that ends without a word to its services takes them along.
etc/service/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "foreground", "command": ["/opt/app/server"], "watched": 3.0,
     "stop": {"seconds": 0.1, "signal": "SIGKILL", "killed": true, "by_init": true, "asked": false}}
""",
)


def check(observed: Observed, analysis: Analysis) -> Iterator[Finding]:
    seen = observed.observation
    if seen.stop is None or not seen.stop.killed or not seen.stop.asked:
        return
    if not observed.service.name and seen.children:  # a container: those who held it up are told themselves
        return
    path, span = pointed(observed, analysis)
    service = observed.service
    patience = service.tree.file(service.entry("timeout-kill"))
    gentle = patience is not None and 0 < _number(patience.data) <= 1000 * seen.stop.seconds + _SLACK
    wanted = _wanted(observed)
    after = f"{spoken(seen.stop.seconds)} after {wanted}"
    if gentle:
        what = f"{called(observed)} was still there {after}, and was killed, as timeout-kill has it"
    elif seen.stop.by_init:
        what = f"{called(observed)} was still there {after}, and the init killed it"
    else:
        what = (
            f"{called(observed)} was still there {after}: `docker stop` kills the whole container for it,"
            " with exit code 137"
        )
    ways = "the signal that ends it belongs into `down-signal`"
    if not service.name:
        yield Finding(path, span, what, "see what its init waits for, and whether it knows this signal")
        return
    yield Finding(
        path,
        span,
        what,
        ways if gentle else f"{ways}; where there is none, milliseconds into `timeout-kill`",
        Severity.WARNING if gentle else None,
    )


def _number(data: bytes) -> int:
    word = data.strip()
    return int(word) if word.isdigit() and len(word) < 10 else 0


def _wanted(observed: Observed) -> str:
    said = observed.service.tree.file(observed.service.entry("down-signal"))
    word = said.data.strip().decode("ascii", "replace").upper() if said is not None else "SIGTERM"
    return word if word.startswith("SIG") or word.isdecimal() else f"SIG{word}"
