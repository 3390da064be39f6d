"""What is to be run for one knowledge file, and what the runs have shown of its claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from s6kit.daemons.facts import Daemon, decode
from s6kit.verdict import Stay, Verdict
from tests.evidence import roots
from tests.evidence.claims import Run, case, claims, line, touched
from tests.evidence.runs import WATCHED, Seen
from tests.evidence.trials import derived

_SEEN = {Stay.FOREGROUND: "foreground", Stay.DAEMONIZES: "daemonized"}
_LARGE = 1 << 18
EVERYTHING = "everything"
"""What is unproven where nothing was run."""


@dataclass(frozen=True)
class Planned:
    """A run, and the evidence line that asked for it, or the claim that it was derived for."""

    run: Run
    line: Mapping[str, Any] | None = None
    claim: str = ""

    @property
    def key(self) -> tuple[Any, ...]:
        """Runs with the same key are the same."""
        run = self.run
        return run.run, run.user, tuple(run.config.items()), tuple(run.environment.items())


@dataclass
class Proof:
    """The outcome for one knowledge file: its new evidence, what stays unproven, what went wrong."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    unproven: dict[str, str] = field(default_factory=dict)
    contradictions: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    unstopped: list[str] = field(default_factory=list)
    """Command lines that had to be killed: the stop signal of the file didn't end them."""


def plan(raw: Mapping[str, Any]) -> list[Planned]:
    """Every run for a knowledge file: those of its evidence, then those that its trials make possible."""
    daemon = decode(raw)
    found: dict[tuple[Any, ...], Planned] = {}
    for old in raw.get("evidence", ()):
        planned = Planned(line(old), old)
        found.setdefault(planned.key, planned)
    for trial in raw.get("trial", ()):
        for label, run in derived(daemon, trial):
            planned = Planned(run, claim=label)
            if label not in trial.get("skip", {}):
                found.setdefault(planned.key, planned)
    return list(found.values())


def proof(raw: Mapping[str, Any], results: Sequence[tuple[Planned, Seen]], watched: int = WATCHED) -> Proof:
    """What the runs show: lines for those that tell something, and each that says otherwise than the file."""
    daemon, result = decode(raw), Proof()
    for planned, seen in results:
        verdict = _verdict(daemon, planned.run)
        said = _said(verdict)
        old = planned.line["observed"] if planned.line else said
        told = f"{planned.run.run} [{planned.claim or old}]: {seen.outcome} ({seen.told})"
        if seen.outcome == "failed" or (seen.outcome == "exited" and old not in ("exited", "")):
            result.failures.append(told)
            result.lines += [dict(planned.line)] if planned.line else []
        elif said not in ("", seen.outcome):
            result.contradictions.append(f"{told}, and the file says {said}")
        elif seen.outcome != "exited" or old or (verdict is not None and verdict.job):
            result.lines.append(_evidence(planned.run, seen.outcome, watched))
        if seen.observation and seen.observation.stop and seen.observation.stop.killed:
            result.unstopped.append(planned.run.run)
    result.unproven = unproven(raw, result.lines)
    return result


def expected(raw: Mapping[str, Any], planned: Planned) -> str:
    """The outcome of a run as its evidence line or the file says it; empty where neither does."""
    return str(planned.line["observed"] if planned.line else _said(_verdict(decode(raw), planned.run)))


def _said(verdict: Verdict | None) -> str:
    return _SEEN.get(verdict.stay, "") if verdict is not None and verdict.certain else ""


def _evidence(run: Run, outcome: str, watched: int) -> dict[str, Any]:
    package = run.package.split()[0]
    line = {
        "package": run.package,
        "version": roots.versions([*run.package.split()])[package],
        "run": run.run,
        "config": dict(run.config),
        "environment": dict(run.environment),
        "setup": run.setup,
        "user": run.user,
        "directory": run.directory,
        "observed": outcome,
        **({"watched": watched} if outcome == "foreground" else {}),
        "by": "probe",
        "note": run.note,
    }
    return {key: value for key, value in line.items() if value not in ("", {})}


def unproven(raw: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The claims that no run of ours bears upon, and why."""
    daemon = decode(raw)
    own = [line(each) for each in lines if each.get("by") == "probe"]
    reasons = {label: why for trial in raw.get("trial", ()) for label, why in trial.get("skip", {}).items()}
    if not own:
        return {EVERYTHING: reasons.get(EVERYTHING, "not run")}
    met = {label for run in own if (found := case(daemon, run)) is not None for label in touched(found)}
    return {label: reasons.get(label, "not run") for label in claims(daemon) if label not in met}


def _verdict(daemon: Daemon, run: Run) -> Verdict | None:
    """What the file says of a run, with the files that the package brings."""
    found = case(daemon, run, brought(run.package))
    return found.verdict() if found is not None else None


@cache
def brought(packages: str) -> Mapping[str, bytes]:
    """The configuration files that packages bring, without links; path → content."""
    try:
        upper = roots.layer(packages.split())
    except roots.Unable:
        return {}
    files = (path for path in (upper / "etc").rglob("*") if path.is_file() and not path.is_symlink())
    return {str(path.relative_to(upper)): path.read_bytes() for path in files if path.stat().st_size < _LARGE}
