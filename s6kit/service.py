"""Views over a tree: scan directories and the services in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
