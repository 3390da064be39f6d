"""The runs that a trial of a knowledge file makes possible, one for each claim and each way to type it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from s6kit.daemons.assess import Case
from s6kit.daemons.facts import Clue, Daemon, Does, Mode
from tests.evidence.claims import STAYS, Run, case, labelled, setting, spelled


def derived(daemon: Daemon, trial: Mapping[str, Any]) -> Iterator[tuple[str, Run]]:
    """Runs, each with the label of the claim it is for: bare, words, rules, variables, settings."""
    made = _Trial(daemon, trial)
    base = case(daemon, made.run())
    if base is not None:
        yield from made.words(base)
        yield from made.rules()
        yield from made.variables()
        yield from made.settings()


@dataclass(frozen=True)
class _Trial:
    daemon: Daemon
    raw: Mapping[str, Any]

    @property
    def values(self) -> Mapping[str, str]:
        """What to give to words, variables and keys that want a value."""
        values: Mapping[str, str] = self.raw.get("values", {})
        return values

    def run(
        self, words: str = "", pair: tuple[str, str] | None = None, more: Mapping[str, str] | None = None
    ) -> Run:
        """The trial with these words in the place of `{}`, this setting, and more environment."""
        line = self.raw["run"]
        return Run(
            " ".join(self.raw["package"]),
            line.replace("{}", words) if words else line.replace("{} ", "").replace(" {}", ""),
            {path: _filled(text, pair) for path, text in self.raw.get("config", {}).items()},
            {**self.raw.get("environment", {}), **(more or {})},
            *(self.raw.get(key, "") for key in ("setup", "user", "directory")),
        )

    def words(self, base: Case) -> Iterator[tuple[str, Run]]:
        """Bare, each word that decides, and one for each outcome in both orders."""
        mode, _, name = base.mode
        yield labelled(name, "bare"), self.run()
        own = mode.clues[: len(mode.clues) - len(self.daemon.main.clues)] if name else ()
        for place, clues in ((name, own), ("", self.daemon.main.clues)):
            for clue, does in clues:
                for words in self._typed(clue) if does in STAYS else ():
                    yield labelled(place, spelled(clue)), self.run(words)
        yield from (("order", self.run(words)) for words in self._both(mode))

    def rules(self) -> Iterator[tuple[str, Run]]:
        """Each rule whose words can be typed."""
        for rule in self.daemon.rules:
            clues = [clue for clue in rule.when if clue.names[0] != "session-leader"]
            typed = [next(self._typed(clue), "") for clue in clues]
            if all(typed) and rule.then in STAYS:
                yield " ".join(spelled(clue) for clue in rule.when), self.run(" ".join(typed))

    def variables(self) -> Iterator[tuple[str, Run]]:
        """Each value of each variable of the environment."""
        for variable in self.daemon.environment:
            for value in variable.values:
                given = self.values.get(f"${variable.name}") if value == "*" else value
                if given is not None:
                    yield f"${variable.name}={value}", self.run(more={variable.name: given})

    def settings(self) -> Iterator[tuple[str, Run]]:
        """Each value of each key, where a file of the trial has a place; a pattern cannot be written."""
        if not any("{key}" in text for text in self.raw.get("config", {}).values()):
            return
        for config in self.daemon.config:
            for key in config.keys if config.format != "text" else ():
                for value, does in key.values.items():
                    named = key.name if value == "*" else f"{key.name}={value}"
                    given = self.values.get(named, None if value == "*" else value)
                    if given is not None and does in STAYS:
                        yield setting(self.daemon, config, key, does), self.run(pair=(key.name, given))

    def _both(self, mode: Mode) -> Iterator[str]:
        first: dict[Does, str] = {}
        for clue, does in mode.clues:
            for words in self._typed(clue) if does in STAYS else ():
                first.setdefault(does, words)
        if len(first) == len(STAYS):
            yield " ".join(first[does] for does in STAYS)
            yield " ".join(first[does] for does in reversed(STAYS))

    def _typed(self, clue: Clue) -> Iterator[str]:
        """The clue as it is typed, once for each name; nothing where it wants a value that is not given."""
        for name in clue.names:
            takes = self._takes(name)
            values: list[str | None] = [self.values.get(f"{name}={v}", v) for v in clue.values]
            for value in values or [self.values.get(name)]:
                wanted = bool(clue.matches) or takes == ":" or name.endswith("*")
                if not name.startswith("$") and not (wanted and value is None):
                    yield self._joined(name, takes, value or "")

    def _takes(self, name: str) -> str:
        options = self.daemon.options
        if name.startswith("--") or (name.startswith("-") and options.style == "single"):
            return options.names.get(name.lstrip("-"), "")
        return options.letters.get(name[1:], "") if name.startswith("-") else ""

    def _joined(self, name: str, takes: str, value: str) -> str:
        if name.endswith("*") or not value:
            return name.removesuffix("*") + value
        attached = takes == "::"
        long = name.startswith("--") or self.daemon.options.style == "single"
        return f"{name}{('=' if long else '') if attached else ' '}{shlex.quote(value)}"


def _filled(text: str, pair: tuple[str, str] | None) -> str:
    """The text, its line with `{key}` and `{value}` filled in, or left out."""
    key, value = pair or ("", "")
    lines = text.splitlines(keepends=True)
    kept = (line for line in lines if pair or "{key}" not in line)
    return "".join(line.replace("{key}", key).replace("{value}", value) for line in kept)
