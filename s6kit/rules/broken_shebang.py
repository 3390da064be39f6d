"""A script whose first line does not name its interpreter in a way that the kernel understands.

## What it finds

In every file that is executed (`run`, `finish`, `log/run`, `data/check`, init scripts, the script behind a
oneshot's `up`): no `#!` at all, something before it (a blank line, a space, a byte order mark), nothing after
it, an interpreter without an absolute path, and more than one argument where the interpreter does not take
them as one: the kernel hands over everything after the first blank as a single word.

`setup` is sourced and needs no `#!`; `up` and `down` of a oneshot are command lines; cont-init scripts are
started by a shell, which forgives a missing one. Binaries are fine. So is `#!/usr/bin/env -S bash -e`.

## Why it bites

    s6-supervise web (child): fatal: unable to exec run: Exec format error
    runsv web: fatal: unable to start ./run: exec format error
    /usr/bin/env: 'bash -e': No such file or directory
    /bin/sh: 0: Illegal option -
    execlineb: fatal: unable to exec bash -e: No such file or directory

## How to fix

Let the very first two bytes be `#!`, followed by one absolute path and one argument at most; set further
options with `set -eu` on a line of their own, or with `env -S`.

## References

- execve(2), on interpreter scripts
- https://github.com/just-containers/s6-overlay/issues/47
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import basename

from s6kit.analysis import Analysis
from s6kit.diagnostics import Finding, Severity
from s6kit.layout import Form
from s6kit.regex import regex
from s6kit.rules.files import is_note, is_text, lead, programs, shebang
from s6kit.service import ScriptFile, Service
from s6kit.text import Span, decode

CODE = "SK103"
NAME = "broken-shebang"
SEVERITY = Severity.ERROR
SINCE = "0.1.0"

BAD = (
    """
    etc/s6/web/run (executable)
        exec web
    """,
    """
    etc/s6/web/run (executable)

        #!/bin/sh
        exec web
    """,
    """
    etc/s6/web/run (executable)
        #!/usr/bin/env bash -e
        exec web
    """,
    """
    etc/s6/web/run (executable)
        #!bin/sh
        exec web
    """,
    """
    etc/services.d/web/run (executable)
        #!/usr/bin/with-contenv bash -e
        exec web
    """,
    """
    etc/services.d/web/run (executable)
        #!/usr/bin/with-contenv
        exec web
    """,
    """
    etc/s6/web/run (executable)
    """,
)
GOOD = (
    """
    etc/s6/web/run (executable)
        #! /bin/sh -eu
        . ./setup
        exec web
    etc/s6/web/setup
        PORT=80
    """,
    """
    etc/s6/web/run (executable)
        #!/usr/bin/env -S bash -e
        exec web
    """,
    """
    etc/s6/web/run (executable)
        #!/usr/bin/perl -w -T
        exec "web";
    """,
    r"""
    etc/s6/web/run (executable, escaped)
        \x7fELF\x02\x01\x01\x00
    """,
    """
    etc/cont-init.d/10-web (executable)
        mkdir -p /run/web
    """,
    """
    etc/s6-overlay/s6-rc.d/init/type
        oneshot
    etc/s6-overlay/s6-rc.d/init/up
        mkdir -p /run/web
    """,
    """
    etc/services.d/web/run (executable)
        #!/usr/bin/with-contenv bashio
        exec web
    """,
)

_SOUND = regex(rb"#![ \t]*/[!-~]*(?:[ \t]+[!-~]+|(?<!/env)(?<!/with-contenv))[ \t\r]*\n")
_JOINED = regex(r"(?:env|with-contenv|execlineb|python[\d.]*|(?:ba|da|a|k|z)?sh)")
_SPLITS = regex(r"-\w*S|--split-string")
_PLACEHOLDER = regex(r"[@%$<{]")
_UTF8_MARK = b"\xef\xbb\xbf"


def check(service: Service, analysis: Analysis) -> Iterator[Finding]:
    """One finding a script at most."""
    for script, contract in programs(service):
        if not _SOUND.match(script.data) and is_text(script) and not is_note(service, script):
            found = _missing(script) if not script.data.startswith(b"#!") else _strange(service, script)
            if found and (contract.form is Form.PROGRAM or b"#!" in script.data[:16]):
                end = (script.data.find(b"\n") + 1 or len(script.data) + 1) - 1
                nothing = script.role == "finish" and not script.data
                severity = Severity.WARNING if nothing else None  # it costs a line in the log
                yield Finding(script.real, Span(0, end), f"{lead(script)} {found[0]}", found[1], severity)


def _missing(script: ScriptFile) -> tuple[str, str] | None:
    """What is wrong where the file does not begin with `#!`."""
    data = script.data
    if not data:
        help_ = "take the file away" if script.role == "finish" else "write #!/bin/sh and what to run"
        return "is empty: the kernel answers `Exec format error`", help_
    before = data.removeprefix(_UTF8_MARK).lstrip()
    if before.startswith(b"#!"):
        what = "a byte order mark" if data.startswith(_UTF8_MARK) else "something"
        what = "a blank line" if data.startswith((b"\n", b"\r\n")) else what
        what = "a blank" if data.startswith((b" ", b"\t")) else what
        message = (
            f"has {what} before its `#!`: the kernel looks at the first two bytes only, `Exec format error`"
        )
        return message, "let the file begin with #!"
    return (
        "names no interpreter: the kernel answers `Exec format error`",
        "let the file begin with #!/bin/sh, or with the interpreter that it is written for",
    )


def _strange(service: Service, script: ScriptFile) -> tuple[str, str] | None:
    """What is wrong with a first line that is one."""
    line = decode(shebang(script.data))
    interpreter, _, rest = line.partition(" ") if " " in line else line.partition("\t")
    rest = rest.strip()
    if not interpreter:
        return "names no interpreter after `#!`", "write #!/bin/sh"
    if _PLACEHOLDER.search(interpreter):
        return None
    if not interpreter.startswith("/") and service.tree.file(service.entry(interpreter)) is None:
        message = f"names its interpreter by the relative path `{interpreter}`: `No such file or directory`"
        return message, f"write #!/{interpreter.lstrip('./')}, or #!/usr/bin/env {basename(interpreter)}"
    if not rest and basename(interpreter) in ("env", "with-contenv"):
        message = f"gives {basename(interpreter)} nothing to start but the script itself, again and again"
        return message, f"write #!{interpreter} sh, or with what the script is written for"
    if len(rest.split()) > 1 and _JOINED.fullmatch(basename(interpreter)) and not _SPLITS.match(rest):
        message = (
            f"gives {basename(interpreter)} `{rest}`, which the kernel hands over as one word, blanks and all"
        )
        return message, _unjoined(interpreter, rest)
    return None


def _unjoined(interpreter: str, rest: str) -> str:
    if basename(interpreter) == "env":
        return f"write #!{interpreter} -S {rest}"
    first, *options = rest.split()
    if basename(interpreter) == "with-contenv":
        return f"write #!{interpreter} {first}, and set {' '.join(options)} on a line below"
    return f"write #!/usr/bin/env -S {basename(interpreter)} {rest}"
