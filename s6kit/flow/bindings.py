"""execline's substitutions: `$name` stays as it is written until a program binds it."""

from __future__ import annotations

from collections.abc import Sequence

from s6kit.chain.peel import Binding
from s6kit.dataclass import replace
from s6kit.flow.state import MAX_TEXT, State
from s6kit.regex import regex
from s6kit.script import Argument, Block, Literal, Parameter, Word, literal
from s6kit.value import BlockValue, Field, Value

_SUBSTITUTED = regex(r"\$\{([^{}]+)\}|\$([^${}]+)")


def words_of(arguments: Sequence[Argument], state: State) -> tuple[Field, ...]:
    """The fields of execline words: `$name` stays as it is written until something binds it."""
    found: list[Field] = []
    for argument in arguments:
        text = literal(argument)
        if text is not None:
            found.append(Value(text, argument.span))
        elif isinstance(argument, Block):
            found.append(BlockValue(argument, argument.span))
        else:
            found.append(Value(_written(argument), argument.span))
    return substitute(tuple(found), state)


def _written(word: Word) -> str:
    texts = []
    for part in word.parts:
        kept = part.operand.parts if isinstance(part, Parameter) and part.operand is not None else (part,)
        texts += [each.text for each in kept if isinstance(each, Literal)]
    return "".join(texts)


def value(binding: Binding, state: State) -> Value:
    if not binding.source:
        return binding.value or Value(None, why=f"${binding.name} is known at run time only")
    found = state.variable(binding.source)
    if isinstance(found, Value):
        return found
    if binding.value is not None and binding.value.text is not None and not state.declared(binding.source):
        return replace(binding.value, assumed=(binding.source,))
    return Value(None, why=f"${binding.source} comes from the environment")


def substitute(line: Sequence[Field], state: State) -> tuple[Field, ...]:
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
