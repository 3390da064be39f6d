"""The program that does the work is put in the background, and nobody waits for it.

## Why it bites

`server &` and the end of the script: s6 sees `run` end and starts another copy every second.
`server &` and `exec sleep infinity`: when the server dies nothing notices, and the service stays up
for ever with nothing in it. `a & exec b`: when a dies only b is left, and `docker stop` tells a
nothing.

## How to fix

One daemon, one service: make a service directory for each, and `exec` it there. A helper that may
die with its shell (a log tailer, a poller) beside an exec'ed daemon is fine and not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.outcome import Fate, Kind, Outcome
from s6kit.rules.process import called, hung_up, known_daemon, suspects
from s6kit.service import Service

CODE = "SK204"
NAME = "backgrounded-daemon"
SEVERITY = Severity.ERROR
SINCE = "0.1.0"

BAD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    /opt/app/server &
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    node server.js &
    exec sleep infinity
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    memcached -u memcache &
    exec redis-server
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    memcached -u memcache &
    redis-server &
    while pgrep -x redis-server >/dev/null; do sleep 5; done
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    redis-server &
    REDIS=$!
    memcached -u memcache &
    while kill -0 "$REDIS" 2>/dev/null; do sleep 5; done
""",
)

GOOD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    tail -F /var/log/app.log &
    exec /opt/app/server
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    (sleep 5; redis-cli ping) &
    exec redis-server
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/bash
    /opt/app/server &
    wait $!
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    mysqld_safe --skip-networking &
    mysql </etc/first.sql
    killall mysqld
    exec mysqld
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    tail -F /var/log/app.log &
    [ -d /data ] || exit 1
    exec /opt/app/server
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    redis-server & REDIS=$!
    memcached -u memcache & MEMCACHED=$!
    while kill -0 "$REDIS" && kill -0 "$MEMCACHED"; do sleep 5; done
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    redis-server & REDIS=$!
    memcached -u memcache & MEMCACHED=$!
    while sleep 5; do
        kill -0 "$REDIS" || exit 1
        kill -0 "$MEMCACHED" || exit 1
    done
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server 2>&1 --url 'http://x/?a=1&b=2'
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    [ -d /x ] && mkdir -p /y && chown www /y
    exec /opt/app/server
""",
)


def check(service: Service, analysis: Analysis) -> Iterator[Finding]:
    found = [outcome for outcome, _ in suspects(service, analysis) if outcome.kind is Kind.BACKGROUND]
    beside = {outcome.span for outcome in found if outcome.fate in (Fate.BECOMES, Fate.STAYS)}
    for outcome in found:
        if outcome.fate in (None, Fate.WATCHES) or _elsewhere(outcome):
            continue
        helper = outcome.loop or outcome.span in beside or outcome.site is not None
        if (helper or outcome.fate not in (Fate.ENDS, Fate.PARKS)) and not known_daemon(outcome, analysis):
            continue
        if outcome.span in beside and outcome.fate in (Fate.ENDS, Fate.PARKS):
            continue  # said of the path on which the service runs
        yield Finding(
            outcome.path,
            outcome.span,
            f"{called(outcome)} is put in the background, and {_AFTER[outcome.fate]}",
            "exec it in a service directory of its own, without the &",
            None if outcome.fate is Fate.ENDS else Severity.WARNING,
        )


def _elsewhere(outcome: Outcome) -> bool:
    """Whether SK206 reports it."""
    return outcome.detached or hung_up(outcome)


_AFTER = {
    Fate.ENDS: "run then ends: s6 starts another copy every second",
    Fate.PARKS: "run then only stays: when it dies, nothing notices",
    Fate.BECOMES: "run then becomes another program: when it dies, nothing notices",
    Fate.STAYS: "run waits for something else: when it dies, nothing notices",
}
