"""The words of the shells: quotes, expansions, patterns. One left-to-right pass, no look at the system."""

from __future__ import annotations

import re

from s6kit.regex import regex
from s6kit.script import Literal, Opaque, Parameter, Part, Statement, Word
from s6kit.shell.source import OPERATOR, Source, Unreadable
from s6kit.text import Span

# pieces of one `{a,b}` that are read; longer is taken for an expansion: else some texts take quadratic time
_LONGEST_BRACE = 400

_PLAIN = r"""[^ \t\n;&|<>()'"`$\\{?*+@!\0]"""
NAME = r"(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])"
# a word of one part (plain, a string, a parameter) and the blanks behind it, or an operator
_WHOLE = re.compile(
    rf"""(?:({_PLAIN}+)|("[^"`$\\\0]*"|'[^'\0]*')|((")?\$(\{{)?({NAME})(?(5)\}})(?(4)")))"""
    rf"""(?:[ \t]++(?![\\#\0])|(?![^\n;&|)]))|{OPERATOR}"""
)
# what runs on without meaning anything, by what the word stands in
_VALUE = regex(r"""[^ \t\n;&|<>()'"`$\\?*+@!\0]+""")
_RUNS = {
    "word": regex(rf"{_PLAIN}+"),
    "value": _VALUE,
    "regex": regex(r"""[^ \t\n;&<>()'"`$\\\0]+"""),
    "pattern": _VALUE,
    "operand": regex(r"""[^}'"`$\\\0]+"""),
    "slash": regex(r"""[^}/'"`$\\\0]+"""),
    "index": regex(r"""[^]'"`$\\\0]+"""),
    "string": regex(r"""[^"`$\\\0]+"""),
    "here": regex(r"""[^`$\\\0]+"""),
}
_STRING, _PARAMETER, _OPERATOR = 2, 3, 7  # groups of _WHOLE
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
_BRACE = regex(
    r"""[^\s;&|<>()'"`$\\{},]+|\\.|'[^']*'|"[^"$`\\]*"|"?\$(?:\w+|[@*#?$!-]|\{[^{}'"`]*\})"?|[{},]"""
)
_SEQUENCE = regex(r"\{(?:-?\d+\.\.-?\d+|[A-Za-z]\.\.[A-Za-z])(?:\.\.-?\d+)?\}")
_ANSI = regex(
    r"""\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|c(.)|(.))""", re.DOTALL
)
_ANSI_CHARACTERS = dict(zip("abeEfnrtv", "\a\b\x1b\x1b\f\n\r\t\v", strict=True))
_new = tuple.__new__  # of a Span, by the thousand: its own constructor takes twice as long


class Words(Source):
    """Reads words from `src` at `pos`; the statements inside a substitution are a subclass's matter."""

    def statements(
        self, opener: int, width: int, closers: tuple[str, ...]
    ) -> tuple[tuple[Statement, ...], str]:
        """The statements up to one of `closers`, and that."""
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

    def word(self, mode: str = "word") -> Word:
        """The word that starts here, empty (no parts) where none does, and the blanks behind it."""
        return (self.whole() if mode != "regex" else None) or self.composed(mode)

    def composed(self, mode: str) -> Word:
        """A word of any parts, and the blanks behind it."""
        start = self.pos
        parts: list[Part] = []
        self.parts(mode, False, parts)
        word = Word(Span(start, self.pos), tuple(parts))
        self.skip()
        return word

    def whole(self) -> Word | None:
        """The word of one part that starts here, and the blanks behind it; where none does, the operator."""
        match = _WHOLE.match(self.src, self.pos)
        if match is None:
            self.operator = ""
            return None
        kind = match.lastindex or 0
        if kind == _OPERATOR:
            self.operator = match[kind]
            return None
        start, end = self.pos, match.end(kind)
        span = _new(Span, (start, end))
        self.pos = match.end()
        if kind == _PARAMETER:
            quoted = match[4] is not None
            place = Span(start + 1, end - 1) if quoted else span
            return Word(span, (Parameter(place, match[6], quoted=quoted),))
        text = match[kind] if self.ascii_only else self.said(match[kind])
        if kind == _STRING:
            return Word(span, (Literal(Span(start + 1, end - 1), text[1:-1], True),))
        return Word(span, (Literal(span, text),))

    def parts(self, mode: str, quoted: bool, into: list[Part]) -> None:
        """Read the parts up to what ends `mode` into `into`; `quoted`: within double quotes."""
        run, stops, src, size = _RUNS[mode].match, _STOPS[mode], self.src, self.size
        shown = quoted or mode in ("string", "here")
        text = ""
        start = self.pos
        while True:
            match = run(src, self.pos)
            if match is not None:
                text += match.group()
                self.pos = match.end()
            at = self.pos
            character = src[at] if at < size else ""
            if not character or (character in stops and not (character in "<>" and self._pipe_name(mode))):
                break
            added = self._added(character, mode, shown) if character in "\\\0" else None
            if added is not None:
                text += added
                continue
            mark = len(into)
            if not self._special(character, mode, quoted, into):
                text += character
                self.pos = at + 1
                continue
            if text:
                into.insert(mark, Literal(Span(start, at), self.said(text), shown))
            text, start = "", self.pos
        if text:
            into.append(Literal(Span(start, self.pos), self.said(text), shown))

    def _added(self, character: str, mode: str, shown: bool) -> str | None:
        """What a backslash or a NUL adds to the text around it; None for a part of its own."""
        if character == "\0":
            self.pos += 1
            return ""
        follower = self.peek(1)
        if follower and follower != "\n" and not shown:
            return None
        self.pos += 1 + len(follower)
        if follower == "\n":
            return ""
        special = "$`\\" if mode == "here" else '$`"\\}' if mode in ("operand", "slash") else '$`"\\'
        return follower if follower in special and follower else "\\" + follower

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
        if not (commas or depth) and not _SEQUENCE.fullmatch(self.src, start, at):
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
