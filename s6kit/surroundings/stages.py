"""What a Dockerfile does to the files of its image: COPY, ADD and RUN, in order, as far as that is plain."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from posixpath import basename, dirname, join, normpath

from s6kit.dataclass import dataclass
from s6kit.regex import regex
from s6kit.surroundings.modes import CONTINUED, glob
from s6kit.surroundings.variables import assignments, plain

_MOST = 400  # instructions that are looked at
_INSTRUCTION = regex(
    r"^[ \t]*(?:ONBUILD[ \t]+)?(FROM|COPY|ADD|RUN|ENV|ARG|WORKDIR|USER|LABEL|EXPOSE|VOLUME|CMD|ENTRYPOINT"
    r"|SHELL|STOPSIGNAL|HEALTHCHECK|MAINTAINER)[ \t]+",
    re.MULTILINE | re.IGNORECASE,
)
_FROM = regex(r"(?:--\S+[ \t]+)*(\S+)(?:[ \t]+as[ \t]+(\S+))?", re.IGNORECASE)
_OPTION = regex(r"--(\S+)[ \t]+")
_PATTERN = regex(r"[*?\[]")

Known = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Run:
    """A RUN, with all that stands in it."""

    text: str


@dataclass(frozen=True, slots=True)
class Copy:
    """One source of a COPY or an ADD, and its target, without a slash in front.

    `source` is a path in the build context or in `stage`; None: that cannot be known. `into`: the target is a
    directory for sure.
    """

    source: str | None
    target: str
    into: bool
    stage: Stage | None = None

    def origins(self, place: str) -> Iterator[str | None]:
        """What may lie at `place` of the image then: a file that is named, or one in a directory."""
        if self.source is None:
            if place == self.target:
                yield None
            return
        name = basename(self.source)
        if _PATTERN.search(name):
            if dirname(place) == self.target and re.fullmatch(glob(name), basename(place)):
                yield join(dirname(self.source), basename(place))
            return
        if place == join(self.target, name) or (place == self.target and not self.into):
            yield self.source
        if f"{place}/".startswith(f"{self.target}/".lstrip("/")):
            yield join(self.source, place[len(self.target) :].lstrip("/"))


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage with all that it is built on in the same file; `directory` is where it ends up, if known."""

    steps: tuple[Copy | Run, ...] = ()
    directory: str = ""


def image(text: str) -> Stage:
    """The last stage of a Dockerfile, which is the image; of a part without any FROM, all of it."""
    sections: list[list[tuple[str, str]]] = [[]]
    for kind, body in _instructions(text):
        if kind == "FROM":
            sections.append([])
        sections[-1].append((kind, body))
    known: Known = {}
    found: dict[str, Stage] = {}
    stage = Stage()
    for number, section in enumerate(sections):
        match = _FROM.match(section[0][1]) if number else None
        base = plain(match[1], known) if match else None
        stage = _stage(section, found.get((base or "").lower(), Stage()), found, known)
        if match:
            found[str(number - 1)] = stage
            found[(match[2] or "").lower()] = stage
    return stage


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    """Each instruction with all that belongs to it, the lines of a here-document included."""
    text = CONTINUED.sub(" ", text)
    matches = list(_INSTRUCTION.finditer(text))
    for match, after in zip(matches[:_MOST], [*matches[1:], None], strict=False):
        yield match[1].upper(), text[match.end() : after.start() if after else len(text)]


def _stage(section: list[tuple[str, str]], base: Stage, stages: Mapping[str, Stage], known: Known) -> Stage:
    """What a section adds to the stage that it is built on; `known` are variables, and grow."""
    steps, directory = [*base.steps], base.directory
    for kind, body in section:
        if kind in ("ENV", "ARG"):
            for _, name, written in assignments(f"{kind} {body}"):
                value = plain(written, known)
                if kind == "ENV" or value is not None:
                    known[name] = value
        elif kind == "WORKDIR":
            path = plain(body.strip(), known)
            directory = "" if path is None else _absolute(path, directory)
        elif kind == "RUN":
            steps.append(Run(body))
        elif kind in ("COPY", "ADD"):
            steps += _copies(body.partition("\n")[0], known, directory, stages)
    return Stage(tuple(steps), directory)


def _copies(line: str, known: Known, directory: str, stages: Mapping[str, Stage]) -> Iterator[Copy]:
    options = []
    while match := _OPTION.match(line):
        options.append(match[1])
        line = line[match.end() :]
    words = _listed(line) or line.split()
    *sources, target = [plain(word, known) for word in words] or [None]
    lands = _absolute(target, directory) if target is not None else ""
    if not lands or target is None or "parents" in options:
        return
    named = next((option[5:] for option in options if option.startswith("from=")), "")
    stage = stages.get((plain(named, known) or "").lower()) if named else None
    into = target.endswith(("/", "/.")) or len(sources) > 1
    for source in sources:
        unknown = named and stage is None
        yield Copy(None if unknown else _source(source), normpath(lands).lstrip("/"), into, stage)


def _listed(line: str) -> list[str]:
    """The words of the form that is written as JSON; none where it is not."""
    try:
        words = json.loads(line) if line.startswith("[") else []
    except (ValueError, RecursionError):
        return []
    return [json.dumps(word) for word in words if isinstance(word, str)]


def _absolute(path: str, directory: str) -> str:
    """The path from the root; empty where it is relative to what is not known."""
    if path.startswith("/"):
        return path
    return f"{directory}/{path}" if directory else ""


def _source(word: str | None) -> str | None:
    """A path as it is from the build context; None where that is not known, or not where it comes from."""
    if word is None or "://" in word or word.startswith("<<") or ".." in word.split("/"):
        return None
    return None if _PATTERN.search(dirname(word)) else normpath(f"/{word}").lstrip("/")
