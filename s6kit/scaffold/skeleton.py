"""Skeletons on disk: a directory each, which mirrors `/`, and a `skeleton.yaml` that says what it is.

Wheels and git keep neither links nor all modes, so `skeleton.yaml` names what is a symbolic link and what may
be executed. `NAME` in a path stands for the name of the service, and `NAME_` in a text for the beginning of
its variables' names.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cache
from pathlib import Path
from typing import Any

from s6kit.dataclass import dataclass, replace
from s6kit.document import Document, read
from s6kit.errors import Fatal
from s6kit.marks import Where
from s6kit.scaffold.options import LINK, SIGNALS, VARIABLE

ABOUT = "skeleton.yaml"
BASE = "generic"
TYPES = (
    "text",
    "word",
    "list",
    "number",
    "size",
    "port",
    "host",
    "hosts",
    "path",
    "directory",
    "switch",
    "choice",
)


@dataclass(frozen=True)
class Variable:
    """A variable that a skeleton reads: what it is for, its default, and what it may hold.

    `type` is one of TYPES, `choices` the values of a choice. One that is `required` has no default.
    """

    about: str
    default: str = ""
    type: str = "text"
    choices: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Linked:
    """What a link turns on, and the port that it has where nobody says another."""

    about: str
    port: int | None = None


@dataclass(frozen=True)
class Certificates:
    """Where the daemon reads them."""

    cert: str
    key: str
    ca: str


@dataclass(frozen=True)
class Skeleton:
    """What a scaffold is made of.

    `commands` are command lines for a shell, the preferred one first. `files` holds the text of each file
    by path, `symlinks` a target by path. `packages` maps a distribution to package names. `user` runs the
    daemon; empty where that starts as root. `ssh` is where authorized keys go, `ready` the descriptor on
    which the daemon says that it is ready, `stop` its signal, `directory` where it runs. `test` is how it is
    proven, for the tests.
    """

    name: str
    title: str
    packages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    commands: tuple[str, ...] = ()
    user: str = ""
    ports: tuple[int, ...] = ()
    volumes: tuple[str, ...] = ()
    variables: Mapping[str, Variable] = field(default_factory=dict)
    links: Mapping[str, Linked] = field(default_factory=dict)
    ssl: Certificates | None = None
    ssh: str = ""
    ready: int | None = None
    stop: str = ""
    directory: str = ""
    executable: frozenset[str] = frozenset()
    symlinks: Mapping[str, str] = field(default_factory=dict)
    test: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


def home() -> Path:
    """Where the skeletons lie: in the package in a wheel, beside it in a checkout."""
    here = Path(__file__).parent.parent
    inside = here / "skeletons"
    return inside if inside.is_dir() else here.parent / "skeletons"


def names(*directories: Path) -> tuple[str, ...]:
    """The skeletons in some directories, sorted."""
    try:
        found = {path.parent.name for place in directories for path in place.glob(f"*/{ABOUT}")}
    except OSError as error:
        raise Fatal(f"unable to read {error.filename}: {error.strerror or error}") from None
    return tuple(sorted(found))


def load(directories: Sequence[Path] | Path, name: str) -> Skeleton:
    """The skeleton `name` of the first directory that has it, completed by the generic one.

    ConfigError where it is not sound.
    """
    places = [directories] if isinstance(directories, Path) else [*directories]
    base = _load(home() / BASE, BASE)
    place = next((place for place in places if (place / name / ABOUT).is_file()), home())
    if place / name == home() / BASE:
        return base
    own = _load(place / name, name)
    return replace(
        own,
        executable=base.executable | own.executable,
        symlinks={**base.symlinks, **own.symlinks},
        files={**base.files, **own.files},
    )


@cache
def fragments(kind: str) -> Mapping[str, str]:
    """The pieces of which scripts are made, by name: the functions and steps of `setup`, and other files."""
    return {
        path.name: path.read_text("utf-8") for path in sorted((home() / kind).iterdir()) if path.is_file()
    }


def _load(path: Path, name: str) -> Skeleton:
    document = read(path / ABOUT, f"{path.name}/{ABOUT}")
    values: dict[str, Any] = {"name": name, "title": name}
    for key, node, where in document.mapping(document.top, (0, 0), _READERS):
        values[key] = _READERS[key](document, node, where)
    return Skeleton(**values, files=dict(_files(path)))


def _files(path: Path) -> list[tuple[str, str]]:
    found = (file for file in path.rglob("*") if file.is_file() and file != path / ABOUT)
    return sorted((str(file.relative_to(path)), file.read_text("utf-8", "surrogateescape")) for file in found)


def _text(document: Document, node: Any, where: Where) -> str:
    return document.text(node, where)


def _texts(document: Document, node: Any, where: Where) -> tuple[str, ...]:
    return tuple(text for text, _ in document.texts(node, where))


def _set(document: Document, node: Any, where: Where) -> frozenset[str]:
    return frozenset(_texts(document, node, where))


def _named(document: Document, node: Any, where: Where) -> dict[str, str]:
    return {key: document.text(value, at) for key, value, at in document.mapping(node, where)}


def _lists(document: Document, node: Any, where: Where) -> dict[str, tuple[str, ...]]:
    return {key: _texts(document, value, at) for key, value, at in document.mapping(node, where)}


def _commands(document: Document, node: Any, where: Where) -> tuple[str, ...]:
    for text, at in document.texts(node, where):
        try:
            shlex.split(text)
        except ValueError as error:
            raise document.fail(at, f"no command line: {error}") from None
    return _texts(document, node, where)


def _signal(document: Document, node: Any, where: Where) -> str:
    text = document.text(node, where)
    if text.removeprefix("SIG") not in SIGNALS:
        raise document.fail(where, f"{text!r} is no signal")
    return text


def _descriptor(document: Document, node: Any, where: Where) -> int:
    if isinstance(node, bool) or not isinstance(node, int) or node < 3:
        raise document.fail(where, "expected a file descriptor, 3 or more")
    return node


def _port(document: Document, node: Any, where: Where) -> int:
    if isinstance(node, bool) or not isinstance(node, int) or not 0 < node < 65536:
        raise document.fail(where, "expected a port, from 1 to 65535")
    return node


def _ports(document: Document, node: Any, where: Where) -> tuple[int, ...]:
    if not isinstance(node, list):
        raise document.fail(where, "expected a list of port numbers")
    return tuple(_port(document, port, where) for port in node)


def _variables(document: Document, node: Any, where: Where) -> dict[str, Variable]:
    return {key: _variable(document, key, value, at) for key, value, at in document.mapping(node, where)}


def _variable(document: Document, name: str, node: Any, where: Where) -> Variable:
    if not VARIABLE.fullmatch(name):
        raise document.fail(where, f"{name!r} cannot be the name of a variable")
    found: dict[str, Any] = {}
    for key, value, at in document.mapping(node, where, ("about", "default", "type", "choices", "required")):
        if key == "choices":
            found[key] = _texts(document, value, at)
        elif key == "required":
            found[key] = bool(value)
        elif key == "default":
            found[key] = str(value)
        else:
            found[key] = document.text(value, at)
    if "about" not in found:
        raise document.fail(where, "a variable needs `about`: what it is for")
    made = Variable(**found)
    if made.type not in TYPES:
        raise document.fail(where, f"{made.type!r} is no type of a variable; known are {', '.join(TYPES)}")
    if bool(made.choices) is not (made.type == "choice"):
        raise document.fail(where, "`choices` and `type: choice` go together")
    return made


def _links(document: Document, node: Any, where: Where) -> dict[str, Linked]:
    return {key: _link(document, key, value, at) for key, value, at in document.mapping(node, where)}


def _link(document: Document, name: str, node: Any, where: Where) -> Linked:
    if not LINK.fullmatch(name):
        raise document.fail(where, f"{name!r} cannot be the name of a link")
    found: dict[str, Any] = {"about": ""}
    for key, value, at in document.mapping(node, where, ("about", "port")):
        found[key] = document.text(value, at) if key == "about" else _port(document, value, at)
    return Linked(**found)


def _certificates(document: Document, node: Any, where: Where) -> Certificates:
    found = {
        key: document.text(value, at)
        for key, value, at in document.mapping(node, where, ("cert", "key", "ca"))
    }
    if len(found) != 3:
        raise document.fail(where, "expected where `cert`, `key` and `ca` go")
    return Certificates(**found)


def _test(document: Document, node: Any, where: Where) -> dict[str, Any]:
    return {key: value for key, value, _ in document.mapping(node, where)}


_READERS: Mapping[str, Any] = {
    "title": _text,
    "packages": _lists,
    "commands": _commands,
    "user": _text,
    "ports": _ports,
    "volumes": _texts,
    "variables": _variables,
    "links": _links,
    "ssl": _certificates,
    "ssh": _text,
    "ready": _descriptor,
    "stop": _signal,
    "directory": _text,
    "executable": _set,
    "symlinks": _named,
    "test": _test,
}
