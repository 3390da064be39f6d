"""Formats with blocks in braces: nginx and its like."""

from __future__ import annotations

import re
from collections.abc import Iterator

from s6kit.daemons.facts import Config
from s6kit.daemons.formats.setting import Setting
from s6kit.regex import regex

_TOKEN = regex(
    r"""(?P<space>\s+) | (?P<comment>\#[^\n]*) | (?P<mark>[;{}]) |
    (?P<word>(?: "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' | \\. | \$\{[^}]*\} | [^\s;{}"'\\] | ["'\\] )+)""",
    re.VERBOSE | re.DOTALL,
)


def nginx(text: str, _: Config) -> Iterator[Setting]:
    """`name argument …;` and `name argument … { … }`; the section is the names of the blocks around."""
    stack: list[str] = []
    words: list[re.Match[str]] = []
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "word":
            words.append(token)
        elif kind == "mark":
            mark = token.group()
            if words and mark != "}":
                yield _setting(stack, words)
            if mark == "{":
                stack.append(_plain(words[0].group()) if words else "")
            elif mark == "}" and stack:
                stack.pop()
            words = []


def _setting(stack: list[str], words: list[re.Match[str]]) -> Setting:
    value = " ".join(_plain(word.group()) for word in words[1:])
    return Setting(".".join(stack), _plain(words[0].group()), value, words[0].start(), words[-1].end())


def _plain(word: str) -> str:
    return word[1:-1] if len(word) > 1 and word[0] in "\"'" and word[-1] == word[0] else word


_LINE = regex(
    r"""^[ \t]*(?P<key>[\w.-]+)[ \t]*[=:]?[ \t]*(?P<value>[^\n;{}#]*?)[ \t]*;?
    [ \t]*(?P<open>\{)?[ \t]*(?:\#[^\n]*)?$ | (?P<close>\})""",
    re.VERBOSE | re.MULTILINE,
)


def braces(text: str, _: Config) -> Iterator[Setting]:
    """`key value` or `key = value`, a line each, a final semicolon allowed, in blocks `name … { … }`."""
    stack: list[str] = []
    for line in _LINE.finditer(text):
        if line["close"]:
            del stack[-1:]
            continue
        value = line["value"].strip("\"'")
        if line["open"]:
            stack.append(line["key"])
        else:
            yield Setting(".".join(stack), line["key"], value, line.start("key"), line.end("value"))
