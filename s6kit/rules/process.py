"""What the rules on processes have in common: which outcomes they look at, and how they name things."""

from __future__ import annotations

from collections.abc import Iterator

from s6kit.analysis import Analysis, Judged
from s6kit.diagnostics import Related
from s6kit.flow.walk import SHELL_WAITS
from s6kit.layout import RUNIT, ServiceKind
from s6kit.outcome import Fate, Kind, Outcome
from s6kit.service import Service
from s6kit.text import Span
from s6kit.verdict import Stay, Verdict

BESIDE = (Fate.BECOMES, Fate.WATCHES)  # the script goes on with something else, or looks after it


def suspects(service: Service, analysis: Analysis) -> tuple[tuple[Outcome, Verdict], ...]:
    """The commands that a supervised service may become or start, with what is said of each.

    Those that `run` becomes and that are not known to fork away are left out.
    """
    return analysis.course(service).suspects if service.kind is ServiceKind.LONGRUN else ()


def left(service: Service, analysis: Analysis) -> Iterator[tuple[Outcome, Verdict]]:
    """The suspects, without an end of the script after what runs on, on another way, beside the service."""
    found = suspects(service, analysis)
    beside = {(outcome.path, outcome.span) for outcome, _ in found if outcome.fate not in (None, Fate.ENDS)}
    for outcome, verdict in found:
        if outcome.fate is not Fate.ENDS or (outcome.path, outcome.span) not in beside:
            yield outcome, verdict


def paths(service: Service, analysis: Analysis) -> tuple[Judged, ...]:
    """Every path through the script of a supervised service; none for a service that is not supervised."""
    return analysis.outcomes(service) if service.kind is ServiceKind.LONGRUN else ()


def called(outcome: Outcome) -> str:
    """The program of an outcome, for a message."""
    return f"`{outcome.program}`" if outcome.program else "the program"


def known_daemon(outcome: Outcome, analysis: Analysis) -> bool:
    """Whether the knowledge base says of the command itself that it stays."""
    verdict = analysis.verdict_of_command(outcome)
    return verdict is not None and verdict.stay is Stay.FOREGROUND and bool(verdict.daemon)


def hung_up(outcome: Outcome) -> bool:
    """Whether it is put away with `nohup … &`, for SK206 to report."""
    return outcome.kind is Kind.BACKGROUND and any(wrapper.name == "nohup" for wrapper in outcome.wrappers)


def pointed(outcome: Outcome, verdict: Verdict) -> Span:
    """The word that decided, or the program's name; the whole command where neither stands in the script."""
    words = (*verdict.words[:1], *(value.span for value in outcome.command[:1]))
    return next((w for w in words if outcome.span.start <= w.start < w.end <= outcome.span.end), outcome.span)


def defaults(outcome: Outcome) -> str:
    """A clause on the variables whose default was taken; empty where none was."""
    names = sorted({name for value in outcome.command for name in value.assumed})
    if not names:
        return ""
    return (
        f" (with the default of {', '.join('$' + name for name in names)}, which the environment may change)"
    )


def supervisor(service: Service) -> str:
    """Who starts the service, and wants to watch it."""
    return "runit" if service.layout is RUNIT else "s6"


def lost(outcome: Outcome, service: Service) -> str:
    """A clause on what comes of a daemon that has forked away."""
    watcher = supervisor(service)
    if outcome.fate in (None, Fate.ENDS):
        return f"{watcher} loses sight of it and starts it again every second"
    if outcome.fate is Fate.WATCHES:
        return f"{watcher} watches the script that looks after it, and its signals never reach the daemon"
    return f"{watcher} loses sight of it, and when it dies nothing notices"


def held(outcome: Outcome) -> bool:
    """Whether a shell stays above it, and waits."""
    return outcome.kind is Kind.WAITS and outcome.why == SHELL_WAITS


def typed(outcome: Outcome, verdict: Verdict) -> str:
    """What to type instead; with exec, where the shell would stay above it."""
    bare = "run " not in verdict.remedy or not held(outcome)
    return verdict.remedy if bare else f"{verdict.remedy}, with exec in front"


def momentary(outcome: Outcome, service: Service, analysis: Analysis) -> bool:
    """Whether it forks away for a while only: the same program is what the service then becomes.

    Or its daemon, of which it is the tool: FreeBSD's `automount`, then `exec automountd`.
    """
    if outcome.fate is not Fate.BECOMES:
        return False
    after = (judged.outcome for judged in paths(service, analysis) if judged.outcome.kind is Kind.BECOMES)
    return any(other.program in (outcome.program, f"{outcome.program}d") for other in after)


def configured(verdict: Verdict) -> tuple[Related, ...]:
    """The line of configuration that decided."""
    if verdict.place is None:
        return ()
    return (Related(verdict.place.path, verdict.place.span, "decided here"),)
