"""What is to be shown of every service: one row each, with one line for each path through its script."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from shlex import quote

from s6kit.analysis import Analysis, Judged
from s6kit.dataclass import dataclass, replace
from s6kit.layout import ServiceKind
from s6kit.model import Directory, Link
from s6kit.outcome import Kind, Outcome
from s6kit.report.escape import safe
from s6kit.service import Root, Service

_SHOWN = (ServiceKind.LONGRUN, ServiceKind.ONESHOT, ServiceKind.BUNDLE)
_UNKNOWN = "…"


@dataclass(frozen=True)
class Path:
    """One way through a script.

    `kind` is an outcome's kind; `command` the words without the programs that only load the next, None for
    each that is not known; `line` where it stands, from 1; `verdict` foreground, daemonizes, unknown, or
    None for a script that ends by itself; `shown` the command as one line for people.
    """

    kind: str
    command: tuple[str | None, ...]
    line: int
    verdict: str | None
    because: str
    user: str | None
    shown: str


@dataclass(frozen=True)
class Row:
    """One service.

    `path` is its directory as the user knows it; `kind` longrun, oneshot or bundle; `user` is whom it runs
    as where all paths agree, None where nobody says. `finish`, `log` and `ready` are a word or two, `-`
    for none. `absent` says why there is no outcome.
    """

    name: str
    path: str
    layout: str
    kind: str
    user: str | None
    outcomes: tuple[Path, ...]
    finish: str
    log: str
    ready: str
    absent: str = ""


def rows(root: Root, analysis: Analysis) -> Iterator[Row]:
    """Every service of a root, init scripts left out."""
    for scandir in root.scandirs:
        names = {service.name for service in scandir.services}
        for service in scandir.services:
            if service.kind in _SHOWN:
                yield _row(root, analysis, service, names)


def _row(root: Root, analysis: Analysis, service: Service, names: set[str]) -> Row:
    run = service.run or service.scripts.get("up")
    script = run.real if run is not None else ""
    paths = tuple(dict.fromkeys(_path(analysis, each, script) for each in analysis.outcomes(service)))
    users = {path.user for path in paths if path.kind != Kind.EXITS}
    return Row(
        service.name,
        root.shown(service.path),
        service.layout.name,
        service.kind.value,
        users.pop() if len(users) == 1 else None,
        paths,
        _finish(service),
        _log(service, names),
        _ready(service),
        "" if paths else _absent(service),
    )


def _line(analysis: Analysis, outcome: Outcome, script: str) -> int:
    """The line on which it stands in the service's own script."""
    path = script if outcome.site is not None else outcome.path
    return analysis.lines(path).number(outcome.place(script).start)


def _path(analysis: Analysis, judged: Judged, script: str) -> Path:
    outcome, verdict = judged.outcome, judged.verdict
    return Path(
        outcome.kind.value,
        outcome.words,
        _line(analysis, outcome, script),
        verdict.stay.value if verdict else None,
        (verdict.because if verdict else "") or outcome.why,
        outcome.user,
        _shown(outcome),
    )


def brief(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """The paths that people want to see: no end beside what stays, one where words only differ."""
    kept = [path for path in paths if path.kind != Kind.EXITS] or paths[:1]
    alike: dict[tuple[object, ...], list[Path]] = {}
    for path in kept:
        key = (path.kind, path.command[:1], path.line, path.verdict, path.because, path.user)
        alike.setdefault(key, []).append(path)
    return tuple(replace(group[0], shown=_common([path.shown for path in group])) for group in alike.values())


def _common(shown: list[str]) -> str:
    """What the lines have in common at both ends, word by word, an ellipsis between."""
    if len(set(shown)) == 1:
        return shown[0]
    lines = [line.split(" ") for line in shown]
    front = _alike(lines)
    back = _alike([line[len(front) :][::-1] for line in lines])[::-1]
    return " ".join([*front, _UNKNOWN, *back])


def _alike(lines: list[list[str]]) -> list[str]:
    return [each[0] for each in takewhile(lambda each: len(set(each)) == 1, zip(*lines, strict=False))]


_BEFORE = {
    Kind.WAITS: "waits for: ",
    Kind.BACKGROUND: "in the background: ",
    Kind.PIPELINE: "in a pipeline: ",
}


def _shown(outcome: Outcome) -> str:
    """A command as people would type it; what is not known is an ellipsis."""
    if outcome.kind is Kind.EXITS:
        return "ends by itself"
    words = [_word(word) for word in outcome.words]
    return _BEFORE.get(outcome.kind, "") + (" ".join(words) or _UNKNOWN)


def _word(word: str | None) -> str:
    return _UNKNOWN if word is None else safe(quote(word))


def _absent(service: Service) -> str:
    if service.kind is ServiceKind.BUNDLE:
        return "a bundle: " + " ".join(_contents(service))
    return "no up" if service.kind is ServiceKind.ONESHOT else "no run"


def _contents(service: Service) -> tuple[str, ...]:
    return tuple(name for name in service.tree.names(service.entry("contents.d")) if not name.startswith("."))


def _finish(service: Service) -> str:
    entry = service.tree.entry(service.entry("finish"))
    if isinstance(entry, Link):
        return safe(entry.target)
    return "yes" if entry is not None else "-"


def _log(service: Service, names: set[str]) -> str:
    if f"{service.name}/log" in names:
        return "log/"
    consumer = service.tree.file(service.entry("producer-for"))
    if service.layout.name == "s6-rc" and consumer is not None:
        return safe(consumer.data.decode("utf-8", "surrogateescape").strip())
    return "-"


def _ready(service: Service) -> str:
    """How it says that it is ready."""
    number = service.tree.file(service.entry("notification-fd"))
    if number is not None:
        return f"fd {safe(number.data[:20].decode('utf-8', 'surrogateescape').strip())}"
    checked = isinstance(service.tree.resolve(service.entry("data")).entry, Directory)
    return "data/check" if checked and "check" in service.tree.names(service.entry("data")) else "-"
