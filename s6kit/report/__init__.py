"""What a run found, as a value, and the formats it can be told in: one module each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from importlib import import_module
from typing import TYPE_CHECKING

from s6kit.dataclass import dataclass
from s6kit.diagnostics import Diagnostic, Severity
from s6kit.report.paint import Paint
from s6kit.text import NOWHERE, Lines, Place, Span

if TYPE_CHECKING:
    from s6kit.analysis import Analysis
    from s6kit.service import Root

FORMATS = ("text", "concise", "json")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file as people see it.

    `path` is as the user knows it. `lines` is None where there is no line to show: the finding is about
    the file itself, its mode or its absence.
    """

    path: str
    place: Place
    lines: Lines | None


@dataclass(frozen=True, slots=True)
class Item:
    """A diagnostic where it stands, and the other places that it speaks of."""

    diagnostic: Diagnostic
    spot: Spot
    notes: tuple[tuple[Spot, str], ...] = ()


@dataclass(frozen=True)
class Statistics:
    """Counts over services: run scripts whose commands are all known, those that are not, and why."""

    resolved: int = 0
    unknown: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)

    def plus(self, other: Statistics) -> Statistics:
        """The sum of both."""
        return Statistics(
            self.resolved + other.resolved,
            self.unknown + other.unknown,
            self.reasons + other.reasons,
            self.verdicts + other.verdicts,
        )


@dataclass(frozen=True)
class Report:
    """All that a run of `lint` has to say. `services` counts them without init scripts, which are `inits`."""

    items: tuple[Item, ...]
    services: int
    inits: int = 0
    statistics: Statistics | None = None
    quiet: bool = False

    def counts(self) -> Mapping[Severity, int]:
        """How many findings of each severity there are."""
        return Counter(item.diagnostic.severity for item in self.items)


Renderer = Callable[[Report, Paint, int], Iterator[str]]


def renderer(name: str) -> Renderer:
    """The function of a format: text of a report, a paint and a width, in pieces."""
    render: Renderer = import_module(f"s6kit.report.{name}").render
    return render


def items(root: Root, analysis: Analysis, diagnostics: Iterable[Diagnostic]) -> Iterator[Item]:
    """Diagnostics of one root with their places worked out."""
    for diagnostic in diagnostics:
        finding = diagnostic.finding
        notes = tuple((_spot(root, analysis, r.path, r.span), r.message) for r in finding.related)
        yield Item(diagnostic, _spot(root, analysis, finding.path, finding.span), notes)


def _spot(root: Root, analysis: Analysis, path: str, span: Span) -> Spot:
    if span == NOWHERE:
        return Spot(root.shown(path), Place(1, 1, 1, 1), None)
    lines = analysis.lines(path)
    return Spot(root.shown(path), lines.place(span), lines)
