"""Little services to try an image with, as trees in text."""

from __future__ import annotations


def idle(name: str) -> str:
    """One that stays, and ends at once when told."""
    return f"""
etc/s6/{name}/run (executable)
    #!/bin/sh
    exec sleep 1000000
"""


# Says that it got its signal, and needs half a second to end. It is ready when it would.
TIDY = """
etc/s6/tidy/notification-fd
    3
etc/s6/tidy/run (executable)
    #!/bin/sh
    exec 2>&1
    trap 'echo tidy: told to stop; sleep 0.5; echo tidy: finished; exit 0' TERM
    echo tidy: started
    echo >&3
    while :; do sleep 0.05; done
"""

# Does as if TERM had not come, from when it is ready.
DEAF = """
etc/s6/deaf/notification-fd
    3
etc/s6/deaf/run (executable)
    #!/bin/sh
    trap '' TERM
    echo >&3
    while :; do sleep 1; done
etc/s6/deaf/timeout-kill
    1500
"""
