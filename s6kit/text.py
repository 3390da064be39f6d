"""Spans of bytes, and the lines and columns that people read."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of byte offsets in one file."""

    start: int
    end: int


class Place(NamedTuple):
    """Where a span lies: lines and columns from 1, columns in characters, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


NOWHERE = Span(0, 0)
_DIGITS = 18


def decode(data: bytes) -> str:
    """The text of `data`; bytes that are not UTF-8 survive as lone surrogates."""
    return data.decode("utf-8", "surrogateescape")


def digits(text: str) -> int | None:
    """The number that `text` is, of ASCII digits alone; of more than 18 digits: merely a large one."""
    if not (text.isascii() and text.isdigit()):
        return None
    text = text.lstrip("0") or "0"
    return int(text) if len(text) <= _DIGITS else 10**_DIGITS


class Lines:
    """The line index of one file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._starts = [0]
        position = data.find(b"\n")
        while position >= 0:
            self._starts.append(position + 1)
            position = data.find(b"\n", position + 1)

    def number(self, offset: int) -> int:
        """The line, from 1, that holds the byte at `offset`."""
        return bisect_right(self._starts, offset)

    def span(self, line: int) -> Span:
        """The bytes of a line from 1, without its line ending."""
        start = self._starts[line - 1]
        end = self._starts[line] - 1 if line < len(self._starts) else len(self._data)
        return Span(start, max(start, end))

    def text(self, line: int) -> str:
        """A line from 1, without its line feed."""
        return decode(self._data[slice(*self.span(line))])

    def place(self, span: Span) -> Place:
        """The lines and columns of `span`."""
        return Place(*self._position(span.start), *self._position(span.end))

    def _position(self, offset: int) -> tuple[int, int]:
        line = self.number(offset)
        return line, len(decode(self._data[self._starts[line - 1] : offset])) + 1
