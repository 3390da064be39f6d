"""Something in a scan directory or a service that its supervisor takes for what it is not, or never looks at.

## What it finds

- in `/etc/s6` and other plain scan directories: a directory with nothing of a service in it, which s6-svscan
  supervises all the same;
- in any directory of services: a script that lies there as a file: only directories are services;
- in `cont-init.d` and `cont-finish.d`: directories, notes and copies, which s6-overlay 3 tries to execute;
- in an s6-rc longrun: `log` and `down`, which s6-rc-compile does not copy.

Names that start with a dot are passed over by s6, runit and s6-overlay, and so they are here.

## Why it bites

    s6-supervise lib (child): fatal: unable to exec run: No such file or directory
    cont-init: info: /etc/cont-init.d/README.md exited 126

again and again, or, for what is never looked at, nothing at all: the logger does not log, the service that
was to be down is up.

## How to fix

Move it elsewhere, or let its name begin with a dot. A logger of an s6-rc service is a longrun of its own,
joined by `producer-for` and `consumer-for`; a service that is to stay down belongs to no bundle that is
started.

## References

- https://skarnet.org/software/s6/scandir.html
- https://skarnet.org/software/s6-rc/s6-rc-compile.html
- https://github.com/just-containers/s6-overlay/issues/571
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.layout import ServiceKind
from s6kit.model import Directory, File, join
from s6kit.regex import regex
from s6kit.rules.files import is_note, misnamed
from s6kit.service import ScanDir, Service

CODE = "SK107"
NAME = "stray-entry"
SEVERITY = Severity.WARNING
SINCE = "0.1.0"

BAD = (
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/lib/functions
        start() { exec web; }
    """,
    """
    etc/services.d/web/run (executable)
        #!/bin/sh
        exec web
    etc/services.d/worker (executable)
        #!/bin/sh
        exec worker
    """,
    """
    etc/cont-init.d/10-web (executable)
        #!/bin/sh
        mkdir -p /run/web
    etc/cont-init.d/README.md
        What runs here
    """,
    """
    etc/cont-init.d/10-web/run (executable)
        #!/bin/sh
        mkdir -p /run/web
    """,
    """
    etc/s6-overlay/s6-rc.d/web/type
        longrun
    etc/s6-overlay/s6-rc.d/web/run
        #!/bin/sh
        exec web
    etc/s6-overlay/s6-rc.d/web/log/run
        #!/bin/sh
        exec s6-log t /var/log/web
    """,
)
GOOD = (
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/.lib/functions
        start() { exec web; }
    etc/s6/README
        What runs here
    """,
    """
    etc/services.d/web/web.conf
    """,
    """
    etc/sv/web/run (executable)
        #!/bin/sh
        exec web
    etc/sv/lib/functions
        start() { exec web; }
    """,
    """
    etc/cont-init.d/.gitkeep
    etc/cont-init.d/10-web (executable)
        #!/bin/sh
        mkdir -p /run/web
    """,
    """
    etc/s6-overlay/s6-rc.d/web/type
        oneshot
    etc/s6-overlay/s6-rc.d/web/up
        mkdir -p /run/web
    etc/s6-overlay/s6-rc.d/web/down
        rm -rf /run/web
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/common.sh
        # sourced by every service
    """,
    """
    etc/services.d/web/run (executable)
        #!/bin/sh
        exec web
    etc/services.d/exit (executable)
        #!/bin/sh
        kill -TERM 1
    """,
)

_BECOMES = regex(rb"^exec[ \t]+[^ \t\d<>&]", re.MULTILINE)
_ELSEWHERE = "move it elsewhere, or let its name begin with a dot"


def check(scandir: ScanDir, analysis: Analysis) -> Iterator[Finding]:
    """One finding an entry."""
    for service in scandir.services:
        yield from _unread(service)
        script = service.scripts.get("init")
        if script is not None and is_note(service, script) and scandir.layout.name == "cont-init.d":
            message = (
                f"{service.name} lies among the init scripts: s6-overlay 3 executes it, and fails with 126"
            )
            yield Finding(service.path, message=message, help=_ELSEWHERE)
    if scandir.whole and (scandir.path in scandir.layout.places or scandir.control):
        yield from _strangers(scandir)


def _unread(service: Service) -> Iterator[Finding]:
    """What lies in an s6-rc longrun and is not copied."""
    if service.layout.name != "s6-rc" or service.kind is not ServiceKind.LONGRUN:
        return
    names = service.tree.names(service.path)
    if "log" in names and service.tree.names(service.entry("log")):
        message = "s6-rc-compile does not look at log: nothing reads the output of this service"
        yield Finding(
            service.entry("log"), message=message, help="make the logger a longrun, with consumer-for"
        )
    if "down" in names:
        message = "s6-rc-compile does not look at down in a longrun: the service is started all the same"
        yield Finding(service.entry("down"), message=message, help="take the service out of the bundle")


def _strangers(scandir: ScanDir) -> Iterator[Finding]:
    """What lies beside the services."""
    services = {service.path: service for service in scandir.services}
    for name in scandir.tree.names(scandir.path):
        path = join(scandir.path, name)
        entry = scandir.tree.entry(path)
        if name.startswith("."):
            continue
        if isinstance(entry, File) and not scandir.layout.flat:
            if entry.data.startswith(b"#!") and _BECOMES.search(entry.data):
                message = f"{name} is a file: only directories are services, so it is never run"
                yield Finding(path, message=message, help=f"mkdir {path} and move the script to {path}/run")
        elif isinstance(entry, Directory):
            if scandir.layout.name == "cont-init.d":
                message = f"{name} is a directory: s6-overlay 3 tries to execute it, and fails with 126"
                yield Finding(path, message=message, help="let the script itself lie there, as a file")
            elif scandir.layout.name == "s6" and path in services and _is_empty(services[path]):
                message = f"{name} holds nothing of a service, and s6-svscan supervises it all the same"
                yield Finding(path, message=message, help=_ELSEWHERE)


def _is_empty(service: Service) -> bool:
    names = frozenset(service.tree.names(service.path))
    known = names & (service.layout.names | {"setup"})
    return not known and not any(misnamed(service))
