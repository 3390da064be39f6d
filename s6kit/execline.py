"""execline programs, read as execlineb reads them.

A program is one command line: words and blocks. The grammar is that of execlineb 2.9 (its manual page and
https://skarnet.org/software/execline/execlineb.html), checked against the real program by the tests.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from s6kit.regex import regex
from s6kit.script import Argument, Block, Command, Literal, Parameter, Part, Problem, Script, Word
from s6kit.text import Span, decode

MAX_DEPTH = 100  # blocks in blocks: more would only serve to exhaust whoever walks them

_BLANK = regex(rb"(?:[\x01-\x20]+|#[^\n]*|\\(?:\n|\Z))*")  # nothing but a line feed ends a comment
_PLAIN = regex(rb'[^\x01-\x20"\\${}]+(?=[\x01-\x20]|\Z)')
_BRACE = regex(rb"[{}](?=[\x01-\x20]|\Z)")
_BARE = regex(rb'[^\x01-\x20"\\]+')
_QUOTED = regex(rb'[^"\\]+')
_NUMBER = regex(rb"0x([0-9a-fA-F]{1,2})|0([0-7]{1,3})|([1-9][0-9]{0,2})")
_NAMED = dict(zip(b"abtnvfr", range(7, 14), strict=True))
_KEY = regex(rb"(?<!\\)(\\*)\$(?:\{([^\\${}]+)\}|([^\\${}]+))")

_Piece = tuple[bytes, int, int]  # text, and the source bytes it was written as


def parse(data: bytes, *, command: bool = False) -> Script:
    """The program in `data`; `command`: it is a oneshot's `up` or `down` and not a script.

    Every `$name` and `${name}` is a Parameter, whether or not anything binds it: its `operand` is the text
    that stays where nothing does. All parts count as quoted, since execline never splits or globs.
    """
    return _Reader(data, "command line" if command else "script").script()


class _Open:
    """A block that is being read; the outermost is the program."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.words: list[Argument] = []
        self.glued = ""  # a word that looks like the missing brace


class _Reader:
    def __init__(self, data: bytes, noun: str) -> None:
        self.end = data.find(b"\0")
        self.problems: list[Problem] = []
        self.data, self.noun = data, noun
        if self.end < 0:
            self.end = len(data)
        else:
            self._problem(self.end, self.end + 1, "execline stops reading at this NUL byte")
            self.data = data[: self.end]

    def script(self) -> Script:
        words = self._words()
        body = (Command(Span(words[0].span.start, words[-1].span.end), words),) if words else ()
        return Script("execline", body, tuple(sorted(self.problems, key=lambda problem: problem.span)))

    def _problem(self, start: int, end: int, message: str) -> None:
        self.problems.append(Problem(Span(start, end), message))

    def _words(self) -> tuple[Argument, ...]:
        stack = [_Open(0)]
        at = self._skip(0)
        while at < self.end:
            if plain := _PLAIN.match(self.data, at):
                span = Span(at, plain.end())
                stack[-1].words.append(Word(span, (Literal(span, decode(plain[0]), True),)))
                at = span.end
            elif brace := _BRACE.match(self.data, at):
                self._brace(stack, at)
                at = brace.end()
            else:
                word, at = self._word(at)
                stack[-1].words.append(word)
                self._remember(stack[-1], word)
            at = self._skip(at)
        while len(stack) > 1:
            self._unclosed(stack)
        return tuple(stack[0].words)

    def _skip(self, at: int) -> int:
        blank = _BLANK.match(self.data, at)
        return blank.end() if blank else at

    def _brace(self, stack: list[_Open], at: int) -> None:
        if self.data[at] == ord("{"):
            if len(stack) == MAX_DEPTH + 1:
                self._problem(at, at + 1, f"more than {MAX_DEPTH} blocks in one another are not read")
            stack.append(_Open(at))
        elif len(stack) > 1:
            self._close(stack, at + 1)
        else:
            hint = stack[0].glued
            hint = f"; {hint} is one word, and opens none: put a blank after its brace" if hint else ""
            self._problem(at, at + 1, f"this }} closes no block{hint}")

    def _close(self, stack: list[_Open], end: int) -> None:
        block = stack.pop()
        if len(stack) <= MAX_DEPTH:
            stack[-1].words.append(Block(Span(block.start, end), tuple(block.words)))

    def _unclosed(self, stack: list[_Open]) -> None:
        block = stack[-1]
        hint = f"; {block.glued} is one word: put a blank before its brace" if block.glued else ""
        if len(stack) <= MAX_DEPTH + 1:
            self._problem(
                block.start, block.start + 1, f"this block is never closed by a }} of its own{hint}"
            )
        self._close(stack, self.end)

    def _remember(self, block: _Open, word: Word) -> None:
        source = self.data[slice(*word.span)]
        if len(source) < 2 or b"${" in source:
            return
        if source.startswith(b"{") or source.endswith(b"}"):
            block.glued = decode(source)

    def _word(self, start: int) -> tuple[Word, int]:
        pieces: list[_Piece] = []
        at = start
        while at < self.end and self.data[at] > 32:
            if bare := _BARE.match(self.data, at):
                pieces.append((bare[0], at, bare.end()))
                at = bare.end()
            elif self.data[at] == ord('"'):
                at = self._quoted(pieces, at)
            elif at + 1 < self.end:
                pieces.append((self.data[at + 1 : at + 2], at, at + 2))
                at += 2
            else:
                self._problem(at, at + 1, f"a backslash that ends the {self.noun} must not touch a word")
                at += 1
        span = Span(start, at)
        return Word(span, _parts(pieces, span)), at

    def _quoted(self, pieces: list[_Piece], opening: int) -> int:
        """Read on behind the quote at `opening`; the place behind the one that closes it."""
        at, number = opening + 1, False
        while at < self.end and self.data[at] != ord('"'):
            if plain := _QUOTED.match(self.data, at):
                pieces.append((plain[0], at, plain.end()))
                at, number = plain.end(), False
            else:
                text, end, number = self._escape(at)
                pieces.append((text, at, end))
                at = end
        if at >= self.end and not number:  # execlineb itself lets a number end the text without a quote
            self._problem(
                opening, opening + 1, f"this quote is never closed, so the {self.noun} can't be read"
            )
        return min(at + 1, self.end)

    def _escape(self, at: int) -> tuple[bytes, int, bool]:
        """The byte that the backslash at `at` stands for, where it ends, whether it was a number."""
        number = _NUMBER.match(self.data, at + 1)
        if number:
            return self._byte(number, at), number.end(), True
        following = self.data[at + 1 : at + 2]
        if following == b"0":
            self._problem(
                at, at + 2, r"\0 must go on with octal digits (\0101) or x and hexadecimal ones (\0x41)"
            )
        if following in (b"\n", b"0", b""):
            return b"", min(at + 2, self.end), False
        return bytes((_NAMED.get(following[0], following[0]),)), at + 2, False

    def _byte(self, number: re.Match[bytes], at: int) -> bytes:
        base = (16, 8, 10)[(number.lastindex or 1) - 1]
        value = int(number[number.lastindex or 1], base)
        if 0 < value < 256:
            return bytes((value,))
        written = decode(self.data[at : number.end()])
        self._problem(at, number.end(), f"{written} is no byte: it must stand for 1 to 255")
        return b""


def _parts(pieces: list[_Piece], span: Span) -> tuple[Part, ...]:
    text = b"".join(piece[0] for piece in pieces)
    if b"$" not in text:
        return (Literal(span, decode(text), True),)
    return tuple(_substituted(text, pieces, span))


def _substituted(text: bytes, pieces: list[_Piece], span: Span) -> Iterator[Part]:
    """Cut at each `$name`; n backslashes before a name that is bound stand for n//2, an odd one guards it."""
    ends = list(accumulate(len(piece[0]) for piece in pieces))
    before: list[bytes] = []
    at, since = span.start, 0
    for found in _KEY.finditer(text):
        slashes = len(found[1])
        dollar = found.start() + slashes
        before += text[since : found.start()], b"\\" * (slashes // 2)
        since = found.end()
        if slashes % 2:
            before.append(text[dollar:since])
            continue
        place = Span(_source(pieces, ends, dollar)[0], _source(pieces, ends, since - 1)[1])
        if any(before):
            yield Literal(Span(at, place.start), decode(b"".join(before)), True)
        before, at = [], place.end
        stays = Word(place, (Literal(place, decode(text[dollar:since]), True),))
        yield Parameter(place, decode(found[2] or found[3]), operand=stays, quoted=True)
    before.append(text[since:])
    if any(before):
        yield Literal(Span(at, span.end), decode(b"".join(before)), True)


def _source(pieces: list[_Piece], ends: list[int], index: int) -> tuple[int, int]:
    """The source bytes of the byte at `index` of the text that `pieces` make."""
    number = bisect_right(ends, index)
    text, start, end = pieces[number]
    if end - start != len(text):
        return start, end
    start += index - (ends[number] - len(text))
    return start, start + 1
