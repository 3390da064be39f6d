"""Simple commands: their words, what they assign, their redirections and here-documents."""

from __future__ import annotations

import re

from s6kit.regex import regex
from s6kit.script import (
    Assignment,
    Command,
    Literal,
    Opaque,
    Part,
    Redirect,
    Statement,
    Word,
)
from s6kit.shell.expansions import Expansions
from s6kit.shell.source import Unreadable, plain
from s6kit.text import Span, digits

_NEXT = re.compile(
    r"(?:[ \t\0\n]+|\\\n|#[^\n]*)*"
    r"((?:[a-z]+|[{}]|!(?!\()|\[\[)(?=[ \t\n;&|<>()\0]|\\\n|\Z)|\(\(?|!(?=\()|\)|;;&?|;&|)"
)
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:(\+?)=|\[)")
_REDIRECT = re.compile(
    r"(\d+(?=[<>])|\{[A-Za-z_]\w*\}(?=[<>]))?(<<<|<<-|<<|<&|<>|<(?!\()|>>|>&|>\||>(?!\()|&>>|&>)"
)
_DECLARED = regex(r"[A-Za-z_][A-Za-z0-9_]*(?=[ \t\n;&|<>)]|\\\n|\Z)")
_ASSIGNED = regex(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=", re.ASCII)
FUNCTION = regex(r"[ \t]*\([ \t]*\)")
_REDIRECT_STARTS = frozenset("<>&0123456789{")
_QUOTES = frozenset("\"'")
_DECLARERS = frozenset(["declare", "export", "local", "readonly", "typeset"])
FREE_DESCRIPTOR = 10
"""Where bash starts to number the descriptors of `{name}>file`."""


class Commands(Expansions):
    """Reads simple commands; lists and compound commands are a subclass's matter."""

    def __init__(self, src: str, ascii_only: bool, depth: int = 0) -> None:
        super().__init__(src, ascii_only, depth)
        self._heres: list[tuple[Redirect, str, bool]] = []

    def _unexpected(self, after: bool = False) -> Unreadable:
        raise NotImplementedError

    def _function_body(self, start: int, name: str, at: int) -> Statement:
        raise NotImplementedError

    def next(self) -> str:
        """Go past blanks, comments and line ends; the keyword that stands there, or what looks like one."""
        if self._heres:
            self._announced()
        match = _NEXT.match(self.src, self.pos)
        assert match is not None
        self.pos = match.start(1)
        return match[1]

    def _announced(self) -> None:
        """Read the here-documents that were announced, if the line ends here."""
        self.skip()
        if self.peek() == "\n":
            self.pos += 1
            self._bodies()

    def _bodies(self) -> None:
        heres, self._heres = self._heres, []
        for redirect, delimiter, quoted in heres:
            start = self.pos
            strip = redirect.op == "<<-"
            end = self._body_end(delimiter, strip)
            # the text comes after the command is complete: the one value that is set late
            object.__setattr__(redirect, "target", self._body(start, end, strip, quoted))

    def _body_end(self, delimiter: str, strip: bool) -> int:
        at = self.pos
        while at < self.size:
            end = self.src.find("\n", at)
            stop = self.size if end < 0 else end
            line = self.src[at:stop]
            if (line.lstrip("\t") if strip else line) == delimiter:
                self.pos = min(stop + 1, self.size)
                return at
            at = stop + 1
        self.pos = self.size
        return self.size

    def _body(self, start: int, end: int, strip: bool, quoted: bool) -> Word:
        text = self.src[start:end]
        span = Span(start, end)
        if strip:
            text = re.sub(r"(?m)^\t+", lambda tabs: "\0" * len(tabs.group()), text)
        if quoted:
            return Word(span, (Literal(span, self.said(text), True),) if text else ())
        parts: list[Part] = []
        reader = type(self)(self.src[:start] + text, self.ascii_only, self.depth + 1)
        reader.pos = start
        try:
            reader.parts("here", False, parts)
        except Unreadable:
            parts = [Opaque(span, "a text that could not be read", True)]
        return Word(span, tuple(parts))

    def _simple(self, token: str) -> Statement:
        """A simple command or a function's definition; `token`: the first word, if it is of letters alone."""
        start = self.pos
        last: Assignment | Redirect | Word | None = None
        words: list[Word] = []
        assignments: list[Assignment] = []
        redirects: list[Redirect] = []
        assigns = not token or token in _DECLARERS
        while True:
            assignment = self._assignment(bool(words)) if assigns else None
            if assignment is not None:
                assignments.append(assignment)
                last = assignment
                continue
            word = self.whole()
            if word is None:
                character = "" if self.operator else self.peek()
                if character in "()":
                    break
                redirect = self._redirect() if character in _REDIRECT_STARTS else None
                if redirect is not None:
                    redirects.append(redirect)
                    last = redirect
                    continue
                assigns = assigns or not words  # a name over two lines is none for `token`
                word = self.composed("word")
            words.append(word)
            last = word
            if assigns:
                assigns = plain(words[0]) in _DECLARERS
        end = last.span[1] if last is not None else start
        if last is None or character == "(":
            function = FUNCTION.match(self.src, self.pos)
            if function is None or len(words) != 1 or assignments or redirects:
                raise self._unexpected(last is not None)
            definition = self._function_body(start, self.src[start:end], function.end())
            self.skip()
            return definition
        return Command(Span(start, end), tuple(words), tuple(assignments), tuple(redirects))

    def _assignment(self, declares: bool) -> Assignment | None:
        """`name=value` and its kin, if that is what starts here, and the blanks behind it."""
        start = self.pos
        if declares:
            match = _DECLARED.match(self.src, start)
            if match is not None:
                self.pos = match.end()
                self.skip()
                return Assignment(Span(*match.span()), match.group(), None)
            if self.peek() in _QUOTES:
                assignment = _quoted_assignment(self.word())
                if assignment is None:
                    self.pos = start
                return assignment
        match = _ASSIGNMENT.match(self.src, start)
        if match is None:
            return None
        name, sign = match.groups()
        index = None
        append = sign == "+"
        self.pos = match.end()
        if sign is None:
            self.pos -= 1
            try:
                index = self._index()
            except Unreadable:
                self.pos = start
                return None
            append = self.peek() == "+"
            if self.src[self.pos + append : self.pos + append + 1] != "=":
                self.pos = start
                return None
            self.pos += 1 + append
        value: Word | tuple[Word, ...]
        if self.peek() == "(":
            value = self._array()
            end = self.pos
            self.skip()
        else:
            value = self.word("value")
            end = value.span[1]
        return Assignment(Span(start, end), name, value, append, index)

    def _array(self) -> Word | tuple[Word, ...]:
        start = self.pos
        self.pos += 1
        words: list[Word] = []
        keyed = False
        while self.next() != ")":
            character = self.peek()
            if not character:
                raise Unreadable(start, start + 1, "this parenthesis is never closed")
            if character == "[":
                keyed = self._keyed() or keyed
            at = self.pos
            word = self.word()
            if word.span[1] > at:
                words.append(word)
            elif not keyed or self.src[at : at + 1] not in " \t\n)":
                raise Unreadable(at, at + 1, f"a `{self.src[at]}` has to be quoted in a list of values")
        self.pos += 1
        if keyed:
            span = Span(start, self.pos)
            return Word(span, (Opaque(span, "a list of values with keys"),))
        return tuple(words)

    def _keyed(self) -> bool:
        """Go past the `[key]=` of an element."""
        start = self.pos
        try:
            self._index()
        except Unreadable:
            self.pos = start
            return False
        match = re.compile(r"\+?=").match(self.src, self.pos)
        if match is None:
            self.pos = start
            return False
        self.pos = match.end()
        return True

    def _redirect(self) -> Redirect | None:
        start = self.pos
        match = _REDIRECT.match(self.src, start)
        if match is None:
            return None
        number, op = match.groups()
        fd = FREE_DESCRIPTOR if number and number[0] == "{" else digits(number or "")
        self.pos = match.end()
        self.skip()
        at = self.pos
        target = self.word()
        end = target.span[1]
        if at == end or (self.src[end : end + 1] in ("<", ">") and self.src[at:end].isdigit()):
            what = "an end mark" if op in ("<<", "<<-") else "a word" if op == "<<<" else "a file name"
            raise Unreadable(start, match.end(), f"{what} is expected after this `{op}`")
        if op in ("<<", "<<-"):
            raw = self.src[at:end]
            redirect = Redirect(Span(start, end), op, fd, Word(Span(self.size, self.size), ()))
            self._heres.append((redirect, _unquoted(raw), any(c in raw for c in "\\'\"")))
            return redirect
        return Redirect(Span(start, end), op, fd, target)

    def _redirects(self) -> tuple[Redirect, ...]:
        """The redirections after a compound command; `pos` ends after the last."""
        found: list[Redirect] = []
        end = self.pos
        self.skip()
        while self.peek() in _REDIRECT_STARTS:
            redirect = self._redirect()
            if redirect is None:
                break
            found.append(redirect)
            end = redirect.span[1]
        self.pos = end
        return tuple(found)


def _unquoted(raw: str) -> str:
    """An end mark without its quotes."""
    return re.sub(r"\\(.)|['\"]", lambda match: match.group(1) or "", raw, flags=re.DOTALL)


def _quoted_assignment(word: Word) -> Assignment | None:
    """`"name=value"` as an argument of a declaration."""
    first = word.parts[0] if word.parts else None
    if not isinstance(first, Literal):
        return None
    match = _ASSIGNED.match(first.text)
    if match is None or len(first.text) != first.span.end - first.span.start:
        return None
    at = first.span.start + match.end()
    rest = Literal(Span(at, first.span.end), first.text[match.end() :], True)
    parts = word.parts[1:] if not rest.text and len(word.parts) > 1 else (rest, *word.parts[1:])
    return Assignment(word.span, match.group(1), Word(Span(at, word.span.end), parts), match.group(2) == "+")
