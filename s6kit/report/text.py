"""Findings for people: the place, the line with a caret under the words, the reason, and what to type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from s6kit.diagnostics import Severity
from s6kit.report import Item, Report, Spot
from s6kit.report.escape import fit, safe, width
from s6kit.report.paint import Paint

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
WIDEST = 110  # prose beyond that tires the eye
_TAB = "    "
_LONGEST = 2000  # characters of a line that are looked at on either side of the place


def render(report: Report, paint: Paint, columns: int) -> Iterator[str]:
    """Each finding, an empty line after it; then the summary."""
    for item in report.items:
        yield "\n".join(_item(item, paint, columns)) + "\n\n"
    yield from statistics(report, paint)
    if not report.quiet:
        yield summary(report, paint) + "\n"


def summary(report: Report, paint: Paint) -> str:
    """`3 errors, 1 warning in 12 services`."""
    where = [_number(report.services, "service")] if report.services or not report.inits else []
    where += [_number(report.inits, "init script")] if report.inits else []
    counts = report.counts()
    if not report.items:
        return paint(f"{' and '.join(where)}, nothing to report", "green")
    found = [
        paint(_number(counts[severity], severity.value), "bold", COLOURS[severity])
        if severity is not Severity.INFO
        else paint(f"{counts[severity]} for information", "bold", COLOURS[severity])
        for severity in reversed(Severity)
        if counts.get(severity)
    ]
    return f"{', '.join(found)} in {' and '.join(where)}"


def statistics(report: Report, paint: Paint) -> Iterator[str]:
    """Counts by rule, and how many run scripts were resolved, if they were asked for."""
    if report.statistics is None:
        return
    names = {item.diagnostic.code: item.diagnostic.name for item in report.items}
    for code, count in sorted(Counter(item.diagnostic.code for item in report.items).items()):
        yield f"{count:6} {paint(code, 'bold')} {names[code]}\n"
    numbers = report.statistics
    total = numbers.resolved + numbers.unknown
    share = f" ({100 * numbers.resolved / total:.0f} %)" if total else ""
    yield f"{numbers.resolved:6} of {_number(total, 'run script')} resolved to a command{share}\n"
    for reason, count in sorted(numbers.reasons.items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"{count:6} not known: {safe(reason)}\n"
    for verdict, count in sorted(numbers.verdicts.items()):
        yield f"{count:6} {verdict}\n"
    yield "\n"


def _item(item: Item, paint: Paint, columns: int) -> Iterator[str]:
    diagnostic, finding = item.diagnostic, item.diagnostic.finding
    colour = COLOURS[diagnostic.severity]
    severity = paint(f"{diagnostic.severity} {diagnostic.code}", "bold", colour)
    yield f"{paint(_where(item.spot), 'bold')}: {severity} {paint(diagnostic.name, 'bold')}"
    yield from _excerpt(item.spot, paint, columns, "  ", colour)
    yield from _prose(finding.message, columns, "  ", "  ")
    if finding.help:
        yield from _labelled("help", finding.help, paint, columns, "green")
    for spot, message in item.notes:
        yield from _labelled("note", f"{_where(spot)}: {message}", paint, columns, "blue")
        yield from _excerpt(spot, paint, columns, "    ", "blue")


def _where(spot: Spot) -> str:
    return safe(spot.path) + (f":{spot.place.line}:{spot.place.column}" if spot.lines else "")


def _labelled(label: str, text: str, paint: Paint, columns: int, colour: str) -> Iterator[str]:
    """`label: text`, its further lines indented; the label coloured."""
    for at, line in enumerate(_prose(f"{label}: {text}", columns, "  ", "        ")):
        yield line.replace(f"{label}:", paint(f"{label}:", "bold", colour), 1) if at == 0 else line


def _excerpt(spot: Spot, paint: Paint, columns: int, indent: str, colour: str) -> Iterator[str]:
    """The line of a place, and a caret under its words, cut to fit."""
    if spot.lines is None:
        return
    line = spot.lines.text(spot.place.line)
    start = min(spot.place.column - 1, len(line))
    end = spot.place.end_column - 1 if spot.place.end_line == spot.place.line else len(line.rstrip())
    begin = max(0, start - _LONGEST)
    before, words = _shown(line[begin:start]), _shown(line[start : min(end, start + _LONGEST)])
    after = _shown(line[max(end, start) : max(end, start) + _LONGEST])
    number = str(spot.place.line)
    room = max(20, columns - len(indent) - len(number) - 4)
    before, words, after = _cut(before, words, after, room)
    gutter = " " * len(number)
    yield f"{indent}{paint(number, 'blue')} {paint('|', 'blue')} {before}{words}{after}".rstrip()
    carets = paint("^" * max(1, width(words)), "bold", colour)
    yield f"{indent}{gutter} {paint('|', 'blue')} {' ' * width(before)}{carets}"


def _shown(text: str) -> str:
    return safe(text.replace("\t", _TAB))


def _cut(before: str, words: str, after: str, room: int) -> tuple[str, str, str]:
    """The three parts of a line in so many cells, an ellipsis where something is left out."""
    if width(before) + width(words) + width(after) <= room:
        return before, words, after
    most = room - min(width(before), room // 3)
    if width(words) > most:
        words = words[: fit(words, most - 1)] + "…"
        after = ""
    left = room - width(words)
    tail = min(width(after), max(left // 3, left - width(before)))
    if tail < width(after):
        after = after[: fit(after, tail - 1)] + "…" if tail else ""
    left -= width(after)
    if width(before) > left:
        keep = before[::-1]
        before = "…" + keep[: fit(keep, max(0, left - 1))][::-1]
    return before, words, after


def _prose(text: str, columns: int, first: str, rest: str) -> Iterator[str]:
    """`text` in lines of at most `columns` cells; its own line breaks stay."""
    limit = max(20, min(columns, WIDEST))
    indent = first
    for paragraph in text.split("\n"):
        for line in _filled(safe(paragraph).split(" "), limit, len(indent), len(rest)):
            yield f"{indent}{line}".rstrip()
            indent = rest


def _filled(words: Iterable[str], limit: int, first: int, rest: int) -> Iterator[str]:
    """Words on lines, each as long as fits; spaces between them stay as they are."""
    line, used = "", first
    for at, word in enumerate(words):
        if at and used + 1 + width(word) > limit:
            yield line
            line, used = word, rest + width(word)
        else:
            line = f"{line} {word}" if at else word
            used += width(word) + (1 if at else 0)
    yield line


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
