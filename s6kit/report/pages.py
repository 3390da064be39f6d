"""Pages in Markdown, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.regex import regex
from s6kit.report.paint import Paint

FENCE = "```"
_CODE = regex("`([^`]+)`")


def painted(text: str, tint: Paint) -> Iterator[str]:
    """A page as it is where there are no colours; else titles bold, examples set in, code in colour."""
    if not tint.on:
        yield text
        return
    example = False
    for line in text.splitlines():
        if line.startswith(FENCE):
            example = not example
        elif example or line.startswith("    "):
            yield ("    " if example else "") + line + "\n"
        elif line.startswith("#"):
            yield tint(line.lstrip("# "), "bold") + "\n"
        else:
            yield _CODE.sub(lambda match: tint(match[1], "cyan"), line) + "\n"
