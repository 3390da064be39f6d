"""The foreground is asked for twice, on the command line and in the configuration, and this daemon
refuses that.

## Why it bites

nginx does not start with `-g 'daemon off;'` where nginx.conf says `daemon off;` too:

    nginx: [emerg] "daemon" directive is duplicate in /etc/nginx/nginx.conf:1

## How to fix

Keep one of the two; the line in the configuration also serves whoever starts the daemon by hand.
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.rules.process import called, configured, pointed, suspects
from s6kit.service import Service

CODE = "SK209"
NAME = "repeated-foreground-directive"
SEVERITY = Severity.ERROR
SINCE = "0.1.0"

BAD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec nginx -g 'daemon off;'
etc/nginx/nginx.conf
    daemon off;
    events {}
""",
)

GOOD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec nginx -g 'daemon off;'
etc/nginx/nginx.conf
    events {}
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec nginx
etc/nginx/nginx.conf
    daemon off;
    events {}
""",
)


def check(service: Service, analysis: Analysis) -> Iterator[Finding]:
    for outcome, verdict in suspects(service, analysis):
        if verdict.repeated:
            yield Finding(
                outcome.path,
                pointed(outcome, verdict),
                f"{called(outcome)} is told twice to stay in front, and refuses to start",
                "take it out of the command line, or out of the configuration",
                related=configured(verdict),
            )
