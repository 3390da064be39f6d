"""A daemon is started in a way that sends it into the background.

## Why it bites

s6 watches the one process that starts `run`. When the daemon forks and its first process ends, s6
sees a service that died, waits a second and starts it again, for ever, while the copy in the
background answers: everything looks healthy. `docker stop` never reaches that copy, so what it had
not written is lost.

    bind() to 0.0.0.0:80 failed (98: Address already in use)

once a second, and a service that `s6-svstat` shows as up for 0 or 1 seconds, are this.

## How to fix

Say the words that keep this daemon in front, or take away the word that sends it off; the finding
names them. Where a configuration file that is not in the tree may decide, the finding is a warning
and names the file and the line.

## References

- https://skarnet.org/software/s6/servicedir.html, on `run`
- `s6kit daemons NAME` shows what is known of a daemon, and how it was observed
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.rules.process import BESIDE, defaults, left, lost, momentary, pointed, typed
from s6kit.service import Service
from s6kit.verdict import Stay

CODE = "SK201"
NAME = "daemonizing-command"
SEVERITY = Severity.ERROR
SINCE = "0.1.0"

BAD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec rsyslogd
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec memcached -d -u memcache
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    OPTS="-D"
    exec s6-setuidgid www gunicorn $OPTS app:app
""",
    """\
etc/s6/svc/run (executable)
    #!/command/execlineb -P
    fdmove -c 2 1
    cron
""",
)

GOOD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec rsyslogd -n
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec memcached -u memcache
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec sshd -D -e
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    # --daemonize, service nginx start & co.: only a comment
    exec dnsmasq -k -d
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec nginx
etc/nginx/nginx.conf
    daemon off;
    events {}
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec s6-fghack rsyslogd
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec rsyslogd $OPTIONS
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    automount
    exec automountd -d
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    postfix -c /etc/postfix start >/dev/null || exit 1
    postfix -c /etc/postfix abort
    exec /usr/lib/postfix/sbin/master -c /etc/postfix -d
""",
)


def check(service: Service, analysis: Analysis) -> Iterator[Finding]:
    for outcome, verdict in left(service, analysis):
        ours = verdict.daemon and verdict.place is None and not verdict.wrapper
        if verdict.stay is not Stay.DAEMONIZES or not ours or momentary(outcome, service, analysis):
            continue
        yield Finding(
            outcome.path,
            pointed(outcome, verdict),
            f"{verdict.because}{defaults(outcome)}: {lost(outcome, service)}",
            typed(outcome, verdict),
            None if verdict.certain and outcome.fate not in BESIDE else Severity.WARNING,
        )
