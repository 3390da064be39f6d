"""The text of a program and the place in it that is being read, with what every reader of it needs.

The source is held as latin-1 text, so that an index is a byte offset; what a Literal says is decoded at
the end. A NUL in the source stands for nothing, as in bash: text that has to be shortened without moving
what follows it (backquotes, the tabs of `<<-`) is filled with it.
"""

from __future__ import annotations

import re

from s6kit.script import Literal, Problem, Word
from s6kit.text import Span

DEEPEST = 40
OPERATOR = r"(&&|&(?!>)|\|[|&]?|;[;&]?|\n)"
_BLANKS = re.compile(rf"(?:[ \t\0]|\\\n)*(?:#[^\n]*)?{OPERATOR}?")


class Unreadable(Exception):
    """The place where reading has to stop; never leaves the readers."""

    def __init__(self, start: int, end: int, message: str) -> None:
        super().__init__(message)
        self.problem = Problem(Span(start, end), message)


class TooDeep(Exception):
    """The program is nested deeper than anybody writes; never leaves the readers."""


class Source:
    """Reads `src` from `pos` on; `operator` is the one that stands at `pos`, where a word was looked for."""

    def __init__(self, src: str, ascii_only: bool, depth: int = 0) -> None:
        self.src = src
        self.size = len(src)
        self.pos = 0
        self.ascii_only = ascii_only
        self.depth = depth
        self.operator = ""

    def peek(self, offset: int = 0) -> str:
        """The character at `offset` from here, or nothing at the end."""
        at = self.pos + offset
        return self.src[at] if at < self.size else ""

    def said(self, text: str) -> str:
        """A piece of the source as it is meant: NULs dropped, bytes put together to characters."""
        if "\0" in text:
            text = text.replace("\0", "")
        return text if self.ascii_only else text.encode("latin-1").decode("utf-8", "surrogateescape")

    def skip(self) -> None:
        """Go past blanks and a comment, and see which operator stands behind them."""
        match = _BLANKS.match(self.src, self.pos)
        assert match is not None
        self.operator = match[1] or ""
        self.pos = match.end() - len(self.operator)


def literal(span: Span, text: str) -> Word:
    return Word(span, (Literal(span, text),))


def plain(word: Word) -> str:
    """What an unquoted word of one part says; empty for any other."""
    if len(word.parts) == 1:
        part = word.parts[0]
        if isinstance(part, Literal) and not part.quoted:
            return part.text
    return ""
