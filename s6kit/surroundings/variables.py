"""What the ENV and ARG instructions of Dockerfiles set, where they say it in so many words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from s6kit.regex import regex
from s6kit.surroundings.modes import CONTINUED

_INSTRUCTION = regex(r"^[ \t]*(?:ONBUILD[ \t]+)?(ENV|ARG)[ \t]+(.*)$", re.MULTILINE | re.IGNORECASE)
_PAIR = regex(r"""([A-Za-z_]\w*)=((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])*)""")
_OLDER = regex(r"([A-Za-z_]\w*)[ \t]+(.*\S)")
_LONGEST = 10_000  # characters of a value: each line may double it
_PIECE = regex(r"""'[^']*'|\\.|"|\$(?:\{(\w+)(?::?-([^}$]*))?\}|(\w+))|[^'"\\$]+|.""", re.DOTALL)


def variables(texts: Iterable[str]) -> Mapping[str, str | None]:
    """What Dockerfiles set the variables of the container to; None where they differ or it is not plain.

    A build argument counts with its default.
    """
    found: dict[str, str | None] = {}
    for text in texts:
        arguments: dict[str, str | None] = {}
        for kind, name, written in assignments(CONTINUED.sub(" ", text)):
            value = plain(written, arguments)
            if kind == "ENV":
                found[name] = value if found.get(name, value) == value else None
            if kind == "ENV" or value is not None:
                arguments[name] = value
    return found


def assignments(text: str) -> Iterator[tuple[str, str, str]]:
    """ENV or ARG, the name, and what is written as the value, of each in a text without continued lines."""
    for kind, rest in _INSTRUCTION.findall(text):
        older = _OLDER.match(rest)
        if older and kind.upper() == "ENV":
            yield "ENV", older[1], older[2]
        else:
            for name, written in _PAIR.findall(rest):
                yield kind.upper(), name, written


def plain(written: str, known: Mapping[str, str | None]) -> str | None:
    """The value, without its quotes and with the variables that are known in their place; None: not known."""
    done = ""
    for piece in _PIECE.finditer(written):
        token, name = piece[0], piece[1] or piece[3]
        if name:
            value = known.get(name, piece[2])
            if value is None:
                return None
            done += value
            if len(done) > _LONGEST:
                return None
        elif token == "$":
            return None
        elif token != '"':
            done += token[1:-1] if token[0] == "'" and len(token) > 1 else token.removeprefix("\\")
    return done
