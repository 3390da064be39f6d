"""From a skeleton and a name to the files of a service; nothing is written here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote

from s6kit.errors import Fatal
from s6kit.model import DictTree, Entry, File, Link
from s6kit.skeleton import Skeleton

SCANDIR = "etc/s6"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@:+-]*", re.ASCII)
_LONGEST = 251  # what s6-svscan takes by default
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?", re.ASCII)
_HOLE = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True)
class Request:
    """What is asked of a scaffold. `command` are words, empty for the skeleton's own; so is `user`."""

    name: str
    command: tuple[str, ...] = ()
    user: str = ""


def scaffold(skeleton: Skeleton, request: Request) -> Iterator[DictTree]:
    """The files of the service, once for each command that the skeleton proposes, the best first.

    Fatal for a name or a user that cannot be one, or a command that is missing.
    """
    check(request)
    own = " ".join(_quoted(word) for word in request.command)
    for command in (own,) if own else skeleton.commands:
        yield DictTree(dict(_entries(skeleton, request, command)))
    if not own and not skeleton.commands:
        raise Fatal(
            f"unable to scaffold {request.name}: the skeleton {skeleton.name} needs a command behind --"
        )


def place(name: str) -> str:
    """The service directory of that name, from the root."""
    return f"{SCANDIR}/{name}"


def variable(name: str) -> str:
    """The name as the beginning of a variable's: `php-fpm` is PHP_FPM."""
    plain = re.sub(r"[^A-Z0-9]", "_", name.upper())
    return f"_{plain}" if plain[:1].isdigit() else plain


def check(request: Request) -> None:
    """Fatal for a name, a user or a command that cannot be one."""
    name = request.name
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise Fatal(
            f"unable to scaffold {name!a}: a service is named with letters, digits and any of "
            f"_ . @ : + -, begins with a letter, a digit or _, and has at most {_LONGEST} of them"
        )
    if request.user and not _USER.fullmatch(request.user):
        raise Fatal(f"unable to scaffold {name}: {request.user!a} is no name of a user")
    if any("\0" in word or "\n" in word for word in request.command):
        raise Fatal(f"unable to scaffold {name}: a word of the command has a line break in it")


def _entries(skeleton: Skeleton, request: Request, command: str) -> Iterator[tuple[str, Entry]]:
    user = request.user or skeleton.user
    holes = {
        "name": request.name,
        "title": skeleton.title if skeleton.title != "a service" else request.name,
        "variable": variable(request.name),
        "command": f"s6-setuidgid {user} {command}" if user else command,
    }
    for path, text in skeleton.files.items():
        executable = path in skeleton.executable
        yield (
            _path(path, request),
            File(_filled(text, holes, path).encode("utf-8", "surrogateescape"), executable),
        )
    for path, target in skeleton.links.items():
        yield _path(path, request), Link(target)


def _quoted(word: str) -> str:
    """A word for the shell; one with a dollar in double quotes, so that nobody takes it for a slip."""
    if "$" not in word and "`" not in word:
        return quote(word)
    return '"' + re.sub(r'([\\"$`])', r"\\\1", word) + '"'


def _path(path: str, request: Request) -> str:
    return "/".join(request.name if part == "NAME" else part for part in path.split("/"))


def _filled(text: str, holes: Mapping[str, str], path: str) -> str:
    """`text` with every hole filled; a hole that nobody fills is a mistake in the skeleton."""

    def fill(match: re.Match[str]) -> str:
        if match[1] not in holes:
            raise Fatal(f"unable to fill {path}: nothing is called {match[1]} here")
        return holes[match[1]]

    return _HOLE.sub(fill, text)


def nearest(word: str, known: Sequence[str]) -> tuple[str, ...]:
    """The skeletons whose names are the most like `word`; all of them where none is."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for an error

    return tuple(get_close_matches(word, known, 3, 0.4)) or tuple(known)
