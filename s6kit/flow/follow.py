"""What does this pid become? The walk through a script, path by path.

Nothing is run. A state is one way to have come to a statement; where a condition cannot be
known both ways are taken, and what differs between them stays apart until it no longer matters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from s6kit.flow.bindings import words_of
from s6kit.flow.commands import Commands
from s6kit.flow.jobs import Jobs
from s6kit.flow.launch import launch
from s6kit.flow.loops import Loops
from s6kit.flow.state import State
from s6kit.flow.walk import MAX_STATEMENTS, Walk, World
from s6kit.outcome import UNKNOWN, Outcome
from s6kit.script import (
    AndOr,
    Arithmetic,
    Background,
    Case,
    Command,
    For,
    Function,
    Group,
    If,
    Not,
    Pipeline,
    Script,
    Statement,
    While,
    Word,
)
from s6kit.text import NOWHERE, Span
from s6kit.value import Value

MANY_VARIABLES = 100  # so many cost as much as a statement: states are copied and compared


def follow(world: World, path: str, script: Script, state: State) -> Walk:
    """Walk the program at `path` from `state`; its outcomes are in the order in which they are certain."""
    walk = _Flow(world, path)
    walk.program(script, state)
    return walk


def begin(world: World, path: str, argv: Sequence[Value], state: State) -> Walk:
    """The same for a program that is not read: the kernel starts `argv` in place of the file at `path`."""
    walk = _Flow(world, path)
    walk.become(launch(walk, argv, NOWHERE, state), state)
    return walk


class _Flow(Loops, Commands, Jobs):
    """The walk itself: a list of statements, each done by the method for its kind."""

    __slots__ = ()

    def program(self, script: Script, state: State) -> None:
        """Walk a whole program and finish every path."""
        if script.problems and script.dialect == "execline":
            self.emit(_unreadable(script))
            return
        if script.dialect == "execline":
            for command in script.body:
                if isinstance(command, Command):
                    state.site = command.span
                    line = words_of(command.words, state)
                    self.become(launch(self, line, command.span, state), state)
            return
        done = self.statements(script.body, [state])
        if script.problems and done:
            self.emit(_unreadable(script))
            done = []
        for end in [*done, *(after for _, after in self.left)]:
            self.end(end)

    def child(self, path: str, script: Script, state: State, place: Span | None = None) -> list[Outcome]:
        site = self.site or (state.site if path and path != self.path else None)
        child = _Flow(self.world, path or self.path, self.depth + 1, self.shared, site, place or self.place)
        child.program(script, state)
        self.unreachable += child.unreachable
        return child.outcomes

    def statements(self, body: Sequence[Statement], states: list[State]) -> list[State]:
        shared = self.shared
        for number, statement in enumerate(body):
            if not states:
                if number and _replaces(body[number - 1]):
                    self.unreachable.append((self.path, statement))
                return []
            shared.steps += 1 + len(states[0].variables) // MANY_VARIABLES
            if shared.steps > MAX_STATEMENTS:
                self.emit(Outcome(UNKNOWN, span=statement.span, why="the script is too long to follow"))
                return []
            if type(statement) is Command and self.passed(statement, states):
                continue
            walker = _WALKERS[type(statement)]
            if len(states) == 1:
                states = walker(self, statement, states[0])
            else:
                states = [after for state in states for after in walker(self, statement, state)]
            if len(states) > 1:
                states = self.fold(states)
        return states

    def statement(self, statement: Statement, state: State) -> list[State]:
        if type(statement) is Command and self.passed(statement, [state]):
            return [state]
        return _WALKERS[type(statement)](self, statement, state)

    def nothing(self, statement: Arithmetic, state: State) -> list[State]:
        return [state]


def _unreadable(script: Script) -> Outcome:
    problem = script.problems[0]
    return Outcome(UNKNOWN, span=problem.span, why=f"the script cannot be read: {problem.message}")


def _replaces(statement: Statement) -> bool:
    """Whether the statement is an `exec` of something."""
    if not isinstance(statement, Command) or len(statement.words) < 2:
        return False
    first = statement.words[0]
    return isinstance(first, Word) and [getattr(part, "text", "") for part in first.parts] == ["exec"]


_WALKERS: dict[type, Callable[..., list[State]]] = {
    Command: _Flow.command,
    Pipeline: _Flow.pipeline,
    Not: _Flow.negated,
    AndOr: _Flow.and_or,
    Background: _Flow.background,
    Group: _Flow.group,
    If: _Flow.if_,
    Case: _Flow.case,
    While: _Flow.while_,
    For: _Flow.for_,
    Function: _Flow.define,
    Arithmetic: _Flow.nothing,
}
