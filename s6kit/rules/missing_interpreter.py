"""A script whose interpreter is not in the image.

## What it finds

A `#!` line that names a program which the root file system does not hold, be it directly, or as the first
word after `env` or `with-contenv`, which look it up in PATH. Only asked of whole root file systems (an
`/etc/passwd` and a `/bin/sh` are there): in a tree that is copied over a base image, everything else comes
from that image.

## Why it bites

    s6-supervise web (child): fatal: unable to exec run: No such file or directory
    /usr/bin/env: 'bash': No such file or directory

The message names `run`, though it is the interpreter that is missing: Alpine has no bash, distributions'
s6-overlay packages have no /command.

## How to fix

Install the interpreter, or name one that is there.

## References

- execve(2), ENOENT
- https://github.com/just-containers/s6-overlay/issues/449
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import basename

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.layout import Form
from s6kit.model import Tree, join
from s6kit.rules.files import is_text, lead, programs, shebang
from s6kit.service import Service
from s6kit.text import Span, decode

CODE = "SK105"
NAME = "missing-interpreter"
SEVERITY = Severity.ERROR
SINCE = "0.1.0"

BAD = (
    """
    / (complete)
    bin/sh (executable)
    etc/passwd
    etc/s6/web/run (executable)
        #!/bin/bash
        exec web
    """,
    """
    / (complete)
    bin/sh (executable)
    usr/bin/env (executable)
    etc/passwd
    etc/s6/web/run (executable)
        #!/usr/bin/env bash
        exec web
    """,
)
GOOD = (
    """
    etc/s6/web/run (executable)
        #!/bin/bash
        exec web
    """,
    """
    / (complete)
    bin -> usr/bin
    usr/bin/sh -> dash
    usr/bin/dash (executable)
    etc/passwd
    etc/s6/web/run (executable)
        #!/bin/sh
        exec web
    """,
    """
    / (complete)
    bin/sh (executable)
    usr/bin/env (executable)
    usr/local/bin/bash (executable)
    etc/passwd
    etc/s6/web/run (executable)
        #!/usr/bin/env -S bash -e
        exec web
    """,
    """
    / (complete)
    bin/sh (executable)
    etc/passwd
    etc/cont-init.d/10-web (executable)
        mkdir -p /run/web
    """,
)

_PATH = ("command", "usr/local/bin", "usr/local/sbin", "usr/bin", "usr/sbin", "bin", "sbin")
_SEARCHES = ("env", "with-contenv")
_ABSENT = ("missing", "loop", "not a directory")


def check(service: Service, analysis: Analysis) -> Iterator[Finding]:
    """One finding a script at most."""
    if not service.tree.complete:
        return
    for script, contract in programs(service):
        line = script.data.partition(b"\n")[0]
        words = decode(shebang(script.data)).split()
        if not words or b"\r" in line or not is_text(script) or contract.form is Form.COMMAND:
            continue
        absent = _absent(service.tree, words)
        if absent:
            message = f"{lead(script)} needs {absent}, which is not in this root: `No such file or directory`"
            yield Finding(
                script.real,
                Span(0, len(line)),
                message,
                "install it in the image, or name an interpreter that is there",
            )


def _absent(tree: Tree, words: list[str]) -> str | None:
    """The program of a `#!` line that the tree does not hold."""
    if words[0].startswith("/") and tree.resolve(words[0]).trouble in _ABSENT:
        return words[0]
    rest = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
    if basename(words[0]) not in _SEARCHES or not rest:
        return None
    places = [rest[0]] if rest[0].startswith("/") else [join(place, rest[0]) for place in _PATH]
    return rest[0] if all(tree.resolve(place).trouble in _ABSENT for place in places) else None
