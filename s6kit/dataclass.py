"""Dataclasses that are made fast, by the thousand: mypy holds that a frozen one does not change.

A dataclass that is frozen as it runs sets each of its fields through `object.__setattr__`: one of eight
fields takes six times as long to make as this one. Measured on 3,000 services: an eighth of all of `lint`.

The classes are made fast too, a hundred of them whenever s6kit starts. `dataclasses` writes each method of
each class as Python and compiles it at once, a fifth of a cold start; here a method is written when it is
first called. Of what `dataclasses.field` can say, `default`, `default_factory` and `repr` are heeded.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

Class = TypeVar("Class")
Fields = tuple[dataclasses.Field[Any], ...]

if TYPE_CHECKING:
    from dataclasses import dataclass, replace
else:

    def dataclass(
        *, frozen: bool = False, slots: bool = False, eq: bool = True
    ) -> Callable[[type[Class]], type[Class]]:
        """`dataclasses.dataclass`: equal and, if frozen, hashed by its fields."""

        def made(cls: type[Class]) -> type[Class]:
            cls = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
            cls.__init__ = _written(cls, "__init__", _init)
            cls.__repr__ = _repr
            cls.__replace__ = _written(cls, "__replace__", _replace)
            if eq:
                cls.__eq__ = _written(cls, "__eq__", _eq)
                cls.__hash__ = _written(cls, "__hash__", _hash) if frozen else None
            return cls

        return made

    def replace(value: Class, /, **changes: object) -> Class:
        """`dataclasses.replace`, of a value of such a class."""
        return value.__replace__(**changes)


def _written(cls: type, name: str, write: Callable[[Fields], str]) -> Callable[..., Any]:
    """A method that puts in its own place, when it is first called, what is written for the fields."""

    def first(self: object, /, *given: object, **named: object) -> Any:
        fields = dataclasses.fields(cls)
        scope = {f"_{field.name}": _default(field) for field in fields} | {"_": dataclasses.MISSING}
        exec(write(fields), scope)
        setattr(cls, name, scope[name])
        return scope[name](self, *given, **named)

    return first


def _default(field: dataclasses.Field[Any]) -> Any:
    """A default, or what makes one, or MISSING."""
    return field.default_factory if field.default is dataclasses.MISSING else field.default


def _init(fields: Fields) -> str:
    """Assignments, of parameters whose defaults are in scope as `_NAME`."""
    parameters, body = ["self"], []
    for field in fields:
        name = value = field.name
        if field.default_factory is not dataclasses.MISSING:
            value = f"_{name}() if {name} is _{name} else {name}"
        parameters.append(name if _default(field) is dataclasses.MISSING else f"{name}=_{name}")
        body.append(f"self.{name}={value}")
    return f"def __init__({','.join(parameters)}):{';'.join(body) or 'pass'}"


def _replace(fields: Fields) -> str:
    parameters = ",".join(["self", *(f"{field.name}=_" for field in fields)])
    kept = ",".join(f"self.{field.name} if {field.name} is _ else {field.name}" for field in fields)
    return f"def __replace__({parameters}):return self.__class__({kept})"


def _eq(fields: Fields) -> str:
    """Field by field, as tuples compare: one and the same is equal, the first that differs decides."""
    pairs = ((f"self.{field.name}", f"other.{field.name}") for field in fields)
    same = " and ".join(f"({mine} is {others} or {mine}=={others})" for mine, others in pairs) or "True"
    return f"def __eq__(self,other):return {same} if self.__class__ is other.__class__ else NotImplemented"


def _hash(fields: Fields) -> str:
    return f"def __hash__(self):return hash({_tuple('self', fields)})"


def _tuple(name: str, fields: Fields) -> str:
    return f"({''.join(f'{name}.{field.name},' for field in fields)})"


def _repr(self: Any) -> str:
    shown = [field.name for field in dataclasses.fields(self) if field.repr]
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"


__all__ = ["dataclass", "replace"]
