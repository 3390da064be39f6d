"""A service whose name its supervisor refuses or takes apart.

## What it finds

- names of more than 251 bytes, which s6-svscan does not spawn;
- names with a blank in `services.d`, `cont-init.d` or `cont-finish.d`: s6-overlay takes them for several;
- names in an s6-rc source that begin with `s6rc-` or `s6-rc-`, which are reserved, or that hold a newline.

Directories whose names begin with a dot are no services: s6, s6-rc and runit pass over them.

## Why it bites

    s6-svscan: warning: name too long - not spawning service: …
    s6-rc-compile: fatal: in /etc/s6-overlay/s6-rc.d: identifier s6rc-web starts with reserved prefix

The second stops the whole image. A blank in `services.d` says nothing: the service does not start.

## How to fix

Rename the directory: letters, digits, `-`, `_` and `.` are safe everywhere.

## References

- https://skarnet.org/software/s6/s6-svscan.html, on `-L`
- https://skarnet.org/software/s6-rc/s6-rc-compile.html
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.service import CONTROL, Service

CODE = "SK110"
NAME = "unusable-service-name"
SEVERITY = Severity.ERROR
SINCE = "0.1.0"

BAD = (
    """
    etc/s6-overlay/s6-rc.d/s6rc-web/type
        longrun
    etc/s6-overlay/s6-rc.d/s6rc-web/run
        #!/bin/sh
        exec web
    """,
    """
    "etc/services.d/my web/run" (executable)
        #!/bin/sh
        exec web
    """,
    """
    "etc/cont-init.d/10 web" (executable)
        #!/bin/sh
        mkdir -p /run/web
    """,
)
GOOD = (
    """
    etc/s6/web@8080/run (executable)
        #!/bin/sh
        exec web
    """,
    """
    "etc/s6/my web/run" (executable)
        #!/bin/sh
        exec web
    """,
    """
    etc/s6-overlay/s6-rc.d/s6-web/type
        longrun
    etc/s6-overlay/s6-rc.d/s6-web/run
        #!/bin/sh
        exec web
    """,
    """
    etc/s6/.web/run (executable)
        #!/bin/sh
        exec web
    """,
)

LONGEST = 251  # bytes, s6-svscan's default


def check(service: Service, analysis: Analysis) -> Iterator[Finding]:
    """One finding at most."""
    name = service.path.rpartition("/")[2] if service.layout.flat else service.name.removesuffix("/log")
    wrong = _wrong(service.layout.name, name) if name != CONTROL and service.name == name else None
    if wrong:
        help_ = "rename it: letters, digits, -, _ and . are safe everywhere"
        yield Finding(service.path, message=f"the name {name!r} {wrong}", help=help_)


def _wrong(layout: str, name: str) -> str | None:
    """What is wrong with a name, as the end of a sentence."""
    if layout in ("services.d", "cont-init.d") and name.split() != [name]:
        return "has a blank in it: s6-overlay takes it for several names, and starts none of them"
    if layout == "s6-rc" and name.startswith(("s6rc-", "s6-rc-")):
        return "begins with a prefix that s6-rc keeps for itself: s6-rc-compile stops, no service starts"
    if layout == "s6-rc" and "\n" in name:
        return "has a newline in it: s6-rc-compile stops, no service starts"
    size = len(name.encode("utf-8", "surrogateescape"))
    if layout in ("s6", "services.d") and size > LONGEST:
        return f"is {size} bytes long: s6-svscan does not spawn services with more than {LONGEST}"
    return None
