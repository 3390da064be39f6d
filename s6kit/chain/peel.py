"""Programs that exec into the rest of their command line, as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from s6kit.chain.line import Reading, Unclear, Unlike
from s6kit.chain.loaders import Row, rows
from s6kit.dataclass import dataclass, replace
from s6kit.outcome import Wrapper
from s6kit.script import Argument, Block, Literal
from s6kit.value import BlockValue, Field, Value, known


class Effect(StrEnum):
    """What a chain-loading program does with the rest of its command line."""

    EXECS = "execs"  # the pid becomes the rest
    WAITS = "waits"  # it stays, and the rest is its child
    DETACHES = "detaches"  # it leaves the rest running behind its back and ends
    SERVES = "serves"  # it stays; the rest is run once a connection
    UNKNOWN = "unknown"  # where the rest begins cannot be told: see why


class Role(StrEnum):
    """What an execline block is for."""

    BEFORE = "before"  # runs to its end, then the chain goes on: foreground, if, backtick, forx …
    BACKGROUND = "background"  # runs beside: background, trap's handlers are left out
    WRITER = "writer"  # pipeline { a } b: a child that writes into the rest
    READER = "reader"  # pipeline -w { a } b: a child that reads from the rest
    INSTEAD = "instead"  # the pid may become this in place of the rest: ifelse's second block …
    BINDS = "binds"  # multisubstitute's directives


@dataclass(frozen=True, slots=True)
class Part:
    """A block of the command line, and its role."""

    role: Role
    block: BlockValue


@dataclass(frozen=True, slots=True)
class Binding:
    """A variable for execline's `$name` in the rest; value None: known at run time only.

    With `source`, the value is that of the environment variable it names (`importas name source`), and
    `value` is its `-D` default or None.
    """

    name: str
    value: Value | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Peel:
    """One program taken off the front of a command line."""

    wrapper: Wrapper
    effect: Effect
    rest: tuple[Field, ...]
    parts: tuple[Part, ...] = ()
    bindings: tuple[Binding, ...] = ()
    environment: tuple[tuple[str, Value | None], ...] = ()  # set for the rest; None: taken away
    forgets: bool = False  # the environment is emptied first: env -i, emptyenv, with-contenv
    user: Value | None = None
    directory: Value | None = None
    why: str = ""
    envdir: Value | None = None  # a directory of variables that are set for the rest


_SWITCHES = frozenset({"su", "runuser"})  # they give the rest to a shell
_TO_ROOT = frozenset({"sudo", "doas", *_SWITCHES})
_SUBSTITUTING = frozenset({"define", "importas", "elglob", "multidefine", "elgetpositionals"})
_UNKNOWN = Effect.UNKNOWN
_EFFECTS = {effect.value: effect for effect in Effect}
_CHOSEN = ("execs", "waits", "detaches")  # by options; the first of them counts
_ROLES = {f"{{{role.value}}}": role for role in Role}


def peel(argv: Sequence[Field]) -> Peel | None:
    """The front program of `argv` and what it does with the rest.

    None where it loads no chain, or where nothing is left to load (`env` alone, `start-stop-daemon --stop`).
    """
    head = argv[0] if argv else None
    if not isinstance(head, Value) or head.text is None:
        return None
    name = head.text.rpartition("/")[2]
    for row in rows(name):
        try:
            return _peeled(row, name, head, Reading(row, name, argv))
        except Unlike:
            continue
        except Unclear as unclear:
            wrapper = Wrapper(name, Effect.UNKNOWN, head.span)
            return Peel(wrapper, Effect.UNKNOWN, (), why=str(unclear))
    return None


def _peeled(row: Row, name: str, head: Value, reading: Reading) -> Peel | None:
    said, parts = reading.said, tuple(_parts(reading))
    rest = _switched(reading) if name in _SWITCHES else _rest(reading)
    if (row.started and "starts" not in said) or not (rest or parts):
        return None
    effect = _EFFECTS[next((each for each in _CHOSEN if each in said), row.effect) if said else row.effect]
    why = f"{name} decides at run time what it becomes" if effect is _UNKNOWN else ""
    wrapper = Wrapper(name, effect, head.span, tuple(reading.options))
    forgets = ("!forgets" in row.marks or "forgets" in said) and "keeps" not in said
    user = _user(name, reading)
    if not (said or reading.blocks or reading.assignments):  # as of most
        return Peel(wrapper, effect, rest, (), (), (), forgets, user, None, why)
    return Peel(
        wrapper,
        effect,
        rest,
        parts,
        tuple(_bindings(name, reading)),
        tuple(_environment(name, reading)),
        forgets,
        user,
        said.get("directory"),
        why,
        said.get("envdir"),
    )


def _rest(reading: Reading) -> tuple[Field, ...]:
    program = reading.said.get("startas") or reading.said.get("program")
    if program is not None:
        return (program, *reading.rest)
    string = reading.said.get("shell")
    if string is not None:
        return (known("sh", string.span), known("-c", string.span), string, *reading.rest)
    return reading.rest


def _switched(reading: Reading) -> tuple[Field, ...]:
    """The rest of `su` and `runuser`: a shell, its string and arguments, or with -u a plain command."""
    if reading.said.get("user") is not None:
        return reading.rest
    string, arguments = reading.said.get("shell"), reading.rest[1:]
    if string is None and not arguments:
        return ()
    span = string.span if string is not None else arguments[0].span
    shell = reading.said.get("program") or known("sh", span)
    return (shell, *arguments) if string is None else (shell, known("-c", span), string, *arguments)


def _user(name: str, reading: Reading) -> Value | None:
    user = reading.said.get("user")
    if user is None and name in _SWITCHES:
        first = reading.rest[0] if reading.rest else None
        user = first if isinstance(first, Value) else None
    if user is None and ("envuser", None) in reading.given:
        return Value(None, why="the environment says which account")
    return known("root") if user is None and name in _TO_ROOT else user


def _parts(reading: Reading) -> Iterator[Part]:
    for word, block in reading.blocks:
        if word == "{arms}":
            inner = (each for each in block.block.words if isinstance(each, Block))
            yield from (Part(Role.INSTEAD, BlockValue(each, each.span)) for each in inner)
        elif word == "{writer}" and "reader" in reading.said:
            yield Part(Role.READER, block)
        elif word in _ROLES:
            yield Part(_ROLES[word], block)


def _bindings(name: str, reading: Reading) -> Iterator[Binding]:
    for word, block in reading.blocks:
        if word in ("{binds}", "{keys}"):
            listed = _fields(block.block.words)
            yield from _directives(listed) if word == "{binds}" else _unknown(listed)
    key = reading.said.get("name" if "autoimport" in reading.said else "key")
    if key is None or key.text is None:
        return
    source = reading.said.get("source")
    source = key if "same" in reading.said else source
    value = reading.said.get("default" if source is not None else "value")
    if source is not None and source.text is not None and "splits" not in reading.said:
        yield Binding(key.text, value, source.text)
    elif value is None or source is not None or ("splits" in reading.said and not _single(value)):
        why = f"${key.text} is known at run time only"
        yield Binding(
            key.text, Value(None, key.span, why=why, many="splits" in reading.said or name == "elglob")
        )
    else:
        yield Binding(key.text, value)


def _single(value: Value) -> bool:
    """Whether splitting leaves it as it is."""
    return value.text is not None and len(value.text.split()) == 1


def _directives(line: tuple[Field, ...]) -> Iterator[Binding]:
    """What the directives of `multisubstitute` bind: each is a program with nothing behind it."""
    line = (*line, known(""))
    while len(line) > 1:
        head = line[0]
        step = peel(line) if isinstance(head, Value) and head.text in _SUBSTITUTING else None
        if step is None:
            return
        yield from step.bindings
        line = step.rest


def _unknown(keys: tuple[Field, ...]) -> Iterator[Binding]:
    for key in keys:
        if isinstance(key, Value) and key.text:
            yield Binding(key.text, Value(None, key.span, why=f"${key.text} is known at run time only"))


def _fields(words: Sequence[Argument]) -> tuple[Field, ...]:
    found: list[Field] = []
    for word in words:
        if isinstance(word, Block):
            found.append(BlockValue(word, word.span))
        elif all(isinstance(part, Literal) for part in word.parts):
            text = "".join(part.text for part in word.parts if isinstance(part, Literal))
            found.append(Value(text, word.span))
        else:
            found.append(Value(None, word.span, why="it is put together at run time"))
    return tuple(found)


def _environment(name: str, reading: Reading) -> Iterator[tuple[str, Value | None]]:
    for meaning, value in reading.given:
        if meaning == "unset" and value is not None and value.text is not None:
            yield value.text, None
        elif meaning == "envuser" and value is not None:
            unknown = Value(None, value.span, why=f"{name} takes it from the account")
            yield from ((variable, unknown) for variable in ("UID", "GID"))
    for assignment in reading.assignments:
        yield _assigned(assignment)
    variable = reading.said.get("name")
    if variable is not None and variable.text is not None and "autoimport" not in reading.said:
        why = f"${variable.text} is known at run time only"
        yield variable.text, reading.said.get("value") or Value(None, variable.span, why=why)
    source = reading.said.get("source")
    if "unexport" in reading.said and source is not None and source.text is not None:
        yield source.text, None


def _assigned(assignment: Value) -> tuple[str, Value]:
    if assignment.text is None:
        variable, _, start = assignment.prefix.partition("=")
        return variable, replace(assignment, prefix=start, many=False)
    variable, _, text = assignment.text.partition("=")
    return variable, replace(assignment, text=text)
