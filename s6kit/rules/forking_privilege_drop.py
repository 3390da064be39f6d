"""`su`, `sudo` or `runuser` stays as the parent of the daemon.

## Why it bites

They are made for people at a terminal: they open a session, start the command as a child and wait.
s6 watches the wrapper, not the daemon: a signal that the wrapper may not or will not pass on never
arrives (`s6-svc -k` kills only `su`), and the daemon runs on without a parent.

Not reported: `su` and `doas` where the image is made with Alpine's packages, for they become what they start
there.

## How to fix

Use a program that changes the user and then execs: `s6-setuidgid USER`, and where that is not in
the image `setpriv --reuid USER --regid USER --init-groups`, `su-exec`, `gosu` or `chpst -u USER`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.outcome import Kind
from s6kit.regex import regex
from s6kit.rules.process import called, supervisor, suspects
from s6kit.service import Service
from s6kit.verdict import Stay

CODE = "SK207"
NAME = "forking-privilege-drop"
SEVERITY = Severity.WARNING
SINCE = "0.1.0"

BAD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec su app -c '/opt/app/server'
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec sudo -u app /opt/app/server
""",
)

GOOD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec s6-setuidgid app /opt/app/server
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec su-exec app /opt/app/server
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec chpst -u app:app /opt/app/server
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    su app -c 'mkdir -p /home/app/x'
    exec gosu app /opt/app/server
""",
)


FORKING = ("su", "sudo", "runuser", "doas")


_ALPINE = regex(rb"^[ \t]*FROM[ \t]+\S*alpine|\bapk[ \t]+(?:-\S+[ \t]+)*add\b", re.MULTILINE | re.IGNORECASE)


def check(service: Service, analysis: Analysis) -> Iterator[Finding]:
    for outcome, verdict in suspects(service, analysis):
        names = [wrapper.name for wrapper in outcome.wrappers if wrapper.name in FORKING]
        if names[:1] in (["su"], ["doas"]) and _replaces(analysis):
            continue
        if not names or outcome.kind is not Kind.WAITS or verdict.stay is Stay.DAEMONIZES:
            continue
        user = outcome.user or "USER"
        yield Finding(
            outcome.path,
            outcome.span,
            f"`{names[0]}` stays between {supervisor(service)} and {called(outcome)}, and signals go to it",
            f"exec s6-setuidgid {user} {' '.join(word or '…' for word in outcome.words)}",
        )


def _replaces(analysis: Analysis) -> bool:
    """Whether they may be Alpine's: busybox's `su`, and a doas without PAM, become what they start."""
    return analysis.tree.entry("etc/alpine-release") is not None or analysis.root.surroundings.mentions(
        _ALPINE
    )
