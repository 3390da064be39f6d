"""A service was run, and it ended by itself.

## Why it bites

A service is expected to stay. s6 starts one that has ended again, at most once a second, for ever;
while it is starting or down nobody is served.

## How to fix

The exit code and the last words say why it ended. A file or a variable that only the container has
is a reason to probe the image (`s6kit probe --image`), or in a complete root. A job that is done
once is no service: it belongs into a oneshot, or into cont-init.d.
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.observation import Fate, spoken
from s6kit.rules.observed import Observed, called, last_words, pointed, told

CODE = "SK805"
NAME = "exits-at-once"
SEVERITY = Severity.ERROR
SINCE = "0.2.0"

BAD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "exited", "command": ["/opt/app/server"], "exit_code": 2, "watched": 0.04,
     "output_tail": "server: no such file: /etc/server.conf\\n"}
""",
    """\
etc/s6/svc/run (executable)
    #!/opt/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "exited", "exit_code": 127, "failure": "unable to execute ./run: No such file or directory"}
""",
)

GOOD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "foreground", "command": ["/opt/app/server"], "watched": 3.0,
     "stop": {"seconds": 0.1, "signal": "SIGTERM", "killed": false}}
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "daemonized", "command": ["/opt/app/server"], "exit_code": 0, "watched": 0.04,
     "survivors": [{"pid": 4, "command": ["/opt/app/server"]}]}
""",
)


def check(observed: Observed, analysis: Analysis) -> Iterator[Finding]:
    seen = observed.observation
    if seen.outcome is not Fate.EXITED:
        return
    path, span = pointed(observed, analysis)
    ended = f"{called(observed)} ended within {spoken(seen.watched)}, {told(observed)}"
    yield Finding(
        path,
        span,
        (seen.failure or ended + last_words(observed)) + "; s6 starts it again every second",
        "mend what it complains of; what only the container has needs --image, or a complete root",
    )
