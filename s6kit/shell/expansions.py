"""What a dollar sign or a backquote starts: parameters, substitutions, arithmetic."""

from __future__ import annotations

import re
from collections.abc import Callable

from s6kit.regex import regex
from s6kit.script import Opaque, Parameter, Part, Substitution, Word
from s6kit.shell.source import DEEPEST, TooDeep, Unreadable
from s6kit.shell.words import NAME, Words
from s6kit.text import Span

_SIMPLE = re.compile(rf"\$(\{{)?({NAME})(?(1)\}})")
_OPERATOR = regex(r":[-=+?]|[-=+?]|##?|%%?|/[/#%]?|\^\^?|,,?|@|:")
_BRACED = regex(
    r"(#(?=(?:[A-Za-z_]\w*|\d+|[@*?$!#-])[}\[])|!(?=[A-Za-z_0-9@*#]))?"
    r"([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])",
    re.ASCII,
)
_PREFIXES = {None: "", "#": "length", "!": "indirect"}

Reading = Callable[[bool], Part]


class Expansions(Words):
    """Reads expansions; the statements inside a substitution are a subclass's matter."""

    def __init__(self, src: str, ascii_only: bool, depth: int = 0) -> None:
        super().__init__(src, ascii_only, depth)
        self._arithmetic: dict[int, int | None] = {}

    def _dollar(self, quoted: bool, into: list[Part]) -> bool:
        """Read what a dollar sign starts; False if it is only a dollar sign."""
        start = self.pos
        simple = _SIMPLE.match(self.src, start)
        if simple is not None:
            self.pos = simple.end()
            into.append(Parameter(Span(start, self.pos), simple[2], quoted=quoted))
            return True
        follower = self.peek(1)
        if follower == "{":
            into.append(self._deeper(quoted, self._parameter))
        elif follower == "(":
            into.append(self._deeper(quoted, self._substitution))
        elif follower == "[":
            self.pos += 2
            self.parts("index", quoted, [])
            self._close("]", start, 2, "this `$[` is never closed")
            into.append(Opaque(Span(start, self.pos), "an arithmetic result", quoted))
        elif follower == "'" and not quoted:
            self._ansi(into)
        elif follower == '"' and not quoted:
            self.pos += 1
            self._string(into)
        else:
            return False
        return True

    def _deeper(self, quoted: bool, read: Reading) -> Part:
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooDeep
        start = self.pos
        try:
            part = read(quoted)
        except Unreadable as unreadable:
            # within a string, what looks like an inner quote is the end of that string
            if quoted and self.src[slice(*unreadable.problem.span)] == '"':
                opener = self.src[start : start + 2]
                raise Unreadable(start, start + 2, f"this `{opener}` is never closed") from None
            raise
        self.depth -= 1
        return part

    def _close(self, closer: str, start: int, width: int, message: str) -> None:
        if self.peek() != closer:
            raise Unreadable(start, start + width, message)
        self.pos += 1

    def _substitution(self, quoted: bool) -> Part:
        start = self.pos
        if self.peek(2) == "(":
            end = self.arithmetic_end(start + 3)
            if end is not None:
                self.pos = end
                return Opaque(Span(start, end), "an arithmetic result", quoted)
        self.pos = start + 2
        body, _ = self.statements(start, 2, (")",))
        return Substitution(Span(start, self.pos), body, quoted)

    def _backquotes(self, quoted: bool) -> Part:
        start, src = self.pos, self.src
        at = start + 1
        while at < self.size and src[at] != "`":
            at += 2 if src[at] == "\\" else 1
        if at >= self.size:
            raise Unreadable(start, start + 1, "this backquote is never closed")
        self.pos = at + 1
        taken = r"\\([`$\\\"])" if quoted else r"\\([`$\\])"
        inner = re.sub(taken, "\0\\1", src[start + 1 : at])
        span = Span(start, at + 1)
        try:
            return Substitution(span, self.inside(src[: start + 1] + inner, start + 1), quoted)
        except Unreadable:
            return Opaque(span, "the output of a command that could not be read", quoted)

    def arithmetic_end(self, at: int) -> int | None:
        """Where the `))` that closes an arithmetic text from `at` ends; None if it is no such text."""
        if at not in self._arithmetic:
            self._arithmetic[at] = self._find_arithmetic_end(at)
        return self._arithmetic[at]

    def _find_arithmetic_end(self, at: int) -> int | None:
        keep, deep, depth = self.pos, self.depth, 0
        self.pos = at
        try:
            while self.pos < self.size:
                character = self.peek()
                if character == ")" and not depth:
                    return self.pos + 2 if self.peek(1) == ")" else None
                depth += (character == "(") - (character == ")")
                self._over(character)
            return None
        except Unreadable:
            return None
        finally:
            self.pos, self.depth = keep, deep

    def _process_substitution(self, quoted: bool) -> Part:
        start = self.pos
        self.pos += 2
        body, _ = self.statements(start, 2, (")",))
        return Opaque(Span(start, self.pos), "the name of a pipe to another program", quoted, body)

    def _parameter(self, quoted: bool) -> Part:
        """`${…}`; what the shell itself would only complain of when it runs is opaque."""
        start, src = self.pos, self.src
        self.pos += 2
        match = _BRACED.match(src, self.pos)
        if match is None:
            return self._unknown(start, quoted)
        prefix, name = _PREFIXES[match[1]], match[2]
        self.pos = match.end()
        index = None
        if self.peek() == "[":
            try:
                index = self._index()
            except Unreadable:
                self.pos = match.end()
                return self._unknown(start, quoted)
        if self.peek() == "}":
            self.pos += 1
            return Parameter(Span(start, self.pos), name, prefix, None, None, index, quoted)
        operator = _OPERATOR.match(src, self.pos)
        if prefix or operator is None:
            return self._unknown(start, quoted)
        self.pos = operator.end()
        return self._operation(start, name, operator.group(), index, quoted)

    def _operation(self, start: int, name: str, op: str, index: Word | None, quoted: bool) -> Part:
        plain = quoted and op[0] not in "#%/^,"
        operand = self._operand("slash" if op[0] == "/" else "operand", plain)
        replacement = None
        if self.peek() == "/" and op[0] == "/":
            self.pos += 1
            replacement = self._operand("operand", plain)
        self._close("}", start, 2, "this `${` is never closed")
        return Parameter(Span(start, self.pos), name, op, operand, replacement, index, quoted)

    def _operand(self, mode: str, quoted: bool) -> Word:
        start = self.pos
        parts: list[Part] = []
        self.parts(mode, quoted, parts)
        return Word(Span(start, self.pos), tuple(parts))

    def _index(self) -> Word | None:
        """`[…]` after a name."""
        start = self.pos
        self.pos += 1
        index = self._operand("index", False)
        self._close("]", start, 1, "this `[` is never closed")
        return index

    def _unknown(self, start: int, quoted: bool) -> Part:
        self.parts("operand", quoted, [])
        self._close("}", start, 2, "this `${` is never closed")
        return Opaque(Span(start, self.pos), "a rare kind of expansion", quoted)
