"""Dataclasses of which thousands are made: `frozen` is held by mypy, and not again by each that is made.

A frozen dataclass sets each of its fields through `object.__setattr__`: one of eight fields takes six times
as long to make as one that is not frozen. Measured on 3,000 services: an eighth of all of `lint`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

Class = TypeVar("Class")

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool, slots: bool) -> Callable[[type[Class]], type[Class]]:
        """What `dataclasses.dataclass` makes of a class, equal and hashed by its fields."""
        return dataclasses.dataclass(slots=slots, unsafe_hash=frozen)


__all__ = ["dataclass"]
