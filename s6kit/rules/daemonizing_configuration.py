"""A configuration file of the same tree sends the daemon into the background.

## Why it bites

The command line of `run` looks right and is not the place that decides: `daemonize yes` in
redis.conf, a `daemon on;` in a file that nginx.conf includes, `nodaemon=false` of supervisord. The
daemon forks, s6 sees its service die and starts it again every second, while the copy in the
background goes on unsupervised.

## How to fix

Change the line that the finding points to, or overrule it on the command line where the daemon
allows that.

## References

- `s6kit daemons NAME` names the files and keys that decide for a daemon
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.rules.process import BESIDE, configured, defaults, left, lost, momentary, pointed, typed
from s6kit.service import Service
from s6kit.verdict import Stay

CODE = "SK202"
NAME = "daemonizing-configuration"
SEVERITY = Severity.ERROR
SINCE = "0.1.0"

BAD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec redis-server /etc/redis/redis.conf
etc/redis/redis.conf
    daemonize yes
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec nginx
etc/nginx/nginx.conf
    include conf.d/*.conf;
    events {}
etc/nginx/conf.d/main.conf
    daemon on;
""",
)

GOOD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec redis-server /etc/redis/redis.conf
etc/redis/redis.conf
    daemonize no
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec redis-server /etc/redis/redis.conf --daemonize no
etc/redis/redis.conf
    daemonize yes
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec nginx
etc/nginx/nginx.conf
    include conf.d/*.conf;
    events {}
etc/nginx/conf.d/main.conf
    daemon off;
""",
)


def check(service: Service, analysis: Analysis) -> Iterator[Finding]:
    for outcome, verdict in left(service, analysis):
        place = verdict.place
        if verdict.stay is not Stay.DAEMONIZES or place is None or momentary(outcome, service, analysis):
            continue
        yield Finding(
            outcome.path,
            pointed(outcome, verdict),
            f"{verdict.because}{defaults(outcome)}: {lost(outcome, service)}",
            typed(outcome, verdict),
            Severity.WARNING if outcome.fate in BESIDE else None,
            related=configured(verdict),
        )
