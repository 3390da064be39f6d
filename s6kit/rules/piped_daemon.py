"""The program that does the work is one end of a shell's pipeline.

## Why it bites

In `server | tee log` the shell starts both ends as its children and waits. `exec` in front changes
nothing: it only replaces the copy of the shell that the pipeline made for that end. s6 signals the
shell, which dies, and the server lives on until it next writes into a pipe that nobody reads; a
restart gives two copies.

## How to fix

`exec` the server with its output joined (`exec 2>&1`), and let a logger service read it: a
`log/run` beside `run` that execs `s6-log`, or in s6-rc a `pipeline`. Where a program must read it,
`exec server > >(program)` in bash keeps the server as the process that s6 watches.
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.flow.walk import WRITTEN_DOWN
from s6kit.outcome import Kind, Outcome
from s6kit.programs import LOGGERS
from s6kit.rules.process import called, supervisor, suspects
from s6kit.service import Service
from s6kit.verdict import Stay, Verdict

CODE = "SK205"
NAME = "piped-daemon"
SEVERITY = Severity.ERROR
SINCE = "0.1.0"

BAD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    redis-server | tee -a /var/log/redis.log
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server 2>&1 | logger -t app
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    mkdir -p /var/log/app
    /opt/app/server 2>&1 | sed -u 's/^/app: /' | tee -a /var/log/app/log
""",
)

GOOD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec 2>&1
    exec redis-server
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/bash
    exec > >(tee -a /var/log/app.log)
    exec /opt/app/server
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    id | grep -q root && echo root
    exec /opt/app/server
""",
    """\
etc/s6/svc/run (executable)
    #!/command/execlineb -P
    pipeline { /opt/app/server }
    s6-log -b n20 /var/log/app
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    /opt/app/migrate | tee -a /var/log/app.log
    exec /opt/app/server
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    /opt/app/watch /data | while read -r file; do cp "$file" /backup; done
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    while sleep 60; do /opt/app/job | logger -t job; done
""",
    """\
etc/s6/svc/log/run (executable)
    #!/bin/sh
    s6-format-filter "[app] %s" | s6-log -b n20 /var/log/app
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
""",
)


def check(service: Service, analysis: Analysis) -> Iterator[Finding]:
    for outcome, verdict in suspects(service, analysis):
        if outcome.kind is not Kind.PIPELINE or not analysis.is_shell(outcome.path):
            continue
        known = verdict.stay is Stay.FOREGROUND and bool(verdict.daemon)
        if not (known or outcome.swapped or _logged(outcome, verdict)):
            continue
        more = "; its exec replaces nothing in a pipeline" if outcome.swapped else ""
        yield Finding(
            outcome.path,
            outcome.span,
            f"the shell stays between {supervisor(service)} and {called(outcome)},"
            f" one end of a pipeline{more}",
            "exec 2>&1, exec the daemon without a pipe, and read its output in a log/run",
            None if known or outcome.swapped else Severity.WARNING,
        )


def _logged(outcome: Outcome, verdict: Verdict) -> bool:
    """Whether a program that nobody knows is the last thing that run does, and a logger reads it."""
    last = outcome.why == WRITTEN_DOWN and outcome.trailing and not outcome.loop
    return (
        last
        and bool(outcome.program)
        and outcome.program not in LOGGERS
        and verdict.stay is Stay.UNKNOWN
        and not verdict.job
    )
