"""Colours for a terminal: bold and four of the eight basic ones, which read on light and dark alike."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import IO

from s6kit.dataclass import dataclass

_CODES = {"bold": "1", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"}


@dataclass(frozen=True)
class Paint:
    """Paints text, or leaves it alone where colour is off."""

    on: bool = False

    def __call__(self, text: str, *styles: str) -> str:
        """`text` in these styles: `bold`, `red`, `green`, `yellow`, `blue`, `cyan`."""
        if not self.on or not text or not styles:
            return text
        return f"\x1b[{';'.join(_CODES[style] for style in styles)}m{text}\x1b[0m"


def wanted(stream: IO[str], environment: Mapping[str, str] = os.environ, told: bool | None = None) -> bool:
    """Whether to write colours: as told, else by NO_COLOR, FORCE_COLOR, whether `stream` is a terminal."""
    if told is not None:
        return told
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return environment["FORCE_COLOR"] not in ("0", "false")
    return stream.isatty() and environment.get("TERM") != "dumb"
