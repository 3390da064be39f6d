"""A service of an image ends and is started again, over and over.

## Why it bites

To the engine the container is up and healthy, as long as its first process lives; the service never
is. Each start takes processor time, writes the same lines to the log, and may leave files or
processes behind.

## How to fix

What it says before it ends is in the container's log. `s6kit probe` of the service alone, in a
complete root, shows its exit code. If it cannot work without something that is missing, let
`finish` end with 125, and s6 leaves it down; or let `finish` stop the container, so that the engine
sees it.

## References

- https://skarnet.org/software/s6/servicedir.html, on `finish`
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.observation import Fate, spoken
from s6kit.rules.observed import Observed, last_words, pointed, told

CODE = "SK806"
NAME = "restart-loop"
SEVERITY = Severity.ERROR
SINCE = "0.2.0"

BAD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "restarting", "command": ["/opt/app/server"], "watched": 5.0, "starts": 4}
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "restarting", "watched": 3.2}
""",
)

GOOD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "foreground", "command": ["/opt/app/server"], "watched": 5.0, "starts": 1}
""",
    """\
# Seen alone, nobody starts it again: that is SK805.
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "exited", "command": ["/opt/app/server"], "exit_code": 1, "watched": 0.3}
""",
)


def check(observed: Observed, analysis: Analysis) -> Iterator[Finding]:
    seen = observed.observation
    if seen.outcome is not Fate.RESTARTING:
        return
    path, span = pointed(observed, analysis)
    known = seen.exit_code is not None or seen.signal
    often = f"it was started {seen.starts} times in {spoken(seen.watched)}"
    often += f", and ended {told(observed)}" if known else ""
    never = (
        f"in {spoken(seen.watched)} it was never seen at work: it ends at once, and is started every second"
    )
    yield Finding(
        path,
        span,
        (often if seen.starts > 1 else never) + last_words(observed),
        "see why it ends in the container's log; `finish` may end with 125 to leave it down",
    )
