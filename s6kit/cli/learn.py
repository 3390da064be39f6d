"""`s6kit daemons learn`: a knowledge file for a program of one's own, from its help and from running it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from s6kit.cli.output import tell
from s6kit.daemons.learn import Tried, candidates, knowledge
from s6kit.dataclass import replace
from s6kit.errors import Fatal
from s6kit.probe.observe import observe, observe_all
from s6kit.probe.run import Run
from s6kit.report.escape import safe

HELPS = ("--help", "-h", "-help")
HELP_TAKES = 2.0  # seconds
AT_ONCE = 4


def learn(argv: Sequence[str], settle: float) -> str:
    """The knowledge file of the program that `argv` runs, as YAML; each run is told on standard error.

    It is run with its own network, bare and with each word of its help that seems to decide, and watched for
    `settle` seconds. Fatal if there is no such program, or nothing can be run here.
    """
    if not argv:
        raise Fatal("unable to learn: no command is given: s6kit daemons learn -- COMMAND…")
    if shutil.which(argv[0]) is None:
        raise Fatal(f"unable to learn {safe(argv[0])}: no such program")
    base = Run(tuple(argv), cwd=str(Path.cwd()), env=dict(os.environ), settle=settle)
    text = _help(base)
    words = ("", *candidates(text))
    runs = [replace(base, argv=(argv[0], *((word,) if word else ()), *argv[1:])) for word in words]
    seen = {}
    for run, observation in observe_all(runs, AT_ONCE):
        seen[run.argv] = observation
        tell(f"{safe(' '.join(run.argv))}: {observation.outcome}")
    tried = [Tried(word, run.argv, seen[run.argv]) for word, run in zip(words, runs, strict=True)]
    return knowledge(tried, text, {"package": "none"})


def _help(base: Run) -> str:
    """What the program tells of its options, the longest of what it says to the usual words."""
    asked = (replace(base, argv=(base.argv[0], word), settle=HELP_TAKES, stop=False) for word in HELPS)
    return max((observe(run).output_tail for run in asked), key=len)
