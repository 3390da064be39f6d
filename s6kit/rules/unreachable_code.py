"""A program stands after an `exec`, where it is never started.

## Why it bites

`exec` replaces the shell: what is written after it in the same list never happens. Somebody meant
it to. Where the exec fails, sh and bash end too. Only programs are reported: a message, an `exit`
or a `popd` after an exec does no harm.

## How to fix

Move it before the `exec`, into `finish` if it is to happen when the daemon ends, or into a service
of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.programs import ends
from s6kit.script import Argument, Command, Literal, Statement, Word
from s6kit.service import Service

CODE = "SK208"
NAME = "unreachable-code"
SEVERITY = Severity.WARNING
SINCE = "0.1.0"

BAD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec redis-server
    exec memcached -u memcache
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
    /opt/app/clean-up --all
""",
)

GOOD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    pushd /data >/dev/null
    exec su-exec git gitea web
    popd
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
    echo "could not start the server" >&2
    exit 1
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    if [ -x /opt/app/server ]; then
        exec /opt/app/server
    fi
    exec /opt/app/fallback
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/bash
    exec 2>&1
    /opt/app/prepare
    exec /opt/app/server
""",
)


def check(service: Service, analysis: Analysis) -> Iterator[Finding]:
    for path, statement in analysis.course(service).unreachable:
        command = _program(statement)
        if command is not None:
            yield Finding(
                path,
                command.span,
                "this is never started: the exec before it has replaced the shell",
                "move it before the exec, or into finish",
            )


def _program(statement: Statement) -> Command | None:
    """The statement, if it starts a program of consequence."""
    if not isinstance(statement, Command) or not statement.words:
        return None
    words = [_literal(word) for word in statement.words]
    if words[0] == "exec":
        words = words[1:]
    return statement if words and words[0] and words[0] != "\r" and not ends(words) else None


def _literal(word: Argument) -> str | None:
    if not isinstance(word, Word) or not all(isinstance(part, Literal) for part in word.parts):
        return None
    return "".join(part.text for part in word.parts if isinstance(part, Literal))
