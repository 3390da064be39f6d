"""The bookkeeping of a walk through a script: which paths are over, and how they ended."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import field
from enum import Enum, auto
from typing import Protocol

from s6kit.dataclass import dataclass, replace
from s6kit.flow.state import State, fold
from s6kit.model import Tree
from s6kit.outcome import BACKGROUND, BECOMES, EXITS, PIPELINE, WAITS, Fate, Outcome
from s6kit.programs import awaits, parks
from s6kit.script import Script, Statement
from s6kit.text import Span
from s6kit.verdict import Stay, Verdict


class World(Protocol):
    """What a walk may ask about everything around the script."""

    @property
    def tree(self) -> Tree:
        """The root that everything lies in."""
        ...

    def script(self, path: str) -> Script | None:
        """The program in the file at a root-relative path without links, if it is one that is read here."""
        ...

    def parse(self, text: str, dialect: str) -> Script:
        """A program given as an argument."""
        ...

    def knows(self, program: str) -> bool:
        """Whether the knowledge base has an entry for a program."""
        ...

    def verdict(self, outcome: Outcome) -> Verdict | None:
        """What the knowledge base says of a command."""
        ...


MAX_STATEMENTS = 20_000  # walked for one service, each from each state; public scripts stay below 6,000
PATHS = ((1_500, 16), (5_000, 4), (MAX_STATEMENTS, 1))  # until so many statements, so many states apart
READS = "the shell reads until its input ends"
WRITTEN_DOWN = "what it says is only written down"
SHELL_WAITS = "the shell stays, and waits for it"
WAITED = "the shell waits for it"


class Leave(Enum):
    """How a path leaves the list that it is in."""

    BREAK = auto()
    CONTINUE = auto()
    RETURN = auto()


@dataclass(slots=True)
class Shared:
    """What all the walks of one service have in common.

    `steps` counts statements so far. `unseen` names a file that is not in the tree and was sourced on some
    path. `enders` maps the identity of a command, which its script keeps alive, to the outcome of one that
    ends whatever its words stand for, or None. `homes` maps that of a function to the file that it stands in.
    `noticed`: on some path a trap for SIGCHLD is set, or something in the background asks for processes: that
    any of them ends may be noticed.
    """

    steps: int = 0
    unseen: str = ""
    enders: dict[int, Outcome | None] = field(default_factory=dict)
    homes: dict[int, str] = field(default_factory=dict)
    noticed: bool = False


@dataclass(slots=True)
class Walk(ABC):
    """One walk; `outcomes` and `unreachable` fill up on the way."""

    world: World
    path: str
    depth: int = 0
    shared: Shared = field(default_factory=Shared)
    site: Span | None = None  # where in the script that was started first, while another file is walked
    place: Span | None = None  # where all is said to stand, while a string given to `sh -c` is walked
    outcomes: list[Outcome] = field(default_factory=list)
    unreachable: list[tuple[str, Statement]] = field(default_factory=list)
    left: list[tuple[Leave, State]] = field(default_factory=list)

    @abstractmethod
    def statements(self, body: Sequence[Statement], states: list[State]) -> list[State]:
        """Walk a list; returns the states that come out at its end."""

    @abstractmethod
    def statement(self, statement: Statement, state: State) -> list[State]:
        """Walk one."""

    @abstractmethod
    def child(self, path: str, script: Script, state: State, place: Span | None = None) -> list[Outcome]:
        """What a process becomes that starts with `script`, a program of its own or a copy of the shell."""

    def inside(self, body: Sequence[Statement], state: State) -> list[Outcome]:
        """What a copy of the shell becomes that runs `body`."""
        inner = state.copy()
        inner.jobs, inner.last, inner.leader = (), None, False
        return self.child(self.path, Script("shell", tuple(body)), inner)

    def fold(self, states: list[State]) -> list[State]:
        """Fewer ways are kept apart the longer the walk has become."""
        if len(states) < 2:
            return states
        return fold(states, next((most for steps, most in PATHS if self.shared.steps < steps), 1))

    def emit(self, outcome: Outcome) -> None:
        """Keep an outcome, once."""
        if self.place is not None or not outcome.path:
            span = self.place if self.place is not None else outcome.span
            outcome = replace(outcome, path=outcome.path or self.path, span=span, site=self.site)
        if outcome not in self.outcomes:
            self.outcomes.append(outcome)

    def within(self, path: str, called: Span, body: Sequence[Statement], state: State) -> list[State]:
        """Walk a list that stands in the file at `path` and is `called` from this one."""
        outer, site = self.path, self.site
        if path == outer:
            return self.statements(body, [state])
        self.located([state])
        self.path, self.site = path, site or called
        states = self.statements(body, [state])
        self.located([*states, *(after for _, after in self.left)])
        self.path, self.site = outer, site
        return states

    def located(self, states: Iterable[State]) -> None:
        """What ran last stands in this file: kept before another one is gone on with."""
        for state in states:
            if state.last is not None and not state.last.path:
                state.last = replace(state.last, path=self.path, site=self.site)

    def end(self, state: State) -> None:
        """A path comes to the end of its script."""
        self.settle(state, Fate.ENDS)
        if state.last is None:
            self.emit(Outcome(EXITS))
        elif not state.last.forked:
            self.emit(state.last)

    def settle(self, state: State, fate: Fate) -> None:
        """What was put in the background on this path gets its fate, unless a loop has given it one."""
        for job in state.jobs:
            self.emit(replace(job, fate=job.fate or fate))

    def become(self, outcomes: Iterable[Outcome], state: State) -> list[State]:
        """The pid becomes a command: the path is over."""
        found = list(outcomes)
        beside = [outcome for outcome in found if outcome.kind is BACKGROUND and not outcome.detached]
        parked = (beside or state.jobs) and all(
            parks(outcome.words) for outcome in found if outcome.kind is not BACKGROUND
        )
        fate = Fate.PARKS if parked and len(beside) < len(found) else Fate.BECOMES
        for outcome in found:
            self.emit(replace(outcome, fate=fate) if outcome in beside else outcome)
        self.settle(state, fate)
        return []

    def foreground(self, outcomes: list[Outcome], state: State) -> list[State]:
        """A command runs, and the shell waits; the path goes on unless it is known to stay."""
        if self.place is not None:
            outcomes = [replace(outcome, span=self.place) for outcome in outcomes]
        for outcome in outcomes:
            if outcome.kind is BACKGROUND:
                state.jobs += (replace(outcome, fate=None),)
            elif outcome.kind in (WAITS, PIPELINE):
                verdict = self.world.verdict(outcome)
                if verdict and verdict.job:
                    self.remember(replace(outcome, kind=EXITS), state)
                    return [state]
                if outcome.loop or parks(outcome.words) or (verdict and verdict.stay is Stay.FOREGROUND):
                    return self.stay(outcome, state)
                if verdict and verdict.stay is Stay.DAEMONIZES:
                    state.last = replace(outcome, forked=True, fate=None)
                    state.jobs += (state.last,)
                    return [state]
        for outcome in outcomes:
            self.remember(outcome, state)
        return [state]

    def awaited(self, words: Sequence[str], state: State) -> None:
        """What was put in the background, and this command looks whether it is still there."""
        for job in state.jobs:
            if awaits(words, job.words):
                self.emit(replace(job, fate=Fate.WATCHES))
                state.jobs = tuple(other for other in state.jobs if other is not job)

    def stay(self, outcome: Outcome, state: State) -> list[State]:
        """The shell stays, and waits for a command that does not end."""
        self.emit(outcome)
        self.settle(state, Fate.PARKS if parks(outcome.words) else Fate.STAYS)
        return []

    def remember(self, outcome: Outcome, state: State) -> None:
        """What ran last; a program that may stay is not forgotten for one that ends."""
        last = state.last
        if outcome.kind is BACKGROUND:
            return
        if last is None or last.kind is EXITS or outcome.kind is not EXITS:
            state.last = outcome
        elif last.trailing:
            state.last = replace(last, trailing=False)


def from_shell(outcome: Outcome, why: str) -> Outcome:
    """An outcome of a child, as seen from a shell that waits for it."""
    return replace(outcome, kind=WAITS, why=why) if outcome.kind is BECOMES else outcome
