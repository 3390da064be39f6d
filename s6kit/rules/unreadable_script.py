"""A script that its own interpreter cannot read.

## What it finds

A `run`, `finish`, `setup` or any other script of a service with a syntax error: a quote, a bracket, an
`if` or an execline block that is never closed, an operator with nothing behind it. The finding points at
the place where reading stops making sense, which may lie after the mistake itself.

## Why it bites

The shell reads a script command by command: everything before the mistake runs, nothing after it does.
Under s6 the service dies at once and is started again every second:

    ./run: 4: Syntax error: end of file unexpected (expecting "fi")

execline refuses such a script as a whole: `execlineb: fatal: syntax error`. The other rules still look at
what can be read, so this is rarely the only finding.

## How to fix

Mend the place that is named. `sh -n run` (or `bash -n run`) says what the shell itself thinks of it.

## References

- POSIX, Shell Command Language: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
- The execline language: https://skarnet.org/software/execline/grammar.html
"""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.service import Service

CODE = "SK901"
NAME = "unreadable-script"
SEVERITY = Severity.ERROR
SINCE = "0.1.0"

BAD = (
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        if [ -f /etc/web.conf ]; then
        exec web
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/execlineb -P
        if { test -f /etc/web.conf
        web
    """,
)
GOOD = (
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        if [ -f /etc/web.conf ]; then
            exec web
        fi
        exec sleep infinity
    """,
    """
    etc/s6/web/run (executable)
        #!/usr/bin/python3
        if True: print("not a shell script: nothing is said of it")
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/execlineb -P
        if { test -f /etc/web.conf }
        web
    """,
    """
    etc/s6/web/run (executable)

        #!/bin/execlineb -P
        if { test -f /etc/web.conf }
        web
    """,
)


def check(service: Service, analysis: Analysis) -> Iterator[Finding]:
    """One finding a place that cannot be read."""
    for file in service.scripts.values():
        script = analysis.program(file)
        for problem in script.problems if script else ():
            if analysis.source(file.path, problem.span) == "\r":
                continue  # SK104 says it
            message = f"{problem.message}: everything before this runs, nothing after it"
            if script and script.dialect == "execline":
                message = f"{problem.message}: execlineb refuses the whole script"
            yield Finding(file.path, problem.span, message)
