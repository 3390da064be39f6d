"""What is known of one daemon, decoded from the compiled form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import StrEnum
from functools import cached_property
from typing import Any

from s6kit.dataclass import dataclass


class Does(StrEnum):
    """What a daemon does when it meets a word, a line of configuration, or nothing at all."""

    FOREGROUND = "foreground"
    DAEMONIZES = "daemonizes"
    LEAVES = "leaves"  # does a job, prints something, and ends
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Clue:
    """Words of the command line that decide: any of `names`, where its value meets the condition.

    A name is an option as written (`-F`, `--foreground`, `-nodaemon`), an operand (`start-fg`), a variable of
    the environment (`$NAME`) or `session-leader`. `values` are lower-case alternatives, `matches` a regular
    expression to be found in the value; without either any value will do.
    """

    names: tuple[str, ...]
    values: tuple[str, ...] = ()
    matches: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """All of `when` and none of `unless`: then; unknown where anything around mentions `doubt`, a pattern."""

    when: tuple[Clue, ...]
    unless: tuple[Clue, ...]
    then: Does
    because: str = ""
    doubt: str = ""


@dataclass(frozen=True)
class Mode:
    """What a daemon (or one of its subcommands) does bare, and the words that change it."""

    bare: Does
    clues: tuple[tuple[Clue, Does], ...] = ()
    wins: str = "last"

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[tuple[Clue, Does]]]:
        """The clues that each word may meet."""
        found: dict[str, list[tuple[Clue, Does]]] = {}
        for clue, does in self.clues:
            for name in clue.names:
                found.setdefault(name, []).append((clue, does))
        return found


@dataclass(frozen=True)
class Options:
    """The options a program takes: a getopt(3) string, and long names with `=` or `[=]` behind.

    Styles: `getopt`, `posix` (ends at the first operand), `single` (long names with one dash, no bundles),
    `keys` (the dashes of long names may be left out). `fold`: case doesn't matter in long names.
    `operands` False: none are accepted, which tells programs of one name apart. `abbreviated`: long names may
    be cut short, as getopt_long(3) allows, and all of them are listed. `terminator` False: ``--`` doesn't end
    the options. `strict`: in style `single`, two dashes are one too many.
    """

    short: str = ""
    long: tuple[str, ...] = ()
    style: str = "getopt"
    operands: bool = True
    abbreviated: bool = False
    terminator: bool = True
    strict: bool = False
    fold: bool = False

    @cached_property
    def letters(self) -> Mapping[str, str]:
        """Each short option and how it takes a value: ``""``, ``":"`` or ``"::"``."""
        table: dict[str, str] = {}
        text, at = self.short.lstrip("+-:"), 0
        while at < len(text):
            letter, at = text[at], at + 1
            colons = 0
            while at < len(text) and text[at] == ":" and colons < 2:
                colons, at = colons + 1, at + 1
            table[letter] = ":" * colons
        return table

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Each long option, without dashes, and how it takes a value, as for `letters`."""
        table: dict[str, str] = {}
        for name in self.long:
            if name.endswith("[=]"):
                table[name[:-3]] = "::"
            else:
                table[name.removesuffix("=")] = ":" if name.endswith("=") else ""
        return table

    @cached_property
    def folded(self) -> Mapping[str, str]:
        """Long names in lower case, and as they are spelled here."""
        return {name.lower(): name for name in self.names}

    @cached_property
    def prefixes(self) -> tuple[str, ...]:
        """Long names that stand for all that begin so, the longest first."""
        return tuple(sorted((n[:-1] for n in self.names if n.endswith("*")), key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class Key:
    """A setting that decides. Values are lower-case, unless case matters; `*` stands for any other.

    None: as if it were unset.
    """

    name: str
    values: Mapping[str, Does]
    unset: Does | None = None


@dataclass(frozen=True, slots=True)
class Where:
    """Where a daemon's configuration lies.

    `options` pairs an option with a template for the path (`{}` is its value), `operand` is the number of the
    operand that names the file (0: none; -1: the first word, if it is no option; -2: each of them). `#` in a
    default is the version in the program's name.
    `optional`: an absent default is no file at all, rather than one that cannot be seen from here.
    """

    options: tuple[tuple[str, str], ...] = ()
    operand: int = 0
    default: tuple[str, ...] = ()
    optional: bool = False
    many: bool = False
    relative: str = ""
    prefix: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Config:
    """Files that decide, and the keys in them."""

    format: str
    where: Where
    keys: tuple[Key, ...]
    section: tuple[str, ...] | None = None
    include: Mapping[str, str] = field(default_factory=dict)
    include_from: str = "main"
    inline: tuple[str, ...] = ()
    wins: str = "last"
    repeated: str = "last"
    order: str = "words"
    acquits: str = ""
    cased: bool = False
    literal: str = ""
    comment: str = ""
    separator: str = ""
    continued: bool = False
    sections: tuple[str, ...] = ()
    shipped: tuple[Mapping[str, str], ...] = ()
    """Files that packages ship: `file`, `package`, and what it then `does`."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment: its values, or that it holds further arguments."""

    name: str
    values: Mapping[str, Does]
    arguments: bool = False


@dataclass(frozen=True)
class Daemon:
    """All that a verdict needs of one knowledge file; `raw` is the whole of it."""

    name: str
    title: str
    options: Options
    main: Mode
    subcommands: Mapping[str, Mode]
    rules: tuple[Rule, ...]
    environment: tuple[Variable, ...]
    config: tuple[Config, ...]
    remedy: str
    instead: str
    ends: bool
    raw: Mapping[str, Any] = field(repr=False)

    @cached_property
    def inline(self) -> frozenset[str]:
        """The options that carry configuration."""
        return frozenset(name for config in self.config for name in config.inline)

    @cached_property
    def proven(self) -> bool:
        """Whether anything of it was run."""
        return bool(self.raw.get("evidence"))


def decode(raw: Mapping[str, Any]) -> Daemon:
    """A daemon from its compiled form, which is taken to be sound."""
    main = _mode(raw, Does(raw["bare"]), ())
    return Daemon(
        name=raw["daemon"],
        title=raw["title"],
        options=Options(**_tuples(raw.get("options", {}))),
        main=main,
        subcommands={
            name: _mode(sub, Does(sub["bare"]), main.clues, raw.get("wins", "last"))
            for name, sub in raw.get("subcommands", {}).items()
        },
        rules=tuple(
            Rule(
                _clues(r.get("when", ())),
                _clues(r.get("unless", ())),
                Does(r["then"]),
                r.get("because", ""),
                r.get("doubt", ""),
            )
            for r in raw.get("rules", ())
        ),
        environment=tuple(
            Variable(
                name,
                {v.lower(): Does(d) for v, d in var.get("values", {}).items()},
                var.get("arguments", False),
            )
            for name, var in raw.get("environment", {}).items()
        ),
        config=tuple(_config(c) for c in raw.get("config", ())),
        remedy=raw.get("remedy", ""),
        instead=raw.get("instead", ""),
        ends=raw.get("ends", False),
        raw=raw,
    )


def _tuples(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()}


def _clues(raw: Any) -> tuple[Clue, ...]:
    return tuple(Clue(**_tuples(clue)) for clue in raw)


def _mode(
    raw: Mapping[str, Any], bare: Does, more: tuple[tuple[Clue, Does], ...], wins: str = "last"
) -> Mode:
    own = tuple(
        (clue, does)
        for does in (Does.FOREGROUND, Does.DAEMONIZES, Does.LEAVES)
        for clue in _clues(raw.get(does.value, ()))
    )
    return Mode(bare, own + more, raw.get("wins", wins))


def _config(raw: Mapping[str, Any]) -> Config:
    plain = _tuples({k: v for k, v in raw.items() if k not in ("file", "keys")})
    where = _tuples({k: v for k, v in raw.get("file", {}).items() if k != "options"})
    where["options"] = tuple((o, t) for o, t in raw.get("file", {}).get("options", {}).items())
    keys = tuple(
        Key(
            name,
            {v if raw.get("cased") else v.lower(): Does(d) for v, d in key["values"].items()},
            Does(key["unset"]) if "unset" in key else None,
        )
        for name, key in raw["keys"].items()
    )
    return Config(where=Where(**where), keys=keys, **plain)
