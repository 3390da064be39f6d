"""What the configuration files of a tree say of the keys that decide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from s6kit.daemons.context import Context
from s6kit.daemons.facts import Config, Does, Key, Where
from s6kit.daemons.formats import read
from s6kit.daemons.formats.setting import Setting
from s6kit.daemons.paths import absolute, glob
from s6kit.daemons.phrases import line
from s6kit.daemons.reading import HOLE, Reading
from s6kit.daemons.words import ANYTHING, OPERAND, Event
from s6kit.dataclass import dataclass
from s6kit.model import Brought
from s6kit.text import Span
from s6kit.verdict import Place

_NONE: Mapping[str, Brought] = {}


@dataclass(frozen=True, slots=True)
class Answer:
    """What configuration says. `does` None: nothing, so that whatever the daemon does bare holds."""

    does: Does | None
    because: str = ""
    place: Place | None = None
    absent: str = ""


def consult(config: Config, events: Sequence[Event], version: str, context: Context) -> Answer:
    """What the files that these words lead to say."""
    paths, why, explicit = _paths(config.where, events, version, context)
    if why:
        return Answer(Does.UNKNOWN, why)
    if not paths:
        return _decide(config, [])
    reading = Reading(config, context)
    for path in paths:
        reading.read(path)
    answer = _decide(config, reading.found, reading.brought)
    if not answer.because and reading.missing:
        if config.where.optional and not explicit and reading.missing in paths:
            return answer
        return Answer(answer.does, answer.because, absent="/" + reading.missing)
    return answer


@lru_cache(maxsize=256)
def inline(config: Config, text: str) -> Answer:
    """What configuration that is given as a word says."""
    return _decide(config, [("", setting) for setting in read(text, config)])


def _paths(
    where: Where, events: Sequence[Event], version: str, context: Context
) -> tuple[list[str], str, bool]:
    """The root-relative files to read; why they cannot be known; whether the command line named them."""
    named: list[str] = []
    prefix = None
    for event, template in _naming(where, events):
        if event.name == ANYTHING or event.open:
            why = f" ({event.source.why})" if event.source.why else ""
            return [], f"the name of its configuration file is known at run time only{why}", True
        if event.name == where.relative and event.name:
            prefix = event.value
            continue
        value = template.replace("{}", event.value or "")
        named = [*named, value] if where.many else [value]
    if not named:
        return _defaults(where, version, prefix, context), "", False
    bases: list[str | None] = [prefix] if prefix else [*where.prefix] or [context.directory]
    found = []
    for name in named:
        options = [path for base in bases if (path := absolute(name, base)) is not None]
        if not options:
            return [], f"its configuration {name} lies in a directory that is not known", True
        there = [path for path in options if context.there(path)]
        found.append((there or options)[0])
    return found, "", True


def names_file(where: Where, events: Sequence[Event], event: Event) -> bool:
    """Whether this event names a configuration file."""
    return event.name != ANYTHING and any(named is event for named, _ in _naming(where, events))


def _naming(where: Where, events: Sequence[Event]) -> Iterator[tuple[Event, str]]:
    """The words that name configuration files, with the template for the path."""
    templates, operands = dict(where.options), 0
    for event in events:
        if event.name == ANYTHING and (templates or where.operand):
            yield event, "{}"
        elif event.name == OPERAND:
            operands += 1
            first = where.operand == -1 and event.index == 0
            each = where.operand == -2 and event.sure
            if first or each or where.operand == operands:
                yield event, "{}"
        elif event.name in templates and (event.value is not None or event.open):
            yield event, templates[event.name]
        elif event.name == where.relative and event.value is not None:
            yield event, "{}"


def _defaults(where: Where, version: str, prefix: str | None, context: Context) -> list[str]:
    candidates: list[str] = []
    named: list[str] = []
    for default in where.default:
        if "#" in default and not version:
            candidates += glob(context.tree, default.replace("#", "[0-9]*"))
            continue
        path = absolute(default.replace("#", version), prefix or context.directory)
        if path is not None:
            candidates.append(path)
            named += [path] if default.startswith("/") else []
    there = [path for path in candidates if context.there(path)]
    if where.many and there:
        return there
    return there[:1] or named[:1] or candidates[:1]


def _decide(
    config: Config, found: Sequence[tuple[str, Setting]], brought: Mapping[str, Brought] = _NONE
) -> Answer:
    answers = [_key(config, key, found, brought) for key in config.keys]
    said = [answer for answer in answers if answer.does is not None]
    for does in (Does.UNKNOWN, *_order(config.wins)):
        for answer in said:
            if answer.does is does:
                return answer
    return Answer(None)


def _order(wins: str) -> tuple[Does, ...]:
    first = Does.DAEMONIZES if wins == "daemonizes" else Does.FOREGROUND
    second = Does.FOREGROUND if wins == "daemonizes" else Does.DAEMONIZES
    return first, second, Does.LEAVES


def _key(
    config: Config, key: Key, found: Sequence[tuple[str, Setting]], brought: Mapping[str, Brought]
) -> Answer:
    sections = None if config.section is None else {s.lower() for s in config.section}
    name = key.name if config.cased else key.name.lower()
    hits = [
        (path, s)
        for path, s in found
        if (s.key if config.cased else s.key.lower()) == name
        and (sections is None or s.section.lower() in sections)
    ]
    if not hits:
        return Answer(key.unset)
    path, setting = _counting(config, key, hits)
    does, value = _value(config, key, setting.value), setting.value
    said = setting.shown or line(config, setting.key, value)
    because = f'"{said}"' + (f" in /{path}" if path else "")
    copied = brought.get(path)
    if copied is not None:
        because = f'"{said}" in {copied.source}, which is copied to /{path}'
    if does is Does.UNKNOWN:
        because = f"{because} is not a value that can be told"
    file = path if copied is None else copied.path
    place = Place(file, Span(setting.start, setting.end)) if path else None
    return Answer(does, because, place)


def _counting(config: Config, key: Key, hits: Sequence[tuple[str, Setting]]) -> tuple[str, Setting]:
    """Of settings of one key, that which counts."""
    doing = (hit for hit in hits if _value(config, key, hit[1].value).value == config.repeated)
    return next(doing, hits[0 if config.repeated == "first" else -1])


def _value(config: Config, key: Key, value: str) -> Does:
    does = key.values.get(value if config.cased else value.lower())
    if does is not None:
        return does
    if HOLE.search(value):
        return Does.UNKNOWN
    return key.values.get("*", Does.UNKNOWN)


_GAP = r"""(?:[\s=:"'>]|\\s[*+]?|\\[nt"'])+"""
"""What may stand between a key and its value, in a file or in what writes it."""


def acquitting(config: Config) -> re.Pattern[bytes] | None:
    """What a Dockerfile, a template or a script would say to set the keys to a value that keeps in front."""
    if config.format == "whole":
        return (
            re.compile("|".join(re.escape(d) for d in config.where.default).encode())
            if config.where.default
            else None
        )
    keys = [_said(key, config) for key in config.keys]
    if config.format == "text":
        keys.append(_GAP.join(re.escape(word) for word in re.findall(r"[\w.-]+", config.acquits)))
    pattern = "|".join(key for key in keys if key)
    return re.compile(rb"(?i)" + pattern.encode("utf-8", "replace")) if pattern else None


def _said(key: Key, config: Config) -> str:
    if config.format == "text":
        stays = any(does is Does.FOREGROUND for does in key.values.values())
        return f"(?:{key.name})" if stays else ""
    values = [v for v, does in key.values.items() if does is Does.FOREGROUND]
    if values == [""]:
        return rf"(?<![\w#;-]){re.escape(key.name)}(?![\w-])"
    listed = "|".join(r"\S" if value == "*" else re.escape(value) for value in values if value)
    if not listed:
        return rf"\bsed\b[^\n]*\b{re.escape(key.name)}\b"
    return rf"(?:(?<![\w-])|(?<=\\[nt])){re.escape(key.name)}{_GAP}(?:(?:{listed})(?!\w)|[$%@{{<])"
