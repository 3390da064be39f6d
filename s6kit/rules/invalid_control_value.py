"""A control file whose value nobody can read.

## What it finds

`type` that is not longrun, oneshot or bundle; numbers (`notification-fd`, `lock-fd`, `timeout-kill`,
`timeout-finish`, `timeout-up`, `timeout-down`, `max-death-tally`) that are empty, have a unit, a sign or a
blank, or are out of range; signals that do not exist; and anything of the kind that is no regular file. What
each file may hold stands in s6kit's table of layouts.

## Why it bites

s6-supervise says it once, among everything that is logged at start, and goes on as if the file were not
there:

    s6-supervise web: warning: invalid notification-fd
    s6-supervise web: warning: invalid down-signal

s6-rc-compile stops, and with it the start of the whole image:

    s6-rc-compile: fatal: invalid /etc/s6-overlay/s6-rc.d/web/type: must be oneshot, longrun, or bundle

## How to fix

Write the bare value: `echo 3 > notification-fd`, `echo 5000 > timeout-kill` (milliseconds), `echo SIGQUIT >
down-signal`.

## References

- https://skarnet.org/software/s6/servicedir.html
- https://skarnet.org/software/s6-rc/s6-rc-compile.html
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.layout import SIGNALS, Contract, Form
from s6kit.regex import regex
from s6kit.rules.files import controls, what
from s6kit.service import Service
from s6kit.text import Span, decode, digits

CODE = "SK109"
NAME = "invalid-control-value"
SEVERITY = Severity.ERROR
SINCE = "0.1.0"

BAD = (
    """
    etc/s6-overlay/s6-rc.d/web/type
        long-run
    etc/s6-overlay/s6-rc.d/web/run
        #!/bin/sh
        exec web
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/timeout-kill
        5s
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/down-signal
        SIGFOO
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/notification-fd
        1
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/notification-fd
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/max-death-tally
        5000
    """,
)
GOOD = (
    """
    etc/s6-overlay/s6-rc.d/web/type (no final newline)
        longrun
    etc/s6-overlay/s6-rc.d/web/run
        #!/bin/sh
        exec web
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/notification-fd (no final newline)
        3
    etc/s6/web/timeout-kill
        0
    etc/s6/web/timeout-finish
        10000
        ten seconds
    etc/s6/web/max-death-tally
        4096
    etc/s6/web/down-signal
        quit
    etc/s6/web/down
    etc/s6/web/flag-newpidns
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/down-signal
        15
    etc/s6/web/lock-fd
        9
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/down
        not today
    """,
    """
    etc/sv/web/run (executable)
        #!/bin/sh
        exec web
    etc/sv/web/timeout-kill
        5s
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/type
        whatever
    """,
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/notification-fd -> /etc/web/notification-fd
    """,
    """
    etc/s6/holder/run (executable)
        #!/command/execlineb -P
        s6-envuidgid -D 32769:32769 daemon
        s6-fdholder-daemon -U -1 -i rules -- /run/holder
    etc/s6/holder/notification-fd
        1
    """,
)

_ALIASES = ("CLD", "IOT")
_SHOWN = 60  # characters of a value that a message repeats
_READY = regex(rb"\bs6-\w[^\n]* -[A-Za-z]*1\b")
_ASKED = (Form.NUMBER, Form.SIGNAL, Form.WORD)


def check(service: Service, analysis: Analysis) -> Iterator[Finding]:
    """One finding a file at most."""
    for path, contract in controls(service):
        if contract.form not in _ASKED:
            continue
        found, file = service.tree.resolve(path), service.tree.file(path)
        if file is None:
            if not found.trouble:
                message = f"{contract.name} is {what(found.entry)}: {contract.otherwise}"
                yield Finding(path, message=message, help=_help(contract, ""))
            continue
        if b"\r" in file.data:
            continue
        whole = contract.form is Form.WORD or contract.name.startswith(("timeout-up", "timeout-down"))
        value = decode(file.data.rstrip(b"\n") if whole else file.data.partition(b"\n")[0])
        wrong, beyond = _wrong(contract, value), False
        if not wrong and contract.form is Form.NUMBER:
            beyond = not contract.low <= (digits(value) or 0) <= contract.high
            wrong = f"{_said(value)}, not within {contract.low} and {contract.high}" if beyond else None
        if wrong and not (contract.name == "notification-fd" and value == "1" and _tells(service)):
            yield Finding(
                path,
                Span(0, len(value.encode("utf-8", "surrogateescape"))),
                f"{contract.name} is {wrong}: {(beyond and contract.beyond) or contract.otherwise}",
                _help(contract, value),
                Severity.WARNING if beyond and contract.beyond else None,
            )


def _tells(service: Service) -> bool:
    """Whether a program of s6 writes to its output that it is ready, and nothing else: s6-ipcserver -1."""
    return service.run is not None and _READY.search(service.run.data) is not None


def _wrong(contract: Contract, value: str) -> str | None:
    """What is wrong with a value, to go between "is" and a colon."""
    said = _said(value)
    match contract.form:
        case Form.WORD:
            return None if value in contract.words else f"{said}, none of {', '.join(contract.words)}"
        case Form.SIGNAL:
            return None if _is_signal(value) else f"{said}, which is no signal"
        case _:
            return f"{said}, no plain number" if digits(value) is None else None


def _said(value: str) -> str:
    shown = value if len(value) <= _SHOWN else value[:_SHOWN] + "…"
    return f"`{shown}`" if value else "empty"


def _is_signal(value: str) -> bool:
    number = digits(value)
    if number is not None:
        return 1 <= number <= 64
    name = value.upper().removeprefix("SIG")
    return name in SIGNALS or name in _ALIASES


def _help(contract: Contract, value: str) -> str:
    value = value[:_SHOWN]
    if contract.form is Form.WORD:
        close = get_close_matches(value.strip().lower().replace("-", ""), contract.words, 1)
        return f"write {close[0] if close else ', '.join(contract.words[:-1]) + ' or ' + contract.words[-1]}"
    if contract.form is Form.SIGNAL:
        close = get_close_matches(value.upper().removeprefix("SIG"), SIGNALS, 1)
        return f"write SIG{close[0] if close else 'TERM'} or another signal's name, and nothing else"
    return f"write digits alone: {contract.what}"
