"""What the rules on files have in common: which files a service has, and what its layout says of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from posixpath import basename

from s6kit.layout import Bit, Contract, Form, ServiceKind
from s6kit.model import Directory, Entry, File, Link, Special, Unreadable
from s6kit.regex import regex
from s6kit.service import CONTROL, ScriptFile, Service

_NOTE = regex(
    r"(?:README|LICENSE|NOTICE|CHANGELOG).*|.*(?:\.(?:md|txt|rst|bak|orig|rej|swp)|~)", re.IGNORECASE
)
_TARGET = Contract("target", "what up runs", Form.PROGRAM, bit=Bit.NEEDED)
_CONTROL = Contract("*", "what s6-svscan runs", Form.PROGRAM, bit=Bit.NEEDED)


def programs(service: Service) -> Iterator[tuple[ScriptFile, Contract]]:
    """The scripts that are executed, with their contracts; `setup` is sourced and is none."""
    for role, script in service.scripts.items():
        contract = _contract(service, role, script)
        if contract is not None and contract.form in (Form.PROGRAM, Form.SHELL):
            yield script, contract


def _contract(service: Service, role: str, script: ScriptFile) -> Contract | None:
    if role == "target":
        return _TARGET
    if service.path.endswith(CONTROL):
        return _CONTROL
    name = "*" if service.kind is ServiceKind.INIT else script.path[len(service.path) + 1 :]
    return service.layout.contract(name, service.kind)


def controls(service: Service) -> list[tuple[str, Contract]]:
    """Root-relative path and contract of every control file that is there: what is read, not run."""
    known = service.layout.controls[service.kind]
    names = service.tree.names(service.path)
    return [(service.entry(name), known[name]) for name in names if name in known]


def is_text(script: ScriptFile) -> bool:
    """Whether it is a script at all: no binary, and not far too long for one."""
    return not script.partial and b"\0" not in script.data[:1024]


def shebang(data: bytes) -> bytes:
    """The first line after `#!`, blanks and a carriage return taken off; empty where there is none."""
    if not data.startswith(b"#!"):
        return b""
    return data[2:].partition(b"\n")[0].strip(b" \t\r")


def lead(script: ScriptFile) -> str:
    """How a message names a script: its file name, and where a link leads."""
    name = basename(script.path)
    return name if script.real == script.path else f"{name} (a link to {script.real})"


def complaint(service: Service, name: str, reason: str) -> str:
    """What the supervisor says of a program that it cannot start; `reason` in the words of s6."""
    if service.layout.starter == "runsv":
        told = {"Permission denied": "access denied", "No such file or directory": "file does not exist"}
        return f"runsv says `unable to start ./{name}: {told[reason]}`"
    return f"s6-supervise says `unable to exec {name}: {reason}`"


def what(entry: Entry | None) -> str:
    """What is at a path, for a message."""
    match entry:
        case Special(kind):
            return f"a {kind}"
        case Directory():
            return "a directory"
        case Link():
            return "a link"
        case File():
            return "a file"
        case Unreadable(reason):
            return f"unreadable ({reason})"
        case None:
            return "nothing"


def meant(service: Service, name: str, names: tuple[str, ...]) -> str | None:
    """The control file that somebody meant who wrote `name`; None where nobody can tell."""
    if name in service.layout.names or name in ("setup", "control"):
        return None
    known = sorted(n for n in service.layout.names if "/" not in n and n not in names)
    plain = {_plain(n): n for n in known}
    stem = name.removesuffix(".sh").removesuffix(".bash")
    if stem != name and stem in known and stem in ("run", "finish", "check", "up"):
        return stem
    if _plain(name) in plain and "." not in name:
        return plain[_plain(name)]
    close = get_close_matches(_plain(name), [p for p in plain if len(p) > 8], 1, 0.9)
    return plain[close[0]] if close and "." not in name and len(name) > 8 else None


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def misnamed(service: Service) -> Iterator[tuple[str, str]]:
    """Every misnamed control file of a service, with the name that it should have."""
    if service.kind is ServiceKind.INIT:
        return
    names = service.tree.names(service.path)
    for name in names:
        right = meant(service, name, names)
        if right and isinstance(service.tree.entry(service.entry(name)), File | Link):
            word = name.encode("utf-8", "surrogateescape")
            if not any(word in script.data for script in service.scripts.values()):
                yield name, right


def is_note(service: Service, script: ScriptFile) -> bool:
    """Whether something in a directory of init scripts is no script but a note or a copy that lies around."""
    if not service.layout.flat or script.data.startswith(b"#!"):
        return False
    return _NOTE.fullmatch(basename(script.path)) is not None
