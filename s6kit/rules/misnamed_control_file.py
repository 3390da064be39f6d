"""A file whose name is nearly that of one that s6 reads.

## What it finds

`run.sh`, `Finish`, `notification_fd`, `timeout-kil`, `max_death_tally`, where the file of the right name is
not there and no script of the service speaks of the one that is.

## Why it bites

s6 reads files by their exact names and passes over all others without a word. The readiness that nobody waits
for, the time-out that never ends, the `finish` that never cleans up look like a service that works. Only a
missing `run` is loud:

    s6-supervise web (child): fatal: unable to exec run: No such file or directory

## How to fix

Rename the file; the finding says how.

## References

- https://skarnet.org/software/s6/servicedir.html
- https://skarnet.org/software/s6-rc/s6-rc-compile.html
- runsv(8)
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.rules.files import misnamed
from s6kit.service import Service

CODE = "SK108"
NAME = "misnamed-control-file"
SEVERITY = Severity.WARNING
SINCE = "0.1.0"

BAD = (
    """
    etc/s6/web/run.sh (executable)
        #!/bin/sh
        exec web
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/Finish (executable)
        #!/bin/sh
        rm -f /run/web.pid
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/notification_fd
        3
    """,
    """
    etc/s6-overlay/s6-rc.d/web/type
        longrun
    etc/s6-overlay/s6-rc.d/web/run
        #!/bin/sh
        exec web
    etc/s6-overlay/s6-rc.d/web/notifcation-fd
        3
    """,
)
GOOD = (
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec ./run.sh
    etc/s6/web/run.sh (executable)
        #!/bin/sh
        exec web
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec ./finish.sh web
    etc/s6/web/finish.sh (executable)
        #!/bin/sh
        exec "$@"
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/run.orig
        #!/bin/sh
    etc/s6/web/finish.tmpl
        #!/bin/sh
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/notification-fd
        3
    etc/s6/web/setup
    etc/s6/web/timeouts.conf
    """,
    """
    etc/sv/web/run (executable)
        #!/bin/sh
        exec web
    etc/sv/web/notification_fd
        3
    """,
)


def check(service: Service, analysis: Analysis) -> Iterator[Finding]:
    """One finding a file."""
    for wrong, right in misnamed(service):
        path = service.entry(wrong)
        starter = "s6-rc-compile" if service.layout.name == "s6-rc" else service.layout.starter
        yield Finding(
            path,
            message=f"{wrong} means nothing to {starter}, which reads {right}",
            help=f"mv {path} {service.entry(right)}",
            severity=Severity.ERROR if right == "run" else None,
        )
