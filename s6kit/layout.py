"""The file contract of each layout, as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ServiceKind(StrEnum):
    """What a service is to its supervisor."""

    LONGRUN = "longrun"
    ONESHOT = "oneshot"
    BUNDLE = "bundle"
    INIT = "init"  # a script that runs once at start or stop: cont-init.d, my_init.d


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a layout's services lie and what each file of theirs is.

    To be filled in: see the tables below.
    """

    name: str
