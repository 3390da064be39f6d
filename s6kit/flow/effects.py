"""Which variables a piece of script may set: what a loop leaves unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from s6kit.script import (
    AndOr,
    Arithmetic,
    Background,
    Case,
    Command,
    For,
    Function,
    Group,
    If,
    Not,
    Parameter,
    Pipeline,
    Statement,
    While,
    Word,
    literal,
)

READERS = frozenset(("read", "mapfile", "readarray", "getopts", "printf", "unset"))
WILD = frozenset(("eval", "let", ".", "source"))  # they may set anything


def changed(
    condition: tuple[Statement, ...], body: tuple[Statement, ...], functions: Mapping[str, Function]
) -> frozenset[str]:
    """The variables of a loop that may differ from one round to the next."""
    found: set[str] = set()
    wild = False
    seen: set[str] = set()
    todo = [*condition, *body]
    while todo:
        statement = todo.pop()
        todo.extend(inner(statement))
        if isinstance(statement, For):
            found.add(statement.name)
        elif isinstance(statement, Arithmetic):
            wild = True
        elif isinstance(statement, Command):
            found.update(assignment.name for assignment in statement.assignments)
            name = literal(statement.words[0]) if statement.words else None
            found.update(word for each in statement.words[1:] if name in READERS and (word := literal(each)))
            wild = wild or name in WILD
            if name in functions and name is not None and name not in seen:
                seen.add(name)
                todo.extend(functions[name].body)
    return frozenset(found | set(_asked(condition))) if wild else frozenset(found)


def inner(statement: Statement) -> Iterator[Statement]:
    """The statements that a statement is made of."""
    match statement:
        case Pipeline(stages=stages):
            yield from stages
        case Not(body=body) | Background(body=body):
            yield body
        case AndOr(left=left, right=right):
            yield from (left, right)
        case Group(body=many) | For(body=many):
            yield from many
        case While(condition=condition, body=many):
            yield from (*condition, *many)
        case If(branches=branches, otherwise=otherwise):
            for branch in branches:
                yield from (*branch.condition, *branch.body)
            yield from otherwise
        case Case(arms=arms):
            for arm in arms:
                yield from arm.body


def _asked(condition: Iterable[Statement]) -> Iterator[str]:
    """The variables that a condition looks at."""
    todo = list(condition)
    while todo:
        statement = todo.pop()
        todo.extend(inner(statement))
        if isinstance(statement, Command):
            for word in statement.words:
                for part in word.parts if isinstance(word, Word) else ():
                    if isinstance(part, Parameter):
                        yield part.name
