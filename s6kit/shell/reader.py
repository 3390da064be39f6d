"""The grammar of the shells, read by hand: every statement as bash takes it, or the place where it stops.

This is the reader that decides whether a program is well formed. bash runs what stands before an error and
then gives up, so there is one problem at most, and the statements before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from s6kit.script import (
    AndOr,
    Background,
    Command,
    Not,
    Pipeline,
    Problem,
    Statement,
)
from s6kit.shell.commands import literal
from s6kit.shell.compounds import COMPOUND, KEYWORD, Compounds, unclosed
from s6kit.shell.words import DEEPEST, TooDeep, Unreadable
from s6kit.text import Span

_CLOSERS = frozenset(["then", "else", "elif", "fi", "do", "done", "esac", "}"])
_OPERATORS = frozenset(["&&", "||", ";;", ";&", "|&"])
_ENDINGS = (*_CLOSERS, ")", ";;")
_TIME_OPTION = re.compile(r"(?:-p|--)(?=[ \t])")
_IF, _LOOP = ("if",), ("while", "until", "for", "do", "select")
_OPENERS = {
    **dict.fromkeys(("then", "else", "elif", "fi"), _IF),
    **dict.fromkeys(("do", "done"), _LOOP),
    "esac": ("case",),
    "}": ("{",),
    ")": ("(", "$(", "<(", ">("),
}


class Reader(Compounds):
    """Reads statements from `src`, from `pos` on."""

    def __init__(self, src: str, ascii_only: bool, depth: int = 0) -> None:
        super().__init__(src, ascii_only, depth)
        self.done: list[Statement] = []
        self._open: list[tuple[int, int, tuple[str, ...]]] = []

    def read(self) -> tuple[tuple[Statement, ...], tuple[Problem, ...]]:
        """Every statement, or those before the first problem, and the problem."""
        try:
            self._list((), self.done)
        except Unreadable as unreadable:
            return tuple(self.done), (unreadable.problem,)
        return tuple(self.done), ()

    def inside(self, src: str, start: int) -> tuple[Statement, ...]:
        reader = Reader(src, self.ascii_only, self.depth + 1)
        if reader.depth > DEEPEST:
            raise TooDeep
        reader.pos = start
        reader._list((), reader.done)
        return tuple(reader.done)

    def statements(self, opener: int, width: int, closers: tuple[str, ...]) -> tuple[Statement, ...]:
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooDeep
        self._open.append((opener, width, closers))
        into: list[Statement] = []
        self._list(closers, into)
        self._open.pop()
        self.depth -= 1
        return tuple(into)

    def _list(self, closers: tuple[str, ...], into: list[Statement]) -> None:
        """Statements up to a closer, which is left unread; at the top (no closers), to the end."""
        src = self.src
        while True:
            self._lines()
            if self._at_closer(closers):
                return
            if self.pos >= self.size:
                if not closers:
                    return
                raise self._unclosed()
            statement = self._and_or()
            follower = self.peek()
            if follower == "&":
                self.pos += 1
                statement = Background(Span(statement.span[0], self.pos), statement)
            elif follower == ";" and src[self.pos : self.pos + 2] not in (";;", ";&"):
                self.pos += 1
            into.append(statement)
            if follower and follower not in "\n;&" and not self._at_closer(closers):
                raise self._unexpected(True)

    def _at_closer(self, closers: tuple[str, ...]) -> bool:
        if not closers:
            return False
        character = self.peek()
        if character == ")":
            return ")" in closers
        if character == ";":
            return ";;" in closers and self.src[self.pos : self.pos + 2] in (";;", ";&")
        match = KEYWORD.match(self.src, self.pos)
        return match is not None and match.group() in closers

    def _unclosed(self) -> Unreadable:
        opener, width, closers = self._open[-1]
        return unclosed(self.src, opener, width, closers[-1])

    def _unexpected(self, after: bool = False) -> Unreadable:
        """What is wrong with what stands here; `after`: behind a statement, not where one begins."""
        match = KEYWORD.match(self.src, self.pos)
        word = match.group() if match else self.peek()
        if word in _OPENERS:
            openers = _OPENERS[word]
            if any(self.src[start : start + width] in openers for start, width, _ in self._open):
                return self._unclosed()
            message = f"this `{word}` closes nothing: no `{openers[0]}` is open"
        elif word[:1] == "(" and after:
            word, message = "(", "a parenthesis has to be quoted here"
        elif after and word[:1] != ";":
            message = "a `;` or a new line is expected here"
        else:
            message = "a command is expected here"
            operator = self.src[self.pos : self.pos + 2]
            word = operator if operator in _OPERATORS else word
        return Unreadable(self.pos, self.pos + len(word), message)

    def _and_or(self) -> Statement:
        left = self._pipeline()
        while True:
            op = self.src[self.pos : self.pos + 2]
            if op not in ("&&", "||"):
                return left
            right = self._after_operator(op, self._pipeline)
            left = AndOr(Span(left.span[0], right.span[1]), left, op, right)

    def _after_operator(self, op: str, read: Callable[[], Statement]) -> Statement:
        at = self.pos
        self.pos += len(op)
        self._lines()
        if self.pos >= self.size or self.peek() in ";&|" or self._at_closer(_ENDINGS):
            raise Unreadable(at, at + len(op), f"a command is expected after this `{op}`")
        return read()

    def _pipeline(self) -> Statement:
        match = KEYWORD.match(self.src, self.pos) if self.peek() in "!t" else None
        if match is not None and match.group() in ("!", "time"):
            return self._prefixed(match.group())
        first = self._command()
        if self.peek() != "|" or self.peek(1) == "|":
            return first
        stages = [first]
        while self.peek() == "|" and self.peek(1) != "|":
            stages.append(self._after_operator("|&" if self.peek(1) == "&" else "|", self._command))
        return Pipeline(Span(first.span[0], stages[-1].span[1]), tuple(stages))

    def _prefixed(self, word: str) -> Statement:
        start = self.pos
        self.pos += len(word)
        self._skip()
        while word == "time" and _TIME_OPTION.match(self.src, self.pos):
            self.pos += 2
            self._skip()
        if self.pos >= self.size or self.peek() in "\n;&|)":
            end = start + len(word)
            body: Statement = Command(Span(end, end))
            if word == "time":
                return Command(Span(start, end), (literal(Span(start, end), word),))
            return Not(Span(start, end), body)
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooDeep
        body = self._pipeline()
        self.depth -= 1
        return Not(Span(start, body.span[1]), body) if word == "!" else body

    def _command(self) -> Statement:
        """A command of any kind, and the blanks behind it."""
        match = KEYWORD.match(self.src, self.pos)
        word = match.group() if match is not None else ""
        if word in _CLOSERS:
            raise self._unexpected()
        statement = COMPOUND[word](self, self.pos) if word in COMPOUND else self._simple()
        self._skip()
        return statement
