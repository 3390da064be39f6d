"""The shell that reads `run` stays between s6 and the program that does the work.

## Why it bites

s6 asks the shell to end, and it ends; the program never hears of it and is left behind, or killed
with the container. Its exit code and its death are the shell's to tell, not its own.

## How to fix

Put `exec` before the last command of `run`, so that the shell becomes it. A script that has to stay
must pass the signal on: `trap 'kill -TERM "$pid"' TERM`, then `wait`.

## References

- SK203 says the same from reading the script
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.observation import Fate
from s6kit.rules.observed import Observed, listed, pointed, shell

CODE = "SK807"
NAME = "stays-parent"
SEVERITY = Severity.ERROR
SINCE = "0.2.0"

BAD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    /opt/app/server
observed/svc
    {"outcome": "foreground", "command": ["/bin/sh", "./run", "svc"], "watched": 3.0,
     "children": [{"pid": 3, "command": ["/opt/app/server"]}],
     "survivors": [{"pid": 3, "command": ["/opt/app/server"]}],
     "stop": {"seconds": 0.01, "signal": "SIGTERM", "killed": false}}
""",
    """\
# In an image.
etc/s6/svc/run (executable)
    #!/bin/sh
    /opt/app/server
observed/svc
    {"outcome": "foreground", "command": ["/bin/sh", "./run", "svc"], "watched": 3.0, "heeds": false,
     "children": [{"pid": 9, "command": ["/opt/app/server"]}],
     "stop": {"seconds": 0.1, "signal": "SIGTERM", "killed": false}}
""",
)

GOOD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "foreground", "command": ["/opt/app/server"], "watched": 3.0,
     "stop": {"seconds": 0.01, "signal": "SIGTERM", "killed": false}}
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    /opt/app/server & pid=$!
    trap 'kill -TERM "$pid"; wait "$pid"; exit' TERM
    wait "$pid"
observed/svc
    {"outcome": "foreground", "command": ["/bin/sh", "./run", "svc"], "watched": 3.0,
     "children": [{"pid": 3, "command": ["/opt/app/server"]}],
     "stop": {"seconds": 0.3, "signal": "SIGTERM", "killed": false}}
""",
)


def check(observed: Observed, analysis: Analysis) -> Iterator[Finding]:
    seen = observed.observation
    if seen.outcome is not Fate.FOREGROUND or not shell(observed):
        return
    stopped = seen.stop is not None and not seen.stop.killed
    if stopped and seen.survivors:
        what = f"it ended when it was asked to, and left {listed(seen.survivors)} behind"
    elif seen.heeds is False and seen.children:  # in an image, where nobody sees what is left
        what = f"it catches no SIGTERM and ends, and {listed(seen.children)} never hears of it"
    else:
        return
    path, span = pointed(observed, analysis)
    yield Finding(
        path,
        span,
        f"a shell stays between s6 and the program: {what}",
        "put `exec` before the last command of run, or pass the signal on with `trap` and `wait`",
    )
