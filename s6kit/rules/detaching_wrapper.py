"""A wrapper is called that starts the daemon somewhere else and ends, or watches it itself.

## Why it bites

`service x start`, `apachectl start`, `pg_ctl start`, `start-stop-daemon -b`, `setsid`, `nohup … &`,
`pm2 start`, `screen -d`: all of them are made to leave a daemon behind. s6 sees the wrapper end and
calls it again every second. `mysqld_safe` and its like stay, but as the parent of the daemon: s6's
signals go to them, and some of them start the daemon again by themselves.

## How to fix

Exec the daemon that the wrapper would have started, in the foreground; the finding says how.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.flow.walk import WAITED
from s6kit.outcome import Fate, Outcome
from s6kit.regex import regex
from s6kit.rules.process import called, hung_up, left, pointed, supervisor
from s6kit.service import Service
from s6kit.verdict import Stay, Verdict

CODE = "SK206"
NAME = "detaching-wrapper"
SEVERITY = Severity.ERROR
SINCE = "0.1.0"

BAD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    service nginx start
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    nohup /opt/app/server &
    exec sleep infinity
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec start-stop-daemon --start --background --exec /opt/app/server
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec setsid /opt/app/server
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/bash
    trap - TERM
    mysqld_safe --user=mysql &
    wait $!
""",
)

GOOD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec nohup /opt/app/server
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec start-stop-daemon --start --chuid app --exec /opt/app/server
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec setsid -w /opt/app/server
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/bash
    trap 'mysqladmin shutdown' TERM
    mysqld_safe --user=mysql &
    wait $!
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    # service nginx start
    cat <<EOF >/etc/motd
    service nginx start
    EOF
    exec /opt/app/server
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec screen -D -m /opt/app/server
""",
)

_TRAP = regex(rb"^[ \t]*trap[ \t]+[^\n-][^\n]*\b(?:SIG)?TERM\b", re.MULTILINE)


def check(service: Service, analysis: Analysis) -> Iterator[Finding]:
    for outcome, verdict in left(service, analysis):
        wrapper = _wrapper(outcome, verdict)
        if not wrapper or outcome.fate is Fate.BECOMES or _passes_on(outcome, verdict, service):
            continue
        yield Finding(
            outcome.path,
            pointed(outcome, verdict),
            _said(outcome, verdict, supervisor(service)),
            verdict.remedy or f"exec {' '.join(word or '…' for word in outcome.words)}",
            Severity.WARNING if verdict.stay is Stay.FOREGROUND or outcome.fate is Fate.WATCHES else None,
        )


def _passes_on(outcome: Outcome, verdict: Verdict, service: Service) -> bool:
    """Whether the script waits for a wrapper that stays, and stops what it started by itself."""
    waits = verdict.wrapper and verdict.stay is Stay.FOREGROUND and outcome.why == WAITED
    return waits and any(_TRAP.search(script.data) for script in service.scripts.values())


def _said(outcome: Outcome, verdict: Verdict, watcher: str) -> str:
    if not verdict.wrapper:
        return f"{verdict.because}: {watcher} does not watch what it starts"
    if verdict.stay is Stay.FOREGROUND:
        return (
            f"{called(outcome)} stays as the parent of the daemon, and {watcher}'s signals go to it instead"
        )
    left = f"{called(outcome)} leaves the daemon running on its own and ends"
    return f"{left}: {watcher} does not watch what it starts"


def _wrapper(outcome: Outcome, verdict: Verdict) -> bool:
    """Whether a wrapper left the daemon behind, or the program itself is known to be one."""
    if outcome.detached or hung_up(outcome):
        return True
    return verdict.wrapper and verdict.stay is not Stay.UNKNOWN
