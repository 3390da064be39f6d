"""A service has a notification-fd, and nothing came on it.

## Why it bites

Whoever waits for this service (`s6-svwait -U`, an s6-rc service that depends on it) waits until it
gives up: s6-rc takes the start for failed after `timeout-up`, or never goes on. To s6 the service
is up, but not ready.

## How to fix

The number in `notification-fd` has to be the descriptor to which the daemon writes a line when it
is ready: it has an option for that, or it has not. Programs that cannot do so are asked instead:
`s6-notifyoncheck` runs `data/check` again and again and writes the line. Without anyone who waits,
take `notification-fd` out.

## References

- https://skarnet.org/software/s6/notifywhenup.html
- https://skarnet.org/software/s6/s6-notifyoncheck.html
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.observation import Fate, spoken
from s6kit.rules.observed import Observed, called, pointed

CODE = "SK804"
NAME = "never-ready"
SEVERITY = Severity.ERROR
SINCE = "0.2.0"

BAD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
etc/s6/svc/notification-fd
    3
observed/svc
    {"outcome": "foreground", "command": ["/opt/app/server"], "watched": 13.0, "notifies": true,
     "stop": {"seconds": 0.1, "signal": "SIGTERM", "killed": false}}
""",
)

GOOD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server --ready-fd 3
etc/s6/svc/notification-fd
    3
observed/svc
    {"outcome": "foreground", "command": ["/opt/app/server", "--ready-fd", "3"], "watched": 3.0,
     "notifies": true, "ready_after": 0.8, "stop": {"seconds": 0.1, "signal": "SIGTERM", "killed": false}}
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "foreground", "command": ["/opt/app/server"], "watched": 3.0,
     "stop": {"seconds": 0.1, "signal": "SIGTERM", "killed": false}}
""",
)


def check(observed: Observed, analysis: Analysis) -> Iterator[Finding]:
    seen = observed.observation
    if not seen.notifies or seen.ready_after is not None or seen.outcome is not Fate.FOREGROUND:
        return
    path, span = pointed(observed, analysis)
    yield Finding(
        path,
        span,
        f"{called(observed)} did not say in {spoken(seen.watched)} that it is ready: whoever waits for it"
        " waits in vain",
        "write to the descriptor that notification-fd names, or let `s6-notifyoncheck` do so",
    )
