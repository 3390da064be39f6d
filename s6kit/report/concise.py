"""One line a finding: `path:line:column: severity code name message`."""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.report import Report
from s6kit.report.escape import safe
from s6kit.report.paint import Paint
from s6kit.report.text import COLOURS, statistics


def render(report: Report, paint: Paint, _: int) -> Iterator[str]:
    """Nothing at all where nothing was found."""
    for item in report.items:
        diagnostic, place = item.diagnostic, item.spot.place
        where = f"{safe(item.spot.path)}:{place.line}:{place.column}:"
        severity = paint(diagnostic.severity, "bold", COLOURS[diagnostic.severity])
        message = safe(diagnostic.finding.message)
        yield f"{where} {severity} {paint(diagnostic.code, 'bold')} {diagnostic.name} {message}\n"
    yield from statistics(report, paint)
