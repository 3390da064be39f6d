"""Programs that exec into the rest of their command line, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from s6kit.outcome import Wrapper
from s6kit.value import BlockValue, Field, Value


class Effect(StrEnum):
    """What a chain-loading program does with the rest of its command line."""

    EXECS = "execs"  # the pid becomes the rest
    WAITS = "waits"  # it stays, and the rest is its child
    DETACHES = "detaches"  # it leaves the rest running behind its back and ends
    SERVES = "serves"  # it stays; the rest is run once a connection
    UNKNOWN = "unknown"  # where the rest begins cannot be told: see why


class Role(StrEnum):
    """What an execline block is for."""

    BEFORE = "before"  # runs to its end, then the chain goes on: foreground, if, backtick, forx …
    BACKGROUND = "background"  # runs beside: background, trap's handlers are left out
    WRITER = "writer"  # pipeline { a } b: a child that writes into the rest
    READER = "reader"  # pipeline -r { a } b: a child that reads from the rest
    INSTEAD = "instead"  # the pid may become this in place of the rest: ifelse's second block …
    BINDS = "binds"  # multisubstitute's directives


@dataclass(frozen=True, slots=True)
class Part:
    """A block of the command line, and its role."""

    role: Role
    block: BlockValue


@dataclass(frozen=True, slots=True)
class Binding:
    """A variable for execline's `$name` in the rest; value None: known at run time only.

    With `source`, the value is that of the environment variable it names (`importas name source`), and `value`
    is its `-D` default or None.
    """

    name: str
    value: Value | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Peel:
    """One program taken off the front of a command line."""

    wrapper: Wrapper
    effect: Effect
    rest: tuple[Field, ...]
    parts: tuple[Part, ...] = ()
    bindings: tuple[Binding, ...] = ()
    environment: tuple[tuple[str, Value | None], ...] = ()  # set for the rest; None: taken away
    forgets: bool = False  # the environment is emptied first: env -i, emptyenv, with-contenv
    user: Value | None = None
    directory: Value | None = None
    why: str = ""


def peel(argv: Sequence[Field]) -> Peel | None:
    """The front program of `argv` and what it does with the rest; None where it loads no chain."""
    raise NotImplementedError
