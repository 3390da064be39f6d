"""Formats that are read a line at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from s6kit.daemons.facts import Config
from s6kit.daemons.formats.setting import Setting, unquote
from s6kit.regex import regex


def _lines(text: str, comment: str) -> Iterator[tuple[int, str]]:
    """Where each line that says something begins, and its text without blanks around."""
    at = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped and stripped[0] not in comment:
            yield at + len(line) - len(line.lstrip()), stripped
        at += len(line) + 1


def _joined(text: str, comment: str) -> Iterator[tuple[int, str]]:
    """Those lines, each with the ones behind it that stand further to the right, as Python's configparser."""
    at, held, margin = 0, "", 0
    for start, line in _lines(text, comment):
        indent = start - text.rfind("\n", 0, start) - 1
        if held and held[0] != "[" and indent > margin:
            held += f"\n{line}"
            continue
        if held:
            yield at, held
        at, held, margin = start, line, indent
    if held:
        yield at, held


def _split(line: str, separator: str) -> tuple[str, str]:
    """Key and value; the separator is one of the given characters, or blanks where none is given."""
    if separator:
        for at, letter in enumerate(line):
            if letter in separator:
                return line[:at].strip(), line[at + 1 :].strip()
        return line, ""
    key, _, value = line.partition("=") if re.match(r"[^\s=]+\s*=", line) else _blank(line)
    return key.strip(), value.strip()


def _blank(line: str) -> tuple[str, str, str]:
    key, _, value = line.replace("\t", " ").partition(" ")
    return key, "", value


def _value(value: str, comment: str, literal: str = "") -> str:
    """A value without quotes and without a comment behind it, unless they are part of it."""
    if literal == "line":
        return value
    if not literal and value[:1] in ('"', "'"):
        end = value.find(value[0], 1)
        if end > 0:
            return value[1:end]
    for mark in comment:
        at = value.find(" " + mark)
        if at >= 0:
            value = value[:at]
        elif value.startswith(mark):
            value = ""
    return value.strip() if literal else unquote(value)


def _bare(key: str, comment: str) -> str:
    """A key that stands alone, without a comment behind it."""
    return re.split(rf"\s[{re.escape(comment)}]", key, maxsplit=1)[0].rstrip()


def keyvalue(text: str, config: Config) -> Iterator[Setting]:
    """`key value` or `key = value`, a line each."""
    comment = config.comment or "#"
    for start, line in _lines(text, comment):
        key, value = _split(line, config.separator)
        key = unquote(key if value else _bare(key, comment))
        yield Setting("", key, _value(value, comment, config.literal), start, start + len(line))


def ini(text: str, config: Config) -> Iterator[Setting]:
    """`[section]` and `key = value` or `key: value`."""
    comment, section = config.comment or "#;", ""
    for start, line in (_joined if config.continued else _lines)(text, comment):
        if line[0] == "[":
            section = line[1:].partition("]")[0].strip()
            continue
        key, value = _split(line, config.separator or "=:")
        yield Setting(section, key, _value(value, comment, config.literal), start, start + len(line))


_CLAUSE = regex(r"""(?:"[^"]*"|[^"\s])+""")


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """The lines of unbound's files, cut where another `key:` stands on them."""
    for start, line in _lines(text, "#"):
        words = _CLAUSE.finditer(line.partition(" #")[0])
        cuts = [word.start() for word in words if re.fullmatch(r"[A-Za-z][\w-]*:", word.group())]
        ends = [*cuts[1:], len(line)]
        yield from ((start + at, line[at:end].rstrip()) for at, end in zip([0, *cuts[1:]], ends, strict=True))


def clauses(text: str, config: Config) -> Iterator[Setting]:
    """`section:` on a line of its own, and `key: value` below it (unbound, knot, nsd)."""
    section = ""
    for start, line in _statements(text):
        key, colon, value = line.partition(":")
        value = _value(value.strip(), "#")
        if not colon and key.startswith("include"):
            key, _, value = _blank(line)
        elif not value and '"' not in line:
            section = key.strip()
            continue
        yield Setting(section, key.strip(), value, start, start + len(line))


def keywords(text: str, config: Config) -> Iterator[Setting]:
    """`key value …`, where certain words begin a section (haproxy)."""
    section = ""
    for start, line in _lines(text, "#"):
        key, _, value = _blank(line)
        if key in config.sections:
            section = key
            continue
        key = unquote(key.partition("#")[0])
        yield Setting(section, key, _value(value.strip(), "#"), start, start + len(line))


_ASSIGNMENT = regex(r"^;*\s*(?P<key>[\w.]+)\s*(?::[^=]*)?=(?P<value>.*?)[,;]?$")


def assignments(text: str, config: Config) -> Iterator[Setting]:
    """`name = value` as in Python, Lua, shell and the like; a comma or semicolon behind is dropped.

    A section is what the words in `sections` begin; without any, `indented` is what stands behind blanks:
    whether Python gets there is not known.
    """
    comment, block = config.comment or "#", ""
    for start, line in _lines(text, comment):
        name = re.split(r"[^\w]", line, maxsplit=1)[0]
        block = name if name in config.sections else block
        found = _ASSIGNMENT.match(line.removeprefix("export "))
        if found and not line.startswith("--"):
            value = _value(found["value"].strip(), comment).rstrip(",; ")
            indented = not config.sections and text[start - 1 : start] not in ("", "\n")
            yield Setting(
                "indented" if indented else block, found["key"], unquote(value), start, start + len(line)
            )


def text(text: str, config: Config) -> Iterator[Setting]:
    """Keys and includes are regular expressions; the value is what their first group, or all, matched."""
    found = [
        _matched(name, match)
        for name in (*(key.name for key in config.keys), *config.include)
        for match in re.finditer(name, text, re.MULTILINE)
    ]
    return iter(sorted(found, key=lambda setting: setting.start))


def _matched(name: str, match: re.Match[str]) -> Setting:
    value, last = match.group(match.re.groups and 1) or "", match.group().strip().rpartition("\n")[2]
    return Setting("", name, value, match.start(), match.end(), last.strip())


def whole(text: str, config: Config) -> Iterator[Setting]:
    """The file itself is the value, its key whatever the knowledge calls it."""
    for key in config.keys:
        yield Setting("", key.name, text.strip(), 0, len(text))
