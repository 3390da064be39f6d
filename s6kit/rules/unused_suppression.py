"""A comment that silences nothing.

## What it finds

A `# s6kit: ignore[…]` or `# s6kit: ignore-file[…]` comment in a script of a service that names a rule
which found nothing there, a code that no rule has, or that is not written as s6kit reads it. A rule that
is not run (switched off, or not selected on the command line) is not held against the comment.

## Why it bites

A suppression outlives the line that it was written for. Left there it will silence the next mistake on that
line, and one that is misspelt has never silenced anything.

## How to fix

Take the code, or the whole comment, away. A comment that is to cover the whole file is written
`ignore-file`; one for a line stands on that line, or above it:

    # s6kit: ignore[SK204] the helper may die, nothing depends on it
    watch-certificates &

## References

- `s6kit rule` lists every code.
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.suppress import Remark

CODE = "SK902"
NAME = "unused-suppression"
SEVERITY = Severity.WARNING
SINCE = "0.1.0"

BAD = (
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        # s6kit: ignore[SK901] there is no syntax error here
        exec web
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web # s6kit: ignore[SK999]
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        # s6kit: ignore SK901
        exec web
    """,
)
GOOD = (
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        # s6kit: ignore-file[SK901] a template: @START@ is filled in when the image is built
        if @START@; then
        exec web
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        # a comment that says s6kit
        exec web
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        # s6kit: ignore-file[SK211] off unless it is selected, so nobody can tell
        exec web
    """,
)


def check(remark: Remark, _: Analysis) -> Iterator[Finding]:
    """One finding a code, or one for the whole comment."""
    suppression = remark.suppression
    if suppression.problem:
        message = f"this suppression does nothing: {suppression.problem}"
        yield Finding(remark.path, suppression.span, message, "# s6kit: ignore[SK203] reason")
    for code, span, hint in remark.strange:
        yield Finding(remark.path, span, f"no rule is called {code!r}, so nothing is silenced{hint}")
    for code, span in remark.idle:
        where = "in this file" if suppression.whole else "on this line"
        message = f"{code} finds nothing {where}: left here, this would silence the next mistake"
        yield Finding(remark.path, span, message, f"take {code} out of the comment")
