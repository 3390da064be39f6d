"""Views over a tree: scan directories and the services in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from s6kit.layout import Layout, ServiceKind
from s6kit.model import Tree


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """A file of a service that is run or read as a program.

    `path` is where the layout looks for it, `real` what it leads to once links are followed.
    """

    path: str
    real: str
    role: str  # run, finish, setup, up, down, check, init
    data: bytes
    executable: bool | None


@dataclass(frozen=True)
class Service:
    """One service of a tree; `path` is its directory (or, for an init script, its file)."""

    tree: Tree
    layout: Layout
    kind: ServiceKind
    name: str
    path: str
    scandir: str
    scripts: Mapping[str, ScriptFile]  # by role
    environment: Mapping[str, str]  # its env/ directory, where something in the service reads it

    @property
    def run(self) -> ScriptFile | None:
        """The script whose pid is watched."""
        return self.scripts.get("run")


@dataclass(frozen=True)
class ScanDir:
    """A directory that a supervisor scans, and what it would start."""

    tree: Tree
    layout: Layout
    path: str
    services: tuple[Service, ...]


@dataclass(frozen=True)
class Root:
    """A tree with the scan directories that are to be looked at.

    `shown` gives the path that the user sees for a root-relative one: as given on the command line,
    joined with the path inside. `surroundings` answers whether the repository around says a thing.
    """

    tree: Tree
    scandirs: tuple[ScanDir, ...]
    shown: Callable[[str], str]
    surroundings: Surroundings


class Surroundings(Protocol):
    """What lies around the services and may set a daemon's configuration at build or run time.

    Dockerfiles of the same work tree, templates (`*.tmpl`, `*.sample`, `/defaults`, …), init and setup scripts.
    """

    def mentions(self, pattern: re.Pattern[bytes]) -> bool:
        """Whether any of it matches."""
        ...
