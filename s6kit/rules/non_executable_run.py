"""A script that has to be executed, without the executable bit.

## What it finds

`run`, `finish`, `log/run`, `data/check`, a script in `cont-init.d`, `cont-finish.d` or `my_init.d`, the
programs of `.s6-svscan`, and the script that a oneshot's `up` names, where the file has no executable bit and
nobody sets it later.

In a git work tree the bit that git has recorded counts, since that is what a checkout elsewhere gets; a file
that git does not track is judged by its mode on disk. Not reported: `run` and `finish` of an s6-rc longrun,
for s6-rc-compile sets their mode itself; files that a Dockerfile of the same work tree repairs with `COPY
--chmod`, `chmod` or `find -exec chmod`, that an init script or `fix-attrs.d` repairs, and the scripts of
s6-overlay 2.

## Why it bites

The service never starts, or, for a `finish`, never cleans up:

    s6-supervise web (child): fatal: unable to exec run: Permission denied
    s6-supervise web: warning: unable to spawn ./run - waiting 10 seconds
    runsv web: fatal: unable to start ./run: access denied
    cont-init: info: /etc/cont-init.d/10-web exited 126
    s6-rc-oneshot-run: fatal: unable to exec /etc/s6-overlay/s6-rc.d/web/run: Permission denied

my_init says nothing at all: it passes over what it may not execute. The same words at run time do not prove a
missing bit, though: a `/run` that is mounted noexec makes them, too.

## How to fix

`chmod +x` the file. Where the file system keeps no modes (Windows, some network mounts), tell git:
`git update-index --chmod=+x FILE`. Or repair it in the Dockerfile: `COPY --chmod=755 rootfs /`.

## References

- https://skarnet.org/software/s6/servicedir.html
- https://github.com/just-containers/s6-overlay/issues/376
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.layout import Bit, ServiceKind
from s6kit.rules.files import complaint, is_note, lead, programs
from s6kit.service import ScriptFile, Service

CODE = "SK101"
NAME = "non-executable-run"
SEVERITY = Severity.ERROR
SINCE = "0.1.0"

BAD = (
    """
    etc/s6/web/run
        #!/bin/sh
        exec web
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/log/run
        #!/bin/sh
        exec s6-log t /var/log/web
    """,
    """
    etc/cont-init.d/10-web
        #!/usr/bin/with-contenv bash
        mkdir -p /run/web
    """,
    """
    etc/s6-overlay/s6-rc.d/init-web/type
        oneshot
    etc/s6-overlay/s6-rc.d/init-web/up
        /etc/s6-overlay/s6-rc.d/init-web/run
    etc/s6-overlay/s6-rc.d/init-web/run
        #!/command/with-contenv bash
        mkdir -p /run/web
    """,
)
GOOD = (
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        . ./setup
        exec web
    etc/s6/web/setup
        PORT=80
    etc/s6/web/finish -> /bin/true
    """,
    """
    etc/s6-overlay/s6-rc.d/web/type
        longrun
    etc/s6-overlay/s6-rc.d/web/run
        #!/command/with-contenv bash
        exec web
    etc/s6-overlay/s6-rc.d/web/finish
        #!/command/execlineb -S0
        true
    """,
    """
    etc/s6-overlay/s6-rc.d/init-web/type
        oneshot
    etc/s6-overlay/s6-rc.d/init-web/up
        bash /etc/s6-overlay/s6-rc.d/init-web/run
    etc/s6-overlay/s6-rc.d/init-web/run
        mkdir -p /run/web
    """,
    """
    etc/s6/web/run (mode unknown)
        #!/bin/sh
        exec web
    """,
    """
    etc/sv/web/run -> ../common/run
    etc/sv/common/run (executable)
        #!/bin/sh
        exec web
    """,
)


def check(service: Service, analysis: Analysis) -> Iterator[Finding]:
    """One finding a file that cannot be executed."""
    for script, contract in programs(service):
        repaired = script.executable is not False or service.tree.repaired(script.real)
        if contract.bit is not Bit.NEEDED or repaired or is_note(service, script):
            continue
        yield Finding(
            script.real,
            message=f"{lead(script)} is not executable: {_bites(service, script)}",
            help=f"chmod +x {script.real}; in git also: git update-index --chmod=+x {script.real}",
            severity=_severity(service, script),
        )


def _bites(service: Service, script: ScriptFile) -> str:
    if script.role == "target":
        return "`up` runs it, the oneshot fails with 126, and what depends on it is never started"
    if service.layout.name == "my_init.d":
        return "my_init passes it over without a word"
    if service.kind is ServiceKind.INIT and service.layout.flat:
        return "s6-overlay 3 executes it, which ends with 126 and `Permission denied`"
    if script.role == "check":
        return "nobody can ask it whether the service is ready"
    starter, name = service.layout.starter, script.path.rpartition("/")[2]
    if script.role == "finish":
        return f"{starter} cannot start it, and what it should do when the service ends is not done"
    return f"{complaint(service, name, 'Permission denied')}, again and again"


def _severity(service: Service, script: ScriptFile) -> Severity | None:
    """A warning where the service starts all the same, or where an s6-overlay 2 may set the bit."""
    older = service.layout.name in ("services.d", "cont-init.d")
    return Severity.WARNING if older or script.role in ("finish", "check") else None
