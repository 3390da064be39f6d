"""Loops that ask whether a process is still there: `while kill -0 $pid; do sleep 5; done`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from s6kit.dataclass import dataclass
from s6kit.flow.effects import inner
from s6kit.programs import asks
from s6kit.script import (
    AndOr,
    Argument,
    Command,
    Function,
    Group,
    Literal,
    Not,
    Parameter,
    Pipeline,
    Statement,
    Substitution,
    While,
    Word,
    literal,
)

MAX_PARTS = 50  # of a question; a longer one may be about anything
MAX_CALLS = 50  # of functions that only call another one
_FEWER = frozenset(("-z", "-lt", "-le"))  # how an output is looked at if nothing is to be there
_SAME = frozenset(("=", "==", "-eq"))
_TESTS = ("[", "[[", "test")

Functions = Mapping[str, Function]


def watches(loop: While, functions: Functions) -> bool:
    """Whether a loop goes on for as long as some process is there, or asks for one each time round.

    One that goes on until a process is there does not.
    """
    there = _there(loop.condition, functions, set())
    return (there != 0 and (there > 0) is not loop.until) or bool(questions(loop.body, functions))


@dataclass(frozen=True, slots=True)
class Question:
    """What one command asks for: the words written out, the names of variables. `sure`: nothing else."""

    names: frozenset[str]
    variables: frozenset[str]
    sure: bool


def questions(body: Sequence[Statement], functions: Functions) -> tuple[Question, ...]:
    """What is asked for in these statements, and in the functions that they call."""
    return tuple(_question(each) for each in _asking(body, functions))


def _question(commands: Sequence[Command]) -> Question:
    parts = [
        part
        for command in commands
        for word in command.words[1:]
        for part in (word.parts if isinstance(word, Word) else ())
        if not (isinstance(part, Substitution) and _asks(part.body))
    ]
    texts = (part.text for part in parts if isinstance(part, Literal))
    others = [part for part in parts if not isinstance(part, Literal)]
    plain = [part for part in others if isinstance(part, Parameter) and not part.op and part.index is None]
    names = frozenset(text for text in texts if len(text) > 2 and text[0] not in "-/")
    sure = len(plain) == len(others) and len(parts) <= MAX_PARTS
    return Question(names if sure else frozenset(), frozenset(part.name for part in plain), sure)


def _asking(body: Sequence[Statement], functions: Functions) -> Iterator[tuple[Command, ...]]:
    """The commands that ask, each with what reads it in a pipeline; of a function that is called, once."""
    todo, seen = [*body], set[str]()
    while todo:
        statement = todo.pop()
        if isinstance(statement, Pipeline) and _asks((statement,)):
            yield tuple(stage for stage in statement.stages if isinstance(stage, Command))
            continue
        todo += inner(statement)
        if isinstance(statement, Command):
            if asks(_words(statement)):
                yield (statement,)
            todo += _substituted(statement)
            name = _name(statement)
            if name in functions and name not in seen:
                seen.add(name)
                todo += functions[name].body


def _there(condition: Sequence[Statement], functions: Functions, seen: set[str]) -> int:
    """What it says that the last of these holds: 1 the process is there, -1 it is gone, 0 neither."""
    match condition[-1] if condition else None:
        case Not(body=body):
            return -_there((body,), functions, seen)
        case Group(body=body):
            return _there(body, functions, seen)
        case Pipeline() as pipeline:
            return int(_asks((pipeline,)))
        case AndOr() as chain:
            said = (_there((each,), functions, seen) for each in _links(chain))
            return next((there for there in said if there), 0)
        case Command() as command:
            name = _name(command)
            if name in functions and name not in seen and len(seen) < MAX_CALLS:
                seen.add(name)
                return _there(functions[name].body, functions, seen)
            if name in _TESTS and _asks(_substituted(command)):
                return -1 if _is_gone({literal(word) for word in command.words}) else 1
            return int(asks(_words(command)))
    return 0


def _is_gone(words: Set[str | None]) -> bool:
    """Whether a test of what a program has said holds if that is nothing."""
    return bool(words & _FEWER) or ("0" in words and bool(words & _SAME))


def _links(chain: AndOr) -> Iterator[Statement]:
    """What a chain of `&&` and `||` joins, the last one first."""
    yield chain.right
    first = chain.left
    while isinstance(first, AndOr):
        yield first.right
        first = first.left
    yield first


def _asks(body: Iterable[Statement]) -> bool:
    """Whether one of these commands asks, or one in a pipeline."""
    stages = (each.stages if isinstance(each, Pipeline) else (each,) for each in body)
    return any(isinstance(each, Command) and asks(_words(each)) for found in stages for each in found)


def _substituted(command: Command) -> tuple[Statement, ...]:
    """The commands whose output stands in the words of a command, or in what it assigns."""
    words = (*command.words, *(a.value for a in command.assignments if isinstance(a.value, Word)))
    parts = (part for word in words if isinstance(word, Word) for part in word.parts)
    return tuple(each for part in parts if isinstance(part, Substitution) for each in part.body)


def _name(command: Command) -> str:
    return _text(command.words[0]) if command.words else ""


def _words(command: Command) -> list[str]:
    return [_text(word) for word in command.words]


def _text(word: Argument) -> str:
    """What a word begins with, as far as it is written out."""
    part = word.parts[0] if isinstance(word, Word) and word.parts else None
    return part.text if isinstance(part, Literal) else ""
