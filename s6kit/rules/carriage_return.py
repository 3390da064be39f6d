"""A script or a control file with Windows line endings.

## What it finds

A carriage return before the end of a line, in any script of a service (also one that is sourced) and in every
control file that s6 reads: `type`, `up`, `notification-fd`, `down-signal`, the time-outs. Scripts in a
language that does not mind (Python, Perl, Node …) are only reported for their first line, since the kernel
does. Files that a Dockerfile or an init script of the work tree converts, with `dos2unix` or a `sed` that
takes `\\r` away, are not reported.

## Why it bites

The carriage return belongs to the word before it: the kernel looks for `/bin/sh` with one more character.

    s6-supervise web (child): fatal: unable to exec run: No such file or directory
    : No such file or directory sh
    s6-rc-compile: fatal: invalid /etc/s6-overlay/s6-rc.d/web/type: must be oneshot, longrun, or bundle
    s6-supervise web: warning: invalid notification-fd

The second line looks odd because the carriage return makes the terminal write over its beginning: it is
the mark of a checkout on Windows.

## How to fix

Convert the file (`sed -i 's/\\r$//' FILE`), and keep git from converting it back with a line in
`.gitattributes`: `* text=auto eol=lf`.

## References

- https://git-scm.com/docs/gitattributes, on `eol`
- https://github.com/just-containers/s6-overlay/issues/339
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import basename

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.layout import Form
from s6kit.rules.files import controls, is_text, lead
from s6kit.service import ScriptFile, Service
from s6kit.text import Span

CODE = "SK104"
NAME = "carriage-return"
SEVERITY = Severity.ERROR
SINCE = "0.1.0"

BAD = (
    r"""
    etc/s6/web/run (executable, escaped)
        #!/bin/sh\r
        exec web\r
    """,
    r"""
    etc/s6/web/run (executable, escaped)
        #!/bin/sh
        exec web\r
    """,
    r"""
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/notification-fd (escaped)
        3\r
    """,
    r"""
    etc/s6/web/run (executable, escaped)
        #!/usr/bin/env python3\r
        import web\r
    """,
)
GOOD = (
    """
    etc/s6/web/run (executable)
        #!/bin/sh
        printf 'GET / HTTP/1.0\\r\\n\\r\\n'
        exec web
    """,
    r"""
    etc/s6/web/run (executable, escaped)
        #!/usr/bin/python3
        import web\r
    """,
    r"""
    etc/s6/web/run (executable, escaped)
        #!/bin/sh
        IFS='\r'
        exec web
    """,
    r"""
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/README.txt (escaped)
        About this service\r
    """,
    r"""
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    etc/s6/web/data/page.html (escaped)
        <p>\r
    """,
)

_END = b"\r\n"


def check(service: Service, analysis: Analysis) -> Iterator[Finding]:
    """One finding a file, at its first carriage return."""
    seen = set()
    for script in service.scripts.values():
        seen.add(script.path)
        harmful = b"\r" in script.data and is_text(script)
        if harmful and (at := _first(script, analysis)) >= 0 and not _converted(script.real, analysis):
            yield Finding(
                script.real, Span(at, at + 1), f"{lead(script)} {_says(script.data, at)}", _help(script.real)
            )
    for path, contract in controls(service):
        read = path not in seen and contract.form is not Form.FLAG
        file = service.tree.file(path) if read else None
        if file and (at := _end(file.data)) >= 0 and not _converted(path, analysis):
            message = (
                f"{basename(path)} {_says(file.data, at)}: what reads it takes that for a part of the value"
            )
            yield Finding(path, Span(at, at + 1), message, _help(path))


def _converted(path: str, analysis: Analysis) -> bool:
    return analysis.root.surroundings.converts(path)


def _first(script: ScriptFile, analysis: Analysis) -> int:
    """Where the first carriage return that does harm is; negative if none does."""
    at = _end(script.data)
    harms = at < script.data.find(b"\n") or analysis.program(script) is not None
    return at if at >= 0 and (harms or not script.data.startswith(b"#!")) else -1


def _end(data: bytes) -> int:
    at = data.find(_END)
    return at if at >= 0 or not data.endswith(b"\r") else len(data) - 1


def _says(data: bytes, at: int) -> str:
    if data.startswith(b"#!") and b"\n" not in data[:at]:
        line = data[2:at].strip().decode("utf-8", "replace")
        return (
            f"has a carriage return on its first line: the kernel looks for `{line}\\r`, which does not exist"
        )
    return "has Windows line endings: each carriage return belongs to the last word of its line"


def _help(path: str) -> str:
    return f"sed -i 's/\\r$//' {path}, and `* text=auto eol=lf` in .gitattributes"
