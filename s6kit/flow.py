"""What does this pid become? The walk through a script, path by path.

Nothing is run. A state is one way to have come to a statement; where a condition cannot be
known both ways are taken, and what differs between them stays apart until it no longer matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from s6kit.builtins import TABLE, assign
from s6kit.chain import peel
from s6kit.condition import holds
from s6kit.effects import changed
from s6kit.expand import fields, single
from s6kit.launch import expand_all, launch, words_of
from s6kit.outcome import Fate, Kind, Outcome
from s6kit.parameter import glob
from s6kit.programs import ALWAYS_END, SHELLS, asks, ends, stops
from s6kit.script import (
    AndOr,
    Argument,
    Arithmetic,
    Background,
    Case,
    Command,
    For,
    Function,
    Group,
    If,
    Literal,
    Not,
    Opaque,
    Parameter,
    Pipeline,
    Script,
    Statement,
    While,
    Word,
)
from s6kit.state import State, fold
from s6kit.text import NOWHERE, Span
from s6kit.value import Value
from s6kit.walk import SHELL_WAITS, Leave, Walk, World, from_shell

MAX_STATEMENTS = 20_000  # walked for one service, each from each state; public scripts stay below 6,000
PATHS = ((1_500, 16), (5_000, 4), (MAX_STATEMENTS, 1))  # until so many statements, so many states apart
MANY_VARIABLES = 100  # so many cost as much as a statement: states are copied and compared
MAX_ITEMS = 12  # a longer list in `for` is walked once, its variable unknown
MAX_CALLS = 12  # functions and scripts within one another


def follow(world: World, path: str, script: Script, state: State) -> Walk:
    """Walk the program at `path` from `state`; its outcomes are in the order of the script."""
    walk = _Flow(world, path)
    walk.program(script, state)
    return walk


def begin(world: World, path: str, argv: Sequence[Value], state: State) -> Walk:
    """The same for a program that is not read: the kernel starts `argv` in place of the file at `path`."""
    walk = _Flow(world, path)
    walk.become(launch(walk, argv, NOWHERE, state), state)
    return walk


Answer = tuple[bool | None, State]
READS = "the shell reads until its input ends"


@dataclass(slots=True)
class _Flow(Walk):
    """The walk itself: one method a kind of statement."""

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
        for number, statement in enumerate(body):
            if not states:
                if number and _replaces(body[number - 1]):
                    self.unreachable.append((self.path, statement))
                return []
            self.shared.steps += 1 + len(states[0].variables) // MANY_VARIABLES
            if self.shared.steps > MAX_STATEMENTS:
                self.emit(Outcome(Kind.UNKNOWN, span=statement.span, why="the script is too long to follow"))
                return []
            ender = self.ender(statement) if type(statement) is Command else None
            if ender is not None and self.passes(ender, states):
                continue
            walker = _WALKERS[type(statement)]
            states = self.fold([after for state in states for after in walker(self, statement, state)])
        return states

    def ender(self, command: Command) -> Outcome | None:
        """What is known of a command before any state is looked at; see Shared."""
        enders = self.shared.enders
        if id(command) not in enders:
            enders[id(command)] = _ender(command)
        return enders[id(command)]

    def passes(self, ender: Outcome, states: list[State]) -> bool:
        """Let every state go past a program that ends; False where one has a function of its name."""
        if any(ender.program in state.functions for state in states if state.functions):
            return False
        for state in states:
            self.remember(ender, state)
        return True

    def fold(self, states: list[State]) -> list[State]:
        """Fewer ways are kept apart the longer the walk has become."""
        if len(states) < 2:
            return states
        return fold(states, next((most for steps, most in PATHS if self.shared.steps < steps), 1))

    def statement(self, statement: Statement, state: State) -> list[State]:
        return _WALKERS[type(statement)](self, statement, state)

    # Conditions: the states in which one holds, and those in which it does not.

    def decide(self, body: Sequence[Statement], state: State) -> tuple[list[State], list[State]]:
        before = self.statements(body[:-1], [state])
        return self.split([answer for each in before for answer in self.answers(body[-1], each)])

    def split(self, found: list[Answer]) -> tuple[list[State], list[State]]:
        yes = [after for answer, after in found if answer is not False]
        no = [after.copy() if answer is None else after for answer, after in found if answer is not True]
        return self.fold(yes), self.fold(no)

    def answers(self, statement: Statement, state: State) -> list[Answer]:
        if isinstance(statement, Not):
            return [(None if a is None else not a, s) for a, s in self.answers(statement.body, state)]
        if isinstance(statement, AndOr):
            return self.joined(statement, state)
        if isinstance(statement, Command) and statement.words and not statement.assignments:
            answer = self.tested(statement, state)
            if answer is not None:
                return [(answer, state)]
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

    def tested(self, command: Command, state: State) -> bool | None:
        first = command.words[0]
        part = first.parts[0] if isinstance(first, Word) and first.parts else None
        text = part.text if isinstance(part, Literal) else None
        if text in (":", "true", "false"):
            return text != "false"
        if text not in ("[", "[[", "test"):
            return None
        words = fields((word for word in command.words if isinstance(word, Word)), state)
        return holds(words, lambda path: self.exists(path, state))

    def exists(self, path: str, state: State) -> bool | None:
        """A file beside `run` is there when the tree has it; any other may come at run time."""
        if path.startswith("/") or state.directory is None:
            return None
        found = self.world.tree.resolve(f"{state.directory}/{path}")
        return True if not found.trouble else None

    # One method a kind of statement.

    def command(self, command: Command, state: State) -> list[State]:
        ender = self.ender(command)
        if ender is not None and self.passes(ender, [state]):
            return [state]
        words = expand_all(command.words, state)
        if command.redirects and any(_substitutes(redirect.target) for redirect in command.redirects):
            state.substituted = True
        if not words:
            assign(command.assignments, state)
            return [state]
        values = tuple(value for value in words if isinstance(value, Value))
        while (
            len(values) > 1
            and values[0].text in ("command", "builtin")
            and values[1].text not in ("-v", "-V")
        ):
            values = values[1:]
        name = values[0].text
        if name == "exec":
            return self.replaced(command, values, state)
        if name in state.functions and self.depth < MAX_CALLS:
            return self.call(state.functions[name], values[1:], state)
        if name in TABLE:
            return TABLE[name](self, command, values, state)
        return self.external(command, values, state)

    def external(self, command: Command, values: tuple[Value, ...], state: State) -> list[State]:
        said = [value.text for value in values]
        if state.jobs and stops(said):
            state.jobs = ()
        if ends(said):
            return self.foreground([Outcome(Kind.EXITS, values, span=command.span)], state)
        name = values[0].text or ""
        unseen = state.unseen or self.shared.unseen
        if unseen and self.strange(name) and peel(values) is None:
            why = f"{name or 'it'} may be a function of {unseen}, which is not in the tree"
            return self.foreground([Outcome(Kind.UNKNOWN, values, span=command.span, why=why)], state)
        inner = self.starting(command, state)
        inner.leader = False
        found = launch(self, values, command.span, inner)
        return self.foreground([from_shell(outcome, SHELL_WAITS) for outcome in found], state)

    def strange(self, name: str) -> bool:
        """Whether a command of that name may as well be a function."""
        return "/" not in name and name not in SHELLS and not self.world.knows(name)

    def replaced(self, command: Command, values: tuple[Value, ...], state: State) -> list[State]:
        if len(values) == 1 or all((value.text or "").startswith("-") for value in values[1:]):
            return [state]  # only redirections
        found = launch(self, values, command.span, self.starting(command, state))
        return self.become(found, state)

    def starting(self, command: Command, state: State) -> State:
        """The state that a program sees which this command starts."""
        inner = state.copy()
        assign(command.assignments, inner)
        inner.site = command.span
        inner.exported |= {item.name for item in command.assignments}
        return inner

    def call(self, function: Function, arguments: tuple[Value, ...], state: State) -> list[State]:
        outer, state.arguments = state.arguments, arguments
        left, self.left = self.left, []
        self.depth += 1
        states = self.statements(function.body, [state])
        self.depth -= 1
        states += [after for how, after in self.left if how is Leave.RETURN]
        self.left = left + [item for item in self.left if item[0] is not Leave.RETURN]
        for after in states:
            after.arguments = outer
        return states

    def define(self, function: Function, state: State) -> list[State]:
        state.functions[function.name] = function
        return [state]

    def pipeline(self, pipeline: Pipeline, state: State) -> list[State]:
        stages = [self.inside((stage,), state) for stage in pipeline.stages]
        for number, outcomes in enumerate(stages):
            for outcome in outcomes:
                if number and outcome.why == READS:
                    continue  # what writes to it has ended
                if outcome.kind in (Kind.BECOMES, Kind.WAITS, Kind.UNKNOWN):
                    end = replace(outcome, kind=Kind.PIPELINE, swapped=outcome.kind is Kind.BECOMES)
                    return self.foreground([end if outcome.command else outcome], state)
        return self.foreground([Outcome(Kind.EXITS, span=pipeline.span)], state)

    def inside(self, body: Sequence[Statement], state: State) -> list[Outcome]:
        """What a copy of the shell becomes that runs `body`."""
        inner = state.copy()
        inner.jobs, inner.last, inner.leader = (), None, False
        return self.child(self.path, Script("shell", tuple(body)), inner)

    def background(self, statement: Background, state: State) -> list[State]:
        for outcome in self.inside((statement.body,), state):
            if outcome.kind in (Kind.BECOMES, Kind.WAITS, Kind.PIPELINE) and outcome.command:
                swapped = outcome.kind is Kind.BECOMES
                state.jobs += (replace(outcome, kind=Kind.BACKGROUND, swapped=swapped, why=""),)
            elif outcome.kind is Kind.EXITS and outcome.command and ends(outcome.words):
                continue
            elif outcome.kind is Kind.BACKGROUND:
                state.jobs += (outcome,)
        return [state]

    def group(self, group: Group, state: State) -> list[State]:
        if not group.subshell:
            return self.statements(group.body, [state])
        found = self.inside(group.body, state)
        return self.foreground(
            [replace(from_shell(o, SHELL_WAITS), swapped=o.kind is Kind.BECOMES) for o in found], state
        )

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

    def while_(self, statement: While, state: State) -> list[State]:
        left, self.left = self.left, []
        for name in changed(statement.condition, statement.body, state.functions):
            why = f"${name} is set in a loop"
            state.assign(name, Value(None, statement.span, why=why, many=True))
        before, state.last = state.last, None
        yes, no = self.decide(statement.condition, state)
        if statement.until:
            yes, no = no, yes
        if _goes_on(statement):
            no = []
        after = self.statements(statement.body, yes)
        breaks: list[State] = []
        after += self._looped(left, breaks)
        if not no and not breaks:
            for end in after:
                self.loops(end, statement.span)
            return []
        found = [*no, *breaks, *(after if no else [])]
        for end in found:
            end.last = end.last or before
            if _watches(statement):
                self.settle(end, Fate.WATCHES)
                end.jobs = ()
            if _reads(statement):
                self.remember(Outcome(Kind.WAITS, span=statement.span, why=READS, loop=True), end)
        return found

    def _looped(self, outer: list[tuple[Leave, State]], breaks: list[State]) -> list[State]:
        """What left the body by `continue`; by `break`, into `breaks`; any other way goes further out."""
        inner, self.left = self.left, outer
        breaks += [state for how, state in inner if how is Leave.BREAK]
        self.left += [item for item in inner if item[0] is Leave.RETURN]
        return [state for how, state in inner if how is Leave.CONTINUE]

    def loops(self, state: State, span: Span) -> None:
        """A loop without an end: the shell itself is the service."""
        last = state.last or Outcome(Kind.EXITS, span=span)
        self.emit(
            replace(last, kind=Kind.WAITS, loop=True, why="the shell runs it in a loop that does not end")
        )
        self.settle(state, Fate.STAYS)

    def for_(self, statement: For, state: State) -> list[State]:
        items = fields(statement.items, state) if statement.items is not None else None
        left, self.left = self.left, []
        states, breaks = [state], list[State]()
        if items is None or len(items) > MAX_ITEMS or any(item.many or item.text is None for item in items):
            inner = state.copy()
            why = f"${statement.name} takes several values"
            inner.assign(statement.name, Value(None, statement.span, why=why))
            states += self.statements(statement.body, [inner])
            items = ()
        for item in items:
            for each in states:
                each.assign(statement.name, item)
            states = self.statements(statement.body, states)
            states += [after for how, after in self.left if how is Leave.CONTINUE]
            breaks += [after for how, after in self.left if how is Leave.BREAK]
            self.left = [entry for entry in self.left if entry[0] is Leave.RETURN]
        states += self._looped(left, breaks)
        return self.fold(states + breaks)

    def nothing(self, statement: Arithmetic, state: State) -> list[State]:
        return [state]


def _unreadable(script: Script) -> Outcome:
    problem = script.problems[0]
    return Outcome(Kind.UNKNOWN, span=problem.span, why=f"the script cannot be read: {problem.message}")


def _goes_on(statement: While) -> bool:
    """Whether the condition only waits: `while sleep 30; do …`."""
    last = statement.condition[-1] if statement.condition else None
    return not statement.until and isinstance(last, Command) and _name(last) == "sleep"


def _reads(statement: While) -> bool:
    """Whether the loop goes on for as long as its input does: `while read …`."""
    last = statement.condition[-1] if statement.condition else None
    return isinstance(last, Command) and _name(last) == "read"


def _watches(statement: While) -> bool:
    """Whether the loop goes on for as long as some process is there: `while kill -0 $pid; do …`."""
    last = statement.condition[-1] if statement.condition else None
    gone = isinstance(last, Not)
    asked = last.body if isinstance(last, Not) else last
    asked = asked.stages[0] if isinstance(asked, Pipeline) else asked
    return statement.until is gone and isinstance(asked, Command) and asks([*map(_text, asked.words)])


def _name(command: Command) -> str:
    return _text(command.words[0]) if command.words else ""


def _text(word: Argument) -> str:
    """What a word begins with, as far as it is written out."""
    part = word.parts[0] if isinstance(word, Word) and word.parts else None
    return part.text if isinstance(part, Literal) else ""


def _matches(subject: Value, patterns: list[Value]) -> bool | None:
    """Whether a `case` arm is taken; None where that is not known."""
    if any(pattern.text == "*" for pattern in patterns):
        return True
    if subject.text is None or any(pattern.text is None for pattern in patterns):
        return None
    hit = any(glob(pattern.text or "").match(subject.text) for pattern in patterns)
    return None if subject.assumed or subject.loose else hit


def _ender(command: Command) -> Outcome | None:
    """A program that ends whatever its words stand for, so that they need not be worked out."""
    first = command.words[0] if command.words else None
    name = first.parts[0] if isinstance(first, Word) and len(first.parts) == 1 else None
    if not isinstance(name, Literal) or name.text not in ALWAYS_END:
        return None
    values = []
    for word in command.words:
        parts = word.parts if isinstance(word, Word) else ()
        if any(isinstance(part, Parameter) and part.op[-1:] == "=" for part in parts):
            return None
        only = parts[0] if len(parts) == 1 else None
        values.append(Value(only.text if isinstance(only, Literal) else None, word.span))
    if any(_substitutes(redirect.target) for redirect in command.redirects):
        return None
    return Outcome(Kind.EXITS, tuple(values), span=command.span)


def _both(state: State, asked: Outcome | None) -> Iterator[Answer]:
    """Both answers of a program: whatever it was, it has ended; and to no, it was not what the service is."""
    last = state.last
    if last is None or last is asked or last.forked or last.kind is Kind.EXITS:
        yield None, state
        return
    no = state.copy()
    no.last = replace(last, kind=Kind.EXITS, trailing=False)
    state.last = replace(last, trailing=False)
    yield True, state
    yield False, no


def _substitutes(word: Word | None) -> bool:
    return word is not None and any(isinstance(part, Opaque) and part.process for part in word.parts)


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
