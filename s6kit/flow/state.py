"""What is known at one point of a script: variables, arguments, directory, jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from itertools import takewhile

from s6kit.dataclass import dataclass
from s6kit.outcome import EXITS, Outcome
from s6kit.script import Function
from s6kit.text import Span
from s6kit.value import Value

MAX_TEXT = 1 << 16  # characters of a value, and fields of an array, that are carried: scripts can double them
MAX_FIELDS = 1 << 12
MAX_GROUPS = 4  # times as many states are kept as asked for, where each ran something else last

Variable = Value | tuple[Value, ...]  # a scalar or an array


def _never(_: str) -> bool:
    return False


def _nothing(_: str) -> None:
    return None


@dataclass(slots=True, eq=False)
class State:
    """One way to have come here.

    `arguments` None: given at run time. `unseen` names a file that was sourced and is not in the tree: it
    may have changed any variable. `declared` answers whether something else of the tree or its repository
    sets a variable of the environment, `image` what the image sets it to. `exported` are the names that a
    program started from here sees. `substituted`: a process substitution was started, which `wait` waits
    for. `pids`: what was put in the background, by the place of the `$!` that was kept; of None, the last.
    `site`: where the program was started that is walked next. `leader`: this pid leads its session and
    process group, as what s6-supervise starts does. `bindings` are execline's substitutions, which are no
    environment.
    """

    variables: dict[str, Variable] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    exported: frozenset[str] = frozenset()
    bindings: dict[str, Value] = field(default_factory=dict)
    arguments: tuple[Value, ...] | None = None
    script: str = ""
    directory: str | None = None
    jobs: tuple[Outcome, ...] = ()
    pids: Mapping[Span | None, tuple[Outcome, ...]] = field(default_factory=dict)
    substituted: bool = False
    last: Outcome | None = None
    unseen: str = ""
    site: Span | None = None
    user: str | None = None
    leader: bool = True
    declared: Callable[[str], bool] = _never
    image: Callable[[str], str | None] = _nothing

    def copy(self) -> State:
        """The same, to be changed apart from this one."""
        return State(
            self.variables.copy(),
            self.functions.copy(),
            self.exported,
            self.bindings.copy(),
            self.arguments,
            self.script,
            self.directory,
            self.jobs,
            self.pids,
            self.substituted,
            self.last,
            self.unseen,
            self.site,
            self.user,
            self.leader,
            self.declared,
            self.image,
        )

    def variable(self, name: str) -> Variable | None:
        """What is known of a variable: by the script, else by the image; None where neither sets it."""
        found = self.variables.get(name)
        text = self.image(name) if found is None else None
        return found if text is None else Value(text, assumed=(name,), loose=bool(self.unseen))

    def assign(self, name: str, value: Variable) -> None:
        """Set a variable; it is as exported as it was before. What has grown too large is not known."""
        self.variables[name] = value if _is_small(value) else _too_large(name, value)

    def started(self, name: str) -> tuple[Outcome, ...] | None:
        """What was put in the background whose pid a variable holds; None where that is not known."""
        if name == "!":
            return self.pids.get(None)
        value = self.variables.get(name)
        if not isinstance(value, Value) or not value.why.startswith("$! "):
            return None
        return self.pids.get(value.span)

    def path(self, path: str | None) -> str | None:
        """An absolute path, of one that may be relative to the directory; None where either is not known."""
        if path is None or path.startswith("/"):
            return path
        return None if self.directory is None else f"{self.directory}/{path}"

    def same(self, other: State) -> bool:
        """Whether nothing that comes could tell the two apart."""
        mine, others = self.last, other.last
        if mine is not others and (mine is None or others is None or mine.span != others.span):
            return False  # soon said, of most
        return (
            self.variables == other.variables
            and mine == others
            and self.jobs == other.jobs
            and self.directory == other.directory
            and self.arguments == other.arguments
            and self.unseen == other.unseen
            and self.functions == other.functions
        )

    def environment(self) -> dict[str, Value]:
        """The variables that a program started here is known to see."""
        found = {}
        for name in self.exported:
            value = self.variables.get(name)
            if isinstance(value, Value):
                found[name] = value
        return found


def _is_small(value: Variable) -> bool:
    if isinstance(value, Value):
        return value.text is None or len(value.text) <= MAX_TEXT
    return len(value) <= MAX_FIELDS and sum(len(item.text or item.prefix) for item in value) <= MAX_TEXT


def _too_large(name: str, value: Variable) -> Value:
    return Value(None, why=f"${name} is too large to be followed", many=not isinstance(value, Value))


def fold(states: list[State], most: int) -> list[State]:
    """The states without those that equal another; one state where there are more than `most`."""
    if len(states) < 2:
        return states
    kept: list[State] = []
    for state in states:
        for other in kept:
            if state.same(other):
                break
        else:
            kept.append(state)
    if len(kept) <= most:
        return kept
    groups = _groups(kept, exact=most > 1)
    if len(groups) > MAX_GROUPS * most:
        groups = _groups(kept, exact=False)
    return [_merge(alike) for alike in groups]


def _groups(states: list[State], exact: bool) -> list[list[State]]:
    """The states in groups that may be merged: by what they ran last, which is what a path may come to be.

    Unless `exact`, only what may stay is kept apart from what has ended.
    """
    groups: dict[object, list[State]] = {}
    for state in states:
        last = state.last
        ended = last is None or last.kind is EXITS
        groups.setdefault((last.kind, last.command, last.span) if exact and last else ended, []).append(state)
    return list(groups.values())


def _merge(states: list[State]) -> State:
    merged = states[0].copy()
    for other in states[1:]:
        for name in _differing(merged.variables, other.variables):
            mine, others = merged.variables.get(name), other.variables.get(name)
            if mine != others:
                why = f"${name} depends on the path that the script takes"
                merged.variables[name] = _between(mine, others, Value(None, why=why, many=True))
        merged.jobs = _both(merged.jobs, other.jobs)
        if merged.pids is not other.pids:
            places = {**merged.pids, **other.pids}
            merged.pids = {at: _both(merged.pids.get(at, ()), other.pids.get(at, ())) for at in places}
        merged.functions.update(other.functions)
        merged.unseen = merged.unseen or other.unseen
        if merged.directory != other.directory:
            merged.directory = None
        if merged.arguments is not None and merged.arguments != other.arguments:
            rest = Value(None, why="the arguments depend on the path that the script takes", many=True)
            both = _between(merged.arguments, other.arguments, rest)
            merged.arguments = both if isinstance(both, tuple) else None
    return merged


def _both(mine: tuple[Outcome, ...], others: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    return mine + tuple(job for job in others if job not in mine)


def _differing(mine: dict[str, Variable], others: dict[str, Variable]) -> list[str]:
    """The names of values that are not one and the same object: nearly all are, among hundreds."""
    changed = [name for name, value in others.items() if mine.get(name) is not value]
    return changed + [name for name in mine if name not in others]


def _between(one: Variable | None, other: Variable | None, unknown: Value) -> Variable:
    """What two lists begin with, and then anything; of anything else nothing is known."""
    if not isinstance(one, tuple) or not isinstance(other, tuple):
        return unknown
    return (
        *(mine for mine, _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))),
        unknown,
    )
