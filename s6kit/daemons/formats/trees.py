"""Formats that nest: YAML, JSON, XML. Sections are the names above, joined with dots."""

from __future__ import annotations

import re
from collections.abc import Iterator

from s6kit.daemons.facts import Config
from s6kit.daemons.formats.setting import Setting, unquote
from s6kit.regex import regex

_ENTRY = regex(
    r"""^(?P<indent>[ ]*(?:-[ ]+)*)(?P<key>"[^"\n]*"|'[^'\n]*'|:?[\w./-]+)
    [ ]*:(?:[ ]+(?P<value>[^\n]*?))?[ \t\r]*$""",
    re.VERBOSE | re.MULTILINE,
)


_FLOW = regex(r"\s*\{(?![{%#])")
"""A mapping in braces; two of them are what a template leaves to be filled in."""


def yaml(text: str, config: Config) -> Iterator[Setting]:
    """`key: value` by indentation, and `key: {key: value}`; sequences and block scalars are passed over."""
    if _FLOW.match(text):
        yield from _flow(text, "", 0)
        return
    stack: list[tuple[int, str]] = []
    for entry in _ENTRY.finditer(text):
        indent = len(entry["indent"])
        while stack and stack[-1][0] >= indent:
            stack.pop()
        key, value = unquote(entry["key"]), entry["value"] or ""
        value = re.sub(r"(^|\s)#.*", "", value).strip()
        flow = _FLOW.match(value)
        if not value or flow:
            stack.append((indent, key))
        section = ".".join(k for _, k in stack)
        if flow:
            yield from _flow(value, section, entry.start("value"))
        elif value:
            value = value if config.literal else unquote(value)
            yield Setting(section, key, value, entry.start("key"), entry.end("value"))


def _flow(text: str, section: str, at: int) -> Iterator[Setting]:
    """The members of `{key: value}` in YAML: as JSON's, but for names in single quotes."""
    for inner in _members(text):
        yield inner._replace(
            section=".".join(name for name in (section, inner.section) if name),
            key=unquote(inner.key),
            value=unquote(inner.value),
            start=at + inner.start,
            end=at + inner.end,
        )


_JSON = regex(
    r"""(?P<comment>//[^\n]*|\#[^\n]*|/\*.*?\*/) | "(?P<text>(?:\\.|[^"\\])*)" | (?P<mark>[{}\[\],:]) |
    (?P<bare>[^\s{}\[\],:"]+)""",
    re.VERBOSE | re.DOTALL,
)


def json(text: str, _: Config) -> Iterator[Setting]:
    """Members of objects whose values are plain; comments and trailing commas are allowed."""
    return _members(text)


def _members(text: str) -> Iterator[Setting]:
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
    """`<key>value</key>`, and `<key/>`."""
    stack: list[tuple[str, int, int]] = []
    for tag in _XML.finditer(text):
        if tag["name"] is None:
            continue
        if tag["rest"].endswith("/"):
            yield Setting(".".join(n for n, _, _ in stack), tag["name"], "", tag.start(), tag.end())
        elif not tag["close"]:
            stack.append((tag["name"], tag.start(), tag.end()))
        elif stack:
            name, start, inside = stack.pop()
            value = text[inside : tag.start()]
            if "<" not in value:
                yield Setting(".".join(n for n, _, _ in stack), name, value.strip(), start, tag.end())
