"""From a root to diagnostics: every rule over every service, suppressions taken off, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from s6kit.analysis import Analysis
from s6kit.dataclass import dataclass
from s6kit.diagnostics import Diagnostic, Finding
from s6kit.errors import RuleCrash
from s6kit.layout import ServiceKind
from s6kit.model import MAX_SCRIPT
from s6kit.observation import Observation
from s6kit.rules import REGISTRY, SCOPES, Rule
from s6kit.rules.observed import Observed
from s6kit.selection import Selection, suggestion
from s6kit.service import CONTROL, Root, ScanDir, Service
from s6kit.suppress import MARK, Remark, Suppression, suppressions

Observations = Mapping[str, Observation]
"""What was seen of services that were run, by the path of the service in its root."""

_NONE: Observations = {}


@dataclass(frozen=True)
class _Source:
    """The suppressions of one file; `path` has no links in it."""

    path: str
    found: tuple[Suppression, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What a part of the services of a root gave: diagnostics, and the suppressions that took some away.

    `used` holds the file of a suppression, its number in there, and the code that it silenced.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    used: frozenset[tuple[str, int, str]] = frozenset()


def lint(
    root: Root, analysis: Analysis, selection: Selection, observations: Observations = _NONE
) -> Iterator[Diagnostic]:
    """Every diagnostic of `root`, sorted by path, place and code, each once. RuleCrash if a rule raises."""
    run = Run(root, analysis, selection)
    yield from run.whole([run.part(0, 1)], observations)


def judge(
    root: Root, analysis: Analysis, selection: Selection, observations: Observations
) -> Iterator[Diagnostic]:
    """The same of the rules on observations alone."""
    yield from sorted(_unique(Run(root, analysis, selection).judged(observations)), key=_order)


class Run:
    """One run over one root: parts, which may be done side by side, and what they make together."""

    def __init__(self, root: Root, analysis: Analysis, selection: Selection) -> None:
        self.root = root
        self.analysis = analysis
        self.selection = selection
        self._rules: dict[str, list[Rule]] = {scope: [] for scope in SCOPES}
        for rule in selection.rules():
            self._rules[rule.scope].append(rule)
        self._services = tuple(
            service
            for scandir in root.scandirs
            for service in (*scandir.services, *([scandir.control] if scandir.control else []))
            if not _excluded(root, selection, service.path)
        )
        self._sources: dict[str, _Source] = {}
        self._used: set[tuple[str, int, str]] = set()

    def count(self) -> tuple[int, int]:
        """How many services and how many init scripts are looked at."""
        kinds = [service.kind for service in self._services if service.name != CONTROL]
        inits = kinds.count(ServiceKind.INIT)
        return len(kinds) - inits, inits

    def part(self, number: int, parts: int) -> Part:
        """One of so many parts of the services, and, in the first, the scan directories."""
        self._used = set()
        found: list[Diagnostic] = []
        for scandir in self.root.scandirs if number == 0 else ():
            found += self._kept(self._scandir(scandir))
        size = len(self._services)
        for service in self._services[size * number // parts : size * (number + 1) // parts]:
            found += self._kept(self._said("Service", service, service.path, service))
        return Part(tuple(found), frozenset(self._used))

    def whole(self, parts: Iterable[Part], observations: Observations = _NONE) -> Iterator[Diagnostic]:
        """All parts put together, with what is to be said of observations and suppressions, in order."""
        self._used = set()
        found: list[Diagnostic] = []
        for each in parts:
            self._used |= each.used
            found += each.diagnostics
        found += self.judged(observations)
        yield from sorted(_unique(chain(found, self._remarks(observations))), key=_order)

    def judged(self, observations: Observations) -> Iterator[Diagnostic]:
        """Of the rules on services that were run."""
        for service in self._services if observations else ():
            if service.path in observations:
                observed = Observed(service, observations[service.path])
                yield from self._kept(self._said("Observed", observed, service.path, service))

    def _remarks(self, observations: Observations) -> Iterator[Diagnostic]:
        """Of the rules on suppressions."""
        owners: dict[str, tuple[str, Service]] = {}
        for service in self._services:
            for script in service.scripts.values():
                if MARK in script.data:
                    owners.setdefault(script.real, (script.path, service))
        for path, service in owners.values():
            scopes = [scope for scope in SCOPES if scope != "Observed" or service.path in observations]
            ran = {rule.code for scope in scopes for rule in self._rules[scope]}
            source = self._source(path)
            for at, suppression in enumerate(source.found):
                used = {code for of, i, code in self._used if of == source.path and i == at}
                remark = _remark(path, suppression, used, ran)
                yield from self._kept(self._said("Remark", remark, path, service))

    def _scandir(self, scandir: ScanDir) -> Iterator[Diagnostic]:
        services = {service.path: service.name for service in scandir.services}
        for rule, finding in self._found("ScanDir", scandir, scandir.path):
            yield _diagnostic(rule, finding, _owner(services, finding.path), scandir.layout.name)

    def _said(self, scope: str, subject: object, path: str, service: Service) -> Iterator[Diagnostic]:
        """Of the rules of one scope; what they say concerns `service`."""
        for rule, finding in self._found(scope, subject, path):
            yield _diagnostic(rule, finding, service.name, service.layout.name)

    def _found(self, scope: str, subject: object, path: str) -> Iterator[tuple[Rule, Finding]]:
        for rule in self._rules[scope]:
            try:
                found = list(rule.check(subject, self.analysis))
            except Exception as error:
                raise RuleCrash(f"{rule.code} {rule.name} crashed at {self.root.shown(path)}") from error
            for finding in found:
                yield rule, finding

    def _kept(self, found: Iterator[Diagnostic]) -> Iterator[Diagnostic]:
        """Those that nothing silences; comments first, so that they count as used whatever the paths say."""
        for diagnostic in found:
            finding = diagnostic.finding
            paths = (finding.path, *(related.path for related in finding.related))
            if not self._suppressed(diagnostic) and not any(self._spared(diagnostic.code, p) for p in paths):
                yield diagnostic

    def _spared(self, code: str, path: str) -> bool:
        """Whether the selection leaves a file alone, or `code` in it."""
        if _excluded(self.root, self.selection, path):
            return True
        return self.selection.silences(code, self.root.shown(path), path)

    def _suppressed(self, diagnostic: Diagnostic) -> bool:
        finding = diagnostic.finding
        places = [(finding.path, finding.span), *((r.path, r.span) for r in finding.related)]
        hit = False
        for path, span in places:
            source = self._source(path)
            if source.found:
                lines = self.analysis.lines(path)
                first, last = lines.number(span.start), lines.number(max(span.start, span.end - 1))
                for at, suppression in enumerate(source.found):
                    if suppression.covers(diagnostic.code, first, last):
                        self._used.add((source.path, at, diagnostic.code))
                        hit = True
        return hit

    def _source(self, path: str) -> _Source:
        if path in self._sources:
            return self._sources[path]
        real = path if path.startswith("../") else self.root.tree.resolve(path).path
        if real not in self._sources:
            file = self.analysis.file(real)
            data = file.data[:MAX_SCRIPT] if file is not None else b""
            marked = suppressions(data, self.analysis.lines(path)) if MARK in data else ()
            self._sources[real] = _Source(real, marked)
        self._sources[path] = self._sources[real]
        return self._sources[path]


def _remark(path: str, suppression: Suppression, used: set[str], ran: set[str]) -> Remark:
    idle, strange = [], []
    for code, span in suppression.codes:
        if code not in REGISTRY:
            strange.append((code, span, suggestion(code)))
        elif code in ran and code not in used and REGISTRY[code] != "unused_suppression":
            idle.append((code, span))
    return Remark(path, suppression, tuple(idle), tuple(strange))


def _excluded(root: Root, selection: Selection, path: str) -> bool:
    return bool(selection.exclude) and selection.excludes(root.shown(path), path)


def _owner(services: dict[str, str], path: str) -> str:
    """The name of the service whose directory holds `path`; empty if none does."""
    while path:
        if path in services:
            return services[path]
        path = path.rpartition("/")[0]
    return ""


def _diagnostic(rule: Rule, finding: Finding, service: str, layout: str) -> Diagnostic:
    severity = finding.severity or rule.severity
    return Diagnostic(rule.code, rule.name, severity, finding, service, layout)


def _unique(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Services that share a script have its findings once."""
    seen = set()
    for diagnostic in found:
        finding = diagnostic.finding
        key = (diagnostic.code, finding.path, finding.span, finding.message)
        if key not in seen:
            seen.add(key)
            yield diagnostic


def _order(diagnostic: Diagnostic) -> tuple[str, tuple[int, int], str, str]:
    finding = diagnostic.finding
    return finding.path, finding.span, diagnostic.code, finding.message
