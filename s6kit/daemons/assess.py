"""The verdict on one daemon's command line: rules, words, environment, configuration, what is built in.

Every step keeps the set of what may come out. Words that cannot be known add to it all that they could do; an
answer is given only where one is left.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

from s6kit.daemons.clues import MAYBE, NO, YES, all_of, conditional, meets, present
from s6kit.daemons.context import Context
from s6kit.daemons.facts import Clue, Config, Daemon, Does, Mode, Rule
from s6kit.daemons.phrases import because_of, ending, remedy, typed, unseen
from s6kit.daemons.settings import Answer, acquitting, consult, inline, names_file
from s6kit.daemons.words import ANYTHING, OPERAND, Event, events
from s6kit.dataclass import dataclass
from s6kit.text import Span
from s6kit.value import Value
from s6kit.verdict import Place, Stay, Verdict

_STAYS = (Does.FOREGROUND, Does.DAEMONIZES)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an outcome may come about: an event of the command line, or an answer of the configuration."""

    because: str = ""
    event: Event | None = None
    place: Place | None = None


Outcomes = Mapping[Does | None, Reason]
UNDECIDED: Outcomes = {None: Reason()}


class Case:
    """One command line of one daemon: `name` as it is called, `version` as its name says."""

    def __init__(
        self, daemon: Daemon, name: str, version: str, words: tuple[Value, ...], context: Context
    ) -> None:
        self.daemon = daemon
        self.name = name
        self.version = version
        self.context = context
        self.events = events(daemon.options, (*self._borrowed(), *words))
        self.mode = self._mode()

    def _borrowed(self) -> Iterator[Value]:
        """Arguments that the environment adds in front of those of the command line."""
        for variable in self.daemon.environment:
            value = self.context.environment.get(variable.name)
            if variable.arguments and value is not None:
                if value.text is None:
                    yield Value(None, value.span, "", value.why, many=True)
                    continue
                for word in _split(value.text):
                    yield Value(word, value.span, assumed=value.assumed)

    @property
    def refused(self) -> bool:
        """Whether the command line holds an option that this program doesn't know."""
        if "options" not in self.daemon.raw:
            return False
        return any(
            event.sure and (not event.listed or (event.name == OPERAND and not self.daemon.options.operands))
            for event in self.events
        )

    def _mode(self) -> tuple[Mode, bool, str]:
        """The mode that the first operand which is a subcommand chooses; whether that is sure; its name."""
        known = self.daemon.subcommands
        for event in self.events if known else ():
            if event.name == ANYTHING or (event.name == OPERAND and event.value is None):
                return self.daemon.main, False, ""
            if event.name == OPERAND and event.value is not None and event.value in known:
                return known[event.value], True, event.value
        return self.daemon.main, True, ""

    def verdict(self) -> Verdict:
        """The answer, and why."""
        outcomes = self._rules()
        if None in outcomes:
            outcomes = _fill(outcomes, self._words())
        if None in outcomes:
            outcomes = _fill(outcomes, self._environment())
        for does, reason in outcomes.items():
            if len(outcomes) == 1 and does is not None:
                return self._stated(does, reason)
        if len(outcomes) > 1 or not self.mode[1]:
            return self._open(outcomes)
        return self._configured()

    def _rules(self) -> Outcomes:
        found: dict[Does | None, Reason] = {}
        for rule in self.daemon.rules:
            level = self._holds(rule)
            if level == NO:
                continue
            if rule.doubt and self.context.mentions(re.compile(rule.doubt.encode(), re.IGNORECASE)):
                return {Does.UNKNOWN: Reason(f"another file says something of {rule.doubt}")}
            found.setdefault(rule.then, Reason(rule.because, self._first(rule)))
            if level == YES:
                return found
        return {**found, None: Reason()}

    def _holds(self, rule: Rule) -> int:
        context = self.context
        when = [present(c, self.events, context.environment, context.leader) for c in rule.when]
        unless = [YES - present(c, self.events, context.environment, context.leader) for c in rule.unless]
        return all_of(when + unless)

    def _first(self, rule: Rule) -> Event | None:
        for clue in rule.when:
            for event in self.events:
                if meets(clue, event):
                    return event
        return None

    def _words(self) -> Outcomes:
        mode = self.mode[0]
        outcomes = UNDECIDED
        written = next((config for config in self.daemon.config if config.order == "written"), None)
        for event in self.events:
            if written is not None and names_file(written.where, self.events, event):
                answer = consult(written, self.events, self.version, self.context)
                does = Does.UNKNOWN if answer.absent else answer.does
                if does is not None:
                    because = f"{self.name} {ending(does)} because of {answer.because}"
                    outcomes = {does: Reason(because, event, answer.place)}
                continue
            outcomes = self._step(mode, outcomes, event)
        return outcomes

    def _step(self, mode: Mode, outcomes: Outcomes, event: Event) -> Outcomes:
        if event.name == ANYTHING:
            able = {does for _, does in mode.clues if does in _STAYS}
            return _may(outcomes, able.union(_STAYS if self.daemon.inline else ()), event, mode.wins)
        said = event.value if event.name == OPERAND else event.name
        clues = mode.clues if said is None else mode.by_name.get(said, ())
        if not clues and said not in self.daemon.inline:
            return outcomes
        sure, possible = self._effects(clues, event)
        if sure is not None:
            reason = Reason(because_of(self.daemon, self.name, sure, event), event)
            return {
                _apply(mode.wins, known, sure): _keep(known, sure, old, reason, mode.wins)
                for known, old in outcomes.items()
            }
        return _may(outcomes, possible, event, mode.wins) if possible else outcomes

    def _effects(self, clues: Sequence[tuple[Clue, Does]], event: Event) -> tuple[Does | None, set[Does]]:
        """What an event surely does, or all that it may do."""
        said_inline = self._inline(event)
        if said_inline is not None:
            return (None, set(_STAYS)) if said_inline is Does.UNKNOWN else (said_inline, set())
        general: Does | None = None
        possible: set[Does] = set()
        for clue, does in clues:
            level = meets(clue, event)
            if level == YES and conditional(clue):
                return does, set()
            if level == YES:
                general = general or does
            elif level == MAYBE:
                possible.add(does)
        if possible - {general}:
            return None, {does for does in possible | ({general} if general else set()) if does in _STAYS}
        return general, set()

    def _inline(self, event: Event) -> Does | None:
        """What an option that carries configuration says; None where it says nothing of what decides."""
        for config in self.daemon.config:
            if event.name in config.inline:
                text = event.prefix if event.open else event.value or ""
                does = inline(config, text).does
                if does is not None and does is not Does.UNKNOWN and not _by_default(config, text):
                    return does
                if event.open:
                    return Does.UNKNOWN
        return None

    def _environment(self) -> Outcomes:
        for variable in self.daemon.environment:
            value = self.context.environment.get(variable.name)
            if value is None or not variable.values:
                continue
            if value.text is None:
                return {**UNDECIDED, **{does: Reason(value.why) for does in variable.values.values()}}
            does = variable.values.get(value.text.lower(), variable.values.get("*"))
            if does is not None:
                return {does: Reason(f"{self.name} {ending(does)} because of ${variable.name}={value.text}")}
        return UNDECIDED

    def _configured(self) -> Verdict:
        """The answer where no word decides: the files say, or what is built in."""
        for config in self.daemon.config:
            answer = consult(config, self.events, self.version, self.context)
            if answer.does is Does.UNKNOWN:
                return self._unknown(answer.because, answer.place)
            does = answer.does or self.mode[0].bare
            if answer.absent and does is Does.FOREGROUND:
                return self._unknown(unseen(config, answer.absent))
            if not answer.because and answer.does is None and config is not self.daemon.config[-1]:
                continue
            return self._decided(config, answer, does)
        bare = self.mode[0].bare
        return self._stated(bare, Reason(self._bare(bare)))

    def _decided(self, config: Config, answer: Answer, does: Does) -> Verdict:
        because = self._bare(does)
        if answer.because:
            because = f"{self.name} {ending(does)} because of {answer.because}"
        if does is Does.DAEMONIZES:
            keeping = next(
                (s for s in config.shipped if (s["file"], s["does"]) == (answer.absent, "foreground")), None
            )
            if keeping is not None:
                return self._unknown(
                    f"{because}, but {answer.absent} of {keeping['package']} keeps it in front"
                )
            pattern = acquitting(config)
            if pattern is not None and self.context.mentions(pattern):
                return self._unknown(
                    f"{because}, but another file of this repository sets that", answer.place
                )
        return Verdict(
            _STAY[does],
            because,
            self.daemon.name,
            place=answer.place,
            remedy=remedy(self.daemon, config, answer.absent) if does is Does.DAEMONIZES else "",
            absent=answer.absent,
            certain=not answer.absent,
        )

    def _bare(self, does: Does) -> str:
        called = f"{self.name} {self.mode[2]}".strip()
        return f"{called} {ending(does)}" + (
            " unless it is told not to" if does is Does.DAEMONIZES else " by itself"
        )

    def _stated(self, does: Does, reason: Reason) -> Verdict:
        because, event = reason.because, reason.event
        if event is not None and not because:
            because = because_of(self.daemon, self.name, does, event)
        spans: tuple[Span, ...] = ()
        if event is not None:
            words = [event.word] + ([event.given] if event.given is not None else [])
            spans = tuple(word.span for word in words)
            assumed = [f"${name}" for word in words for name in word.assumed]
            because += f" (the default of {' and '.join(dict.fromkeys(assumed))})" if assumed else ""
        fix = remedy(self.daemon, None, "") if does is Does.DAEMONIZES or self.daemon.instead else ""
        repeated, place = self._repeated(does, event)
        return Verdict(
            _STAY[does],
            because,
            self.daemon.name,
            spans,
            place or reason.place,
            fix,
            repeated=repeated,
            job=does is Does.LEAVES or (self.daemon.ends and does in _STAYS),
            wrapper=bool(self.daemon.instead),
        )

    def _repeated(self, does: Does, event: Event | None) -> tuple[bool, Place | None]:
        """Whether the configuration says once more what a daemon wants to hear once only."""
        for config in self.daemon.config:
            if config.repeated == "refused" and event is not None and event.name in config.inline:
                answer = consult(config, self.events, self.version, self.context)
                if answer.place is not None and does in _STAYS:
                    return True, answer.place
        return False, None

    def _open(self, outcomes: Outcomes) -> Verdict:
        doubtful = [event for event in self.events if event.open or event.name == ANYTHING or not event.sure]
        if not doubtful:
            return self._unknown("its words contradict each other")
        event = next((event for event in doubtful if event.source.why), doubtful[0])
        return self._unknown(f"{event.source.why or 'nothing is known of ' + typed(event)}, which may decide")

    def _unknown(self, because: str, place: Place | None = None) -> Verdict:
        return Verdict(Stay.UNKNOWN, because, self.daemon.name, place=place)


_STAY = {
    Does.FOREGROUND: Stay.FOREGROUND,
    Does.DAEMONIZES: Stay.DAEMONIZES,
    Does.LEAVES: Stay.UNKNOWN,
    Does.UNKNOWN: Stay.UNKNOWN,
}


def _by_default(config: Config, text: str) -> bool:
    """Whether what inline text seems to say is only what a key is worth when nobody sets it."""
    return not any(key.name.lower() in text.lower() for key in config.keys)


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _fill(outcomes: Outcomes, more: Outcomes) -> Outcomes:
    """`outcomes`, its undecided part replaced by `more`."""
    return {**more, **{does: reason for does, reason in outcomes.items() if does is not None}}


def _apply(wins: str, known: Does | None, does: Does) -> Does:
    if Does.LEAVES in (known, does):
        return Does.LEAVES
    return known if known is not None and wins in ("first", known.value) else does


def _keep(known: Does | None, does: Does, old: Reason, new: Reason, wins: str) -> Reason:
    kept = known is not None and _apply(wins, known, does) is known
    return old if kept and (old.because or known is not does) else new


def _may(outcomes: Outcomes, able: set[Does], event: Event, wins: str) -> Outcomes:
    """The outcomes, and all that words which are able to do these things could make of them."""
    result = dict(outcomes)
    for does in able:
        for known in outcomes:
            result.setdefault(_apply(wins, known, does), Reason("", event))
    return result
