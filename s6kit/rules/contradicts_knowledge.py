"""What was seen is not what s6kit's knowledge of this daemon says.

## Why it bites

One of both is wrong for this version, this build or this configuration. What was seen counts; but
`s6kit lint` goes by what it knows, and would accuse or acquit the same service wrongly.

## How to fix

Write a knowledge file of your own and name it in `lint.daemons` of s6kit.yaml: it comes before the
one that s6kit brings along. And please tell the makers of s6kit, with version and command line.

A daemon that was seen in front for a few seconds may still leave: dhclient takes up to a minute.
`--settle 35` looks on for longer.
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.observation import Fate, spoken
from s6kit.outcome import Kind
from s6kit.rules.observed import Observed, pointed
from s6kit.verdict import Stay, Verdict

CODE = "SK808"
NAME = "contradicts-knowledge"
SEVERITY = Severity.WARNING
SINCE = "0.2.0"

LONG = 35.0  # seconds from which nobody has been seen to leave
SEEN = {Fate.FOREGROUND: Stay.FOREGROUND, Fate.DAEMONIZED: Stay.DAEMONIZES}

BAD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec dnsmasq -k
observed/svc
    {"outcome": "daemonized", "command": ["dnsmasq", "-k"], "exit_code": 0, "watched": 0.1,
     "survivors": [{"pid": 4, "command": ["dnsmasq", "-k"]}]}
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec memcached -d -u memcache
observed/svc
    {"outcome": "foreground", "command": ["memcached", "-d", "-u", "memcache"], "watched": 3.0}
""",
)

GOOD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec dnsmasq -k
observed/svc
    {"outcome": "foreground", "command": ["dnsmasq", "-k"], "watched": 3.0}
""",
    """\
# Nothing was known of it.
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "daemonized", "command": ["/opt/app/server"], "exit_code": 0, "watched": 0.1,
     "survivors": [{"pid": 4, "command": ["/opt/app/server"]}]}
""",
    """\
# It was seen on one of two ways.
etc/s6/svc/run (executable)
    #!/bin/sh
    if [ -n "$FRONT" ]; then exec dnsmasq -k; fi
    exec dnsmasq
observed/svc
    {"outcome": "daemonized", "command": ["dnsmasq"], "exit_code": 0, "watched": 0.1,
     "survivors": [{"pid": 4, "command": ["dnsmasq"]}]}
""",
)


def check(observed: Observed, analysis: Analysis) -> Iterator[Finding]:
    seen = observed.observation
    stay, verdict = SEEN.get(seen.outcome), _verdict(observed, analysis)
    if stay is None or verdict is None or verdict.stay is stay:
        return
    path, span = pointed(observed, analysis)
    short = stay is Stay.FOREGROUND and seen.watched < LONG
    was = f"it stayed in front for {spoken(seen.watched)}" if stay is Stay.FOREGROUND else "it forked away"
    yield Finding(
        path,
        span,
        f"{verdict.because}, says what s6kit knows of {verdict.daemon}; here {was}",
        "look on for longer: --settle 35"
        if short
        else "say so in a knowledge file of your own (lint.daemons)",
        Severity.INFO if short else None,
    )


def _verdict(observed: Observed, analysis: Analysis) -> Verdict | None:
    """What the knowledge base says of the one command that the script becomes; None where it is not sure."""
    known = [(j.outcome, j.verdict) for j in analysis.outcomes(observed.service) if j.verdict is not None]
    if not known or len({verdict.stay for _, verdict in known}) > 1:
        return None
    outcome, verdict = known[0]
    sure = verdict.daemon and verdict.certain and not verdict.wrapper and verdict.stay is not Stay.UNKNOWN
    return verdict if sure and outcome.kind is Kind.BECOMES else None
