"""What the rules on observations have in common: what they look at, where they point, how they name it."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import basename
from shlex import join

from s6kit.analysis import Analysis
from s6kit.dataclass import dataclass
from s6kit.observation import Observation, Survivor
from s6kit.programs import SHELLS
from s6kit.service import Service
from s6kit.text import NOWHERE, Span

_LONG = 60  # characters of a command line in a message
_MOST = 3  # processes that a message names


@dataclass(frozen=True)
class Observed:
    """A service, and what was seen when it was run."""

    service: Service
    observation: Observation


def pointed(observed: Observed, analysis: Analysis) -> tuple[str, Span]:
    """The command that the script becomes, where there is but one; else the script, else the service."""
    run = observed.service.run
    if run is None:
        return observed.service.path, NOWHERE
    found = {(j.outcome.path, j.outcome.span) for j in analysis.outcomes(observed.service) if j.verdict}
    return found.pop() if len(found) == 1 else (run.real, NOWHERE)


def shell(observed: Observed) -> bool:
    """Whether the pid still was the shell that reads `run`."""
    command = observed.observation.command
    words = [basename(word) for word in command]
    return bool(words) and words[0] in SHELLS | {"busybox"} and "run" in words[1:]


def called(observed: Observed) -> str:
    """The program that the pid became, for a message."""
    if shell(observed):
        return "`run`"
    command = observed.observation.command
    return f"`{basename(command[0])}`" if command else f"`{observed.service.name}`"


def listed(processes: Iterable[Survivor]) -> str:
    """The first of some processes, for a message: `nginx -c x` (pid 12), … and 4 more."""
    every = list(processes)
    shown = [f"`{_short(each.command)}` (pid {each.pid})" for each in every[:_MOST]]
    rest = f" and {len(every) - _MOST} more" if len(every) > _MOST else ""
    return ", ".join(shown) + rest


def told(observed: Observed) -> str:
    """How the pid ended by itself: a clause."""
    seen = observed.observation
    if seen.signal:
        return f"killed by {seen.signal}"
    return (
        f"with exit code {seen.exit_code}" if seen.exit_code is not None else "with a code that was not seen"
    )


def last_words(observed: Observed) -> str:
    """The last line that it wrote, as the end of a sentence; empty if it wrote none."""
    lines = [line.strip() for line in observed.observation.output_tail.split("\n")]
    last = next((line for line in reversed(lines) if line), "")
    return f"; its last words: {last[:200]}" if last else ""


def remedy(observed: Observed, analysis: Analysis) -> str:
    """What the knowledge base says to type for the daemon that the script becomes; empty if nothing."""
    verdicts = (judged.verdict for judged in analysis.outcomes(observed.service))
    return next((verdict.remedy for verdict in verdicts if verdict and verdict.remedy), "")


def _short(command: tuple[str, ...]) -> str:
    text = join(command) if len(command) > 1 else "".join(command)
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"
