"""A service was run and stopped, and something that it had started is still there.

## Why it bites

s6 asks one process to end, the one that it watches. What that one does not take along goes on: it
holds the port that the next start needs, writes to files that nobody expects to change, and is
killed without a word when the container stops.

## How to fix

The program has to end its children when it gets the signal; many do only for one signal, which then
belongs into `down-signal`. A script that starts several programs has to pass the signal on (`trap`)
or, better, each of them becomes a service of its own. Where nothing else helps, `finish` gets the
process group as its fourth argument (since s6 2.13), and can end it.

## References

- https://skarnet.org/software/s6/servicedir.html, on `down-signal` and `finish`
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.observation import Fate
from s6kit.rules.observed import Observed, called, listed, pointed, shell

CODE = "SK802"
NAME = "left-behind"
SEVERITY = Severity.ERROR
SINCE = "0.2.0"

BAD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "foreground", "command": ["/opt/app/server"], "watched": 3.0,
     "children": [{"pid": 3, "command": ["/opt/app/helper", "-q"]}],
     "survivors": [{"pid": 3, "command": ["/opt/app/helper", "-q"]}],
     "stop": {"seconds": 0.02, "signal": "SIGTERM", "killed": false}}
""",
)

GOOD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "foreground", "command": ["/opt/app/server"], "watched": 3.0,
     "children": [{"pid": 3, "command": ["/opt/app/worker"]}],
     "stop": {"seconds": 0.4, "signal": "SIGTERM", "killed": false}}
""",
    """\
# Whoever is killed cannot take anyone along: SK803 says so.
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "foreground", "command": ["/opt/app/server"], "watched": 3.0,
     "survivors": [{"pid": 3, "command": ["/opt/app/worker"]}],
     "stop": {"seconds": 10.0, "signal": "SIGKILL", "killed": true}}
""",
)


def check(observed: Observed, analysis: Analysis) -> Iterator[Finding]:
    seen = observed.observation
    stopped = seen.outcome is Fate.FOREGROUND and seen.stop is not None and not seen.stop.killed
    if not stopped or not seen.survivors or shell(observed):
        return
    path, span = pointed(observed, analysis)
    yield Finding(
        path,
        span,
        f"{called(observed)} ended when it was asked to, and left {listed(seen.survivors)} behind",
        "make it a service of its own, or let the program end it; `finish` is the last place to do so",
    )
