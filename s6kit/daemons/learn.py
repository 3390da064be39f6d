"""A knowledge file for a program that nobody knows, out of its own help and of what was seen of it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence

from s6kit.dataclass import dataclass
from s6kit.observation import Fate, Observation
from s6kit.regex import regex

_TELLS = regex(r"(?i)foreground|daemon|detach|background|fork(ing|s)?\b")
_LINE = regex(r"\s{0,12}(-{1,2}[\w?].*)")
_BRACKETS = regex(r"\[(-[^][]+)\]")
_VALUE = r"\[=[^\]]*\]|[= ]<[^>]+>|[= ]\[[^\]]+\]|=\S+| [A-Z][A-Z0-9_-]*\b"
_NAME = regex(rf"(?<![\w-])(--?[A-Za-z0-9?][\w-]*)({_VALUE})?")
_PLAIN = regex(r"[A-Za-z/][\w./+-]*|--?[A-Za-z][\w-]*")
_OTHERWISE = ("yes", "no", "true", "false", "on", "off", "null", "y", "n")


@dataclass(frozen=True, slots=True)
class Option:
    """An option that a help text lists: its names, whether it takes a value, the words that explain it."""

    names: tuple[str, ...]
    valued: bool
    about: str

    @property
    def decides(self) -> bool:
        """Whether it seems to be about staying in front or forking away, and can be given alone."""
        return not self.valued and bool(_TELLS.search(" ".join((*self.names, self.about))))


@dataclass(frozen=True, slots=True)
class Tried:
    """A command line that was watched: `word` is what was added to the one given (empty: nothing)."""

    word: str
    argv: tuple[str, ...]
    seen: Observation


def options(text: str) -> Iterator[Option]:
    """The options of a help text: of lines that begin with one, and of those in brackets, `[-f|--fork]`."""
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        heads = [match[1]] if match is not None else _BRACKETS.findall(line)
        for whole in heads:
            head, _, about = whole.replace("\t", "  ").partition("  ")
            found = _NAME.findall(head)
            if found:
                valued = any(value for _, value in found)
                yield Option(tuple(name for name, _ in found), valued, about.strip())


def candidates(text: str) -> tuple[str, ...]:
    """The words of a help text that are worth a try: one of each option that seems to decide."""
    return tuple(dict.fromkeys(option.names[0] for option in options(text) if option.decides))


def knowledge(tried: Sequence[Tried], text: str, package: Mapping[str, str]) -> str:
    """The file, as YAML.

    `tried` begins with the command as it was given, `text` is the program's help, `package` holds the fields
    `package` and perhaps `version` of an evidence line.
    """
    name = tried[0].argv[0].rsplit("/", 1)[-1]
    bare = {Fate.FOREGROUND: "foreground", Fate.DAEMONIZED: "daemonizes"}
    found = tuple(options(text))
    lines = [
        f"daemon: {_word(name)}",
        f"title: {_word(f'learned from runs of {name}')}",
        f"programs: [{_word(name)}]",
        f"bare: {bare.get(tried[0].seen.outcome, 'unknown')}",
        *_options(found),
        *_words(tried[1:], found),
        *_stays(tried, name),
        "evidence:",
        *(f"  - {_evidence(each, package)}" for each in tried),
    ]
    return "".join(f"{line}\n" for line in lines)


def _options(found: Iterable[Option]) -> Iterator[str]:
    """What is needed to take a command line apart."""
    valued = {name: option.valued for option in found for name in option.names}
    short = {name[1:]: takes for name, takes in valued.items() if name[1] != "-"}
    long = {name[2:]: takes for name, takes in valued.items() if name[1] == "-"}
    parts = []
    if any(len(letter) > 1 for letter in short):
        parts, long, short = ["style: single"], short | long, {}
    if short:
        parts.append(f"short: {_word(''.join(name + ':' * takes for name, takes in short.items()))}")
    if long:
        parts.append(f"long: {_word(' '.join(name + '=' * takes for name, takes in long.items()))}")
    if parts:
        yield f"options: {{{', '.join(parts)}}}"


def _words(tried: Sequence[Tried], found: Sequence[Option]) -> Iterator[str]:
    """What each word did, with the other names of its option."""
    for key, fate in (("foreground", Fate.FOREGROUND), ("daemonizes", Fate.DAEMONIZED)):
        words = [each.word for each in tried if each.seen.outcome is fate]
        names = [name for word in words for option in found if word in option.names for name in option.names]
        if names:
            yield f"{key}: [{', '.join(map(_word, dict.fromkeys(names)))}]"


def _stays(tried: Sequence[Tried], name: str) -> Iterator[str]:
    """The command line that stays, and the signal that ended it."""
    stays = next((each for each in tried if each.seen.outcome is Fate.FOREGROUND), None)
    if stays is not None:
        yield f"remedy: {_word(shlex.join((name, *stays.argv[1:])))}"
        stop = stays.seen.stop
        if stop is not None and not stop.killed:
            yield f"stop: {{signal: {stop.signal.removeprefix('SIG')}, source: it was seen to end}}"


def _evidence(tried: Tried, package: Mapping[str, str]) -> str:
    seen = tried.seen
    fields = {**package, "run": shlex.join(tried.argv), "observed": seen.outcome.value}
    if seen.outcome is Fate.FOREGROUND:
        fields["watched"] = f"{seen.watched:.0f}"
    return (
        "{" + ", ".join(f"{key}: {_word(value)}" for key, value in (*fields.items(), ("by", "probe"))) + "}"
    )


def _word(text: str) -> str:
    """A word as YAML takes it: as it is, or in quotes."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _OTHERWISE else json.dumps(text)
