"""From a command line to what the pid becomes: chains taken off, scripts followed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field

from s6kit.chain.peel import Effect, Peel, Role, peel
from s6kit.dataclass import dataclass, replace
from s6kit.flow import bindings
from s6kit.flow.bindings import substitute, words_of
from s6kit.flow.interpret import interpret
from s6kit.flow.state import State
from s6kit.flow.walk import Walk, from_shell
from s6kit.outcome import BACKGROUND, BECOMES, EXITS, PIPELINE, UNKNOWN, WAITS, Kind, Outcome, Wrapper
from s6kit.programs import ends, reads
from s6kit.service import env_value
from s6kit.text import Span
from s6kit.value import HOLE, Field, Value

MAX_DEPTH = 12  # scripts and functions within one another
MAX_CHAIN = 100  # programs in front of a command
SESSIONS = ("setsid", "s6-setsid")
_WAITS, _DETACHES, _SERVES = Effect.WAITS, Effect.DETACHES, Effect.SERVES


@dataclass(slots=True)
class _Chain:
    """What the programs in front of the command did, so far."""

    kind: Kind = BECOMES
    why: str = ""
    wrappers: tuple[Wrapper, ...] = ()
    detached: bool = False
    astray: bool = False
    """The directory of the command is not known: no file of the tree can be said to be it."""
    extra: list[Outcome] = field(default_factory=list)

    def outcome(
        self,
        walk: Walk,
        command: tuple[Value, ...],
        state: State,
        span: Span,
        kind: Kind | None = None,
        why: str = "",
    ) -> Outcome:
        """The command in the state that it is started in; with `kind`, something else came of it."""
        return Outcome(
            kind or self.kind,
            command,
            walk.path,
            span,
            walk.site,
            why or self.why,
            self.wrappers,
            state.user,
            state.directory,
            state.environment(),
            detached=self.detached,
            leader=state.leader,
        )


def launch(walk: Walk, argv: Sequence[Field], span: Span, state: State) -> list[Outcome]:
    """What becomes of a process that starts `argv`. `state` is the caller's to spend."""
    chain = _Chain()
    line = tuple(argv)
    while line:
        line = _named(line, chain, walk)
        step = peel(line)
        if step is None:
            break
        step = _unforked(step) if step.wrapper.name in SESSIONS and not state.leader else step
        chain.wrappers += (step.wrapper,)
        long = "its chain of programs is too long to follow" if len(chain.wrappers) > MAX_CHAIN else ""
        if long or step.why:
            return [*chain.extra, chain.outcome(walk, (), state, span, UNKNOWN, long or step.why)]
        if step.effect is _SERVES:
            return [*chain.extra, chain.outcome(walk, _values(line), state, span)]
        _apply(walk, step, chain, state)
        _parts(walk, step, chain, state, span)
        line = substitute(step.rest, state)
    return [*chain.extra, *_final(walk, _values(line), chain, state, span)]


def _named(line: tuple[Field, ...], chain: _Chain, walk: Walk) -> tuple[Field, ...]:
    """The line with its program's name for its path, where only its directory or its version is not known."""
    first = line[0]
    if not isinstance(first, Value) or first.text is not None:
        return line
    _, slash, name = first.shape.rpartition("/")
    program = name.rstrip(f"-{HOLE}")
    if not program or HOLE in program or not (slash if name == program else walk.world.knows(program)):
        return line
    name = program
    chain.astray = True
    return (replace(first, text=name), *line[1:])


def _unforked(step: Peel) -> Peel:
    """setsid forks only where its caller leads a process group, or where it is told to."""
    if step.effect is not _DETACHES or {"-f", "--fork"} & set(step.wrapper.options):
        return step
    return replace(step, effect=Effect.EXECS, wrapper=replace(step.wrapper, effect=Effect.EXECS))


def _values(line: Sequence[Field]) -> tuple[Value, ...]:
    return tuple([value for value in line if isinstance(value, Value)])


def _apply(walk: Walk, step: Peel, chain: _Chain, state: State) -> None:
    """What a program does to the pid, and to what the rest finds."""
    name = step.wrapper.name
    if step.effect is _WAITS:
        state.leader = False
        if chain.kind is BECOMES:
            chain.kind, chain.why = WAITS, f"{name} stays as the parent"
    if step.effect is _DETACHES:
        chain.kind, chain.detached = BACKGROUND, True
        chain.why = f"{name} leaves it behind and ends"
    state.leader = state.leader or name in SESSIONS
    state.user = step.user.text if step.user is not None else state.user
    if step.directory is not None:
        state.directory = state.path(step.directory.text)
    _surround(step, state)
    if step.envdir is not None:
        _read(walk, step.envdir, state)


def _surround(step: Peel, state: State) -> None:
    """The environment and the substitutions that the rest finds."""
    if step.forgets:
        state.exported = frozenset()
    for name, value in step.environment:
        state.exported = state.exported - {name} if value is None else state.exported | {name}
        if value is not None:
            state.assign(name, value)
    for binding in step.bindings:
        state.bindings[binding.name] = bindings.value(binding, state)


def _read(walk: Walk, envdir: Value, state: State) -> None:
    """Set what a directory of the tree holds, a variable a file; what an empty file unsets is nothing."""
    path, tree = state.path(envdir.text), walk.world.tree
    found = tree.resolve((path or "").lstrip("/"))
    for name in tree.names(found.path) if path is not None and not found.trouble else ():
        file = tree.file(f"{found.path}/{name}")
        if file is not None and "=" not in name:
            state.assign(name, Value(env_value(file.data), envdir.span))
            state.exported |= {name}


def _parts(walk: Walk, step: Peel, chain: _Chain, state: State, span: Span) -> None:
    """The blocks of an execline program: what runs before, beside or in place of the rest."""
    for part in step.parts:
        if part.role is Role.BINDS:
            continue
        line = words_of(part.block.block.words, state)
        found = launch(walk, line, part.block.span, state.copy())
        placed = _placed(part.role, found, walk)
        if part.role is Role.INSTEAD:
            placed = (_wrapped(outcome, chain) for outcome in placed)
        chain.extra += [outcome for outcome in placed if outcome not in chain.extra]


def _placed(role: Role, found: list[Outcome], walk: Walk) -> Iterator[Outcome]:
    for outcome in found:
        if outcome.kind is EXITS and role is not Role.INSTEAD:
            continue
        if role is Role.BACKGROUND and outcome.kind is BECOMES:
            yield replace(outcome, kind=BACKGROUND)
        elif role in (Role.WRITER, Role.READER) and outcome.kind is BECOMES:
            yield replace(outcome, kind=PIPELINE)
        elif role is Role.INSTEAD or outcome.kind is BACKGROUND:
            yield outcome
        elif role is Role.BEFORE:
            yield from _known(from_shell(outcome, "execline waits for it"), walk)


def _known(outcome: Outcome, walk: Walk) -> Iterator[Outcome]:
    """What runs before the rest counts only where it is known to stay or to fork away."""
    verdict = walk.world.verdict(outcome) if outcome.kind is WAITS else None
    if verdict is not None and verdict.stay != "unknown":
        yield outcome


def _final(walk: Walk, command: tuple[Value, ...], chain: _Chain, state: State, span: Span) -> list[Outcome]:
    if not command:
        return [chain.outcome(walk, command, state, span, EXITS)]
    if command[0].text is None:
        why = "the program is not known: " + command[0].why
        return [chain.outcome(walk, command, state, span, UNKNOWN, why)]
    outcome = chain.outcome(walk, command, state, span)
    alone = chain.astray or walk.depth >= MAX_DEPTH
    inner = None if alone else interpret(walk, outcome.program or "", command, state, span)
    if inner is not None:
        return [_wrapped(found, chain) for found in inner]
    words = outcome.words
    if chain.kind is not BACKGROUND and ends(words) and not reads(words):
        return [replace(outcome, kind=EXITS)]
    return [outcome]


def _wrapped(found: Outcome, chain: _Chain) -> Outcome:
    found = replace(found, wrappers=chain.wrappers + found.wrappers)
    if found.kind in (BECOMES, WAITS) and chain.kind in (WAITS, BACKGROUND):
        return replace(found, kind=chain.kind, why=chain.why, detached=chain.detached)
    return found
