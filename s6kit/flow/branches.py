"""Where a script parts: conditions, `if`, `case`, `&&` and `||`. What cannot be known is taken both ways."""

from __future__ import annotations

from collections.abc import Sequence

from s6kit.dataclass import replace
from s6kit.flow.condition import holds
from s6kit.flow.expand import fields, single
from s6kit.flow.parameter import glob
from s6kit.flow.state import State
from s6kit.flow.walk import Walk
from s6kit.outcome import EXITS, Outcome
from s6kit.script import AndOr, Case, Command, If, Not, Statement, literal
from s6kit.value import Value

Answer = tuple[bool | None, State]

_ANSWERS = {":": True, "true": True, "false": False}
_TESTS = ("[", "[[", "test")


class Branches(Walk):
    """The statements that take one way or the other."""

    __slots__ = ()

    def decide(self, body: Sequence[Statement], state: State) -> tuple[list[State], list[State]]:
        before = self.statements(body[:-1], [state])
        return self.split([answer for each in before for answer in self.answers(body[-1], each)])

    def split(self, found: list[Answer]) -> tuple[list[State], list[State]]:
        yes = [after for answer, after in found if answer is not False]
        no = [after.copy() if answer is None else after for answer, after in found if answer is not True]
        return self.fold(yes), self.fold(no)

    def answers(self, statement: Statement, state: State) -> list[Answer]:
        if isinstance(statement, Command):
            name = literal(statement.words[0]) if statement.words and not statement.assignments else None
            if name in _ANSWERS:
                return [(_ANSWERS[name], state)]
            if name in _TESTS and name not in state.functions:
                words = fields(statement.words, state)
                return [(holds(words, lambda path: self.exists(path, state)), state)]
        elif isinstance(statement, AndOr):
            return self.joined(statement, state)
        elif isinstance(statement, Not):
            return [(None if a is None else not a, s) for a, s in self.answers(statement.body, state)]
        asked = state.last
        return [answer for after in self.statement(statement, state) for answer in _both(after, asked)]

    def joined(self, statement: AndOr, state: State) -> list[Answer]:
        links: list[AndOr] = []
        first: Statement = statement
        while isinstance(first, AndOr):  # no recursion: chains can be long
            links.append(first)
            first = first.left
        found = self.answers(first, state)
        for link in reversed(links):
            self.shared.steps += 1
            yes, no = self.split(found)
            done, further = (no, yes) if link.op == "&&" else (yes, no)
            found = [(link.op == "||", after) for after in done]
            found += [answer for after in further for answer in self.answers(link.right, after)]
        return found

    def exists(self, path: str, state: State) -> bool | None:
        """A file beside `run` is there when the tree has it; any other may come at run time."""
        if path.startswith("/") or state.directory is None:
            return None
        found = self.world.tree.resolve(f"{state.directory}/{path}")
        return True if not found.trouble else None

    def negated(self, statement: Not, state: State) -> list[State]:
        return self.statement(statement.body, state)

    def and_or(self, statement: AndOr, state: State) -> list[State]:
        return [after for _, after in self.joined(statement, state)]

    def if_(self, statement: If, state: State) -> list[State]:
        done: list[State] = []
        todo = [state]
        for branch in statement.branches:
            further: list[State] = []
            for before in todo:
                yes, no = self.decide(branch.condition, before)
                done += self.statements(branch.body, yes)
                further += no
            todo = self.fold(further)
        return done + (self.statements(statement.otherwise, todo) if statement.otherwise else todo)

    def case(self, statement: Case, state: State) -> list[State]:
        subject = single(statement.subject, state)
        done: list[State] = []
        certain, falls = False, False
        for arm in statement.arms:
            answer = _matches(subject, [single(pattern, state) for pattern in arm.patterns])
            if certain or (answer is False and not falls):
                continue
            done += self.statements(arm.body, [state.copy()])
            falls = arm.ending == ";&"
            certain = answer is True and not falls and arm.ending != ";;&"
        return done if certain else [*done, state]


def _matches(subject: Value, patterns: list[Value]) -> bool | None:
    """Whether a `case` arm is taken; None where that is not known."""
    if any(pattern.text == "*" for pattern in patterns):
        return True
    if subject.text is None or any(pattern.text is None for pattern in patterns):
        return None
    hit = any(glob(pattern.text or "").match(subject.text) for pattern in patterns)
    return None if subject.assumed or subject.loose else hit


def _both(state: State, asked: Outcome | None) -> list[Answer]:
    """Both answers of a program: whatever it was, it has ended; and to no, it was not what the service is.

    One that forks away is not there after a no.
    """
    last = state.last
    if last is None or last is asked or last.kind is EXITS:
        return [(None, state)]
    no = state.copy()
    no.last = replace(last, kind=EXITS, forked=False, trailing=False)
    if last.forked:
        no.jobs = tuple(job for job in no.jobs if job is not last)
    else:
        state.last = replace(last, trailing=False)
    return [(True, state), (False, no)]
