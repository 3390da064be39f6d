"""Formats that nest: YAML, JSON, XML. Sections are the names above, joined with dots."""

from __future__ import annotations

import re
from collections.abc import Iterator

from s6kit.daemons.facts import Config
from s6kit.daemons.formats.setting import Setting, unquote
from s6kit.regex import regex

_ENTRY = regex(
    r"""^(?P<indent>[ ]*(?:-[ ]+)*)(?P<key>"[^"\n]*"|'[^'\n]*'|[\w./-]+)
    [ ]*:(?:[ ]+(?P<value>[^\n]*?))?[ \t\r]*$""",
    re.VERBOSE | re.MULTILINE,
)


def yaml(text: str, _: Config) -> Iterator[Setting]:
    """`key: value` by indentation; flow collections and block scalars are passed over."""
    stack: list[tuple[int, str]] = []
    for entry in _ENTRY.finditer(text):
        indent = len(entry["indent"])
        while stack and stack[-1][0] >= indent:
            stack.pop()
        key, value = unquote(entry["key"]), entry["value"] or ""
        value = re.sub(r"(^|\s)#.*", "", value).strip()
        if value:
            end = entry.end("value")
            yield Setting(".".join(k for _, k in stack), key, unquote(value), entry.start("key"), end)
        else:
            stack.append((indent, key))


_JSON = regex(
    r"""(?P<comment>//[^\n]*|\#[^\n]*|/\*.*?\*/) | "(?P<text>(?:\\.|[^"\\])*)" | (?P<mark>[{}\[\],:]) |
    (?P<bare>[^\s{}\[\],:"]+)""",
    re.VERBOSE | re.DOTALL,
)


def json(text: str, _: Config) -> Iterator[Setting]:
    """Members of objects whose values are plain; comments and trailing commas are allowed."""
    stack: list[str] = []
    key, start, colon = "", 0, False
    for token in _JSON.finditer(text):
        mark = token["mark"]
        if token["comment"]:
            continue
        if mark is None:
            value = token["text"] if token["text"] is not None else token["bare"]
            if colon:
                yield Setting(".".join(part for part in stack if part), key, value, start, token.end())
                colon = False
            else:
                key, start = value, token.start()
        elif mark in "{[":
            stack.append(key if colon else "")
            key, colon = "", False
        elif mark in "}]":
            del stack[-1:]
        else:
            colon = mark == ":"


_XML = regex(
    r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?\]\]>|<(?P<close>/?)(?P<name>[\w:.-]+)(?P<rest>[^>]*)>", re.DOTALL
)


def xml(text: str, _: Config) -> Iterator[Setting]:
    """`<key>value</key>`."""
    stack: list[tuple[str, int, int]] = []
    for tag in _XML.finditer(text):
        if tag["name"] is None or tag["rest"].endswith("/"):
            continue
        if not tag["close"]:
            stack.append((tag["name"], tag.start(), tag.end()))
        elif stack:
            name, start, inside = stack.pop()
            value = text[inside : tag.start()]
            if "<" not in value:
                yield Setting(".".join(n for n, _, _ in stack), name, value.strip(), start, tag.end())
