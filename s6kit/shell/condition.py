"""Whether the words between `[[` and `]]` make a condition."""

from __future__ import annotations

from s6kit.regex import regex
from s6kit.script import Literal, Problem, Word

_UNARY = regex(r"-[abcdefghknoprstuvwxzGLNORS]")
_BINARY = frozenset("= == != =~ < > -eq -ne -lt -le -gt -ge -nt -ot -ef".split())
_JOINING = frozenset(["&&", "||", ")", "]]"])
_OPERAND, _OPERATOR, _JOIN = (
    "something to test is expected here",
    "an operator such as `==` or `-eq`, with spaces around it, is expected here",
    "a `&&`, a `||` or the closing `]]` is expected here",
)


def plain(word: Word) -> str:
    """What an unquoted word of one part says; empty for any other."""
    if len(word.parts) == 1:
        part = word.parts[0]
        if isinstance(part, Literal) and not part.quoted:
            return part.text
    return ""


def check_condition(words: tuple[Word, ...]) -> Problem | None:
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
