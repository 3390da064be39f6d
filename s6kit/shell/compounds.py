"""The commands made of others: groups, conditions, loops, `case`, functions."""

from __future__ import annotations

import re
from collections.abc import Callable

from s6kit.script import (
    Arithmetic,
    Arm,
    Background,
    Branch,
    Case,
    For,
    Function,
    Group,
    If,
    Statement,
    While,
    Word,
)
from s6kit.shell.commands import FUNCTION, Commands
from s6kit.shell.words import DEEPEST, TooDeep, Unreadable
from s6kit.text import Span

KEYWORD = re.compile(r"(?:[a-z]+|[{}]|!(?!\()|\[\[)(?=[ \t\n;&|<>()\0]|\\\n|\Z)|\(\(?|!(?=\()")
_NAME = re.compile(r"[^ \t\n;&|<>()'\"`$\\]+")
_COPROC_NAME = re.compile(
    r"[A-Za-z_]\w*[ \t]+(?=[{(]|\[\[|(?:if|while|until|for|case|select)[ \t\n])", re.ASCII
)


class Compounds(Commands):
    """Reads compound commands; the lists inside them are a subclass's matter."""

    def _command(self) -> Statement:
        raise NotImplementedError

    def _keyword(self, word: str, opener: int, width: int) -> int:
        """Go past the keyword that has to stand here; its place."""
        self._skip()
        match = KEYWORD.match(self.src, self.pos)
        if match is None or match.group() != word:
            raise unclosed(self.src, opener, width, word)
        self.pos = match.end()
        return match.start()

    def _body_of(self, opener: int, width: int, closers: tuple[str, ...]) -> tuple[Statement, ...]:
        """The statements up to a closer; there has to be one at least."""
        body = self.statements(opener, width, closers)
        if not body:
            match = KEYWORD.match(self.src, self.pos)
            end = match.end() if match else self.pos + 1
            raise Unreadable(self.pos, end, "a command is expected here")
        return body

    def _group(self, start: int) -> Statement:
        self.pos += 1
        body = self._body_of(start, 1, ("}",))
        self.pos += 1
        redirects = self._redirects()
        return Group(Span(start, self.pos), body, False, redirects)

    def _subshell(self, start: int) -> Statement:
        self.pos += 1
        body = self._body_of(start, 1, (")",))
        self.pos += 1
        redirects = self._redirects()
        return Group(Span(start, self.pos), body, True, redirects)

    def _arithmetic_command(self, start: int) -> Statement:
        end = self.arithmetic_end(start + 2)
        if end is None:
            return self._subshell(start)
        self.pos = end
        self._redirects()
        return Arithmetic(Span(start, self.pos))

    def _if(self, start: int) -> Statement:
        branches: list[Branch] = []
        otherwise: tuple[Statement, ...] = ()
        self.pos += 2
        while True:
            condition = self._body_of(start, 2, ("then",))
            self._keyword("then", start, 2)
            branches.append(Branch(condition, self._body_of(start, 2, ("elif", "else", "fi"))))
            if not self.src.startswith("elif", self.pos):
                break
            self.pos += 4
        if self.src.startswith("else", self.pos):
            self.pos += 4
            otherwise = self._body_of(start, 2, ("fi",))
        self.pos += 2
        self._redirects()
        return If(Span(start, self.pos), tuple(branches), otherwise)

    def _while(self, start: int) -> Statement:
        self.pos += 5
        condition = self._body_of(start, 5, ("do",))
        body = self._do(start, 5)
        redirects = self._redirects()
        return While(Span(start, self.pos), condition, body, self.src[start] == "u", redirects)

    def _do(self, opener: int, width: int) -> tuple[Statement, ...]:
        at = self._keyword("do", opener, width)
        body = self._body_of(at, 2, ("done",))
        self.pos += 4
        return body

    def _for(self, start: int) -> Statement:
        width = len("select" if self.src.startswith("select", start) else "for")
        self.pos += width
        self._skip()
        if self.src.startswith("((", self.pos):
            return self._counted(start)
        match = _NAME.match(self.src, self.pos)
        if match is None:
            raise Unreadable(
                start,
                start + width,
                "a name is expected after this `" + self.src[start : start + width] + "`",
            )
        self.pos = match.end()
        items = self._items()
        body = self._loop_body(start, width)
        return For(Span(start, self.pos), match.group(), items, body)

    def _items(self) -> tuple[Word, ...] | None:
        """The words after `in`, with the line end or `;` after them; None without `in`."""
        self._lines()
        match = KEYWORD.match(self.src, self.pos)
        words: list[Word] | None = None
        if match is not None and match.group() == "in":
            self.pos = match.end()
            words = []
            self._skip()
            while self.peek() and self.peek() not in "\n;":
                at = self.pos
                words.append(self.word())
                if at == self.pos:
                    raise Unreadable(at, at + 1, "a `;` or a new line is expected here")
                self._skip()
        if self.peek() == ";":
            self.pos += 1
        self._lines()
        return None if words is None else tuple(words)

    def _loop_body(self, start: int, width: int) -> tuple[Statement, ...]:
        if self.peek() == "{":
            at = self.pos
            self.pos += 1
            body = self._body_of(at, 1, ("}",))
            self.pos += 1
        else:
            body = self._do(start, width)
        self._redirects()
        return body

    def _counted(self, start: int) -> Statement:
        end = self.arithmetic_end(self.pos + 2)
        if end is None:
            raise Unreadable(self.pos, self.pos + 2, "this `((` is never closed")
        self.pos = end
        self._skip()
        if self.peek() == ";":
            self.pos += 1
        self._lines()
        body = self._loop_body(start, 3)
        return For(Span(start, self.pos), "", None, body)

    def _case(self, start: int) -> Statement:
        self.pos += 4
        self._skip()
        subject = self.word()
        if not subject.parts and subject.span[0] == self.pos:
            raise Unreadable(start, start + 4, "a word is expected after this `case`")
        self._lines()
        self._keyword("in", start, 4)
        arms: list[Arm] = []
        while True:
            self._lines()
            match = KEYWORD.match(self.src, self.pos)
            if match is not None and match.group() == "esac":
                self.pos = match.end()
                break
            if self.pos >= self.size:
                raise unclosed(self.src, start, 4, "esac")
            arms.append(self._arm(start))
        self._redirects()
        return Case(Span(start, self.pos), subject, tuple(arms))

    def _arm(self, start: int) -> Arm:
        if self.peek() == "(":
            self.pos += 1
        patterns: list[Word] = []
        while True:
            self._skip()
            at = self.pos
            patterns.append(self.word("pattern"))
            if at == self.pos:
                raise Unreadable(at, min(at + 1, self.size), "a pattern is expected here")
            self._skip()
            if self.peek() != "|":
                break
            self.pos += 1
        if self.peek() != ")":
            raise Unreadable(at, patterns[-1].span[1], "a `)` is expected after this pattern")
        self.pos += 1
        body = self.statements(start, 4, (";;", "esac"))
        ending = ""
        if self.peek() == ";":
            ending = ";;&" if self.src.startswith(";;&", self.pos) else self.src[self.pos : self.pos + 2]
            self.pos += len(ending)
        return Arm(tuple(patterns), body, ending)

    def _function(self, start: int) -> Statement:
        self.pos += len("function")
        self._skip()
        match = _NAME.match(self.src, self.pos)
        if match is None:
            raise Unreadable(start, self.pos, "a name is expected after this `function`")
        self.pos = match.end()
        parentheses = FUNCTION.match(self.src, self.pos)
        return self._function_body(start, match.group(), parentheses.end() if parentheses else self.pos)

    def _function_body(self, start: int, name: str, at: int) -> Statement:
        self.pos = at
        self._lines()
        match = KEYWORD.match(self.src, self.pos)
        if match is None or match.group() not in _BODIES:
            raise Unreadable(start, start + len(name), "the body of this function is missing")
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooDeep
        body = COMPOUND[match.group()](self, self.pos)
        self.depth -= 1
        plain = isinstance(body, Group) and not body.subshell and not body.redirects
        inner = body.body if plain and isinstance(body, Group) else (body,)
        return Function(Span(start, self.pos), self.said(name), inner)

    def _coproc(self, start: int) -> Statement:
        self.pos += len("coproc")
        self._skip()
        named = _COPROC_NAME.match(self.src, self.pos)
        if named is not None:
            self.pos = named.end()
        body = self._command()
        return Background(Span(start, body.span[1]), body)


COMPOUND: dict[str, Callable[[Compounds, int], Statement]] = {
    "if": Compounds._if,
    "case": Compounds._case,
    "while": Compounds._while,
    "until": Compounds._while,
    "for": Compounds._for,
    "select": Compounds._for,
    "function": Compounds._function,
    "coproc": Compounds._coproc,
    "{": Compounds._group,
    "(": Compounds._subshell,
    "((": Compounds._arithmetic_command,
    "[[": Compounds._test,
}
_BODIES = frozenset(["if", "case", "while", "until", "for", "select", "{", "(", "((", "[["])


def unclosed(src: str, opener: int, width: int, closer: str) -> Unreadable:
    word = src[opener : opener + width]
    message = f"this `{word}` is never closed" if closer == ")" else f"this `{word}` has no `{closer}`"
    return Unreadable(opener, opener + width, message)
