"""Roots held in memory: trees as text, linted without a disk."""

from __future__ import annotations

from s6kit.analysis import Analysis
from s6kit.diagnostics import Diagnostic
from s6kit.lint import lint
from s6kit.rules.examples import planted, recordings
from s6kit.selection import Selection

root = planted


def diagnostics(text: str, selection: Selection | None = None) -> list[Diagnostic]:
    """What lint says of the tree that `text` describes."""
    found = root(text)
    return list(lint(found, Analysis(found), selection or Selection(), observations=recordings(found)))


def told(text: str, selection: Selection | None = None) -> list[str]:
    """`path:line code`, one for each diagnostic."""
    found = root(text)
    analysis = Analysis(found)
    return [
        f"{d.finding.path}:{analysis.lines(d.finding.path).number(d.finding.span.start)} {d.code}"
        for d in lint(found, analysis, selection or Selection(), observations=recordings(found))
    ]
