"""A script that has to be executed, without the executable bit.

## What it finds

`run`, `finish`, `log/run`, `data/check`, a script in `cont-init.d`, `cont-finish.d` or `my_init.d`, the
programs of `.s6-svscan`, and the script that a oneshot's `up` names, where the file has no executable bit and
nobody sets it later.

In a git work tree the bit that git has recorded counts, since that is what a checkout elsewhere gets; a file
that git does not track is judged by its mode on disk. Not reported: `run` and `finish` of an s6-rc longrun,
for s6-rc-compile sets their mode itself; files that a Dockerfile of the same work tree repairs with `COPY
--chmod`, `chmod` or `find -exec chmod`, that an init script or `fix-attrs.d` repairs. s6-overlay 2 sets the
bit itself: `services.d` and `cont-init.d` are left alone where version 2 is in use, and where no version is
to be seen, a file in there is only reported, as a warning, when most others beside it have the bit.

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

import re
from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.layout import Bit, ServiceKind
from s6kit.model import join
from s6kit.regex import regex
from s6kit.rules.files import complaint, is_note, lead, programs
from s6kit.service import ScanDir, ScriptFile, Service

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
        #!/command/with-contenv bash
        mkdir -p /run/web
    """,
    """
    etc/cont-init.d/10-web
        #!/usr/bin/with-contenv bash
        mkdir -p /run/web
    etc/cont-init.d/20-web (executable)
        #!/usr/bin/with-contenv bash
        mkdir -p /run/web/cache
    etc/cont-init.d/30-web (executable)
        #!/usr/bin/with-contenv bash
        mkdir -p /run/web/log
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
    etc/services.d/web/run
        #!/usr/bin/with-contenv bash
        exec web
    """,
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
    etc/s6/.s6-svscan/lock
    etc/s6/web/run (executable)
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


_VERSION_3 = regex(
    rb"s6-overlay-noarch|s6[_-]?overlay[^\n]{0,80}?[/=:\s\"'-]v?3\.[0-9]+\.|#!\s*/command/", re.IGNORECASE
)
_OLDER = ("services.d", "cont-init.d")


def check(scandir: ScanDir, analysis: Analysis) -> Iterator[Finding]:
    """One finding a file that cannot be executed."""
    found = [pair for service in scandir.services for pair in _without_bit(service)]
    found += _without_bit(scandir.control) if scandir.control else []
    doubtful = scandir.layout.name in _OLDER and bool(found) and not _is_version_3(scandir, analysis)
    if doubtful and not _most_have_it(scandir):
        return
    for service, script in found:
        shown = analysis.root.shown(script.real)
        yield Finding(
            script.real,
            message=f"{lead(script)} is not executable: {_bites(service, script)}",
            help=f"chmod +x {shown}; in git also: git update-index --chmod=+x {shown}",
            severity=Severity.WARNING if doubtful or script.role in ("finish", "check") else None,
        )


def _without_bit(service: Service) -> list[tuple[Service, ScriptFile]]:
    """The scripts that nobody makes executable."""
    return [
        (service, script)
        for script, contract in programs(service)
        if contract.bit is Bit.NEEDED
        and script.executable is False
        and (script.data or script.role != "finish")
        and not service.tree.repaired(script.real)
        and not is_note(service, script)
    ]


def _is_version_3(scandir: ScanDir, analysis: Analysis) -> bool:
    """Whether s6-overlay 3 is sure to be the one: version 2 sets the bit itself."""
    scripts = (script for service in scandir.services for script in service.scripts.values())
    return (
        bool(scandir.tree.names("etc/s6-overlay"))
        or any(script.data.startswith((b"#!/command/", b"#! /command/")) for script in scripts)
        or analysis.root.surroundings.mentions(_VERSION_3)
    )


def _most_have_it(scandir: ScanDir) -> bool:
    """Whether the author cares for the bit: most scripts of the directory have it."""
    tree = scandir.tree
    paths = (join(scandir.path, name) for name in tree.names(scandir.path))
    files = (tree.file(path if scandir.layout.flat else f"{path}/run") for path in paths)
    bits = [file.executable for file in files if file]
    return bits.count(True) > bits.count(False)


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
