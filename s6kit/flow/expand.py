"""What a word stands for: the fields that the shell makes of it, as far as they can be known."""

from __future__ import annotations

from collections.abc import Iterable

from s6kit.dataclass import dataclass, replace
from s6kit.flow.parameter import evaluate
from s6kit.flow.state import State
from s6kit.script import Argument, Literal, Opaque, Parameter, Part, Substitution, Word, literal
from s6kit.text import Span
from s6kit.value import HOLE, Value

MAX_SHAPE = 1 << 16  # characters: no script in a string is longer, and values may double


@dataclass(slots=True)
class _Field:
    """A field while its pieces come in: its text, and from the first that is not known on its shape."""

    span: Span
    text: str = ""
    shape: str = ""
    unknown: Value | None = None
    many: bool = False
    assumed: tuple[str, ...] = ()
    loose: bool = False
    started: bool = False

    def write(self, text: str) -> None:
        self.started = True
        if self.unknown is None:
            self.text += text
        elif len(self.shape) < MAX_SHAPE:
            self.shape += text

    def add(self, value: Value, many: bool) -> None:
        if value.assumed:
            self.assumed += tuple(name for name in value.assumed if name not in self.assumed)
        self.loose = self.loose or value.loose
        if value.text is not None:
            self.write(value.text)
            return
        if self.unknown is None:
            self.shape, self.text = self.text, self.text + value.prefix
            self.unknown = value
        self.write(value.shape or value.prefix + HOLE)
        self.many = self.many or many

    def value(self) -> Value:
        if self.unknown is None:
            return Value(self.text, self.span, "", "", False, self.assumed, "", self.loose)
        shape = self.shape if len(self.shape) < MAX_SHAPE else HOLE
        why = self.unknown.why
        return Value(None, self.span, self.text, why, self.many, self.assumed, shape, self.loose)


def _whole(value: Value, span: Span) -> Value:
    """The value as a quoted field that holds nothing else."""
    if value.text is not None:
        return Value(value.text, span, "", "", False, value.assumed, "", value.loose)
    shape = value.shape or value.prefix + HOLE
    shape = shape if len(shape) < MAX_SHAPE else HOLE
    return Value(None, span, value.prefix, value.why, value.many, value.assumed, shape, value.loose)


def fields(words: Iterable[Argument], state: State) -> tuple[Value, ...]:
    """Every field of the shell words, in order: of one word none, one or several."""
    found: list[Value] = []
    for word in words:
        parts = word.parts if isinstance(word, Word) else ()
        only = parts[0] if len(parts) == 1 else None
        if isinstance(only, Literal):  # as nearly all are
            found.append(Value(only.text, word.span))
        elif isinstance(word, Word):
            _expand(word, state, found)
    return tuple(found)


def _expand(word: Word, state: State, found: list[Value]) -> None:
    only = word.parts[0] if len(word.parts) == 1 else None
    if only is not None and only.quoted and not isinstance(only, Literal):
        found += [_whole(value, word.span) for value in _values(only, state)]
        return
    current = _Field(word.span, started=not word.parts)
    for part in word.parts:
        current = _feed(part, state, current, found)
    if current.started:
        found.append(current.value())


def single(word: Word, state: State) -> Value:
    """The word as one value, not split: an assignment's, a `case` subject's, a redirection's."""
    text = literal(word)
    if text is not None:
        return Value(text, word.span)
    whole = _Field(word.span)
    for part in word.parts:
        if isinstance(part, Literal):
            whole.write(part.text)
            continue
        for number, value in enumerate(_values(part, state)):
            if number:
                whole.write(" ")
            whole.add(value, value.many and not part.quoted)
    return whole.value()


def _feed(part: Part, state: State, current: _Field, done: list[Value]) -> _Field:
    if isinstance(part, Literal):
        current.write(part.text)
        return current
    for number, value in enumerate(_values(part, state)):
        if number:
            if current.started:
                done.append(current.value())
            current = _Field(current.span)
        if part.quoted or (value.text is None and not any(map(str.isspace, value.shape))):
            current.add(value, value.many or not part.quoted)
        else:
            current = _split(value, current, done)
    return current


def _split(value: Value, current: _Field, done: list[Value]) -> _Field:
    text = value.shape if value.text is None else value.text
    pieces = text.split()
    if pieces == [text]:
        current.add(value, value.many)
        return current
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


def _values(part: Parameter | Substitution | Opaque, state: State) -> tuple[Value, ...]:
    if isinstance(part, Parameter):
        return evaluate(part, state, single)
    if isinstance(part, Substitution):
        return (_output(part, state),)
    return (Value(None, part.span, why=f"it is {part.why}"),)


def _output(part: Substitution, state: State) -> Value:
    """What a command substitution prints, for the few programs whose output follows from their words."""
    values = fields(getattr(part.body[0], "words", ()), state) if len(part.body) == 1 else ()
    texts = [value.text for value in values if value.text is not None]
    result = _computed(texts, state) if len(texts) == len(values) else None
    if result is None:
        return Value(None, part.span, why="it is the output of a program")
    return Value(result, part.span, assumed=tuple(name for value in values for name in value.assumed))


def _computed(words: list[str], state: State) -> str | None:
    match words:
        case ["basename", path]:
            return path.rstrip("/").rpartition("/")[2]
        case ["basename", path, suffix]:
            return path.rstrip("/").rpartition("/")[2].removesuffix(suffix)
        case ["dirname", path]:
            return path.rstrip("/").rpartition("/")[0] or ("/" if path.startswith("/") else ".")
        case ["echo", *rest] if not rest or not rest[0].startswith("-"):
            return " ".join(rest)
        case ["which", name] | ["command", "-v", name] | ["type", "-p" | "-P", name] if "/" not in name:
            return name  # where it lies is not known, nor does it matter
        case ["printf", "%s", text]:
            return text
        case ["pwd"]:
            return state.directory
        case ["readlink", "-f" | "-e", path] | ["realpath", path] if path.startswith("/"):
            return path
    return None
