"""A link that leads nowhere.

## What it finds

Links that s6, runit or s6-overlay follow: `run`, `finish`, `log`, the control files, init scripts, and whole
services that are linked into a scan directory. Reported are links in a circle, links that climb out of the
root, relative links whose target is not there, and absolute ones in a whole root file system.

An absolute link in a tree that is copied over a base image may well lead to something in that image: `finish
-> /bin/true` is right. So may a relative one into a directory that this tree has nothing of. What appears at
run time (`supervise -> /run/runit/supervise.web`) is not looked at.

## Why it bites

The service is there and cannot be started, or is never seen at all: s6-svscan and runsvdir pass over a
service directory that they cannot enter.

    s6-supervise web (child): fatal: unable to exec run: No such file or directory
    s6-supervise web: warning: unable to spawn ./finish: Too many levels of symbolic links

## How to fix

Let the link name what is there: `ln -sfn TARGET LINK`. A relative target counts from the directory of the
link.

## References

- symlink(7)
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.model import Link, Tree, join
from s6kit.service import CONTROL, ScanDir

CODE = "SK106"
NAME = "dangling-link"
SEVERITY = Severity.ERROR
SINCE = "0.1.0"

BAD = (
    """
    etc/s6/web/run -> ../common/run
    etc/s6/other/run (executable)
        #!/bin/sh
        exec web
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/finish -> finish
    """,
    """
    etc/s6/web/run -> ../../../../web/run
    """,
    """
    / (complete)
    bin/sh (executable)
    etc/passwd
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/finish -> /bin/true
    """,
    """
    etc/sv/web/run (executable)
        #!/bin/sh
        exec web
    etc/service/wbe -> ../sv/wbe
    """,
)
GOOD = (
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/finish -> /bin/true
    """,
    """
    etc/s6/web/run -> ../common/run
    etc/s6/common/run (executable)
        #!/bin/sh
        exec web
    """,
    """
    etc/s6/web/run -> ../../../usr/bin/web
    """,
    """
    etc/sv/web/run (executable)
        #!/bin/sh
        exec web
    etc/sv/web/supervise -> /run/runit/supervise.web
    etc/service/web -> /etc/sv/web
    etc/service/ssh -> /etc/sv/ssh
    """,
    """
    / (complete)
    bin/sh (executable)
    etc/passwd
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/event -> /run/event/web
    etc/s6/web/env -> /run/web/env
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/web.conf -> ../../web/web.conf
    """,
)

_RUNTIME = ("/run/", "/var/run/", "/dev/", "/proc/", "/sys/", "/tmp/")
_OWN = ("supervise", "event", "instance", "instances")


def check(scandir: ScanDir, analysis: Analysis) -> Iterator[Finding]:
    """One finding a link."""
    for path in _links(scandir):
        entry = scandir.tree.entry(path)
        if isinstance(entry, Link) and not entry.target.startswith(_RUNTIME):
            said = _says(scandir.tree, path, entry.target)
            if said:
                yield Finding(path, message=f"{path.rpartition('/')[2]} -> {entry.target} {said}", help=_HELP)


_HELP = "ln -sfn TARGET LINK, with a target that counts from the link's directory"


def _links(scandir: ScanDir) -> Iterator[str]:
    """Every path that the supervisor itself looks at."""
    tree = scandir.tree
    if scandir.whole:
        yield from (join(scandir.path, name) for name in tree.links(scandir.path) if not name.startswith("."))
        control = join(scandir.path, CONTROL)
        yield from (join(control, name) for name in tree.links(control))
    for service in scandir.services:
        for name in tree.links(service.path):
            if (name in service.layout.names or name == "setup") and name not in _OWN:
                yield join(service.path, name)


def _says(tree: Tree, path: str, target: str) -> str | None:
    """What is wrong with a link, as the end of a sentence."""
    found = tree.resolve(path)
    if found.trouble == "loop":
        return "leads round in a circle"
    if found.trouble == "outside":
        return "climbs out of the root, where nothing is read"
    elsewhere = found.absolute or "/" not in found.path  # the base image's, or a directory of it
    if not found.trouble or (elsewhere and not tree.complete):
        return None
    return f"leads nowhere: {found.path} is {'no directory' if found.entry else 'not there'}"
