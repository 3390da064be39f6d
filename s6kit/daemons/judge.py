"""Does this command stay in front? The verdict of the knowledge base, without running anything."""

from __future__ import annotations

from collections.abc import Sequence

from s6kit.daemons.assess import Case
from s6kit.daemons.context import Context
from s6kit.daemons.interpreters import script
from s6kit.daemons.knowledge import Knowledge, Known, shipped
from s6kit.dataclass import replace
from s6kit.model import Link
from s6kit.value import Value
from s6kit.verdict import Stay, Verdict

_PLACES = ("usr/sbin", "usr/bin", "sbin", "bin", "usr/local/sbin", "usr/local/bin")


def judge(command: Sequence[Value], context: Context) -> Verdict | None:
    """Whether `command`, its chain-loading programs taken off, stays s6's child; None: nobody knows it.

    Where programs of one name differ and the words don't tell which is meant, their answers must agree.
    """
    if not command or command[0].text is None:
        return None
    base = context.knowledge or shipped()
    inner = script(command)
    verdict = _judge(inner, context, base) if inner else None
    return verdict or _judge(command, context, base)


def _judge(command: Sequence[Value], context: Context, base: Knowledge) -> Verdict | None:
    path, words = command[0].text or "", tuple(command[1:])
    name = path.rsplit("/", 1)[-1]
    first = words[0].text if words else None
    if context.through:
        own = base.find(f"{context.through} {name}")
        if own:
            return _agree([_case(known, name, words, context) for known in own])
    found = base.find(f"{path} {first}") if first else ()
    if found:
        name, words = f"{name} {first}", words[1:]
    found = found or base.find(path)
    if len(found) > 1:
        found = _busybox(path, name, context, base) or found
    cases = [_case(known, name, words, context) for known in found]
    if len(cases) > 1:
        cases = [case for case in cases if not case.refused]
        if not cases:
            return Verdict(Stay.UNKNOWN, f"no {name} that is known here takes these words")
    return _agree(cases)


def _case(known: Known, name: str, words: tuple[Value, ...], context: Context) -> Case:
    return Case(known.daemon, name, known.version, words, context)


def _busybox(path: str, name: str, context: Context, base: Knowledge) -> tuple[Known, ...]:
    """Of several programs with this name, busybox's, if that is what the tree has in its place."""
    places = [path.lstrip("/")] if path.startswith("/") else [f"{place}/{name}" for place in _PLACES]
    for place in places:
        entry = context.tree.entry(place)
        if isinstance(entry, Link) and entry.target.rsplit("/", 1)[-1].startswith("busybox"):
            return base.find(f"busybox {name}")
    return ()


def _agree(cases: Sequence[Case]) -> Verdict | None:
    """One answer out of those of all the programs that go by the name and take these words."""
    verdicts = [case.verdict() for case in cases]
    if len(verdicts) < 2:
        return verdicts[0] if verdicts else None
    if len({verdict.stay for verdict in verdicts}) == 1:
        least = next((verdict for verdict in verdicts if not verdict.certain), verdicts[0])
        remedies = dict.fromkeys(verdict.remedy for verdict in verdicts if verdict.remedy)
        return replace(least, remedy=" or ".join(remedies))
    answers = ", ".join(f"{verdict.daemon} {_PLURAL[verdict.stay]}" for verdict in verdicts)
    return Verdict(Stay.UNKNOWN, f"several programs go by that name: {answers}", verdicts[0].daemon)


_PLURAL = {
    Stay.FOREGROUND: "stays in front",
    Stay.DAEMONIZES: "forks away",
    Stay.UNKNOWN: "may do either",
}
