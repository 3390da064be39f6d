"""The shell stays between s6 and the program that does the work.

## Why it bites

Without `exec` the shell starts the program as its child and waits. s6 sends its signals to the
shell, which dies of them, and the program lives on: `s6-svc -d` says that the service is down while
it is not, a restart gives two copies, and `docker stop` ends in SIGKILL, so that whatever the
program had not yet written is lost. Measured with s6 2.15.1: the container stops with exit code 0
after half a second, and the daemon never got its TERM.

## How to fix

Write `exec` in front of the last command. A shell that has to stay, because it does something when
it is told to stop, starts the program with `&`, passes the signal on in a trap, and waits: that is
not reported.

## References

- https://skarnet.org/software/s6/servicedir.html, on `run`
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.interpreter import SHELL
from s6kit.outcome import Outcome
from s6kit.programs import SHELLS, parks
from s6kit.rules.process import called, held, supervisor, suspects
from s6kit.script import Command
from s6kit.service import Service
from s6kit.text import decode
from s6kit.verdict import Stay

CODE = "SK203"
NAME = "unexecuted-daemon"
SEVERITY = Severity.ERROR
SINCE = "0.1.0"

BAD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    nginx -g 'daemon off;'
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    mkdir -p /run/app
    /opt/app/server --port 80
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/bash
    trap 'echo bye' TERM
    redis-server
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    ( exec sshd -D )
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec s6-setuidgid www bash -c 'cd /srv && node server.js >>/var/log/node.log'
""",
)

GOOD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    . ./helpers
    if is_elsewhere "$URL"; then exec sleep infinity; fi
    exec redis-server
etc/s6/svc/helpers
    is_elsewhere() {
        node - "$1" <<'NODE'
    process.exit(process.argv[2].includes("127.0.0.1") ? 1 : 0);
    NODE
    }
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec nginx -g 'daemon off;'
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    [ -f ./setup ] && . ./setup
    pushd / >/dev/null
    exec su-exec git gitea web
    popd
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/bash
    redis-server &
    pid=$!
    trap 'kill "$pid"' TERM
    wait "$pid"
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    while :; do
        /opt/app/job
        sleep 60
    done
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    if [ -z "$ON" ]; then exec sleep infinity; fi
    exec /opt/app/server
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    start() {
        exec "$@"
    }
    start redis-server
""",
    """\
etc/s6/svc/run (executable)
    #!/command/execlineb -P
    foreground { mkdir -p /run/app }
    s6-setuidgid app
    /opt/app/server
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    echo "nothing to do here"
    sleep infinity
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    ./start
    tail -f /var/log/app.log
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/bash
    [ -f /custom/before.sh ] && bash /custom/before.sh
    if [[ -x "/custom/start" ]]; then /custom/start; fi
""",
)


def check(service: Service, analysis: Analysis) -> Iterator[Finding]:
    for outcome, verdict in suspects(service, analysis):
        if (
            not held(outcome)
            or outcome.forked
            or outcome.loop
            or parks(outcome.words)
            or outcome.program == "tail"
        ):
            continue
        known = verdict.stay is Stay.FOREGROUND and bool(verdict.daemon)
        if verdict.stay is Stay.DAEMONIZES or verdict.wrapper:
            continue
        if not known and (not outcome.trailing or _is_hook(outcome, analysis)):
            continue
        yield Finding(
            outcome.path,
            outcome.span,
            f"the shell stays between {supervisor(service)} and {called(outcome)}:"
            " signals reach the shell, never the program",
            _help(outcome, analysis),
            None if known else Severity.WARNING,
        )


def _is_hook(outcome: Outcome, analysis: Analysis) -> bool:
    """Whether it is a file that run looks for before: what the user may hang in there, and does a job."""
    words = outcome.words[1:] if outcome.program in SHELLS else outcome.words
    file = analysis.tree.file(outcome.path)
    if not words or not words[0] or not words[0].startswith("/") or file is None:
        return False
    name = re.escape(words[0].encode("utf-8", "surrogateescape"))
    return re.search(rb"-[efrsx][ \t]+[\"']?" + name + rb"[\"']?[ \t]+\]", file.data) is not None


def _help(outcome: Outcome, analysis: Analysis) -> str:
    written = analysis.source(outcome.path, outcome.span)
    if written[:1] in ("'", '"'):
        return f"put exec in front of {called(outcome)}, inside the string"
    if outcome.swapped:
        return f"take `{written}` out of the parentheses"
    line, more, _ = _executed(written, analysis).partition("\n")
    return line.rstrip(" \\") + " …" if more else line


def _executed(written: str, analysis: Analysis) -> str:
    """The command with exec where it belongs: behind the variables that are set for it."""
    first = next(iter(analysis.parse(written, SHELL).body), None)
    if not isinstance(first, Command) or not first.words:
        return f"exec {written}"
    before = decode(written.encode("utf-8", "surrogateescape")[: first.words[0].span.start])
    return f"{before}exec {written[len(before) :]}"
