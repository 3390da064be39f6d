"""A script that does a job and ends stands where a service that stays is expected.

## Why it bites

s6 takes the end of `run` for the death of the service, waits a second and runs it again: the job is
done every second.

## How to fix

Do it once where the layout has a place for that: a script of `cont-init.d` or `my_init.d`, a
oneshot of s6-rc, the `setup` of the service that needs it. A service that is switched off by a
variable should stay (`exec sleep infinity`, `exec s6-pause`) or tell s6 so (`s6-svc -O .` before
its end, or a `down` file).
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.model import SEARCHED
from s6kit.outcome import Kind, Outcome
from s6kit.regex import regex
from s6kit.rules.process import paths, supervisor
from s6kit.service import Service

CODE = "SK210"
NAME = "run-that-returns"
SEVERITY = Severity.WARNING
SINCE = "0.1.0"

BAD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    mkdir -p /data
    chown app /data
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    echo "created the database"
    exit 0
""",
)

GOOD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    [ -n "$ON" ] || exit 0
    exec /opt/app/server
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    mkdir -p /data
    s6-svc -O .
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec s6-svc -Od .
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    /opt/app/might-stay
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec confd -interval 5
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    inotifywait -q /etc/nginx | while read -r _; do nginx -s reload; done
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /etc/s6/scripts/look
etc/s6/scripts/look (executable)
    #!/bin/sh
    find /data -mtime +7 -delete
    exec sleep "$INTERVAL"
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    mkdir -p /data
etc/s6/svc/down
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    mkdir -p /data
etc/s6/svc/finish (executable)
    #!/bin/sh
    exit 125
""",
)


_MEANT = regex(
    rb"\b(?:sleep|inotifywait|s6-ftrig-\w+|s6-svc|s6-svscanctl|sv|s6-rc|s6-permafailon|halt|poweroff"
    rb"|reboot|exit\s+125)\b"
)

_ELSEWHERE = {"down", "interval", "respawn"}  # started by hand, or by another supervisor with its own files


def check(service: Service, analysis: Analysis) -> Iterator[Finding]:
    found = paths(service, analysis)
    if service.run is None or not found or any(judged.outcome.kind is not Kind.EXITS for judged in found):
        return
    if _meant(service, [judged.outcome.path for judged in found], analysis):
        return
    last = found[-1].outcome
    if _is_own(last, analysis):
        return
    yield Finding(
        last.path,
        last.span,
        f"run does its work and ends: {supervisor(service)} runs it again every second",
        "do it once in an init script or a oneshot, or exec what is to stay",
    )


def _meant(service: Service, paths: list[str], analysis: Analysis) -> bool:
    """Whether the service, or a script at `paths` that it runs, says when it is to be started again."""
    if service.run is None or not service.run.data.startswith(b"#!"):
        return True  # it does not even start
    if _ELSEWHERE & set(service.tree.names(service.path)):
        return True
    if any(_MEANT.search(script.data) for script in service.scripts.values()):
        return True
    return any(file and _MEANT.search(file.data) for file in map(analysis.tree.file, paths))


def _is_own(last: Outcome, analysis: Analysis) -> bool:
    """Whether the image has a program of the repository's under that name: a `mount` that stays, say."""
    name = last.words[0] if last.words else None
    if not name or "/" in name:
        return False
    return any(analysis.root.surroundings.brought(f"{directory}/{name}") for directory in SEARCHED)
