"""Simple commands: functions, builtins, programs that end, and what the shell becomes by `exec`."""

from __future__ import annotations

from s6kit.chain.peel import peel
from s6kit.flow.builtins import TABLE, assign
from s6kit.flow.expand import fields
from s6kit.flow.launch import launch
from s6kit.flow.state import State
from s6kit.flow.walk import SHELL_WAITS, Leave, Walk, from_shell
from s6kit.outcome import EXITS, UNKNOWN, Outcome
from s6kit.programs import ALWAYS_END, RUNNERS, SHELLS, ends, reads, stops
from s6kit.regex import regex
from s6kit.script import Argument, Command, Function, Opaque, Parameter, Word, literal
from s6kit.text import Span
from s6kit.value import Value

_SETTINGS = regex(
    r"/(?:default|sysconfig|conf\.d)/[^/]+$"
    r"|(?:^|[/._-])(?:env|env_?vars?|environment|vars|variables|settings|secrets|conf|config)(?:\.env)?$"
)  # files that set variables, and hold no functions
MAX_CALLS = 12  # functions and scripts within one another


class Commands(Walk):
    """The statements that run something."""

    __slots__ = ()

    def command(self, command: Command, state: State) -> list[State]:
        values = fields(command.words, state)
        if command.redirects and any(_substitutes(redirect.target) for redirect in command.redirects):
            state.substituted = True
        if not values:
            assign(command.assignments, state)
            return [state]
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
            return self.call(state.functions[name], values[1:], command.span, state)
        if name in TABLE:
            return TABLE[name](self, command, values, state)
        return self.external(command, values, state)

    def passed(self, command: Command, states: list[State]) -> bool:
        """Let every state go past a program that ends whatever its words stand for; False of any other."""
        name = literal(command.words[0]) if command.words else None
        if name not in ALWAYS_END or self.place is not None:  # what is kept of it has a place of its own
            return False
        enders = self.shared.enders
        if id(command) not in enders:
            enders[id(command)] = _ender(command)
        ender = enders[id(command)]
        if ender is None:
            return False
        for state in states:
            if name in state.functions:
                return False
        for state in states:
            self.remember(ender, state)
        return True

    def external(self, command: Command, values: tuple[Value, ...], state: State) -> list[State]:
        said = [value.text for value in values]
        if (state.jobs or state.substituted) and stops(said):
            for job in state.jobs:
                if job.fate is not None:  # until then a loop has watched it, or another one
                    self.emit(job)
            state.jobs, state.substituted = (), False
        if state.jobs:
            self.awaited([value.text or value.prefix for value in values], state)
        if ends(said) and not (_holds_pipe(command) and reads(said)):
            return self.foreground([Outcome(EXITS, values, span=command.span)], state)
        name = values[0].text or ""
        unseen = state.unseen or self.shared.unseen
        if unseen and not _SETTINGS.search(unseen) and self.strange(name) and peel(values) is None:
            why = f"{name or 'it'} may be a function of {unseen}, which is not in the tree"
            return self.foreground([Outcome(UNKNOWN, values, span=command.span, why=why)], state)
        inner = state.copy()
        inner.leader = False
        self.start(command, inner)
        found = launch(self, values, command.span, inner)
        return self.foreground([from_shell(outcome, SHELL_WAITS) for outcome in found], state)

    def strange(self, name: str) -> bool:
        """Whether a command of that name may as well be a function."""
        return "/" not in name and name not in SHELLS | RUNNERS and not self.world.knows(name)

    def replaced(self, command: Command, values: tuple[Value, ...], state: State) -> list[State]:
        if all((value.text or "").startswith("-") for value in values[1:]):
            return [state]  # only redirections
        self.start(command, state)
        return self.become(launch(self, values, command.span, state), state)

    def start(self, command: Command, state: State) -> None:
        """Make `state` what a program sees that this command starts."""
        state.site = command.span
        if command.assignments:
            assign(command.assignments, state)
            state.exported |= {item.name for item in command.assignments}

    def call(
        self, function: Function, arguments: tuple[Value, ...], called: Span, state: State
    ) -> list[State]:
        outer, state.arguments = state.arguments, arguments
        left, self.left = self.left, []
        self.depth += 1
        states = self.within(self.shared.homes[id(function)], called, function.body, state)
        self.depth -= 1
        states += [after for how, after in self.left if how is Leave.RETURN]
        self.left = left + [item for item in self.left if item[0] is not Leave.RETURN]
        for after in states:
            after.arguments = outer
        return states

    def define(self, function: Function, state: State) -> list[State]:
        state.functions[function.name] = function
        self.shared.homes[id(function)] = self.path
        return [state]


def _ender(command: Command) -> Outcome | None:
    """The end of a program whose words need not be worked out; None where they do something by themselves."""
    values = []
    for word in command.words:
        text = literal(word)
        if text is None and _assigns(word):
            return None
        values.append(Value(text, word.span))
    if any(_substitutes(redirect.target) for redirect in command.redirects):
        return None
    return Outcome(EXITS, tuple(values), span=command.span)


def _assigns(word: Argument) -> bool:
    parts = word.parts if isinstance(word, Word) else ()
    return any(isinstance(part, Parameter) and part.op[-1:] == "=" for part in parts)


def _holds_pipe(command: Command) -> bool:
    """Whether it has a pipe open for itself, both ends: what reads from there reads for ever."""
    return any(redirect.op == "<>" for redirect in command.redirects)


def _substitutes(word: Word | None) -> bool:
    return word is not None and any(isinstance(part, Opaque) and part.process for part in word.parts)
