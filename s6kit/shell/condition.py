"""`[[ … ]]`: its words, and whether they make a condition."""

from __future__ import annotations

from s6kit.regex import regex
from s6kit.script import Command, Problem, Statement, Word
from s6kit.shell.commands import Commands
from s6kit.shell.source import Unreadable, literal, plain
from s6kit.text import Span

_SPECIAL = regex(r"&&|\|\||[()<>]|!(?=[ \t\n(])")
_UNARY = regex(r"-[abcdefghknoprstuvwxzGLNORS]")
_BINARY = frozenset("= == != =~ < > -eq -ne -lt -le -gt -ge -nt -ot -ef".split())
_JOINING = frozenset(["&&", "||", ")", "]]"])
_OPERAND, _OPERATOR, _JOIN = (
    "something to test is expected here",
    "an operator such as `==` or `-eq`, with spaces around it, is expected here",
    "a `&&`, a `||` or the closing `]]` is expected here",
)


class Conditions(Commands):
    """Reads `[[ … ]]`."""

    def _condition(self, start: int) -> Statement:
        self.pos += 2
        words = [literal(Span(start, start + 2), "[[")]
        mode = "word"
        while True:
            self.next()
            if self.pos >= self.size:
                raise Unreadable(start, start + 2, "this `[[` has no `]]`")
            word = self._test_word(mode)
            if word is None:
                raise Unreadable(self.pos, self.pos + 1, "a `]]` is expected here")
            words.append(word)
            text = plain(word)
            if text == "]]":
                break
            mode = "regex" if text == "=~" else "pattern"
        problem = _check(tuple(words))
        if problem is not None:
            raise Unreadable(*problem.span, problem.message)
        self.pos = word.span[1]
        redirects = self._redirects()
        return Command(Span(start, self.pos), tuple(words), (), redirects)

    def _test_word(self, mode: str) -> Word | None:
        at = self.pos
        operator = _SPECIAL.match(self.src, at) if mode != "regex" else None
        if operator is not None:
            self.pos = operator.end()
            return literal(Span(at, self.pos), operator.group())
        word = self.word(mode)
        return None if word.span[1] == at else word


def _check(words: tuple[Word, ...]) -> Problem | None:
    """The first word, of `[[` to `]]`, that can't stand where it does; bash stops there as well."""
    index, last, expected = 1, len(words) - 1, _OPERAND
    while index <= last:
        text = plain(words[index])
        if expected is _OPERAND:
            if text in _JOINING:
                break
            if text not in ("!", "("):
                unary = _UNARY.fullmatch(text) is not None
                index += unary
                expected = _JOIN if unary else _OPERATOR
        elif text in _BINARY and expected is _OPERATOR:
            index, expected = index + 1, _JOIN
        elif text not in _JOINING:
            break
        else:
            expected = _JOIN if text == ")" else _OPERAND
        if index == last and text != "]]":
            return Problem(words[last].span, _OPERAND)
        index += 1
    return None if index > last else Problem(words[index].span, expected)
