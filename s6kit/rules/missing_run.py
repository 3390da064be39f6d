"""A service without a `run` that can be started.

## What it finds

A service directory whose `run` is not there, or is no regular file: a directory, a FIFO, a socket, a
device (they are never opened), or a file that cannot be read.

A tree that is copied over another image's may add to a service that the other image defines. So, unless the
tree is a whole root file system, nothing is said of a directory in `/etc/services.d`, `/etc/service` or an
s6-rc source without a `type`, nor of one that only holds `down`, `env` or `log`.

## Why it bites

    s6-supervise web (child): fatal: unable to exec run: No such file or directory
    s6-supervise web: warning: unable to spawn ./run - waiting 10 seconds
    runsv web: fatal: unable to start ./run: file does not exist
    s6-rc-compile: fatal: unable to find a run script in /etc/s6-overlay/s6-rc.d/web/run

The last one stops the whole image: no service starts at all.

## How to fix

Write `run`, an executable program that becomes the service: `s6kit new NAME -- COMMAND` does. A directory
that is no service belongs elsewhere, or gets a name that starts with a dot.

## References

- https://skarnet.org/software/s6/servicedir.html
- https://skarnet.org/software/s6-rc/s6-rc-compile.html
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.layout import ServiceKind
from s6kit.model import Unreadable
from s6kit.rules.files import complaint, misnamed, what
from s6kit.service import Service

CODE = "SK102"
NAME = "missing-run"
SEVERITY = Severity.ERROR
SINCE = "0.1.0"

BAD = (
    """
    etc/s6/web/finish -> /bin/true
    """,
    """
    etc/s6/web/run (fifo)
    """,
    """
    etc/sv/web/run (executable)
        #!/bin/sh
        exec web
    etc/sv/web/log/config
        s1000000
    """,
    """
    etc/s6-overlay/s6-rc.d/web/type
        longrun
    etc/s6-overlay/s6-rc.d/web/run/web.sh
        #!/bin/sh
    """,
)
GOOD = (
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    """,
    """
    etc/s6/web/run -> /usr/local/bin/web
    """,
    """
    etc/services.d/web/finish -> /bin/true
    """,
    """
    etc/service/cron/down
    """,
    """
    etc/s6/web/down
    etc/s6/web/env/PORT
        80
    """,
    """
    etc/s6-overlay/s6-rc.d/web/dependencies.d/database
    """,
    """
    etc/s6-overlay/s6-rc.d/init/type
        oneshot
    etc/s6-overlay/s6-rc.d/init/up
        mkdir -p /run/web
    """,
)

_ADDED = frozenset(("down", "env", "log"))
_BASES = frozenset(("etc/services.d", "etc/service"))


def check(service: Service, analysis: Analysis) -> Iterator[Finding]:
    """One finding at most."""
    if service.kind is not ServiceKind.LONGRUN or service.run is not None:
        return
    path = service.entry("run")
    there = service.tree.entry(path)
    found = service.tree.resolve(path)
    if there is None:
        if not _elsewhere(service) and not any(right == "run" for _, right in misnamed(service)):
            yield Finding(service.path, message=f"there is no run in here: {_bites(service)}", help=_HELP)
    elif isinstance(found.entry, Unreadable):
        message = f"run cannot be read ({found.entry.reason}): what it becomes is not known"
        yield Finding(
            path, message=message, help="make it readable, as the image has it", severity=Severity.WARNING
        )
    elif not found.trouble:
        message = f"run is {what(found.entry)}: nothing that {service.layout.starter} can start"
        yield Finding(path, message=message, help=_HELP)


_HELP = "write an executable run, or give the directory a name that starts with a dot"


def _elsewhere(service: Service) -> bool:
    """Whether the image that this tree is copied over may well hold the `run`."""
    tree = service.tree
    if tree.complete:
        return False
    if service.name.endswith("/log"):
        return tree.entry(f"{service.path.rpartition('/')[0]}/run") is None
    names = frozenset(tree.names(service.path))
    if service.layout.name == "s6-rc":
        return "type" not in names
    return service.scandir in _BASES or not (names & service.layout.names | names & {"setup"}) - _ADDED


def _bites(service: Service) -> str:
    if service.layout.name == "s6-rc":
        return "s6-rc-compile stops there, and no service of the image starts"
    return f"{complaint(service, 'run', 'No such file or directory')}, again and again"
