"""What is worked out about the services of one root, each thing once."""

from __future__ import annotations

from dataclasses import dataclass

from s6kit.outcome import Outcome
from s6kit.script import Script
from s6kit.service import ScriptFile, Service
from s6kit.text import Lines
from s6kit.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """An outcome and the answer to it; None for a script that ends by itself."""

    outcome: Outcome
    verdict: Verdict | None


class Analysis:
    """Scripts, outcomes and verdicts of one root, worked out when first asked for."""

    def script(self, file: ScriptFile) -> Script | None:
        """The program in `file`; None where it is not written in a language that is read here."""
        raise NotImplementedError

    def outcomes(self, service: Service) -> tuple[Judged, ...]:
        """What the pid of `service` becomes, path by path, in the order of the script; empty without a run."""
        raise NotImplementedError

    def lines(self, path: str) -> Lines:
        """The line index of the file at the root-relative `path`; empty where there is none."""
        raise NotImplementedError
