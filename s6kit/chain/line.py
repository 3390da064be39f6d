"""A command line read by a row of the table of chain-loading programs."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from s6kit.chain.loaders import ATTACHED, NEEDED, NONE, Row, Stage
from s6kit.dataclass import replace
from s6kit.regex import regex
from s6kit.value import BlockValue, Field, Value, known

_NUMBER = regex(r"-[-+]?\d+")
_ASSIGNMENT = regex(r"[^-=][^=]*=")
# An unquoted unknown in such a place is taken as the one word it is meant to be.
_ACCOUNT = ("user", "envuser")


class Unlike(Exception):
    """The command line is not one that starts anything."""


class Unclear(Exception):
    """Where the rest begins cannot be told; the text says why."""


class Reading:
    """What a command line holds. Raises Unlike and Unclear.

    `given` are options and words by what they mean, `said` the last of each; `blocks` are execline's;
    `options` is all that is written as an option or its argument; `rest` is what is left.
    """

    def __init__(self, row: Row, name: str, argv: Sequence[Field]) -> None:
        self.row, self.name, self.argv = row, name, argv
        self.at = 1
        self.given: list[tuple[str, Value | None]] = []
        self.blocks: list[tuple[str, BlockValue]] = []
        self.assignments: list[Value] = []
        self.options: list[str] = []
        self.said: dict[str, Value | None] = {}
        for stage in row.stages:
            self._options(stage)
            for role in stage.words:
                self._word(role, stage)
        self.rest = tuple(self._operands(row.stages[-1]) if "..." in row.marks else self.argv[self.at :])

    def _operands(self, stage: Stage) -> list[Field]:
        """What is left where options may stand between words."""
        found: list[Field] = []
        while self.at < len(self.argv):
            if self.at > 1 and getattr(self.argv[self.at - 1], "text", None) == "--":
                return [*found, *self.argv[self.at :]]
            found.append(self.argv[self.at])
            self.at += 1
            self._options(stage)
        return found

    def _options(self, stage: Stage) -> None:
        while self.at < len(self.argv):
            value = self.argv[self.at]
            if not isinstance(value, Value):
                return
            text = value.text
            if text is None:
                text = self._unknown(value, stage)
            if text is None or text[:1] != "-" or (text == "-" and "-" not in stage.options):
                return
            if not stage.options and text != "--":
                return
            self.at += 1
            if text == "--":
                return
            self._option(text, value, stage)

    def _unknown(self, value: Value, stage: Stage) -> str | None:
        """The start of an option whose end is not known; None where a word begins instead."""
        prefix = value.prefix
        if prefix and prefix[0] != "-":
            return None
        long = prefix.startswith("--")
        if (long and "=" in prefix) or (not long and len(prefix) > 1 and self._takes(prefix[:2], stage)):
            return prefix
        follows = stage.words[0] if stage.words else ""
        if not prefix and (self.row.marks & {"~", "..."} or self._begins(follows, value, stage)):
            return None
        raise Unclear(self._why(value))

    @staticmethod
    def _begins(follows: str, value: Value, stage: Stage) -> bool:
        """Whether an unknown value must be the word that `follows` the options, or the rest."""
        if value.many:
            return not stage.options and follows in ("", *_ACCOUNT)
        return not stage.options or follows[:1] not in ("", "'", "{", "A")

    @staticmethod
    def _takes(option: str, stage: Stage) -> bool:
        return stage.options.get(option, (NONE, ""))[0] != NONE

    def _why(self, value: Value) -> str:
        why = value.why or "it depends on a value that is not known"
        return f"where the command behind {self.name} begins cannot be told: {why}"

    def _option(self, text: str, value: Value, stage: Stage) -> None:
        self.options.append(text)
        if _NUMBER.fullmatch(text) and "-#" in stage.options:
            return
        if text == "-":
            self._give(stage.options["-"][1], None)
        elif text.startswith("--"):
            self._long(text, value, stage)
        else:
            self._short(text, value, stage)

    def _long(self, text: str, value: Value, stage: Stage) -> None:
        option, equals, attached = text.partition("=")
        argument, meaning = self._known(option, stage)
        if equals:
            self._give(meaning, _tail(value, attached))
        elif argument == NEEDED:
            self._give(meaning, self._argument())
        else:
            self._give(meaning, None)

    def _known(self, option: str, stage: Stage) -> tuple[str, str]:
        if option in stage.options:
            return stage.options[option]
        if option in ("--help", "--version"):
            raise Unlike
        alike = [each for each in stage.options if each.startswith(option) and option != "--"]
        if len(alike) == 1:
            return stage.options[alike[0]]
        if option.startswith("--") and "--*" in stage.options:
            return ATTACHED, ""
        raise Unclear(f"s6kit does not know the option {option} of {self.name}")

    def _short(self, text: str, value: Value, stage: Stage) -> None:
        for index, letter in enumerate(text[1:], 2):
            argument, meaning = self._known("-" + letter, stage)
            if argument == NONE:
                self._give(meaning, None)
                continue
            attached = text[index:]
            if attached or value.text is None:
                self._give(meaning, _tail(value, attached))
            else:
                self._give(meaning, self._argument() if argument == NEEDED else None)
            return

    def _argument(self) -> Value:
        if self.at >= len(self.argv):
            raise Unlike
        value = self.argv[self.at]
        if isinstance(value, BlockValue):
            raise Unlike
        self.at += 1
        if value.text is not None:
            self.options.append(value.text)
        return _one(value)

    def _give(self, meaning: str, value: Value | None) -> None:
        if meaning == "ends":
            raise Unlike
        if meaning == "split" and value is not None:
            self.argv = (*self.argv[: self.at], *self._split(value), *self.argv[self.at :])
        elif meaning:
            self._mean(meaning, value)

    def _mean(self, meaning: str, value: Value | None) -> None:
        self.given.append((meaning, value))
        self.said[meaning] = value or self.said.get(meaning)

    def _split(self, value: Value) -> list[Field]:
        """The words that `env -S` makes of its string."""
        if value.text is None or "$" in value.text or "\\" in value.text:
            raise Unclear(self._why(value))
        try:
            return [known(word, value.span) for word in shlex.split(value.text, comments=True)]
        except ValueError:
            raise Unclear(self._why(value)) from None

    def _word(self, role: str, stage: Stage) -> None:
        if role == "A=b":
            self._assignments()
            return
        if role == "source" and "same" in self.said:
            return
        if self.at >= len(self.argv):
            raise Unlike
        value = self.argv[self.at]
        self.at += 1
        if isinstance(value, BlockValue) != (role[0] == "{"):
            raise Unlike
        if isinstance(value, BlockValue):
            self.blocks.append((role, value))
        elif role[0] == "'" and value.text not in role[1:-1].split(","):
            raise Unlike
        elif value.many and role not in _ACCOUNT:
            raise Unclear(self._why(value))
        elif role != "word":
            self._mean(role, _one(value))

    def _assignments(self) -> None:
        while self.at < len(self.argv):
            value = self.argv[self.at]
            if not isinstance(value, Value):
                return
            text = value.prefix if value.text is None else value.text
            if value.text is None and not text:
                raise Unclear(self._why(value))
            if not _ASSIGNMENT.match(text):
                return
            self.assignments.append(value)
            self.at += 1


def _one(value: Value) -> Value:
    """A value in a place that takes one word."""
    return replace(value, many=False) if value.many else value


def _tail(value: Value, attached: str) -> Value:
    """The argument that is attached to an option."""
    if value.text is None:
        return replace(value, prefix=attached, many=False)
    return replace(value, text=attached)
