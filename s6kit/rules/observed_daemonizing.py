"""A service was run, and its process ended while another that it had started lives on.

## Why it bites

s6 watches the one process that starts `run`. It ends: s6 sees a service that died, waits a second
and starts it again, for ever, while the copy in the background answers: everything looks healthy.
`docker stop` never reaches that copy, so what it had not written is lost.

    bind() to 0.0.0.0:80 failed (98: Address already in use)

once a second, and a service that `s6-svstat` shows as up for 0 or 1 seconds, are this. Unlike SK201
this was seen, not read: whatever decided, the program or a configuration that nobody thought of, it
went away.

## How to fix

Say the words that keep this daemon in front; where it has none, `s6-background-watch` (s6 2.14)
stays as the parent of what it leaves behind. A process that `run` itself puts in the background has
to be a service of its own, or `run` has to become it with `exec`.

## References

- https://skarnet.org/software/s6/servicedir.html, on `run`
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.observation import Fate, spoken
from s6kit.rules.observed import Observed, called, listed, pointed, remedy, shell, told

CODE = "SK801"
NAME = "observed-daemonizing"
SEVERITY = Severity.ERROR
SINCE = "0.2.0"

BAD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "daemonized", "command": ["/opt/app/server"], "exit_code": 0, "watched": 0.1,
     "survivors": [{"pid": 4, "command": ["/opt/app/server"]}]}
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    /opt/app/server &
observed/svc
    {"outcome": "daemonized", "command": ["/bin/sh", "./run", "svc"], "exit_code": 0, "watched": 0.02,
     "survivors": [{"pid": 3, "command": ["/opt/app/server"]}]}
""",
    """\
# In an image.
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "daemonized", "command": ["/opt/app/server"], "watched": 3.1, "starts": 3,
     "survivors": [{"pid": 41, "command": ["/opt/app/server"]}, {"pid": 44, "command": ["/opt/app/server"]}]}
""",
)

GOOD = (
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server --foreground
observed/svc
    {"outcome": "foreground", "command": ["/opt/app/server", "--foreground"], "watched": 3.0,
     "children": [{"pid": 3, "command": ["/opt/app/worker"]}],
     "stop": {"seconds": 0.1, "signal": "SIGTERM", "killed": false}}
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec /opt/app/server
observed/svc
    {"outcome": "exited", "command": ["/opt/app/server"], "exit_code": 1, "watched": 0.1}
""",
    """\
etc/s6/svc/run (executable)
    #!/bin/sh
    exec sh -c '/opt/app/server & wait'
observed/svc
    {"outcome": "foreground", "command": ["sh", "-c", "/opt/app/server & wait"], "watched": 3.0,
     "children": [{"pid": 3, "command": ["/opt/app/server"]}],
     "stop": {"seconds": 0.1, "signal": "SIGTERM", "killed": false}}
""",
)


def check(observed: Observed, analysis: Analysis) -> Iterator[Finding]:
    seen = observed.observation
    if seen.outcome is not Fate.DAEMONIZED:
        return
    path, span = pointed(observed, analysis)
    help_ = remedy(observed, analysis)
    ways = "say what keeps it in front; where nothing does, put `s6-background-watch` before it"
    if not observed.service.name:
        what = f"nobody supervises {listed(seen.survivors)}, a child of the first process"
        yield Finding(path, span, what, "give it a service of its own")
        return
    if seen.exit_code is None and seen.signal is None:  # in an image, where only the result is to be seen
        number = len(seen.survivors)
        what = f"{number} {'process' if number == 1 else 'processes'} escaped: {listed(seen.survivors)}"
    elif shell(observed):
        what = (
            f"`run` ended after {spoken(seen.watched)}, {told(observed)}, and left {listed(seen.survivors)}"
        )
        ways = "let `run` become the daemon with `exec`"
    else:
        what = (
            f"{called(observed)} forked away: after {spoken(seen.watched)} the process that s6 watches ended,"
            f" {told(observed)}, and {listed(seen.survivors)} lives on"
        )
    yield Finding(path, span, f"{what}; s6 starts it again every second", help_ or ways)
