"""What `$name` and its operators stand for, where that can be known."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import translate
from functools import lru_cache

from s6kit.dataclass import replace
from s6kit.flow.state import State, Variable
from s6kit.regex import regex
from s6kit.script import Parameter, Word, literal
from s6kit.text import digits
from s6kit.value import Value

_RANGE = regex(r"\s*(-?[0-9]{1,9})\s*(?::\s*([0-9]{1,9})\s*)?")
Expander = Callable[[Word, State], Value]


def evaluate(part: Parameter, state: State, expand: Expander) -> tuple[Value, ...]:
    """The values of a parameter; several only for `"$@"` and `"${a[@]}"`. May assign (`${x:=y}`)."""
    found = _look_up(part, state)
    if part.op == "":
        return _all(found, part)
    if part.op == "length":
        return (_length(found, part),)
    if part.op == ":" and isinstance(found, tuple):
        return _slice(found, part, _operand(part, state, expand).text)
    if part.op.lstrip(":") in ("-", "=", "?", "+"):
        return _conditional(part, found, state, expand)
    value = _scalar(found, part)
    if value.text is None:
        return (replace(value, prefix=""),)
    return (_edited(part, value, state, expand),)


def _look_up(part: Parameter, state: State) -> Variable | None:
    """The variable; None where nothing that was read sets it."""
    name = part.name
    if name in ("@", "*"):
        return _arguments(state)
    number = digits(name)
    if number:
        return _argument(number, part, state)
    if name == "0":
        return Value(state.script, part.span) if state.script else None
    if name == "#" and state.arguments is not None:
        return Value(str(len(state.arguments)), part.span)
    if name in ("#", "?", "$", "!", "-", "_"):
        return Value(None, part.span, why=f"${name} is known at run time only")
    if name == "PWD" and state.directory is not None:
        return Value(state.directory, part.span)
    if part.op == "indirect":
        return Value(None, part.span, why=f"${{!{name}}} names another variable")
    return _indexed(state.variable(name), part)


def _indexed(found: Variable | None, part: Parameter) -> Variable | None:
    if part.index is None or not isinstance(found, tuple):
        return found[0] if isinstance(found, tuple) and found and part.index is None else found
    index = literal(part.index) or ""
    if index in ("@", "*"):
        return found
    number = digits(index)
    if number is not None and number < len(found):
        return found[number]
    return Value(None, part.span, why=f"an element of ${part.name} is worked out at run time")


def _arguments(state: State) -> Variable:
    if state.arguments is not None:
        return state.arguments
    return Value(None, why="the arguments are given at run time", many=True)


def _argument(number: int, part: Parameter, state: State) -> Value | None:
    if state.arguments is None:
        return Value(None, part.span, why=f"${number} is given at run time")
    if number <= len(state.arguments):
        return state.arguments[number - 1]
    if any(value.many for value in state.arguments):
        return Value(None, part.span, why=f"${number} is given at run time")
    return Value("", part.span)


def _all(found: Variable | None, part: Parameter) -> tuple[Value, ...]:
    if isinstance(found, tuple):
        whole = part.name == "*" or (part.index is not None and literal(part.index) == "*")
        return (_joined(found),) if whole and part.quoted else found
    return (_scalar(found, part),)


def _slice(values: tuple[Value, ...], part: Parameter, raw: str | None) -> tuple[Value, ...]:
    """`${@:2}`, `${a[@]:1:3}`: elements, not characters."""
    found = _RANGE.fullmatch(raw or "")
    start = int(found[1]) - (part.name in ("@", "*")) if found else -1
    if found is None or start < 0 or any(value.many for value in values[:start]):
        return (
            Value(None, part.span, why=f"what is taken of ${part.name} is worked out at run time", many=True),
        )
    taken = values[start : start + int(found[2])] if found[2] else values[start:]
    return (_joined(taken),) if part.name == "*" and part.quoted else taken


def _joined(values: tuple[Value, ...]) -> Value:
    if any(value.text is None for value in values):
        return Value(None, why="part of it is not known")
    return Value(" ".join(value.text or "" for value in values))


def _scalar(found: Variable | None, part: Parameter) -> Value:
    if found is None:
        return Value(None, part.span, why=f"${part.name} comes from the environment")
    if isinstance(found, tuple):
        return _joined(found)
    return found


def _length(found: Variable | None, part: Parameter) -> Value:
    if isinstance(found, tuple):
        return Value(str(len(found)), part.span)
    value = _scalar(found, part)
    if value.text is None:
        return Value(None, part.span, why=value.why)
    return Value(str(len(value.text)), part.span)


def _conditional(
    part: Parameter, found: Variable | None, state: State, expand: Expander
) -> tuple[Value, ...]:
    operator = part.op[-1]
    if found is None:
        return (_default(part, state, expand),) if operator in "-=" else (_unset(part),)
    if isinstance(found, tuple):
        return _all(found, part) if operator != "+" or not found else (_operand(part, state, expand),)
    if found.text is None:
        return (replace(found, many=True) if not part.quoted else found,)
    empty = found.text == "" and part.op.startswith(":")
    if operator == "+":
        value = Value("", part.span) if empty else _operand(part, state, expand)
        return (replace(value, assumed=(*value.assumed, *found.assumed)),)
    if not empty:
        return (found,)
    value = _operand(part, state, expand) if operator in "-=" else _unset(part)
    if operator == "=":
        state.assign(part.name, value)
    return (value,)


def _unset(part: Parameter) -> Value:
    return Value(None, part.span, why=f"${part.name} comes from the environment")


def _default(part: Parameter, state: State, expand: Expander) -> Value:
    if state.declared(part.name):
        return Value(None, part.span, why=f"${part.name} is set elsewhere in this repository")
    value = _operand(part, state, expand)
    value = replace(value, assumed=(*value.assumed, part.name), loose=value.loose or bool(state.unseen))
    if part.op.endswith("="):
        state.assign(part.name, value)
    return value


def _operand(part: Parameter, state: State, expand: Expander) -> Value:
    return expand(part.operand, state) if part.operand is not None else Value("", part.span)


def _edited(part: Parameter, value: Value, state: State, expand: Expander) -> Value:
    text = value.text or ""
    pattern = _operand(part, state, expand)
    if pattern.text is None:
        return Value(None, part.span, why=pattern.why)
    result = _edit(part, text, pattern.text, state, expand)
    if result is None:
        return Value(
            None, part.span, why=f"the result of ${{{part.name}{part.op}…}} is worked out at run time"
        )
    return replace(value, text=result)


def _edit(part: Parameter, text: str, pattern: str, state: State, expand: Expander) -> str | None:
    match part.op:
        case "#" | "##":
            return _strip_front(text, pattern, longest=part.op == "##")
        case "%" | "%%":
            return _strip_back(text, pattern, longest=part.op == "%%")
        case "/" | "//" | "/#" | "/%":
            other = expand(part.replacement, state).text if part.replacement is not None else ""
            return None if other is None else _replaced(text, pattern, other, part.op)
        case "^^":
            return text.upper()
        case ",,":
            return text.lower()
        case "^":
            return text[:1].upper() + text[1:]
        case ",":
            return text[:1].lower() + text[1:]
        case ":":
            return _substring(text, pattern)
    return None


def _strip_front(text: str, pattern: str, longest: bool) -> str:
    ends = range(len(text), -1, -1) if longest else range(len(text) + 1)
    compiled = glob(pattern)
    return next((text[end:] for end in ends if compiled.match(text[:end])), text)


def _strip_back(text: str, pattern: str, longest: bool) -> str:
    starts = range(len(text) + 1) if longest else range(len(text), -1, -1)
    compiled = glob(pattern)
    return next((text[:start] for start in starts if compiled.match(text[start:])), text)


def _replaced(text: str, pattern: str, other: str, op: str) -> str | None:
    if any(character in pattern for character in "*?["):
        return None
    if op == "/#":
        return other + text.removeprefix(pattern) if text.startswith(pattern) else text
    if op == "/%":
        return text.removesuffix(pattern) + other if text.endswith(pattern) else text
    return text.replace(pattern, other, -1 if op == "//" else 1) if pattern else text


def _substring(text: str, raw: str) -> str | None:
    found = _RANGE.fullmatch(raw)
    if not found:
        return None
    start = int(found[1])
    start = max(0, len(text) + start) if start < 0 else start
    return text[start : start + int(found[2])] if found[2] else text[start:]


@lru_cache(maxsize=256)
def glob(pattern: str) -> re.Pattern[str]:
    """A shell pattern, to be matched against a whole string."""
    return re.compile(translate(re.sub(r"\[\^", "[!", pattern)))
