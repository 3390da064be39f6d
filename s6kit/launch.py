"""From a command line to what the pid becomes: chains taken off, scripts of the tree followed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from s6kit.chain import Binding, Effect, Peel, Role, peel
from s6kit.expand import expand
from s6kit.outcome import Kind, Outcome, Wrapper
from s6kit.programs import SHELLS, ends, reads
from s6kit.script import Argument, Block, Literal, Parameter, Word
from s6kit.state import MAX_TEXT, State
from s6kit.text import Span
from s6kit.value import HOLE, BlockValue, Field, Value
from s6kit.walk import SHELL_WAITS, Walk, from_shell

MAX_DEPTH = 12  # scripts and functions within one another
MAX_CHAIN = 100  # programs in front of a command
_SUBSTITUTED = re.compile(r"\$\{([^{}]+)\}|\$([^${}]+)")
UNKNOWN = "S6KIT_UNKNOWN"  # stands in a script for a part of its text that is not known
REPLACING = ("bash", "ash", "busybox")  # by the last command of a `-c` string; measured; dash stays
SESSIONS = ("setsid", "s6-setsid")
# Where a script is the one of a package, so that what is known of the package's program holds for it.
SYSTEM = ("usr/sbin", "usr/bin", "sbin", "bin", "etc/init.d")
SEARCHED = ("usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin", "command")


@dataclass(slots=True)
class _Chain:
    """What the programs in front of the command did, so far."""

    kind: Kind = Kind.BECOMES
    why: str = ""
    wrappers: tuple[Wrapper, ...] = ()
    detached: bool = False
    extra: list[Outcome] = field(default_factory=list)

    def outcome(self, command: tuple[Value, ...], state: State, span: Span) -> Outcome:
        return Outcome(
            self.kind,
            command,
            span=span,
            why=self.why,
            wrappers=self.wrappers,
            user=state.user,
            directory=state.directory,
            environment=state.environment(),
            detached=self.detached,
            leader=state.leader,
        )


def launch(walk: Walk, argv: Sequence[Field], span: Span, state: State) -> list[Outcome]:
    """What becomes of a process that starts `argv`. `state` is the caller's to spend."""
    chain = _Chain()
    line = tuple(argv)
    while line:
        step = peel(line)
        if step is None:
            break
        step = _unforked(step) if step.wrapper.name in SESSIONS and not state.leader else step
        chain.wrappers += (step.wrapper,)
        long = "its chain of programs is too long to follow" if len(chain.wrappers) > MAX_CHAIN else ""
        if long or step.effect is Effect.UNKNOWN:
            why = long or step.why
            return [*chain.extra, replace(chain.outcome((), state, span), kind=Kind.UNKNOWN, why=why)]
        if step.effect is Effect.SERVES:
            return [*chain.extra, chain.outcome(_values(line), state, span)]
        _apply(step, chain, state)
        _parts(walk, step, chain, state, span)
        line = _bound(step.rest, state)
    return [*chain.extra, *_final(walk, _values(line), chain, state, span)]


def _unforked(step: Peel) -> Peel:
    """setsid forks only where its caller leads a process group, or where it is told to."""
    if step.effect is not Effect.DETACHES or {"-f", "--fork"} & set(step.wrapper.options):
        return step
    return replace(step, effect=Effect.EXECS, wrapper=replace(step.wrapper, effect=Effect.EXECS))


def words_of(arguments: Sequence[Argument], state: State) -> tuple[Field, ...]:
    """The fields of execline words: `$name` stays as it is written until something binds it."""
    found: list[Field] = []
    for argument in arguments:
        if isinstance(argument, Block):
            found.append(BlockValue(argument, argument.span))
        else:
            found.append(Value(_written(argument), argument.span))
    return _bound(tuple(found), state)


def _written(word: Word) -> str:
    texts = []
    for part in word.parts:
        kept = part.operand.parts if isinstance(part, Parameter) and part.operand is not None else (part,)
        texts += [each.text for each in kept if isinstance(each, Literal)]
    return "".join(texts)


def _values(line: Sequence[Field]) -> tuple[Value, ...]:
    return tuple(value for value in line if isinstance(value, Value))


def _apply(step: Peel, chain: _Chain, state: State) -> None:
    """What a program does to the pid, and to what the rest finds."""
    name = step.wrapper.name
    if step.effect is Effect.WAITS:
        state.leader = False
        if chain.kind is Kind.BECOMES:
            chain.kind, chain.why = Kind.WAITS, f"{name} stays as the parent"
    if step.effect is Effect.DETACHES:
        chain.kind, chain.detached = Kind.BACKGROUND, True
        chain.why = f"{name} leaves it behind and ends"
    state.leader = state.leader or name in SESSIONS
    state.user = step.user.text if step.user is not None else state.user
    if step.directory is not None:
        state.directory = _directory(state.directory, step.directory.text)
    _surround(step, state)


def _surround(step: Peel, state: State) -> None:
    """The environment and the substitutions that the rest finds."""
    if step.forgets:
        state.exported = frozenset()
    for name, value in step.environment:
        state.exported = state.exported - {name} if value is None else state.exported | {name}
        if value is not None:
            state.assign(name, value)
    for binding in step.bindings:
        state.bindings[binding.name] = _binding(binding, state)


def _directory(before: str | None, path: str | None) -> str | None:
    if path is None or path.startswith("/"):
        return path
    return None if before is None else f"{before}/{path}"


def _binding(binding: Binding, state: State) -> Value:
    if not binding.source:
        return binding.value or Value(None, why=f"${binding.name} is known at run time only")
    found = state.variables.get(binding.source)
    if isinstance(found, Value):
        return found
    if binding.value is not None and binding.value.text is not None and not state.declared(binding.source):
        return replace(binding.value, assumed=(binding.source,))
    return Value(None, why=f"${binding.source} comes from the environment")


def _bound(line: Sequence[Field], state: State) -> tuple[Field, ...]:
    """The line with execline's substitutions made."""
    if not state.bindings:
        return tuple(line)
    return tuple(_substituted(value, state) if isinstance(value, Value) else value for value in line)


def _substituted(value: Value, state: State) -> Value:
    if value.text is None or "$" not in value.text:
        return value
    done, position, assumed = "", 0, value.assumed
    for match in _SUBSTITUTED.finditer(value.text):
        binding = state.bindings.get(match[1] or match[2])
        if binding is None:
            continue
        done += value.text[position : match.start()]
        position = match.end()
        if binding.text is None:
            return replace(value, text=None, prefix=done, why=binding.why, many=binding.many)
        done, assumed = done + binding.text, tuple(dict.fromkeys((*assumed, *binding.assumed)))
        if len(done) > MAX_TEXT:
            return replace(value, text=None, prefix="", why=f"${match[1] or match[2]} makes it too large")
    return replace(value, text=done + value.text[position:], assumed=assumed)


def _parts(walk: Walk, step: Peel, chain: _Chain, state: State, span: Span) -> None:
    """The blocks of an execline program: what runs before, beside or in place of the rest."""
    for part in step.parts:
        if part.role is Role.BINDS:
            continue
        line = words_of(part.block.block.words, state)
        found = launch(walk, line, part.block.span, state.copy())
        chain.extra += [outcome for outcome in _placed(part.role, found, walk) if outcome not in chain.extra]


def _placed(role: Role, found: list[Outcome], walk: Walk) -> Iterator[Outcome]:
    for outcome in found:
        if outcome.kind is Kind.EXITS and role is not Role.INSTEAD:
            continue
        if role is Role.BACKGROUND and outcome.kind is Kind.BECOMES:
            yield replace(outcome, kind=Kind.BACKGROUND)
        elif role in (Role.WRITER, Role.READER) and outcome.kind is Kind.BECOMES:
            yield replace(outcome, kind=Kind.PIPELINE)
        elif role is Role.INSTEAD or outcome.kind is Kind.BACKGROUND:
            yield outcome
        elif role is Role.BEFORE:
            yield from _known(from_shell(outcome, "execline waits for it"), walk)


def _known(outcome: Outcome, walk: Walk) -> Iterator[Outcome]:
    """What runs before the rest counts only where it is known to stay or to fork away."""
    verdict = walk.world.verdict(outcome) if outcome.kind is Kind.WAITS else None
    if verdict is not None and verdict.stay != "unknown":
        yield outcome


def _final(
    walk: Walk, command: tuple[Value, ...], chain: _Chain, state: State, span: Span
) -> Iterator[Outcome]:
    outcome = chain.outcome(command, state, span)
    if not command:
        yield replace(outcome, kind=Kind.EXITS)
        return
    if command[0].text is None:
        why = "the program is not known: " + command[0].why
        yield replace(outcome, kind=Kind.UNKNOWN, why=why)
        return
    name = outcome.program or ""
    inner = None if walk.depth >= MAX_DEPTH else _inner(walk, name, command, state, span)
    if inner is not None:
        for found in inner:
            yield _wrapped(found, chain)
    elif ends(outcome.words) and not reads(outcome.words) and chain.kind is not Kind.BACKGROUND:
        yield replace(outcome, kind=Kind.EXITS)
    else:
        yield outcome


def _wrapped(found: Outcome, chain: _Chain) -> Outcome:
    found = replace(found, wrappers=chain.wrappers + found.wrappers)
    if found.kind in (Kind.BECOMES, Kind.WAITS) and chain.kind in (Kind.WAITS, Kind.BACKGROUND):
        return replace(found, kind=chain.kind, why=chain.why, detached=chain.detached)
    return found


def _inner(
    walk: Walk, name: str, command: tuple[Value, ...], state: State, span: Span
) -> list[Outcome] | None:
    """The outcomes of a script that the command runs; None where it runs none that can be read."""
    if name in SHELLS or name in ("execlineb", "busybox"):
        return _interpreter(walk, name, command, state, span)
    path = _file(walk, command[0].text or "", state)
    if path is None or (path.rpartition("/")[0] in SYSTEM and walk.world.knows(name)):
        return None
    return _script(walk, path, command[0], command[1:], state)


def _interpreter(
    walk: Walk, name: str, command: tuple[Value, ...], state: State, span: Span
) -> list[Outcome] | None:
    dialect = "execline" if name == "execlineb" else "shell"
    if any(value.text == "-n" for value in command[1:2]):
        return [Outcome(Kind.EXITS, command, span=span)]  # it only reads the script
    text, rest = None, command[1:]
    while rest and rest[0].text is not None and rest[0].text[:1] in ("-", "+"):
        option, rest = rest[0].text, rest[1:]
        if option.startswith("-") and not option.startswith("--") and option.endswith("c"):
            text, rest = (rest[0], rest[1:]) if rest else (None, rest)
            break
        if option in ("-o", "+o", "-O", "+O", "--rcfile", "--init-file"):
            rest = rest[1:]
    if text is not None:
        return _string(walk, name, dialect, text, rest, state)
    if not rest or rest[0].text is None:
        return None
    path = _file(walk, rest[0].text, state)
    return None if path is None else _script(walk, path, rest[0], rest[1:], state)


def _string(
    walk: Walk, name: str, dialect: str, text: Value, rest: tuple[Value, ...], state: State
) -> list[Outcome]:
    """What a shell becomes that is given a string to run; a part that is not known is a variable in it."""
    source = text.text
    if source is None:
        if text.shape.replace(HOLE, "") == "" or dialect != "shell":
            return [Outcome(Kind.UNKNOWN, span=text.span, why="the script is not known: " + text.why)]
        source = text.shape.replace(HOLE, f"${{{UNKNOWN}}}")
    zeroth = rest[0].text or "" if rest and dialect == "shell" else name
    inner = _started(state, rest[1:] if dialect == "shell" else rest, zeroth)
    if text.text is None:
        inner.assign(UNKNOWN, Value(None, text.span, why=text.why, many=True))
    script = walk.world.parse(source, dialect)
    return [_direct(outcome, name) for outcome in walk.child("", script, inner, text.span)]


def _direct(outcome: Outcome, shell: str) -> Outcome:
    """The same, where the shell replaces itself by the last command of its string, or may do so."""
    if outcome.kind is not Kind.WAITS or outcome.why != SHELL_WAITS or not outcome.trailing:
        return outcome
    if shell in REPLACING:
        return replace(outcome, kind=Kind.BECOMES, why="")
    return replace(outcome, why="sh waits for it, where it is dash") if shell == "sh" else outcome


def _script(
    walk: Walk, path: str, name: Value, arguments: tuple[Value, ...], state: State
) -> list[Outcome] | None:
    script = walk.world.script(path)
    if script is None:
        return None
    return walk.child(path, script, _started(state, arguments, name.text or ""))


def _started(state: State, arguments: tuple[Value, ...], script: str) -> State:
    """The state at the start of a program of its own."""
    seen = state.exported
    return State(
        variables={name: value for name, value in state.variables.items() if name in seen},
        exported=seen,
        arguments=arguments,
        script=script,
        directory=state.directory,
        unseen=state.unseen,
        site=state.site,
        user=state.user,
        leader=state.leader,
        declared=state.declared,
    )


def _file(walk: Walk, program: str, state: State) -> str | None:
    """Where the tree has a program, links followed; None where it hasn't."""
    if "/" in program:
        path = _directory(state.directory, program)
        candidates: tuple[str, ...] = () if path is None else (path,)
    else:
        candidates = tuple(f"{directory}/{program}" for directory in SEARCHED)
    for candidate in candidates:
        found = walk.world.tree.resolve(candidate.lstrip("/"))
        if not found.trouble:
            return found.path
    return None


def expand_all(arguments: Sequence[Argument], state: State) -> tuple[Field, ...]:
    """The fields of shell words."""
    found: list[Field] = []
    for argument in arguments:
        parts = argument.parts if isinstance(argument, Word) else ()
        only = parts[0] if len(parts) == 1 else None
        if isinstance(only, Literal):
            found.append(Value(only.text, argument.span))
        elif isinstance(argument, Word):
            found.extend(expand(argument, state))
    return tuple(found)
