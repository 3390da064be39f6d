"""`s6kit.yaml`: what holds for a repository.

    root: rootfs              # where the services are, relative to this file
    skeletons: my-skeletons   # skeletons of one's own, a directory each, relative to this file
    services:                 # what `new` has written and `sync` renders again
      web:
        skeleton: nginx       # and the options of `new` under their long names
        link: [mysql]
    lint:
      select: [SK1, SK2]      # rules to run: codes, prefixes, ALL; default: all that are on by default
      ignore: [SK211]
      exclude: [examples]     # paths to leave alone
      per-path-ignore:
        "etc/s6/legacy/**": [SK203]
      s6-version: 2.11.3.2    # the s6 that the image carries
      daemons: [daemons/*.yaml]   # knowledge files of one's own

Patterns for paths know `*`, `?` and `**`; they are compared with the path as it is printed, the path
inside the root, and the path from the directory of this file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from s6kit import marks
from s6kit.dataclass import dataclass
from s6kit.document import Document, read
from s6kit.errors import Fatal
from s6kit.marks import Where
from s6kit.regex import regex
from s6kit.scaffold.options import LONG, options
from s6kit.selection import unknown_code

NAME = "s6kit.yaml"
TOP = ("root", "skeletons", "services", "lint")
LINT = ("select", "ignore", "exclude", "per-path-ignore", "s6-version", "daemons")
_VERSION = regex(r"\d+(\.\d+)*")


@dataclass(frozen=True)
class Recorded:
    """A service of the manifest: its options under their long names, and `file:line:column` of its name."""

    name: str
    values: Mapping[str, Any]
    place: str


@dataclass(frozen=True)
class Config:
    """What a configuration file says; without one, nothing.

    `directory` is the file's own; `root`, `skeletons` and `daemons` are joined with it. `s6_version` is empty
    if not given.
    """

    path: Path | None = None
    directory: Path = Path()
    root: Path | None = None
    skeletons: tuple[Path, ...] = ()
    services: tuple[Recorded, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_path: tuple[tuple[str, tuple[str, ...]], ...] = ()
    s6_version: str = ""
    daemons: tuple[Path, ...] = ()


def find(start: Path) -> Path | None:
    """The nearest s6kit.yaml, from `start` (a file or a directory, there or not) upward."""
    here = start.absolute()
    for directory in (here, *here.parents):
        candidate = directory / NAME
        if candidate.is_file():
            return candidate
        if os.path.lexists(candidate):
            raise Fatal(f"unable to read {_shown(candidate)}: no file, or a link to none")
    return None


def load(path: Path) -> Config:
    """What the file at `path` says; ConfigError names file, line and column of what makes no sense."""
    shown = _shown(path)
    return parse(read(path, shown), path)


def parse(document: Document, path: Path) -> Config:
    """What a document that is already read says."""
    values: dict[str, Any] = {"path": path, "directory": path.parent}
    for key, node, where in document.mapping(document.top, (0, 0), TOP):
        if key == "root":
            values["root"] = path.parent / document.text(node, where)
        elif key == "skeletons":
            values["skeletons"] = tuple(_directories(document, node, where, path))
        elif key == "services":
            values["services"] = tuple(_services(document, node, where))
        else:
            values |= _lint(document, node, where, path)
    return Config(**values)


def _directories(document: Document, node: Any, where: Where, path: Path) -> Iterator[Path]:
    for text, at in document.texts(node, where):
        if not (path.parent / text).is_dir():
            raise document.fail(at, f"no directory is called {text}")
        yield path.parent / text


def _services(document: Document, node: Any, where: Where) -> Iterator[Recorded]:
    for name, inner, at in document.mapping(node, where):
        values: dict[str, Any] = {}
        for key, value, there in document.mapping(inner, at, LONG):
            values[key] = _value(document, value, there)
            _check(document, there, "x", {key: values[key]})
        line, column = marks.place(node, "key", name, at)
        _check(document, (line, column), name, values)
        yield Recorded(name, values, f"{document.shown}:{line + 1}:{column + 1}")


def _check(document: Document, where: Where, name: str, values: Mapping[str, Any]) -> None:
    try:
        options(name, values)
    except Fatal as error:
        reason = str(error).removeprefix("unable to scaffold ")
        raise document.fail(where, reason.removeprefix(name).removeprefix(f"{name!a}").lstrip(": ")) from None


def _value(document: Document, node: Any, where: Where) -> Any:
    """The value of an option: a truth, a number, a text or a list of texts."""
    if isinstance(node, list):
        return [str(text) for text, _ in document.texts(node, where)]
    if isinstance(node, bool | int):
        return node
    return str(document.text(node, where))


def _lint(document: Document, node: Any, where: Where, path: Path) -> Iterator[tuple[str, Any]]:
    for key, value, place in document.mapping(node, where, LINT):
        if key in ("select", "ignore"):
            yield key, tuple(_codes(document, value, place))
        elif key == "exclude":
            yield key, tuple(text for text, _ in document.texts(value, place))
        elif key == "per-path-ignore":
            yield "per_path", tuple(_per_path(document, value, place))
        elif key == "s6-version":
            yield "s6_version", _version(document, value, place)
        else:
            yield key, tuple(_daemons(document, value, place, path))


def _per_path(document: Document, node: Any, where: Where) -> Iterator[tuple[str, tuple[str, ...]]]:
    for pattern, value, place in document.mapping(node, where):
        yield pattern, tuple(_codes(document, value, place))


def _codes(document: Document, node: Any, where: Where) -> Iterator[str]:
    for text, place in document.texts(node, where):
        problem = unknown_code(text)
        if problem:
            raise document.fail(place, problem)
        yield text


def _version(document: Document, node: Any, where: Where) -> str:
    text = _as_written(node) if isinstance(node, float) else document.text(node, where)
    if not _VERSION.fullmatch(text):
        raise document.fail(where, f"expected a version such as 2.11.3.2, found {text!r}")
    return text


def _as_written(number: float) -> str:
    """2.10 is not 2.1: ruamel.yaml keeps how many characters there were, and how many before the point."""
    width, before = getattr(number, "_width", None), getattr(number, "_prec", None)
    if width is None or before is None:
        return str(number)
    return f"{number:.{max(0, width - before - 1)}f}"


def _daemons(document: Document, node: Any, where: Where, path: Path) -> Iterator[Path]:
    for text, place in document.texts(node, where):
        found = _files(path.parent, text)
        if not found or not all(file.is_file() for file in found):
            raise document.fail(place, f"no file is called {text}")
        yield from found


def _files(directory: Path, pattern: str) -> list[Path]:
    """What a pattern names; nothing where it is no pattern, or leads where nothing can be read."""
    if pattern.startswith("/"):
        return [Path(pattern)]
    try:
        return sorted(directory.glob(pattern))
    except (OSError, ValueError, IndexError, NotImplementedError):
        return []


def _shown(path: Path) -> str:
    """The path as short as it can be said from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)
