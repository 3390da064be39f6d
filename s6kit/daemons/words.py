"""The words of a command line as the program itself would read them: options, their values, operands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from s6kit.daemons.facts import Options
from s6kit.dataclass import dataclass
from s6kit.value import Value

OPERAND = ""
ANYTHING = "?"


@dataclass(frozen=True, slots=True)
class Event:
    """An option (`name` as written), an operand (OPERAND), or words that may be anything (ANYTHING).

    `value` is the option's value or the operand itself; None where there is none or it cannot be known, which
    `open` tells apart: `prefix` is then what it begins with. `sure` is False where it may be something else.
    `given` is the word that holds the value, where it isn't `word` itself.
    """

    name: str
    value: str | None
    word: Value
    index: int
    open: bool = False
    prefix: str = ""
    sure: bool = True
    listed: bool = True
    given: Value | None = None

    @property
    def source(self) -> Value:
        """The word whose value matters."""
        return self.given or self.word


def events(options: Options, words: Sequence[Value]) -> tuple[Event, ...]:
    """What `words`, the arguments without the program's name, are to a program with these options."""
    return tuple(_read(options, words))


def _read(options: Options, words: Sequence[Value]) -> Iterator[Event]:
    single = options.style == "single"
    operands_only, at = False, 0
    doubtful = False  # the option before is one that we don't know: this word may be its value
    while at < len(words):
        word, index = words[at], at
        at += 1
        text = word.text if word.text is not None else word.prefix
        if word.text is None and (word.many or text in ("", "-", "--")):
            yield Event(ANYTHING, None, word, index, open=True, sure=False)
            continue
        keys = options.style == "keys" and bool(text) and not operands_only
        if operands_only or (not text.startswith("-") and not keys) or text == "-":
            yield Event(OPERAND, word.text, word, index, word.text is None, word.prefix, sure=not doubtful)
            doubtful = False
            operands_only = operands_only or options.style == "posix"
            continue
        doubtful = False
        if text == "--":
            operands_only = options.terminator
            continue
        if text.startswith("--") or single or (keys and (text[0] != "-" or len(text) > 2)):
            event, takes = _long(options, word, index, text)
        else:
            found = list(_bundle(options, word, index, text))
            yield from found[:-1]
            event, takes = found[-1], options.letters.get(found[-1].name[1:], "") == ":"
            takes = takes and event.value is None and not event.open
        if takes and at < len(words):
            given = words[at]
            at += 1
            known, open_ = given.text, given.text is None
            yield Event(event.name, known, word, index, open_, given.prefix, event.sure, event.listed, given)
            if given.many:
                yield Event(ANYTHING, None, given, index + 1, open=True, sure=False)
            continue
        yield event
        doubtful = not event.listed


def _long(options: Options, word: Value, index: int, text: str) -> tuple[Event, bool]:
    dashes = 2 if text.startswith("--") else 1 if text.startswith("-") else 0
    bare, equals, value = text[dashes:].partition("=")
    partial = word.text is None
    if partial and not equals:
        return Event(ANYTHING, None, word, index, open=True, sure=False), False
    known, sure = (None, True) if options.strict and dashes == 2 else _name(options, bare)
    name = (text[:dashes] or "--") + bare
    if known is not None:
        name = ("-" if options.style == "single" else "--") + known
    if equals:
        return Event(
            name, None if partial else value, word, index, partial, value, sure, known is not None
        ), False
    if known is None:
        takes = options.names.get("*") == ":"
        return Event(name, None, word, index, listed=takes), takes
    return Event(name, None, word, index, sure=sure), options.names[known] == ":"


def _name(options: Options, bare: str) -> tuple[str | None, bool]:
    """The long option that is meant, None if we know none; and whether that is sure."""
    if options.fold:
        bare = options.folded.get(bare.lower(), bare)
    if bare in options.names:
        return bare, True
    for prefix in options.prefixes:
        if prefix and bare.startswith(prefix):
            return prefix + "*", True
    if not bare or (options.style == "single" and not options.abbreviated):
        return None, True
    likely = [name for name in options.names if name.startswith(bare)] or [
        name for folded, name in options.folded.items() if options.fold and folded.startswith(bare.lower())
    ]
    return (likely[0], options.abbreviated) if len(likely) == 1 else (None, True)


def _bundle(options: Options, word: Value, index: int, text: str) -> Iterator[Event]:
    partial, sure = word.text is None, True
    for at, letter in enumerate(text[1:], 2):
        takes = options.letters.get(letter)
        rest = text[at:]
        if takes and (rest or partial):
            yield Event(f"-{letter}", None if partial else rest, word, index, partial, rest, sure)
            return
        yield Event(f"-{letter}", None, word, index, sure=sure, listed=takes is not None)
        sure = sure and takes is not None
    if partial:
        yield Event(ANYTHING, None, word, index, open=True, sure=False)
