"""The knowledge base as it is read: an index of program names, and one compiled line a daemon."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from fnmatch import translate
from functools import cache
from pathlib import Path
from typing import Any

from s6kit.daemons.facts import Daemon, decode
from s6kit.dataclass import dataclass
from s6kit.regex import regex

_HERE = Path(__file__).parent
REGISTRY = _HERE / "registry.txt"
COMPILED = _HERE / "compiled.jsonl"
_SPECIAL = regex(r"[]#*?[]")


@dataclass(frozen=True, slots=True)
class Known:
    """A daemon that a program's name stands for.

    `version` is what `#` in the name stood for; `alone` is False where other daemons go by the same name.
    """

    daemon: Daemon
    version: str = ""
    alone: bool = True


@dataclass()
class Knowledge:
    """Programs and the daemons they are, decoded when they are first met.

    `programs` maps a program's name to daemons; a name with `#` (digits and dots) or `*` is a pattern, one
    with a slash is compared with the whole path.
    """

    programs: Mapping[str, Sequence[str]]
    lines: bytes = b""
    own: Mapping[str, Daemon] = field(default_factory=dict)
    _decoded: dict[str, Daemon] = field(default_factory=dict)
    _found: dict[str, tuple[Known, ...]] = field(default_factory=dict)
    _patterns: dict[tuple[bool, bool], list[tuple[str, str, str]]] = field(default_factory=dict)

    def find(self, program: str) -> tuple[Known, ...]:
        """The daemons that the program (a path or a name, perhaps with the first word behind) stands for."""
        if program not in self._found:
            self._found[program] = self._find(program)
        return self._found[program]

    def _find(self, program: str) -> tuple[Known, ...]:
        head, _, word = program.partition(" ")
        name = head.rsplit("/", 1)[-1] + (" " + word if word else "")
        return (
            self._known(self.programs.get(program, ()), "")
            or (self._matching(program, True) if "/" in program else ())
            or self._known(self.programs.get(name, ()), "")
            or self._matching(name, False)
        )

    def _matching(self, program: str, whole: bool) -> tuple[Known, ...]:
        for key, begin, end in self._keys().get((whole, " " in program), ()):
            likely = program.startswith(begin) and program.endswith(end)
            match = _pattern(key).fullmatch(program) if likely else None
            if match:
                return self._known(self.programs[key], match.groupdict().get("version") or "")
        return ()

    def _known(self, names: Sequence[str], version: str) -> tuple[Known, ...]:
        return tuple(Known(self.daemon(name), version, len(names) == 1) for name in names)

    def _keys(self) -> Mapping[tuple[bool, bool], Sequence[tuple[str, str, str]]]:
        """The patterns, the longest first, each with what a program must begin and end with.

        Those of paths, and those with a word behind, are kept apart.
        """
        if not self._patterns:
            keys = (key for key in self.programs if "#" in key or "*" in key)
            for key in sorted(keys, key=len, reverse=True):
                plain = _SPECIAL.split(key)
                self._patterns.setdefault(("/" in key, " " in key), []).append((key, plain[0], plain[-1]))
        return self._patterns

    def daemon(self, name: str) -> Daemon:
        """The daemon of that name; KeyError if there is none."""
        if name in self.own:
            return self.own[name]
        if name not in self._decoded:
            self._decoded[name] = decode(self.raw(name))
        return self._decoded[name]

    def raw(self, name: str) -> dict[str, Any]:
        """The whole compiled form of a daemon; KeyError if there is none."""
        if name in self.own:
            return dict(self.own[name].raw)
        start = self.lines.find(b'{"daemon": ' + json.dumps(name).encode() + b",")
        if start < 0:
            raise KeyError(name)
        raw: dict[str, Any] = json.loads(self.lines[start : self.lines.index(b"\n", start)])
        return raw

    def names(self) -> tuple[str, ...]:
        """All daemons, sorted."""
        ours = (
            match[1].decode() for match in re.finditer(rb'^\{"daemon": "([^"]+)"', self.lines, re.MULTILINE)
        )
        return tuple(sorted({*ours, *self.own}))

    def layered(self, own: Sequence[Daemon]) -> Knowledge:
        """This knowledge with one's own on top: of the programs that these name, they alone speak."""
        programs: dict[str, Sequence[str]] = dict(self.programs)
        fresh: dict[str, list[str]] = {}
        for daemon in own:
            for program in daemon.raw["programs"]:
                fresh.setdefault(program, []).append(daemon.name)
        return Knowledge(programs | fresh, self.lines, {daemon.name: daemon for daemon in own})


def _pattern(key: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\?#", lambda _: r"(?P<version>[0-9][0-9.]*)", translate(key)))


@cache
def shipped() -> Knowledge:
    """The knowledge that comes with s6kit."""
    programs: dict[str, list[str]] = {}
    for line in REGISTRY.read_text("utf-8").splitlines():
        if line and not line.startswith("//"):
            program, _, names = line.partition("\t")
            programs[program] = names.split()
    return Knowledge(programs, COMPILED.read_bytes())


def names() -> tuple[str, ...]:
    """All daemons that s6kit ships knowledge of, sorted."""
    return shipped().names()


def describe(name: str, knowledge: Knowledge | None = None) -> dict[str, Any] | None:
    """All that is known of a daemon, by its name or that of one of its programs; None if nothing is."""
    base = knowledge or shipped()
    try:
        return base.raw(name)
    except KeyError:
        found = base.find(name)
        return dict(found[0].daemon.raw) if found else None
