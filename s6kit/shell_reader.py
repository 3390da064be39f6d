"""The grammar of the shells, read by hand: every statement as bash takes it, or the place where it stops.

This is the reader that decides whether a program is well formed. bash runs what stands before an error and
then gives up, so there is one problem at most, and the statements before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from s6kit.script import (
    AndOr,
    Arithmetic,
    Arm,
    Assignment,
    Background,
    Branch,
    Case,
    Command,
    For,
    Function,
    Group,
    If,
    Literal,
    Not,
    Opaque,
    Part,
    Pipeline,
    Problem,
    Redirect,
    Statement,
    While,
    Word,
)
from s6kit.shell_words import DEEPEST, TooDeep, Unreadable, Words
from s6kit.text import Span

_BLANKS = re.compile(r"(?:[ \t\0]|\\\n)*(?:#[^\n]*)?")
_KEYWORD = re.compile(r"(?:[a-z]+|[{}]|!(?!\()|\[\[)(?=[ \t\n;&|<>()\0]|\\\n|\Z)|\(\(?|!(?=\()")
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:(\+?)=|\[)")
_REDIRECT = re.compile(
    r"(?:\d+(?=[<>])|\{[A-Za-z_]\w*\}(?=[<>]))?(?:<<<|<<-|<<|<&|<>|<(?!\()|>>|>&|>\||>(?!\()|&>>|&>)"
)
_DECLARED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?=[ \t\n;&|<>)]|\\\n|\Z)")
_ASSIGNED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=", re.ASCII)
_FUNCTION = re.compile(r"[ \t]*\([ \t]*\)")
_NAME = re.compile(r"[^ \t\n;&|<>()'\"`$\\]+")
_CONDITION = re.compile(r"&&|\|\||[()<>]|!(?=[ \t\n(])")
_CLOSERS = frozenset(["then", "else", "elif", "fi", "do", "done", "esac", "}"])
_DECLARERS = frozenset(["declare", "export", "local", "readonly", "typeset"])
_OPERATORS = frozenset(["&&", "||", ";;", ";&", "|&"])
_ENDINGS = (*_CLOSERS, ")", ";;")
_TIME_OPTION = re.compile(r"(?:-p|--)(?=[ \t])")
_COPROC_NAME = re.compile(
    r"[A-Za-z_]\w*[ \t]+(?=[{(]|\[\[|(?:if|while|until|for|case|select)[ \t\n])", re.ASCII
)
_IF, _LOOP = ("if",), ("while", "until", "for", "do", "select")
_OPENERS = {
    **dict.fromkeys(("then", "else", "elif", "fi"), _IF),
    **dict.fromkeys(("do", "done"), _LOOP),
    "esac": ("case",),
    "}": ("{",),
    ")": ("(", "$(", "<(", ">("),
}
FREE_DESCRIPTOR = 10
"""Where bash starts to number the descriptors of `{name}>file`."""


class Reader(Words):
    """Reads statements from `src`, from `pos` on."""

    def __init__(self, src: str, ascii_only: bool, depth: int = 0) -> None:
        super().__init__(src, ascii_only, depth)
        self.done: list[Statement] = []
        self._heres: list[tuple[Redirect, str, bool]] = []
        self._open: list[tuple[int, int, tuple[str, ...]]] = []

    # -- the whole

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
            self._skip()
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
        match = _KEYWORD.match(self.src, self.pos)
        return match is not None and match.group() in closers

    def _unclosed(self) -> Unreadable:
        opener, width, closers = self._open[-1]
        return _unclosed(self.src, opener, width, closers[-1])

    def _unexpected(self, after: bool = False) -> Unreadable:
        """What is wrong with what stands here; `after`: behind a statement, not where one begins."""
        match = _KEYWORD.match(self.src, self.pos)
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

    # -- blanks, lines, here-documents

    def _skip(self) -> None:
        match = _BLANKS.match(self.src, self.pos)
        if match is not None:
            self.pos = match.end()

    def _lines(self) -> None:
        """Go past blanks, comments and line ends, reading the here-documents that were announced."""
        while True:
            self._skip()
            if self.peek() != "\n":
                return
            self.pos += 1
            if self._heres:
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
        reader = Reader(self.src[:start] + text, self.ascii_only, self.depth + 1)
        reader.pos = start
        try:
            reader.parts("here", False, parts)
        except Unreadable:
            parts = [Opaque(span, "a text that could not be read", True)]
        return Word(span, tuple(parts))

    # -- and-or lists, pipelines

    def _and_or(self) -> Statement:
        left = self._pipeline()
        while True:
            self._skip()
            op = self.src[self.pos : self.pos + 2]
            if op not in ("&&", "||"):
                return left
            right = self._after_operator(op, self._pipeline)
            left = AndOr(Span(left.span[0], right.span[1]), left, op, right)

    def _after_operator(self, op: str, read: Callable[[], Statement]) -> Statement:
        at = self.pos
        self.pos += len(op)
        self._lines()
        if self.pos >= self.size or self._at_closer(_ENDINGS):
            raise Unreadable(at, at + len(op), f"a command is expected after this `{op}`")
        return read()

    def _pipeline(self) -> Statement:
        match = _KEYWORD.match(self.src, self.pos)
        if match is not None and match.group() in ("!", "time"):
            return self._prefixed(match.group())
        first = self._command()
        self._skip()
        if self.peek() != "|" or self.peek(1) == "|":
            return first
        stages = [first]
        while self.peek() == "|" and self.peek(1) != "|":
            stages.append(self._after_operator("|&" if self.peek(1) == "&" else "|", self._command))
            self._skip()
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
                return Command(Span(start, end), (_literal(Span(start, end), word),))
            return Not(Span(start, end), body)
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooDeep
        body = self._pipeline()
        self.depth -= 1
        return Not(Span(start, body.span[1]), body) if word == "!" else body

    # -- commands

    def _command(self) -> Statement:
        match = _KEYWORD.match(self.src, self.pos)
        if match is not None:
            read = _COMPOUND.get(match.group())
            if read is not None:
                return read(self, self.pos)
            if match.group() in _CLOSERS:
                raise self._unexpected()
        return self._simple()

    def _simple(self) -> Statement:
        src, start = self.src, self.pos
        words: list[Word] = []
        assignments: list[Assignment] = []
        redirects: list[Redirect] = []
        end = start
        declares = False
        while self.pos < self.size:
            character = src[self.pos]
            if character in "<>&0123456789{":
                redirect = self._redirect()
                if redirect is not None:
                    redirects.append(redirect)
                    end = self.pos
                    self._skip()
                    continue
            if character in "\n;&|()":
                break
            if not words:
                assignment = self._assignment()
                if assignment is not None:
                    assignments.append(assignment)
                    end = self.pos
                    self._skip()
                    continue
            elif declares and self._declared(words, assignments):
                end = self.pos
                self._skip()
                continue
            word = self.word()
            if not words:
                function = None if assignments or redirects else _FUNCTION.match(src, self.pos)
                if function is not None:
                    return self._function_body(start, src[start : self.pos], function.end())
                text = _text(word)
                declares = text in _DECLARERS
            words.append(word)
            end = self.pos
            self._skip()
        if end == start:
            raise self._unexpected()
        if self.peek() == "(":
            raise self._unexpected(True)
        return Command(Span(start, end), tuple(words), tuple(assignments), tuple(redirects))

    def _assignment(self, bare: bool = True) -> Assignment | None:
        """`name=value` and its kin, if that is what starts here."""
        start = self.pos
        match = _ASSIGNMENT.match(self.src, start)
        if match is None:
            return None
        index = None
        append = match.group(2) == "+"
        self.pos = match.end()
        if match.group(2) is None:
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
        value = self._array() if self.peek() == "(" else self.word("value")
        return Assignment(Span(start, self.pos), match.group(1), value, append, index)

    def _declared(self, words: list[Word], assignments: list[Assignment]) -> bool:
        """Read what a declaration assigns or only names; False for any other word of it."""
        match = _DECLARED.match(self.src, self.pos)
        if match is not None:
            self.pos = match.end()
            assignments.append(Assignment(Span(*match.span()), match.group(), None))
            return True
        assignment = self._assignment()
        if assignment is None and self.peek() in "\"'":
            start = self.pos
            word = self.word()
            assignment = _quoted_assignment(word)
            if assignment is None:
                self.pos = start
        if assignment is None:
            return False
        assignments.append(assignment)
        return True

    def _array(self) -> Word | tuple[Word, ...]:
        start = self.pos
        self.pos += 1
        words: list[Word] = []
        keyed = False
        while True:
            self._lines()
            character = self.peek()
            if not character:
                raise Unreadable(start, start + 1, "this parenthesis is never closed")
            if character == ")":
                break
            if character == "[":
                keyed = self._keyed() or keyed
            at = self.pos
            words.append(self.word())
            if self.pos == at and not keyed:
                raise Unreadable(at, at + 1, f"a `{character}` has to be quoted in a list of values")
            if self.pos == at:
                words.pop()
                if self.peek() not in " \t\n)":
                    raise Unreadable(at, at + 1, f"a `{self.peek()}` has to be quoted in a list of values")
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
        written = match.group()
        op = written.lstrip("0123456789")
        fd = int(written[: -len(op)]) if len(op) < len(written) else None
        if op[0] == "{":
            op, fd = op[op.index("}") + 1 :], FREE_DESCRIPTOR
        self.pos = match.end()
        self._skip()
        at = self.pos
        target = self.word()
        if self.pos == at:
            what = "an end mark" if op in ("<<", "<<-") else "a word" if op == "<<<" else "a file name"
            raise Unreadable(start, match.end(), f"{what} is expected after this `{op}`")
        if op in ("<<", "<<-"):
            raw = self.src[at : self.pos]
            redirect = Redirect(Span(start, self.pos), op, fd, Word(Span(self.size, self.size), ()))
            self._heres.append((redirect, _unquoted(raw), any(c in raw for c in "\\'\"")))
            return redirect
        return Redirect(Span(start, self.pos), op, fd, target)

    def _redirects(self) -> tuple[Redirect, ...]:
        """The redirections after a compound command; `pos` ends after the last."""
        found: list[Redirect] = []
        end = self.pos
        while True:
            self._skip()
            redirect = self._redirect() if self.peek() and self.peek() in "<>&0123456789{" else None
            if redirect is None:
                self.pos = end
                return tuple(found)
            found.append(redirect)
            end = self.pos

    # -- compound commands

    def _keyword(self, word: str, opener: int, width: int) -> int:
        """Go past the keyword that has to stand here; its place."""
        self._skip()
        match = _KEYWORD.match(self.src, self.pos)
        if match is None or match.group() != word:
            raise _unclosed(self.src, opener, width, word)
        self.pos = match.end()
        return match.start()

    def _body_of(self, opener: int, width: int, closers: tuple[str, ...]) -> tuple[Statement, ...]:
        """The statements up to a closer; there has to be one at least."""
        body = self.statements(opener, width, closers)
        if not body:
            match = _KEYWORD.match(self.src, self.pos)
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
        self._redirects()
        return While(Span(start, self.pos), condition, body, self.src[start] == "u")

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
        match = _KEYWORD.match(self.src, self.pos)
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
            match = _KEYWORD.match(self.src, self.pos)
            if match is not None and match.group() == "esac":
                self.pos = match.end()
                break
            if self.pos >= self.size:
                raise _unclosed(self.src, start, 4, "esac")
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
        parentheses = _FUNCTION.match(self.src, self.pos)
        return self._function_body(start, match.group(), parentheses.end() if parentheses else self.pos)

    def _function_body(self, start: int, name: str, at: int) -> Statement:
        self.pos = at
        self._lines()
        match = _KEYWORD.match(self.src, self.pos)
        if match is None or match.group() not in _BODIES:
            raise Unreadable(start, start + len(name), "the body of this function is missing")
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooDeep
        body = _COMPOUND[match.group()](self, self.pos)
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

    # -- [[ … ]]

    def _test(self, start: int) -> Statement:
        self.pos += 2
        words = [_literal(Span(start, start + 2), "[[")]
        mode = "word"
        while True:
            self._lines()
            if self.pos >= self.size:
                raise Unreadable(start, start + 2, "this `[[` has no `]]`")
            word = self._test_word(mode)
            if word is None:
                raise Unreadable(self.pos, self.pos + 1, "a `]]` is expected here")
            words.append(word)
            text = _text(word)
            if text == "]]":
                break
            mode = "regex" if text == "=~" else "pattern"
        redirects = self._redirects()
        return Command(Span(start, self.pos), tuple(words), (), redirects)

    def _test_word(self, mode: str) -> Word | None:
        at = self.pos
        operator = _CONDITION.match(self.src, at) if mode != "regex" else None
        if operator is not None:
            self.pos = operator.end()
            return _literal(Span(at, self.pos), operator.group())
        word = self.word(mode)
        return None if self.pos == at else word


_COMPOUND: dict[str, Callable[[Reader, int], Statement]] = {
    "if": Reader._if,
    "case": Reader._case,
    "while": Reader._while,
    "until": Reader._while,
    "for": Reader._for,
    "select": Reader._for,
    "function": Reader._function,
    "coproc": Reader._coproc,
    "{": Reader._group,
    "(": Reader._subshell,
    "((": Reader._arithmetic_command,
    "[[": Reader._test,
}
_BODIES = frozenset(["if", "case", "while", "until", "for", "select", "{", "(", "((", "[["])


def _unclosed(src: str, opener: int, width: int, closer: str) -> Unreadable:
    word = src[opener : opener + width]
    message = f"this `{word}` is never closed" if closer == ")" else f"this `{word}` has no `{closer}`"
    return Unreadable(opener, opener + width, message)


def _literal(span: Span, text: str) -> Word:
    return Word(span, (Literal(span, text),))


def _text(word: Word) -> str:
    """What an unquoted word of one part says."""
    if len(word.parts) == 1:
        part = word.parts[0]
        if isinstance(part, Literal) and not part.quoted:
            return part.text
    return ""


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
