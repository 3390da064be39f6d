"""The grammar of the shells, read by hand: every statement as bash takes it, or the place where it stops.

This is the reader that decides whether a program is well formed. bash runs what stands before an error and
then gives up, so there is one problem at most, and the statements before it.
"""

from __future__ import annotations

from s6kit.regex import regex
from s6kit.script import (
    AndOr,
    Background,
    Command,
    Not,
    Pipeline,
    Problem,
    Statement,
)
from s6kit.shell.compounds import COMPOUND, Compounds, unclosed
from s6kit.shell.source import DEEPEST, TooDeep, Unreadable, literal
from s6kit.text import Span

_CLOSERS = frozenset(["then", "else", "elif", "fi", "do", "done", "esac", "}"])
_SEPARATORS = frozenset(["&", ";", "\n"])
_OPERATORS = frozenset(["&&", "||", ";;", ";&", "|&"])
_ENDINGS = (*_CLOSERS, ")", ";;")
_TIME_OPTION = regex(r"(?:-p|--)(?=[ \t])")
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

    def statements(
        self, opener: int, width: int, closers: tuple[str, ...]
    ) -> tuple[tuple[Statement, ...], str]:
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooDeep
        self._open.append((opener, width, closers))
        into: list[Statement] = []
        closer = self._list(closers, into)
        self._open.pop()
        self.depth -= 1
        return tuple(into), closer

    def _list(self, closers: tuple[str, ...], into: list[Statement]) -> str:
        """Statements up to a closer, which is read, too; at the top (no closers), to the end."""
        separated = True
        while True:
            token = self.next()
            if token in closers:
                self.pos += len(token)
                return token
            if self.pos >= self.size:
                if not closers:
                    return ""
                raise self._unclosed()
            if not separated:
                raise self._unexpected(True)
            statement = self._pipeline(token)
            while self.operator in ("&&", "||"):
                op = self.operator
                right = self._pipeline(self._after_operator())
                statement = AndOr(Span(statement.span[0], right.span[1]), statement, op, right)
            separated = self.operator in _SEPARATORS
            if self.operator == "&":
                self.pos += 1
                statement = Background(Span(statement.span[0], self.pos), statement)
            elif self.operator == ";":
                self.pos += 1
            into.append(statement)

    def _unclosed(self) -> Unreadable:
        opener, width, closers = self._open[-1]
        return unclosed(self.src, opener, width, closers[-1])

    def _unexpected(self, after: bool = False) -> Unreadable:
        """What is wrong with what stands here; `after`: behind a statement, not where one begins."""
        word = self.next() or self.peek()
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

    def _after_operator(self) -> str:
        """Go past the operator and the line ends behind it; what stands there."""
        at = self.pos
        op = self.operator
        self.pos += len(op)
        token = self.next()
        missing = self.peek() in ";&|" and not self.src.startswith("&>", self.pos)
        if missing or token in _ENDINGS:
            raise Unreadable(at, at + len(op), f"a command is expected after this `{op}`")
        return token

    def _pipeline(self, token: str) -> Statement:
        if token in ("!", "time"):
            return self._prefixed(token)
        first = self._command(token)
        if self.operator not in ("|", "|&"):
            return first
        stages = [first]
        while self.operator in ("|", "|&"):
            stages.append(self._command(self._after_operator()))
        return Pipeline(Span(first.span[0], stages[-1].span[1]), tuple(stages))

    def _prefixed(self, word: str) -> Statement:
        start = self.pos
        self.pos += len(word)
        self.skip()
        while word == "time" and _TIME_OPTION.match(self.src, self.pos):
            self.pos += 2
            self.skip()
        if self.operator or self.peek() in ")":
            end = start + len(word)
            body: Statement = Command(Span(end, end))
            if word == "time":
                return Command(Span(start, end), (literal(Span(start, end), word),))
            return Not(Span(start, end), body)
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooDeep
        body = self._pipeline(self.next())
        self.depth -= 1
        return Not(Span(start, body.span[1]), body) if word == "!" else body

    def _command(self, token: str) -> Statement:
        """A command of any kind, and the blanks behind it."""
        if token in _CLOSERS:
            raise self._unexpected()
        compound = COMPOUND.get(token)
        if compound is None:
            return self._simple(token)
        statement = compound(self, self.pos)
        self.skip()
        return statement
