"""Loops: walked once, with what they change unknown; some never end, and are the service themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from s6kit.dataclass import replace
from s6kit.flow.branches import Branches
from s6kit.flow.effects import changed
from s6kit.flow.expand import fields, single
from s6kit.flow.state import State
from s6kit.flow.walk import READS, Leave
from s6kit.flow.watch import Question, questions, watches
from s6kit.outcome import EXITS, WAITS, Fate, Outcome
from s6kit.regex import regex
from s6kit.script import (
    Argument,
    Command,
    For,
    Literal,
    Opaque,
    Redirect,
    Statement,
    While,
    Word,
)
from s6kit.text import Span
from s6kit.value import HOLE, Value

_STREAM = regex(r"/dev/|/proc/|fifo|pipe|sock", re.IGNORECASE)
MAX_JOBS = 50  # of more it is not looked at which are watched
MAX_ITEMS = 12  # a longer list in `for` is walked once, its variable unknown


class Loops(Branches):
    """The statements that go round."""

    __slots__ = ()

    def while_(self, statement: While, state: State) -> list[State]:
        left, self.left = self.left, []
        reads = _reads(statement) and not any(self.runs_dry(each, state) for each in statement.redirects)
        for name in changed(statement.condition, statement.body, state.functions):
            why = f"${name} is set in a loop"
            state.assign(name, Value(None, statement.span, why=why, many=True))
        before, state.last = state.last, None
        self.watched(statement, [state])
        yes, no = self.decide(statement.condition, state)
        if statement.until:
            yes, no = no, yes
        if _goes_on(statement):
            no = []
        after = self.statements(statement.body, yes)
        breaks: list[State] = []
        after += self._looped(left, breaks)
        self.watched(statement, (*after, *breaks))
        if not no and not breaks:
            for end in after:
                self.loops(end, statement.span)
            return []
        found = [*no, *breaks, *(after if no else [])]
        for end in found:
            end.last = end.last or before
            if reads:
                self.remember(Outcome(WAITS, span=statement.span, why=READS, loop=True), end)
        return found

    def watched(self, loop: While, states: Iterable[State]) -> None:
        """Mark what was put in the background, where the loop asks for it or, surely, for others alone."""
        for state in states:
            if all(job.fate is Fate.WATCHES for job in state.jobs) or not watches(loop, state.functions):
                continue
            meant = self._meant(questions((*loop.condition, *loop.body), state.functions), state)
            state.jobs = tuple(
                job if job.fate is Fate.WATCHES else replace(job, fate=_seen(job, meant))
                for job in state.jobs
            )

    def _meant(self, asked: Iterable[Question], state: State) -> list[Outcome]:
        """The jobs that a loop asks for; none where one of its questions may be about any."""
        if self.shared.noticed or self.shared.unseen or len(state.jobs) > MAX_JOBS:
            return []
        found: list[Outcome] = []
        for each in asked:
            named = [job for job in state.jobs if any(_is_named(job, name) for name in each.names)]
            held = [state.started(variable) for variable in each.variables]
            if not each.sure or None in held or (each.names and not (named or held)):
                return []
            found += [job for jobs in held for job in jobs or ()] or named
        return [replace(job, fate=None) for job in found]

    def runs_dry(self, redirect: Redirect, state: State) -> bool:
        """Whether what is read from there soon ends: a string, a file by its name, programs that all end."""
        parts = redirect.target.parts if redirect.target is not None else ()
        if redirect.op != "<":
            return redirect.op in ("<<", "<<-", "<<<")
        only = parts[0] if len(parts) == 1 else None
        if isinstance(only, Opaque) and only.process:
            return all(outcome.kind is EXITS for outcome in self.inside(only.process, state))
        if redirect.target is None or any(isinstance(part, Opaque) for part in parts):
            return False
        value = single(redirect.target, state)
        text = value.text or value.shape.replace(HOLE, "")
        return bool(text) and not _STREAM.search(text)

    def _looped(self, outer: list[tuple[Leave, State]], breaks: list[State]) -> list[State]:
        """What left the body by `continue`; by `break`, into `breaks`; any other way goes further out."""
        inner, self.left = self.left, outer
        again: list[State] = []
        for how, state in inner:
            if how is Leave.RETURN:
                outer.append((how, state))
            else:
                (breaks if how is Leave.BREAK else again).append(state)
        return again

    def loops(self, state: State, span: Span) -> None:
        """A loop without an end: the shell itself is the service."""
        last = state.last or Outcome(EXITS, span=span)
        self.emit(replace(last, kind=WAITS, loop=True, why="the shell runs it in a loop that does not end"))
        self.settle(state, Fate.WATCHES if self.shared.noticed else Fate.STAYS)

    def for_(self, statement: For, state: State) -> list[State]:
        items = fields(statement.items, state) if statement.items is not None else None
        states, breaks = [state], list[State]()
        if items is None or len(items) > MAX_ITEMS or any(item.many or item.text is None for item in items):
            inner = state.copy()
            why = f"${statement.name} takes several values"
            inner.assign(statement.name, Value(None, statement.span, why=why))
            states += self._round(statement.body, [inner], breaks)
            items = ()
        for item in items:
            for each in states:
                each.assign(statement.name, item)
            states = self._round(statement.body, states, breaks)
        return self.fold(states + breaks)

    def _round(self, body: Sequence[Statement], states: list[State], breaks: list[State]) -> list[State]:
        """Walk the body once; what leaves it by `break` comes into `breaks`."""
        outer, self.left = self.left, []
        after = self.statements(body, states)
        return after + self._looped(outer, breaks)


def _goes_on(statement: While) -> bool:
    """Whether the condition only waits: `while sleep 30; do …`."""
    last = statement.condition[-1] if statement.condition else None
    return not statement.until and isinstance(last, Command) and _name(last) == "sleep"


def _reads(statement: While) -> bool:
    """Whether the loop asks for a line each time: `while read …`."""
    last = statement.condition[-1] if statement.condition else None
    return isinstance(last, Command) and _name(last) == "read"


def _seen(job: Outcome, meant: Sequence[Outcome]) -> Fate:
    """Whether a loop that asks for these asks for the job; where it is not sure for whom, it does for all."""
    return Fate.WATCHES if not meant or replace(job, fate=None) in meant else Fate.STAYS


def _is_named(job: Outcome, name: str) -> bool:
    words = (word.rpartition("/")[2] for word in job.words if word)
    return any(name in word or (len(word) > 2 and word in name) for word in words)


def _name(command: Command) -> str:
    return _text(command.words[0]) if command.words else ""


def _text(word: Argument) -> str:
    """What a word begins with, as far as it is written out."""
    part = word.parts[0] if isinstance(word, Word) and word.parts else None
    return part.text if isinstance(part, Literal) else ""
