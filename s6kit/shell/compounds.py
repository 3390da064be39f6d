"""The commands made of others: groups, conditions, loops, `case`, functions."""

from __future__ import annotations

import re
from collections.abc import Callable

from s6kit.regex import regex
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
from s6kit.shell.commands import FUNCTION
from s6kit.shell.condition import Conditions
from s6kit.shell.source import DEEPEST, TooDeep, Unreadable
from s6kit.text import Span

_NAME = re.compile(r"[^ \t\n;&|<>()'\"`$\\]+")
_COPROC_NAME = regex(r"[A-Za-z_]\w*[ \t]+(?=[{(]|\[\[|(?:if|while|until|for|case|select)[ \t\n])", re.ASCII)


class Compounds(Conditions):
    """Reads compound commands; the lists inside them are a subclass's matter."""

    def _command(self, token: str) -> Statement:
        raise NotImplementedError

    def _body_of(
        self, opener: int, width: int, closers: tuple[str, ...]
    ) -> tuple[tuple[Statement, ...], str]:
        """The statements up to a closer, which is read, too, and the closer; there has to be one at least."""
        body, closer = self.statements(opener, width, closers)
        if not body:
            raise Unreadable(self.pos - len(closer), self.pos, "a command is expected here")
        return body, closer

    def _group(self, start: int) -> Statement:
        self.pos += 1
        body, _ = self._body_of(start, 1, ("}",))
        redirects = self._redirects()
        return Group(Span(start, self.pos), body, False, redirects)

    def _subshell(self, start: int) -> Statement:
        self.pos += 1
        body, _ = self._body_of(start, 1, (")",))
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
            condition, _ = self._body_of(start, 2, ("then",))
            body, closer = self._body_of(start, 2, ("elif", "else", "fi"))
            branches.append(Branch(condition, body))
            if closer != "elif":
                break
        if closer == "else":
            otherwise, _ = self._body_of(start, 2, ("fi",))
        self._redirects()
        return If(Span(start, self.pos), tuple(branches), otherwise)

    def _while(self, start: int) -> Statement:
        self.pos += 5
        condition, _ = self._body_of(start, 5, ("do",))
        body, _ = self._body_of(self.pos - 2, 2, ("done",))
        redirects = self._redirects()
        return While(Span(start, self.pos), condition, body, self.src[start] == "u", redirects)

    def _for(self, start: int) -> Statement:
        width = len("select" if self.src.startswith("select", start) else "for")
        self.pos += width
        self.skip()
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
        words: list[Word] | None = None
        if self.next() == "in":
            self.pos += 2
            words = []
            self.skip()
            while self.peek() not in "\n;":
                word = self.word()
                at, end = word.span
                if at == end:
                    raise Unreadable(at, at + 1, "a `;` or a new line is expected here")
                words.append(word)
        if self.peek() == ";":
            self.pos += 1
        return None if words is None else tuple(words)

    def _loop_body(self, start: int, width: int) -> tuple[Statement, ...]:
        word = self.next()
        if word not in ("do", "{"):
            raise unclosed(self.src, start, width, "do")
        self.pos += len(word)
        body, _ = self._body_of(self.pos - len(word), len(word), ("done" if word == "do" else "}",))
        self._redirects()
        return body

    def _counted(self, start: int) -> Statement:
        end = self.arithmetic_end(self.pos + 2)
        if end is None:
            raise Unreadable(self.pos, self.pos + 2, "this `((` is never closed")
        self.pos = end
        self.skip()
        if self.peek() == ";":
            self.pos += 1
        body = self._loop_body(start, 3)
        return For(Span(start, self.pos), "", None, body)

    def _case(self, start: int) -> Statement:
        self.pos += 4
        self.skip()
        subject = self.word()
        if subject.span[0] == subject.span[1]:
            raise Unreadable(start, start + 4, "a word is expected after this `case`")
        if self.next() != "in":
            raise unclosed(self.src, start, 4, "in")
        self.pos += 2
        arms: list[Arm] = []
        while self.next() != "esac":
            if self.pos >= self.size:
                raise unclosed(self.src, start, 4, "esac")
            arms.append(self._arm(start))
        self.pos += 4
        self._redirects()
        return Case(Span(start, self.pos), subject, tuple(arms))

    def _arm(self, start: int) -> Arm:
        if self.peek() == "(":
            self.pos += 1
        patterns: list[Word] = []
        while True:
            self.skip()
            pattern = self.word("pattern")
            patterns.append(pattern)
            at, end = pattern.span
            if at == end:
                raise Unreadable(at, min(at + 1, self.size), "a pattern is expected here")
            if self.peek() != "|":
                break
            self.pos += 1
        if self.peek() != ")":
            raise Unreadable(at, end, "a `)` is expected after this pattern")
        self.pos += 1
        body, ending = self.statements(start, 4, (";;", ";&", ";;&", "esac"))
        if ending == "esac":
            self.pos -= 4
            ending = ""
        return Arm(tuple(patterns), body, ending)

    def _function(self, start: int) -> Statement:
        self.pos += len("function")
        self.skip()
        match = _NAME.match(self.src, self.pos)
        if match is None:
            raise Unreadable(start, self.pos, "a name is expected after this `function`")
        self.pos = match.end()
        parentheses = FUNCTION.match(self.src, self.pos)
        return self._function_body(start, match.group(), parentheses.end() if parentheses else self.pos)

    def _function_body(self, start: int, name: str, at: int) -> Statement:
        self.pos = at
        word = self.next()
        if word not in _BODIES:
            raise Unreadable(start, start + len(name), "the body of this function is missing")
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooDeep
        body = COMPOUND[word](self, self.pos)
        self.depth -= 1
        plain = isinstance(body, Group) and not body.subshell and not body.redirects
        inner = body.body if plain and isinstance(body, Group) else (body,)
        return Function(Span(start, self.pos), self.said(name), inner)

    def _coproc(self, start: int) -> Statement:
        self.pos += len("coproc")
        self.skip()
        named = _COPROC_NAME.match(self.src, self.pos)
        if named is not None:
            self.pos = named.end()
        if self.peek() in "\n":
            raise Unreadable(self.pos, self.pos + len(self.peek()), "a command is expected here")
        body = self._command(self.next())
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
    "[[": Compounds._condition,
}
_BODIES = frozenset(["if", "case", "while", "until", "for", "select", "{", "(", "((", "[["])


def unclosed(src: str, opener: int, width: int, closer: str) -> Unreadable:
    word = src[opener : opener + width]
    message = f"this `{word}` is never closed" if closer == ")" else f"this `{word}` has no `{closer}`"
    return Unreadable(opener, opener + width, message)
