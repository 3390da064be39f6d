"""Skeletons on disk: a directory each, which mirrors `/`, and a `skeleton.yaml` that says what it is.

Wheels and git keep neither links nor all modes, so `skeleton.yaml` names what is a link and what may be
executed. `NAME` in a path stands for the name of the service.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from s6kit.document import Document, read
from s6kit.errors import Fatal
from s6kit.marks import Where

ABOUT = "skeleton.yaml"
BASE = "generic"
KEYS = ("title", "packages", "commands", "user", "ports", "volumes", "variables", "executable", "links")


@dataclass(frozen=True)
class Skeleton:
    """What a scaffold is made of.

    `commands` are command lines for a shell, the preferred one first. `files` holds the text of each file
    by path, `links` a target by path. `packages` maps a distribution to package names, `variables` a
    variable to what it does.
    """

    name: str
    title: str
    packages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    commands: tuple[str, ...] = ()
    user: str = ""
    ports: tuple[int, ...] = ()
    volumes: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    executable: frozenset[str] = frozenset()
    links: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


def home() -> Path:
    """Where the skeletons lie: beside the modules in a wheel, beside the package in a checkout."""
    here = Path(__file__).parent
    inside = here / "skeletons"
    return inside if inside.is_dir() else here.parent / "skeletons"


def names(directory: Path) -> tuple[str, ...]:
    """The skeletons in a directory, sorted."""
    try:
        return tuple(sorted(path.parent.name for path in directory.glob(f"*/{ABOUT}")))
    except OSError as error:
        raise Fatal(f"unable to read {directory}: {error.strerror or error}") from None


def load(directory: Path, name: str) -> Skeleton:
    """The skeleton `name` in a directory, completed by the generic one; ConfigError where it is not sound."""
    base = _load(directory / BASE, BASE)
    if name == BASE:
        return base
    own = _load(directory / name, name)
    return replace(
        own,
        executable=base.executable | own.executable,
        links={**base.links, **own.links},
        files={**base.files, **own.files},
    )


def _load(path: Path, name: str) -> Skeleton:
    document = read(path / ABOUT, f"{path.name}/{ABOUT}")
    values: dict[str, Any] = {"name": name, "title": name}
    for key, node, where in document.mapping(document.top, (0, 0), KEYS):
        values[key] = _READERS[key](document, node, where)
    return Skeleton(**values, files=dict(_files(path)))


def _files(path: Path) -> list[tuple[str, str]]:
    found = (file for file in path.rglob("*") if file.is_file() and file != path / ABOUT)
    return sorted((str(file.relative_to(path)), file.read_text("utf-8")) for file in found)


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


def _ports(document: Document, node: Any, where: Where) -> tuple[int, ...]:
    if not isinstance(node, list) or not all(isinstance(port, int) and 0 < port < 65536 for port in node):
        raise document.fail(where, "expected a list of port numbers")
    return tuple(node)


_READERS = {
    "title": _text,
    "packages": _lists,
    "commands": _texts,
    "user": _text,
    "ports": _ports,
    "volumes": _texts,
    "variables": _named,
    "executable": _set,
    "links": _named,
}
