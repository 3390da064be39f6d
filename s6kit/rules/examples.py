"""What a rule says of a tree that is given as text: for its page, and for the tests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from s6kit.analysis import Analysis
from s6kit.diagnostics import Diagnostic
from s6kit.lint import lint
from s6kit.observation import Observation, recorded
from s6kit.selection import Selection
from s6kit.service import Root, scandirs
from s6kit.treetext import parse


class Silent:
    """Surroundings that say nothing."""

    def mentions(self, _: re.Pattern[bytes]) -> bool:
        return False

    def declares(self, _: str) -> bool:
        return False

    def converts(self, _: str) -> bool:
        return False

    def default(self, _: str) -> str | None:
        return None

    def brought(self, _: str) -> None:
        return None

    def beyond(self, _: str) -> None:
        return None


def planted(text: str, prefix: str = "") -> Root:
    """The root that `text` describes, with every place of every layout; shown with `prefix` in front."""
    tree = parse(text)
    return Root(tree, scandirs(tree), lambda path: f"{prefix}{path}", Silent())


def recordings(root: Root) -> Mapping[str, Observation]:
    """The observations that an example carries, by the path of the service: `observed/NAME`, as JSON."""
    found = {}
    for service in (service for scandir in root.scandirs for service in scandir.services):
        record = root.tree.file(f"observed/{service.name}")
        if record is not None:
            named = {"service": service.name, "path": root.shown(service.path)}
            found[service.path] = recorded(named | json.loads(record.data))
    return found


def said(text: str, code: str) -> Iterator[str]:
    """What one rule says of an example: `path:line:column: severity`, message and help of each finding."""
    root = planted(text)
    analysis = Analysis(root)
    for diagnostic in lint(root, analysis, Selection(select=("SK", code)), observations=recordings(root)):
        if diagnostic.code == code:
            yield _told(analysis, diagnostic)


def _told(analysis: Analysis, diagnostic: Diagnostic) -> str:
    finding = diagnostic.finding
    places = [(finding.path, finding.span, str(diagnostic.severity))]
    places += [(each.path, each.span, each.message) for each in finding.related]
    lines = []
    for path, span, word in places:
        place = analysis.lines(path).place(span)
        lines.append(f"{path}:{place.line}:{place.column}: {word}")
    lines[0] += f"\n  {finding.message}"
    return "\n".join(lines) + (f"\n  help: {finding.help}" if finding.help else "")
