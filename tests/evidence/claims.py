"""What a knowledge file claims, and which of its claims a command line bears upon."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from s6kit.chain.peel import Effect, peel
from s6kit.daemons.assess import Case
from s6kit.daemons.clues import YES, conditional, meets, present
from s6kit.daemons.context import Context
from s6kit.daemons.facts import Clue, Config, Daemon, Does, Key
from s6kit.daemons.interpreters import script
from s6kit.daemons.knowledge import Knowledge, shipped
from s6kit.daemons.settings import consult, inline
from s6kit.model import DictTree, File
from s6kit.value import Value, known

STAYS = (Does.FOREGROUND, Does.DAEMONIZES)


@dataclass(frozen=True)
class Run:
    """One command line and all that it needs: the fields of an evidence line that are known before."""

    package: str
    run: str
    config: Mapping[str, str]
    environment: Mapping[str, str]
    setup: str = ""
    user: str = ""
    directory: str = ""
    note: str = ""

    @property
    def argv(self) -> tuple[str, ...]:
        return tuple(shlex.split(self.run))


def line(raw: Mapping[str, Any]) -> Run:
    """The run that an evidence line tells of."""
    return Run(
        raw["package"],
        raw["run"],
        raw.get("config", {}),
        raw.get("environment", {}),
        *(raw.get(key, "") for key in ("setup", "user", "directory", "note")),
    )


def case(daemon: Daemon, run: Run, files: Mapping[str, bytes] | None = None) -> Case | None:
    """The command line as the linter would judge it for this daemon, with the files that a package brings.

    None where it runs something else.
    """
    knowledge = shipped().layered([daemon])
    there = {path: File(data) for path, data in (files or {}).items()}
    there |= {path.lstrip("/"): File(text.encode()) for path, text in run.config.items()}
    words, through = _inner(daemon, knowledge, tuple(known(word) for word in run.argv))
    environment = {name: known(value) for name, value in run.environment.items()}
    context = Context(DictTree(there), environment, run.directory or "/", through=through)
    path = words[0].text or "" if words else ""
    name = path.rpartition("/")[2]
    first = words[1].text if len(words) > 1 else None
    tries = [(f"{through} {name}", name, 1), (f"{path} {first}", f"{name} {first}", 2), (path, name, 1)]
    for key, called, skip in tries:
        for found in knowledge.find(key):
            if found.daemon.name == daemon.name:
                return Case(daemon, called, found.version, words[skip:], context)
    return None


def _inner(daemon: Daemon, knowledge: Knowledge, words: tuple[Value, ...]) -> tuple[tuple[Value, ...], str]:
    """The command that chain-loading programs and interpreters lead to, and `busybox` if through that.

    Nothing where one of these decides itself what becomes of the pid.
    """
    through = ""
    while not _is(daemon, knowledge, words) and (peeled := peel(words)) is not None:
        if peeled.effect is not Effect.EXECS:
            return (), ""
        words = tuple(word for word in peeled.rest if isinstance(word, Value))
        through = peeled.wrapper.name if peeled.wrapper.name == "busybox" else ""
    if not _is(daemon, knowledge, words):
        words = script(words) or words
    return words, through


def _is(daemon: Daemon, knowledge: Knowledge, words: Sequence[Value]) -> bool:
    texts = [word.text or "" for word in words[:2]]
    keys = (*texts[:1], " ".join(texts))
    return any(found.daemon.name == daemon.name for key in keys for found in knowledge.find(key))


def claims(daemon: Daemon) -> dict[str, Does]:
    """Everything of the file that a run can prove: a label for each claim, and what it says happens."""
    found: dict[str, Does] = {}
    for name, mode in (("", daemon.main), *daemon.subcommands.items()):
        found[labelled(name, "bare")] = mode.bare
        own = mode.clues[: len(mode.clues) - len(daemon.main.clues)] if name else mode.clues
        found |= {labelled(name, spelled(clue)): does for clue, does in own}
    for rule in daemon.rules:
        found[" ".join(spelled(clue) for clue in rule.when)] = rule.then
    for variable in daemon.environment:
        found |= {f"${variable.name}={value}": does for value, does in variable.values.items()}
        if variable.arguments:
            found[f"${variable.name}"] = Does.FOREGROUND
    for config in daemon.config:
        for key in config.keys:
            found |= {setting(daemon, config, key, does): does for does in key.values.values()}
    return {label: does for label, does in found.items() if does in STAYS}


def touched(found: Case) -> frozenset[str]:
    """The labels of the claims that this command line bears upon."""
    mode, _, name = found.mode
    daemon, context, labels = found.daemon, found.context, set()
    for place, clues in (("", daemon.main.clues), (name, mode.clues)):
        for event in found.events:
            met = [(clue, does) for clue, does in clues if meets(clue, event) == YES]
            exact = [(clue, does) for clue, does in met if conditional(clue)]
            labels |= {labelled(place, spelled(clue)) for clue, does in exact or met if does in STAYS}
    for variable in daemon.environment:
        value = context.environment.get(variable.name)
        if value is not None:
            said = (value.text or "").lower()
            labels.add(
                f"${variable.name}"
                + (f"={said if said in variable.values else '*'}" if variable.values else "")
            )
    for config in daemon.config:
        labels |= {label for key in config.keys for label in _set(found, config, key)}
    for rule in daemon.rules:
        when = [present(clue, found.events, context.environment) == YES for clue in rule.when]
        unless = [present(clue, found.events, context.environment) == YES for clue in rule.unless]
        if when and all(when) and not any(unless):
            labels.add(" ".join(spelled(clue) for clue in rule.when))
    return frozenset(labels or {labelled(name, "bare")})


def _set(found: Case, config: Config, key: Key) -> Iterator[str]:
    """The labels of a setting that the files or the words of this command line hold."""
    alone = replace(config, keys=(replace(key, unset=None),))
    answer = consult(alone, found.events, found.version, found.context)
    if answer.does is not None and answer.place is not None:
        yield setting(found.daemon, config, key, answer.does)
    for event in found.events:
        if event.name in config.inline and event.value is not None:
            does = inline(alone, event.value).does
            if does is not None:
                yield setting(found.daemon, config, key, does)


def spelled(clue: Clue) -> str:
    """A clue as knowledge files write it."""
    value = "|".join(clue.values) if clue.values else f"/{clue.matches}/" if clue.matches else None
    return "|".join(clue.names) + (f"={value}" if value is not None else "")


def setting(daemon: Daemon, config: Config, key: Key, does: Does) -> str:
    """The label of the values of a key that do the same; with the format where the file knows several."""
    values = "|".join(value for value, then in key.values.items() if then is does)
    formats = [c.format for c in daemon.config]
    behind = f" ({config.format})" if len(formats) > 1 else ""
    return f"{key.name}={values}{behind}"


def labelled(subcommand: str, words: str) -> str:
    """The label of a claim about a subcommand, or about the daemon itself."""
    return f"{subcommand} {words}".strip()
