"""Which words of a command line meet which clues, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from s6kit.daemons.facts import Clue
from s6kit.daemons.words import ANYTHING, OPERAND, Event
from s6kit.value import Value

NO, MAYBE, YES = 0, 1, 2


@lru_cache(maxsize=512)
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def meets(clue: Clue, event: Event) -> int:
    """Whether the words of `event` are what `clue` asks for."""
    if event.name == ANYTHING:
        return MAYBE
    if event.name == OPERAND:
        if event.value is None:
            fitting = any(not n.startswith("-") and n.startswith(event.prefix) for n in clue.names)
            return MAYBE if fitting else NO
        if event.value not in clue.names or event.value.startswith("-"):
            return NO
        return YES if event.sure else MAYBE
    if event.name not in clue.names:
        return NO
    return min(_value(clue, event), YES if event.sure else MAYBE)


def _value(clue: Clue, event: Event) -> int:
    if not clue.values and not clue.matches:
        return YES
    if event.value is None:
        if not event.open:
            return YES if "" in clue.values else NO
        if clue.matches and _regex(clue.matches).search(event.prefix):
            return YES
        prefix = event.prefix.lower()
        return MAYBE if clue.matches or any(v.startswith(prefix) for v in clue.values) else NO
    if clue.matches:
        return YES if _regex(clue.matches).search(event.value) else NO
    return YES if event.value.lower() in clue.values else NO


def conditional(clue: Clue) -> bool:
    """Whether the clue asks for certain values."""
    return bool(clue.values or clue.matches)


def present(
    clue: Clue, events: Sequence[Event], environment: Mapping[str, Value], leader: bool = True
) -> int:
    """Whether any of the words, the environment or the surroundings meet `clue`."""
    best = max((meets(clue, event) for event in events), default=NO)
    for name in clue.names:
        if name == "session-leader":
            best = max(best, YES if leader else NO)
        elif name.startswith("$") and name[1:] in environment:
            best = max(best, _variable(clue, environment[name[1:]]))
    return best


def _variable(clue: Clue, value: Value) -> int:
    if not conditional(clue):
        return YES
    if value.text is None:
        return MAYBE
    if clue.matches:
        return YES if _regex(clue.matches).search(value.text) else NO
    return YES if value.text.lower() in clue.values else NO


def all_of(levels: Iterable[int]) -> int:
    """As sure as the least sure of them."""
    return min(levels, default=YES)
