"""Dataclasses that are made fast, by the thousand: mypy holds that a frozen one does not change.

A dataclass that is frozen as it runs sets each of its fields through `object.__setattr__`: one of eight
fields takes six times as long to make as this one. Measured on 3,000 services: an eighth of all of `lint`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

Class = TypeVar("Class")

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(
        *, frozen: bool = False, slots: bool = False, eq: bool = True
    ) -> Callable[[type[Class]], type[Class]]:
        """`dataclasses.dataclass`: equal and, if frozen, hashed by its fields."""
        return dataclasses.dataclass(slots=slots, eq=eq, unsafe_hash=frozen and eq)


__all__ = ["dataclass"]
