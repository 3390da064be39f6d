"""From a root to diagnostics: every rule over every service, suppressions taken off, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from s6kit.analysis import Analysis
from s6kit.diagnostics import Diagnostic, Finding
from s6kit.errors import RuleCrash
from s6kit.layout import ServiceKind
from s6kit.model import MAX_SCRIPT
from s6kit.rules import REGISTRY, Rule
from s6kit.selection import Selection, suggestion
from s6kit.service import Root, ScanDir, Service
from s6kit.suppress import MARK, Remark, Suppression, suppressions

Watch = Callable[[], None]


@dataclass(frozen=True)
class _Source:
    """The suppressions of one file, and the diagnostics that each of their codes silenced."""

    path: str
    found: tuple[Suppression, ...]
    used: set[tuple[int, str]]


def count(root: Root, selection: Selection) -> tuple[int, int]:
    """How many services and how many init scripts `lint` looks at."""
    kinds = [
        service.kind
        for scandir in root.scandirs
        for service in scandir.services
        if not _excluded(root, selection, service.path)
    ]
    inits = kinds.count(ServiceKind.INIT)
    return len(kinds) - inits, inits


def lint(
    root: Root, analysis: Analysis, selection: Selection, watch: Watch = lambda: None
) -> Iterator[Diagnostic]:
    """Every diagnostic of `root`, sorted by path, place and code, each once.

    `watch` is called when a service is done. RuleCrash if a rule raises.
    """
    found = sorted(_unique(_Run(root, analysis, selection, watch).diagnostics()), key=_order)
    yield from found


class _Run:
    """One run over one root."""

    def __init__(self, root: Root, analysis: Analysis, selection: Selection, watch: Watch) -> None:
        self.root = root
        self.analysis = analysis
        self.selection = selection
        self.watch = watch
        self.rules = selection.rules()
        self.ran = frozenset(rule.code for rule in self.rules)
        self.sources: dict[str, _Source] = {}

    def diagnostics(self) -> Iterator[Diagnostic]:
        owners: dict[str, tuple[str, Service]] = {}
        for scandir in self.root.scandirs:
            yield from self._kept(self._scandir(scandir))
            for service in (*scandir.services, *([scandir.control] if scandir.control else [])):
                if _excluded(self.root, self.selection, service.path):
                    continue
                yield from self._kept(self._service(service))
                for script in service.scripts.values():
                    if MARK in script.data:
                        owners.setdefault(script.real, (script.path, service))
                self.watch()
        for path, service in owners.values():
            yield from self._kept(self._remarks(path, service))

    def _scandir(self, scandir: ScanDir) -> Iterator[Diagnostic]:
        services = {service.path: service.name for service in scandir.services}
        for rule in self.rules:
            if rule.scope == "ScanDir":
                for finding in self._checked(rule, scandir, scandir.path):
                    owner = _owner(services, finding.path)
                    yield _diagnostic(rule, finding, owner, scandir.layout.name)

    def _service(self, service: Service) -> Iterator[Diagnostic]:
        for rule in self.rules:
            if rule.scope == "Service":
                for finding in self._checked(rule, service, service.path):
                    yield _diagnostic(rule, finding, service.name, service.layout.name)

    def _remarks(self, path: str, service: Service) -> Iterator[Diagnostic]:
        source = self._source(path)
        for rule in self.rules:
            if rule.scope == "Remark":
                for at, suppression in enumerate(source.found):
                    remark = self._remark(path, suppression, {code for i, code in source.used if i == at})
                    for finding in self._checked(rule, remark, path):
                        yield _diagnostic(rule, finding, service.name, service.layout.name)

    def _remark(self, path: str, suppression: Suppression, used: set[str]) -> Remark:
        idle, strange = [], []
        for code, span in suppression.codes:
            if code not in REGISTRY:
                strange.append((code, span, suggestion(code)))
            elif code in self.ran and code not in used and REGISTRY[code] != "unused_suppression":
                idle.append((code, span))
        return Remark(path, suppression, tuple(idle), tuple(strange))

    def _checked(self, rule: Rule, subject: object, path: str) -> Iterator[Finding]:
        try:
            yield from rule.check(subject, self.analysis)
        except Exception as error:
            raise RuleCrash(f"{rule.code} {rule.name} crashed at {self.root.shown(path)}") from error

    def _kept(self, found: Iterator[Diagnostic]) -> Iterator[Diagnostic]:
        """Those that nothing silences; comments first, so that they count as used whatever the paths say."""
        for diagnostic in found:
            path = diagnostic.finding.path
            if self._suppressed(diagnostic) or _excluded(self.root, self.selection, path):
                continue
            if not self.selection.silences(diagnostic.code, self.root.shown(path), path):
                yield diagnostic

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
                        source.used.add((at, diagnostic.code))
                        hit = True
        return hit

    def _source(self, path: str) -> _Source:
        if path in self.sources:
            return self.sources[path]
        found = self.root.tree.resolve(path)
        if found.path not in self.sources:
            file = self.root.tree.file(found.path)
            data = file.data[:MAX_SCRIPT] if file is not None else b""
            marked = suppressions(data, self.analysis.lines(path)) if MARK in data else ()
            self.sources[found.path] = _Source(found.path, marked, set())
        self.sources[path] = self.sources[found.path]
        return self.sources[path]


def _excluded(root: Root, selection: Selection, path: str) -> bool:
    return selection.excludes(root.shown(path), path)


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


def _unique(found: Iterator[Diagnostic]) -> Iterator[Diagnostic]:
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
