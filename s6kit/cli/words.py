"""Options taken as the words they are.

Typer 0.29 brings every value through pydantic, whose import takes longer than a whole run of `lint`. All our
options are words, lists of words, flags, or one of a few words: that is checked here instead. Versions of
Typer without that step are left as they are.
"""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup


class Words:
    """What Typer asks to bring a value of one parameter into its type."""

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value itself; typer.BadParameter where it is none of the choices."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        choices = param.type_descriptor.choices
        if choices is not None and value not in choices:
            raise typer.BadParameter(f"{value!r} is none of {', '.join(choices)}", ctx=ctx, param=param)
        return value


class Command(TyperCommand):
    """A command whose parameters are words."""

    def get_params(self, ctx: Any) -> list[Any]:
        return [_plain(param) for param in super().get_params(ctx)]


class Group(TyperGroup):
    """The same for what stands before the command; commands are listed as they were added."""

    def get_params(self, ctx: Any) -> list[Any]:
        return [_plain(param) for param in super().get_params(ctx)]


def _plain(param: Any) -> Any:
    if hasattr(param, "_runtime_param") and hasattr(param, "type_descriptor"):
        param._runtime_param = Words()
    return param
