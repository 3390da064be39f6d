"""Whether a test holds: yes, no, or None where it depends on what cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from s6kit.flow.parameter import glob
from s6kit.value import Value

MAX_NESTED = 50  # parentheses and negations in one test
Exists = Callable[[str], bool | None]

_FILE_TESTS = frozenset("-e -f -d -r -x -s -h -L -w -S -p -b -c -O -G -N -u -g -k".split())
_NUMERIC: dict[str, Callable[[int, int], bool]] = {
    "-eq": lambda a, b: a == b,
    "-ne": lambda a, b: a != b,
    "-lt": lambda a, b: a < b,
    "-le": lambda a, b: a <= b,
    "-gt": lambda a, b: a > b,
    "-ge": lambda a, b: a >= b,
}


def holds(words: Sequence[Value], exists: Exists) -> bool | None:
    """The answer of `[ … ]`, `[[ … ]]` or `test …`, given with its own name and brackets."""
    name = words[0].text
    inner = list(words[1:])
    if name in ("[", "[["):
        if not inner or inner[-1].text not in ("]", "]]"):
            return None
        inner.pop()
    texts = [value.text for value in inner if not value.many]
    if len(texts) < len(inner) or texts.count("(") + texts.count("!") > MAX_NESTED:
        return None
    test = _Test(inner, exists, patterns=name == "[[")
    answer = test.either()
    return answer if test.at >= len(inner) else None


class _Test:
    """A recursive descent over the words, as `test` itself does it."""

    def __init__(self, words: list[Value], exists: Exists, patterns: bool) -> None:
        self.words = words
        self.exists = exists
        self.patterns = patterns
        self.at = 0

    def either(self) -> bool | None:
        answer = self.both()
        while self._take("-o", "||"):
            answer = _or(answer, self.both())
        return answer

    def both(self) -> bool | None:
        answer = self.negated()
        while self._take("-a", "&&"):
            answer = _and(answer, self.negated())
        return answer

    def negated(self) -> bool | None:
        left = len(self.words) - self.at
        if left > 1 and self._take("!"):
            answer = self.negated()
            return None if answer is None else not answer
        if left > 2 and self._take("("):
            answer = self.either()
            self._take(")")
            return answer
        return self.primary(left)

    def primary(self, left: int) -> bool | None:
        if left >= 3 and self._binary(self.words[self.at + 1].text):
            first, operator, second = self.words[self.at : self.at + 3]
            self.at += 3
            return self._compare(first, operator.text or "", second)
        if left >= 2 and (self.words[self.at].text or "").startswith("-"):
            operator, operand = self.words[self.at : self.at + 2]
            self.at += 2
            return self._unary(operator.text or "", operand)
        if left >= 1:
            value = self.words[self.at]
            self.at += 1
            return _certain(value, value.text != "")
        return False

    def _take(self, *texts: str) -> bool:
        if self.at < len(self.words) and self.words[self.at].text in texts:
            self.at += 1
            return True
        return False

    def _binary(self, text: str | None) -> bool:
        return text in ("=", "==", "!=", "=~", "<", ">", "-nt", "-ot", "-ef") or text in _NUMERIC

    def _unary(self, operator: str, operand: Value) -> bool | None:
        if operator in ("-n", "-z"):
            if operand.text is None:
                return (operator == "-n") if operand.prefix and not operand.loose else None
            return _certain(operand, (operand.text == "") == (operator == "-z"))
        if operator in _FILE_TESTS and operand.text is not None and not operand.assumed:
            return self.exists(operand.text) if operator in ("-e", "-f", "-r", "-x", "-s") else None
        return None

    def _compare(self, left: Value, operator: str, right: Value) -> bool | None:
        if left.text is None or right.text is None:
            return None
        if operator in _NUMERIC:
            try:
                return _certain(left, _NUMERIC[operator](int(left.text), int(right.text)))
            except ValueError:
                return None
        if operator not in ("=", "==", "!="):
            return None
        alike = glob(right.text).match(left.text) is not None if self.patterns else left.text == right.text
        answer = _certain(left, alike == (operator != "!="))
        return None if right.assumed or right.loose else answer


def _certain(value: Value, answer: bool) -> bool | None:
    return None if value.assumed or value.loose or value.text is None else answer


def _or(left: bool | None, right: bool | None) -> bool | None:
    if left or right:
        return True
    return None if left is None or right is None else False


def _and(left: bool | None, right: bool | None) -> bool | None:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True
