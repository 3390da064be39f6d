"""Nothing is known of whether this program stays in front.

## Why it bites

It may not: reading can't tell. This rule is off unless it is selected; it makes a list of what a
look at the program's manual, or running it, should decide.

## How to fix

Write a knowledge file of your own and name it in `lint.daemons` of s6kit.yaml.
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.rules.process import called, paths
from s6kit.service import Service
from s6kit.verdict import Stay

CODE = "SK211"
NAME = "unverified-command"
SEVERITY = Severity.INFO
SINCE = "0.1.0"
ENABLED = False

BAD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
""",
)

GOOD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec sleep infinity
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec memcached -u memcache
""",
)


def check(service: Service, analysis: Analysis) -> Iterator[Finding]:
    for judged in paths(service, analysis):
        if judged.verdict is not None and judged.verdict.stay is Stay.UNKNOWN:
            yield Finding(
                judged.outcome.path,
                judged.outcome.span,
                f"whether {called(judged.outcome)} stays in front is not known: {judged.verdict.because}",
                "look it up, and say so in a knowledge file of your own (lint.daemons)",
            )
