"""What is known of one argument of a command line."""

from __future__ import annotations

from s6kit.dataclass import dataclass
from s6kit.script import Block
from s6kit.text import NOWHERE, Span

HOLE = "\ufffc"


@dataclass(frozen=True, slots=True)
class Value:
    """One argument, or, where `many`, an unknown number of them.

    `text` is None where the value cannot be known; `prefix` is then what it begins with, and `why`
    completes "not known: …" (`$OPTS comes from the environment`). `assumed` names the variables
    whose default was taken because nothing in the tree sets them.
    """

    text: str | None
    span: Span = NOWHERE
    prefix: str = ""
    why: str = ""
    many: bool = False
    assumed: tuple[str, ...] = ()
    shape: str = ""
    """Where the text is not known: the text, with HOLE for each part that is not."""
    loose: bool = False
    """A file that is not in the tree was sourced since, and may have changed it."""


@dataclass(frozen=True, slots=True)
class BlockValue:
    """An execline block as an argument, not yet worked out."""

    block: Block
    span: Span


Field = Value | BlockValue


def known(text: str, span: Span = NOWHERE) -> Value:
    """A value that is known."""
    return Value(text, span)
