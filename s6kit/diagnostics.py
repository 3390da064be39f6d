"""Findings and fixes, as values."""

from __future__ import annotations

from enum import StrEnum

from s6kit.dataclass import dataclass
from s6kit.text import NOWHERE, Span


class Severity(StrEnum):
    """How bad a finding is; `rank` orders them, the worst highest."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the bytes at `span` of the file `path` (root-relative)."""

    path: str
    span: Span
    replacement: bytes


@dataclass(frozen=True, slots=True)
class Fix:
    """What would mend a finding; `safe` where nothing but the finding changes."""

    title: str
    safe: bool
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that has to do with a finding, and how."""

    path: str
    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule yields: where, what is wrong and why it bites, and what to type.

    `path` is root-relative. `severity` overrides the rule's own.
    """

    path: str
    span: Span = NOWHERE
    message: str = ""
    help: str = ""
    severity: Severity | None = None
    fix: Fix | None = None
    related: tuple[Related, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding with its rule, service and place in the root named."""

    code: str
    name: str
    severity: Severity
    finding: Finding
    service: str
    layout: str
