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
# In an image: a job that is done once, and a `finish` that ends with 125.
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/migrate
observed/svc
    {"outcome": "exited", "command": ["/opt/app/migrate"], "exit_code": 0, "watched": 0.4, "down": true}
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
    """\
# In an image it is seen over and over: that is SK806.
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "restarting", "command": ["/opt/app/server"], "exit_code": 1, "watched": 3.2, "starts": 4}
""",
)


def check(observed: Observed, analysis: Analysis) -> Iterator[Finding]:
    seen = observed.observation
    if seen.outcome is not Fate.EXITED:
        return
    path, span = pointed(observed, analysis)
    ended = f"{called(observed)} ended within {spoken(seen.watched)}, {told(observed)}"
    then = "; s6 leaves it down" if seen.down else "; s6 starts it again every second"
    if not observed.service.name:
        then = ""  # the container itself
    yield Finding(
        path,
        span,
        (seen.failure or ended + last_words(observed)) + then,
        "mend what it complains of; what only the container has needs --image, or a complete root",
        Severity.INFO
        if seen.down and seen.exit_code == 0
        else None,  # it did a job, and was told to stay down
    )
