"""Does this command stay in front? The verdict of the knowledge base, without running anything."""

from __future__ import annotations

from collections.abc import Sequence

from s6kit.daemons.assess import assess
from s6kit.daemons.context import Context
from s6kit.daemons.knowledge import Known, Knowledge, shipped
from s6kit.value import Value
from s6kit.verdict import Stay, Verdict


def judge(command: Sequence[Value], context: Context, knowledge: Knowledge | None = None) -> Verdict | None:
    """Whether `command`, its chain-loading programs taken off, stays s6's child; None: nobody knows that program.

    Where programs of one name differ and the words don't tell which is meant, their answers must agree.
    """
    if not command or command[0].text is None:
        return None
    path, words = command[0].text, tuple(command[1:])
    base = knowledge or context.knowledge or shipped()
    first = words[0].text if words else None
    found = base.find(f"{path} {first}") if first else ()
    if found:
        words = words[1:]
    found = found or base.find(path)
    if not found:
        return None
    return _agree([_one(known, path, words, context) for known in found])


def _one(known: Known, path: str, words: tuple[Value, ...], context: Context) -> Verdict | None:
    return assess(known.daemon, path.rsplit("/", 1)[-1], known.version, words, context, known.alone)


def _agree(verdicts: Sequence[Verdict | None]) -> Verdict | None:
    """One answer out of those of all the programs that go by the name; None among them refused the words."""
    left = [verdict for verdict in verdicts if verdict is not None]
    if len({verdict.stay for verdict in left}) == 1:
        certain = [verdict for verdict in left if not verdict.certain]
        return (certain or left)[0]
    if not left:
        return None
    names = " and ".join(f"{verdict.daemon} {_plural[verdict.stay]}" for verdict in left)
    return Verdict(Stay.UNKNOWN, f"several programs go by that name: {names}", left[0].daemon)


_plural = {
    Stay.FOREGROUND: "stays in front",
    Stay.DAEMONIZES: "forks away",
    Stay.UNKNOWN: "may do either",
}
