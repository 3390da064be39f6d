"""The words of the shells: quotes, expansions, patterns. One left-to-right pass, no look at the system.

The source is held as latin-1 text, so that an index is a byte offset; what a Literal says is decoded at
the end. A NUL in the source stands for nothing, as in bash: text that has to be shortened without moving
what follows it (backquotes, the tabs of `<<-`) is filled with it.
"""

from __future__ import annotations

import re

from s6kit.script import Literal, Opaque, Part, Problem, Statement, Word
from s6kit.text import Span

PLAIN = re.compile(r"""(?:[^ \t\n;&|<>()'"`$\\{?*+@!\0]|[?*+@!](?!\())+""")
ENDS = " \t\n;&|)"
DEEPEST = 40
# pieces of one `{a,b}` that are looked at: a bound, so that no text takes quadratic time
_LONGEST_BRACE = 400

# what runs on without meaning anything, by what the word stands in
_RUNS = {
    "word": PLAIN,
    "value": re.compile(r"""(?:[^ \t\n;&|<>()'"`$\\?*+@!\0]|[?*+@!](?!\())+"""),
    "regex": re.compile(r"""[^ \t\n;&<>()'"`$\\\0]+"""),
    "pattern": re.compile(r"""(?:[^ \t\n;&|<>()'"`$\\?*+@!\0]|[?*+@!](?!\())+"""),
    "operand": re.compile(r"""[^}'"`$\\\0]+"""),
    "slash": re.compile(r"""[^}/'"`$\\\0]+"""),
    "index": re.compile(r"""[^]'"`$\\\0]+"""),
    "string": re.compile(r"""[^"`$\\\0]+"""),
    "here": re.compile(r"""[^`$\\\0]+"""),
}
_STOPS = {
    "word": " \t\n;&|<>()",
    "value": " \t\n;&|<>()",
    "regex": " \t\n;&<>)",
    "pattern": " \t\n;&|<>()",
    "operand": "}",
    "slash": "}/",
    "index": "]",
    "string": '"',
    "here": "",
}
_SIMPLE_STRING = re.compile(r'"([^"`$\\\0]*)"')
_BRACE = re.compile(
    r"""[^\s;&|<>()'"`$\\{},]+|\\.|'[^']*'|"[^"$`\\]*"|"?\$(?:\w+|[@*#?$!-]|\{[^{}'"`]*\})"?|[{},]"""
)
_SEQUENCE = re.compile(r"\{(?:-?\d+\.\.-?\d+|[A-Za-z]\.\.[A-Za-z])(?:\.\.-?\d+)?\}")
_ANSI = re.compile(
    r"""\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|c(.)|(.))""", re.DOTALL
)
_ANSI_CHARACTERS = dict(zip("abeEfnrtv", "\a\b\x1b\x1b\f\n\r\t\v", strict=True))


class Unreadable(Exception):
    """The place where reading has to stop; never leaves the readers."""

    def __init__(self, start: int, end: int, message: str) -> None:
        super().__init__(message)
        self.problem = Problem(Span(start, end), message)


class TooDeep(Exception):
    """The program is nested deeper than anybody writes; never leaves the readers."""


class Words:
    """Reads words from `src` at `pos`; the statements inside a substitution are a subclass's matter."""

    def __init__(self, src: str, ascii_only: bool, depth: int = 0) -> None:
        self.src = src
        self.size = len(src)
        self.pos = 0
        self.ascii_only = ascii_only
        self.depth = depth
        self._arithmetic: dict[int, int | None] = {}

    def statements(self, opener: int, width: int, closers: tuple[str, ...]) -> tuple[Statement, ...]:
        """The statements up to one of `closers`, which is left unread."""
        raise NotImplementedError

    def inside(self, src: str, start: int) -> tuple[Statement, ...]:
        """The statements of a program that starts at `start` and ends where `src` does."""
        raise NotImplementedError

    def _dollar(self, quoted: bool, into: list[Part]) -> bool:
        raise NotImplementedError

    def _backquotes(self, quoted: bool) -> Part:
        raise NotImplementedError

    def _process_substitution(self, quoted: bool) -> Part:
        raise NotImplementedError

    def peek(self, offset: int = 0) -> str:
        """The character at `offset` from here, or nothing at the end."""
        at = self.pos + offset
        return self.src[at] if at < self.size else ""

    def said(self, text: str) -> str:
        """A piece of the source as it is meant: NULs dropped, bytes put together to characters."""
        if "\0" in text:
            text = text.replace("\0", "")
        return text if self.ascii_only else text.encode("latin-1").decode("utf-8", "surrogateescape")

    def word(self, mode: str = "word") -> Word:
        """The word that starts here; empty (no parts) where none does."""
        start = self.pos
        match = _RUNS[mode].match(self.src, start)
        if match is not None:
            end = match.end()
            if end == self.size or self.src[end] in ENDS:
                self.pos = end
                span = Span(start, end)
                return Word(span, (Literal(span, self.said(match.group())),))
        parts: list[Part] = []
        self.parts(mode, False, parts)
        return Word(Span(start, self.pos), tuple(parts))

    def parts(self, mode: str, quoted: bool, into: list[Part]) -> None:
        """Read the parts up to what ends `mode` into `into`; `quoted`: within double quotes."""
        run, stops, src, size = _RUNS[mode], _STOPS[mode], self.src, self.size
        shown = quoted or mode in ("string", "here")
        text: list[str] = []
        start = self.pos
        while True:
            match = run.match(src, self.pos)
            if match is not None:
                text.append(match.group())
                self.pos = match.end()
            at = self.pos
            character = src[at] if at < size else ""
            if not character or (character in stops and not self._pipe_name(mode)):
                break
            if character == "\\" and self._escape(mode, quoted, text):
                continue
            if character == "\0":
                self.pos += 1
                continue
            mark = len(into)
            pending = "".join(text)
            if pending:
                into.append(Literal(Span(start, at), self.said(pending), shown))
            if self._special(character, mode, quoted, into):
                text, start = [], self.pos
            else:
                del into[mark:]
                text.append(character)
                self.pos = at + 1
        pending = "".join(text)
        if pending:
            into.append(Literal(Span(start, self.pos), self.said(pending), shown))

    def _escape(self, mode: str, quoted: bool, text: list[str]) -> bool:
        """Take a backslash that adds to the text around it; False for one that is a part of its own."""
        follower = self.peek(1)
        if follower == "\n":
            self.pos += 2
            return True
        within = quoted or mode in ("string", "here")
        if not follower:
            text.append("\\")
            self.pos += 1
            return True
        if not within:
            return False
        special = "$`\\" if mode == "here" else '$`"\\}' if mode in ("operand", "slash") else '$`"\\'
        text.append(follower if follower in special else "\\" + follower)
        self.pos += 2
        return True

    def _special(self, character: str, mode: str, quoted: bool, into: list[Part]) -> bool:
        """Read a quote, an expansion or a pattern into parts; False if the character means itself."""
        shown = quoted or mode in ("string", "here")
        if character == "$":
            return self._dollar(shown, into)
        if character == '"':
            self._string(into)
        elif character == "`":
            into.append(self._backquotes(shown))
        elif character == "'":
            return self._single(quoted, into)
        elif character == "\\":
            self.pos += 2
            span = Span(self.pos - 2, self.pos)
            into.append(Literal(span, self.said(self.src[self.pos - 1]), True))
        elif character == "{":
            return self._brace(into)
        elif character in "<>":
            into.append(self._process_substitution(quoted))
        elif character == "(" and mode == "regex":
            into.append(self._parenthesis(0, "a regular expression"))
        elif character in "?*+@!" and self.peek(1) == "(":
            into.append(self._parenthesis(1, "an extended pattern"))
        else:
            return False
        return True

    def _single(self, quoted: bool, into: list[Part]) -> bool:
        if quoted:
            return False
        start = self.pos
        end = self.src.find("'", start + 1)
        if end < 0:
            raise Unreadable(start, start + 1, "this quote is never closed")
        into.append(Literal(Span(start + 1, end), self.said(self.src[start + 1 : end]), True))
        self.pos = end + 1
        return True

    def _string(self, into: list[Part]) -> None:
        start = self.pos
        simple = _SIMPLE_STRING.match(self.src, start)
        if simple is not None:
            self.pos = simple.end()
            into.append(Literal(Span(start + 1, self.pos - 1), self.said(simple.group(1)), True))
            return
        mark = len(into)
        self.pos += 1
        self.parts("string", False, into)
        if self.pos >= self.size:
            raise Unreadable(start, start + 1, "this quote is never closed")
        if len(into) == mark:
            into.append(Literal(Span(start + 1, self.pos), "", True))
        self.pos += 1

    def _ansi(self, into: list[Part]) -> None:
        start, src = self.pos, self.src
        at = start + 2
        while at < self.size and src[at] != "'":
            at += 2 if src[at] == "\\" else 1
        if at >= self.size:
            raise Unreadable(start, start + 2, "this quote is never closed")
        self.pos = at + 1
        text = _ANSI.sub(_ansi_character, src[start + 2 : at])
        # the escapes may have made bytes that the source does not have
        said = text.replace("\0", "").encode("latin-1").decode("utf-8", "surrogateescape")
        into.append(Literal(Span(start + 2, at), said, True))

    def _over(self, character: str) -> None:
        """Go past one character, or the whole of the quote or expansion it starts."""
        if character == "\\":
            self.pos += 2
        elif character not in "$\"'`" or not self._special(character, "word", False, []):
            self.pos += 1

    def _parenthesis(self, skipped: int, why: str) -> Part:
        """A balanced pair of parentheses, `skipped` characters from here, as one thing."""
        start = self.pos
        self.pos += skipped + 1
        depth = 1
        while depth:
            character = self.peek()
            if not character:
                raise Unreadable(start + skipped, start + skipped + 1, "this parenthesis is never closed")
            depth += (character == "(") - (character == ")")
            self._over(character)
        self.pos = min(self.pos, self.size)
        return Opaque(Span(start, self.pos), why)

    def _pipe_name(self, mode: str) -> bool:
        return mode in ("word", "value") and self.peek() in "<>" and self.peek(1) == "("

    def _brace(self, into: list[Part]) -> bool:
        start, depth, commas = self.pos, 0, 0
        at = start
        for _ in range(_LONGEST_BRACE):
            match = _BRACE.match(self.src, at)
            if match is None:
                return False
            at = match.end()
            token = match.group()
            depth += (token == "{") - (token == "}")
            commas += token == "," and depth == 1
            if not depth:
                break
        else:
            return False
        if not commas and not _SEQUENCE.fullmatch(self.src, start, at):
            return False
        self.pos = at
        into.append(Opaque(Span(start, at), "a brace expansion"))
        return True


def _ansi_character(match: re.Match[str]) -> str:
    two, four, eight, octal, control, other = match.groups()
    if two or octal:
        return chr((int(two, 16) if two else int(octal, 8)) & 255)
    if four or eight:
        number = int(four or eight, 16)
        return (
            chr(number).encode("utf-8", "replace").decode("latin-1") if number < 0x110000 else match.group()
        )
    if control:
        return chr(ord(control) & 31)
    return _ANSI_CHARACTERS.get(other, other if other in "\\'\"?" else "\\" + other)
