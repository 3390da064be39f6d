"""What a word stands for: the fields that the shell makes of it, as far as they can be known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from s6kit.dataclass import dataclass
from s6kit.flow.parameter import evaluate
from s6kit.flow.state import State
from s6kit.script import Argument, Literal, Opaque, Parameter, Part, Substitution, Word
from s6kit.text import Span
from s6kit.value import HOLE, Value

MAX_SHAPE = 1 << 16  # characters: no script in a string is longer, and values may double


@dataclass(slots=True)
class _Field:
    """A field while its pieces come in."""

    span: Span
    text: str = ""
    shape: str = ""
    unknown: Value | None = None
    many: bool = False
    assumed: tuple[str, ...] = ()
    loose: bool = False
    started: bool = False

    def add(self, value: Value, splits: bool) -> None:
        self.started = True
        self.assumed += tuple(name for name in value.assumed if name not in self.assumed)
        self.loose = self.loose or value.loose
        if self.unknown is None:
            self.text += value.text if value.text is not None else value.prefix
            if value.text is None:
                self.unknown = value
        if len(self.shape) < MAX_SHAPE:
            self.shape += value.text if value.text is not None else value.shape or value.prefix + HOLE
        if value.text is None and (splits or value.many):
            self.many = True

    def value(self) -> Value:
        if self.unknown is None:
            return Value(self.text, self.span, assumed=self.assumed, loose=self.loose)
        shape = self.shape if len(self.shape) < MAX_SHAPE else HOLE
        why = self.unknown.why
        return Value(None, self.span, self.text, why, self.many, self.assumed, shape, self.loose)


def fields(words: Iterable[Word], state: State) -> tuple[Value, ...]:
    """Every field of the words, in order."""
    found: list[Value] = []
    for word in words:
        found.extend(expand(word, state))
    return tuple(found)


def expand(word: Word, state: State) -> tuple[Value, ...]:
    """The fields of one word: none, one or several."""
    if len(word.parts) == 1 and isinstance(word.parts[0], Literal):
        return (Value(word.parts[0].text, word.span),)
    done: list[Value] = []
    current = _Field(word.span, started=not word.parts)
    for part in word.parts:
        current = _feed(part, state, current, done)
    if current.started:
        done.append(current.value())
    return tuple(done)


def single(word: Word, state: State) -> Value:
    """The word as one value, not split: an assignment's, a `case` subject's, a redirection's."""
    if len(word.parts) == 1 and isinstance(word.parts[0], Literal):
        return Value(word.parts[0].text, word.span)
    whole = _Field(word.span)
    for part in word.parts:
        for number, value in enumerate(_values(part, state)):
            if number:
                whole.add(Value(" "), False)
            whole.add(replace(value, many=False) if part.quoted and value.many else value, False)
    return whole.value()


def _feed(part: Part, state: State, current: _Field, done: list[Value]) -> _Field:
    values = _values(part, state)
    if isinstance(part, Literal):
        current.add(values[0], False)
        return current
    for number, value in enumerate(values):
        if number:
            if current.started:
                done.append(current.value())
            current = _Field(current.span)
        if part.quoted or (value.text is None and not any(map(str.isspace, value.shape))):
            current.add(value, not part.quoted)
            continue
        current = _split(value, current, done)
    return current


def _split(value: Value, current: _Field, done: list[Value]) -> _Field:
    text = value.shape if value.text is None else value.text
    if text and not any(map(str.isspace, text)):
        current.add(value, False)
        return current
    pieces = text.split()
    if not pieces:
        if text and current.started:
            done.append(current.value())
            return _Field(current.span)
        return current
    if text[0].isspace() and current.started:
        done.append(current.value())
        current = _Field(current.span)
    for number, piece in enumerate(pieces):
        if number:
            done.append(current.value())
            current = _Field(current.span)
        current.add(_piece(value, piece), True)
    if text[-1].isspace():
        done.append(current.value())
        current = _Field(current.span)
    return current


def _piece(value: Value, text: str) -> Value:
    """One of the words that a value is split into; a hole in it may hold several."""
    if HOLE in text:
        return replace(value, text=None, prefix=text.partition(HOLE)[0], shape=text, many=True)
    return replace(value, text=text, prefix="", why="", shape="", many=False)


def _values(part: Part, state: State) -> tuple[Value, ...]:
    match part:
        case Literal(span=span, text=text):
            return (Value(text, span),)
        case Parameter():
            return evaluate(part, state, single)
        case Substitution(span=span):
            return (_output(part, state),)
        case Opaque(span=span, why=why):
            return (Value(None, span, why=f"it is {why}"),)


def _output(part: Substitution, state: State) -> Value:
    """What a command substitution prints, for the few programs whose output follows from their words."""
    unknown = Value(None, part.span, why="it is the output of a program")
    if len(part.body) != 1:
        return unknown
    words = getattr(part.body[0], "words", ())
    values = fields((word for word in words if isinstance(word, Word)), state)
    texts = [value.text for value in values]
    if not texts or None in texts:
        return unknown
    known = [text for text in texts if text is not None]
    assumed = tuple(name for value in values for name in value.assumed)
    for result in _computed(known, state):
        return Value(result, part.span, assumed=assumed)
    return unknown


def _computed(words: list[str], state: State) -> Iterator[str]:
    match words:
        case ["basename", path]:
            yield path.rstrip("/").rpartition("/")[2]
        case ["basename", path, suffix]:
            yield path.rstrip("/").rpartition("/")[2].removesuffix(suffix)
        case ["dirname", path]:
            yield path.rstrip("/").rpartition("/")[0] or ("/" if path.startswith("/") else ".")
        case ["echo", *rest] if not rest or not rest[0].startswith("-"):
            yield " ".join(rest)
        case ["which", name] | ["command", "-v", name] | ["type", "-p" | "-P", name] if "/" not in name:
            yield name  # where it lies is not known, nor does it matter
        case ["printf", "%s", text]:
            yield text
        case ["pwd"] if state.directory is not None:
            yield state.directory
        case ["readlink", "-f" | "-e", path] | ["realpath", path] if path.startswith("/"):
            yield path


def expand_all(arguments: Sequence[Argument], state: State) -> tuple[Value, ...]:
    """The fields of shell words."""
    found: list[Value] = []
    for argument in arguments:
        parts = argument.parts if isinstance(argument, Word) else ()
        only = parts[0] if len(parts) == 1 else None
        if isinstance(only, Literal):
            found.append(Value(only.text, argument.span))
        elif isinstance(argument, Word):
            found.extend(expand(argument, state))
    return tuple(found)
