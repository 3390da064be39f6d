"""`s6kit rule`: the pages of the rules."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from s6kit.cli import common
from s6kit.cli.output import emit, paint

if TYPE_CHECKING:
    from s6kit.rules import Rule


def command(
    code: Annotated[str | None, typer.Argument(help="A code or a name; without one: the list.")] = None,
    format_: Annotated[Literal["text", "json"], typer.Option("--format", help="How to tell it.")] = "text",
    color: common.Color = None,
) -> int:
    """Show the page of one rule, or the list of all."""
    from s6kit.rules import rules  # noqa: PLC0415 - what the work needs, once the usage is right

    chosen = rules() if code is None else (_find(code),)
    if format_ == "json":
        emit([json.dumps({"version": 1, "rules": [_plain(rule) for rule in chosen]}, indent=1), "\n"])
    elif code is None:
        emit(_line(rule, color) for rule in chosen)
    else:
        _page(chosen[0], color)
    return 0


def _find(word: str) -> Rule:
    from s6kit.errors import Fatal  # noqa: PLC0415
    from s6kit.report.escape import safe  # noqa: PLC0415
    from s6kit.rules import find  # noqa: PLC0415
    from s6kit.selection import suggestion  # noqa: PLC0415

    found = find(word)
    if found is None:
        raise Fatal(f"unable to show {safe(word)}: no rule is called that{suggestion(word)}")
    return found


def _line(rule: Rule, color: bool | None) -> str:
    from s6kit.report.text import COLOURS  # noqa: PLC0415

    tint = paint(color)
    severity = tint(f"{rule.severity:8}", COLOURS[rule.severity])
    off = "" if rule.enabled else " (off by default)"
    return f"{tint(rule.code, 'bold')} {severity} {tint(rule.name, 'bold')}{off}\n      {rule.summary}\n"


def _page(rule: Rule, color: bool | None) -> None:
    from s6kit.report.pages import painted  # noqa: PLC0415
    from s6kit.rules.document import page  # noqa: PLC0415 - reads every rule's examples

    emit(painted(page(rule), paint(color)))


def _plain(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.value,
        "since": rule.since,
        "enabled": rule.enabled,
        "summary": rule.summary,
        "page": rule.page,
        "bad": [dedent(text).strip() for text in rule.bad],
        "good": [dedent(text).strip() for text in rule.good],
    }
