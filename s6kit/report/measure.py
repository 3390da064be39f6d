"""How much of the services of a root is understood."""

from __future__ import annotations

from collections import Counter

from s6kit.analysis import Analysis
from s6kit.layout import ServiceKind
from s6kit.outcome import Kind, Outcome
from s6kit.report import Statistics
from s6kit.service import Root


def measure(root: Root, analysis: Analysis) -> Statistics:
    """How much of the services of one root is understood."""
    total = Statistics()
    for scandir in root.scandirs:
        for service in scandir.services:
            judged = analysis.outcomes(service)
            if service.kind is ServiceKind.LONGRUN and judged:
                why = next((w for j in judged if (w := _unknown(j.outcome))), "")
                answers = Counter(f"outcomes {j.verdict.stay}" for j in judged if j.verdict)
                total = total.plus(
                    Statistics(int(not why), int(bool(why)), Counter([why] if why else []), answers)
                )
    return total


def _unknown(outcome: Outcome) -> str:
    """Why an outcome has no command that is known; empty if it has."""
    if outcome.kind is Kind.UNKNOWN:
        return outcome.why or "no reason given"
    if outcome.command and outcome.command[0].text is None:
        return outcome.command[0].why or outcome.why or "no reason given"
    return ""
