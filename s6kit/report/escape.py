r"""Text from files and names, made safe to show.

A character that a terminal would act upon, that turns the direction of what follows or that cannot be seen is
written as `\n`, `\x1b` or `\u202e`; a byte that is not UTF-8 as `\xff`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import category, east_asian_width

from s6kit.regex import regex

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ODD = regex(r"[^\x20-\x7e]")
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_EMOJI_JOINERS = "\u200d\ufe0f"


def safe(text: str) -> str:
    """`text` on one line, with nothing in it that a terminal would act upon."""
    return text if text.isascii() and text.isprintable() else _ODD.sub(_escaped, text)


def bytes_shown(text: str) -> str:
    r"""`text` with each byte that is not UTF-8 as `\xff`: for formats that escape the rest themselves."""
    return text if text.isascii() else re.sub("[\ud800-\udfff]", lambda m: _surrogate(m[0]), text)


def width(text: str) -> int:
    """How many cells of a terminal `text`, made safe before, takes."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def fit(text: str, cells: int) -> int:
    """How many characters of `text` fit into so many cells."""
    used = 0
    for at, character in enumerate(text):
        used += _cells(character)
        if used > cells:
            return at
    return len(text)


@lru_cache(maxsize=1024)
def _cells(character: str) -> int:
    if category(character) in ("Mn", "Me", "Cf") or character in _EMOJI_JOINERS:
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    if character in _SHORT:
        return _SHORT[character]
    if "\ud800" <= character <= "\udfff":
        return _surrogate(character)
    if category(character) not in _UNSEEN or character in _EMOJI_JOINERS:
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _surrogate(character: str) -> str:
    code = ord(character)
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"
