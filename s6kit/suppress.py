"""Comments that silence a finding: `# s6kit: ignore[SK203] reason`, for a file `# s6kit: ignore-file[…]`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import field
from itertools import islice

from s6kit.dataclass import dataclass
from s6kit.regex import regex
from s6kit.text import Lines, Span, decode

MARK = b"s6kit:"
MOST = 500  # comments of a file, and rules that one may name
_COMMENT = regex(rb"(?:^|(?<=\s))(?:#|;|//)+[ \t]*s6kit:[ \t]*([^\r\n]*)", re.MULTILINE)
_BODY = regex(rb"(ignore|ignore-file)[ \t]*\[([^\]]*)\](?=[ \t]|$)")
_ONLY_COMMENT = regex(rb"[ \t]*(?:#|;|//)")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment. `first` and `last` are the lines it covers, from 1; `codes` each with its own span.

    `whole` covers the whole file. `problem` says why a comment that begins with `s6kit:` is not understood.
    """

    span: Span
    whole: bool
    codes: tuple[tuple[str, Span], ...]
    first: int = 0
    last: int = 0
    problem: str = ""

    def covers(self, code: str, first: int, last: int) -> bool:
        """Whether it silences a finding of `code` on these lines."""
        named = any(code == own for own, _ in self.codes)
        return named and (self.whole or (self.first <= last and first <= self.last))


@dataclass(frozen=True, slots=True)
class Remark:
    """A suppression with the file it stands in, and what came of it.

    `idle` holds the spans of codes that silenced nothing although their rules ran; `strange` the codes
    that no rule has, with what to say of them.
    """

    path: str
    suppression: Suppression
    idle: tuple[tuple[str, Span], ...] = ()
    strange: tuple[tuple[str, Span, str], ...] = field(default=())


def suppressions(data: bytes, lines: Lines) -> tuple[Suppression, ...]:
    """Every suppression in a file, in order."""
    if MARK not in data:
        return ()
    found: list[Suppression] = []
    for match in islice(_COMMENT.finditer(data), MOST + 1):
        found.append(_suppression(data, lines, match, found))
    return tuple(found)


def _suppression(
    data: bytes, lines: Lines, match: re.Match[bytes], before: Sequence[Suppression]
) -> Suppression:
    span = Span(match.start(), match.start() + len(match[0].rstrip()))
    if len(before) == MOST:
        return Suppression(span, False, (), problem=f"no more than {MOST} in a file are read")
    body = _BODY.match(match[1])
    if body is None:
        return Suppression(span, False, (), problem="it is not understood")
    codes = tuple(_codes(body[2], match.start(1) + body.start(2)))
    if not codes:
        return Suppression(span, False, (), problem="it names no rule")
    if len(codes) > MOST:
        return Suppression(span, False, (), problem=f"it names more than {MOST} rules")
    first, last = _covered(
        data, lines, lines.number(span.start), max((each.last for each in before), default=0)
    )
    return Suppression(span, body[1] == b"ignore-file", codes, first, last)


def _codes(text: bytes, start: int) -> Iterator[tuple[str, Span]]:
    for match in re.finditer(rb"[^,\s]+", text):
        yield decode(match[0]), Span(start + match.start(), start + match.end())


def _covered(data: bytes, lines: Lines, line: int, known: int) -> tuple[int, int]:
    """The lines that a comment on `line` speaks of: its own, or, standing alone, the next that is no comment.

    Lines that a backslash joins are one. `known` is the last line that the comment before speaks of.
    """
    total = lines.number(len(data))
    if not _ONLY_COMMENT.match(_line(data, lines, line)):
        first = line
        while first > 1 and _line(data, lines, first - 1).endswith(b"\\"):
            first -= 1
        return first, line
    if line < known:
        return line, known
    last = line + 1
    while last < total and _ONLY_COMMENT.match(_line(data, lines, last)):
        last += 1
    while last < total and _line(data, lines, last).endswith(b"\\"):
        last += 1
    return line, last


def _line(data: bytes, lines: Lines, number: int) -> bytes:
    return data[slice(*lines.span(number))].rstrip(b"\r")
