"""Every command line that was run and watched comes out as observed, as far as a reader can know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from s6kit.chain.peel import Effect, peel
from s6kit.daemons.context import Context
from s6kit.daemons.judge import judge
from s6kit.model import DictTree, File
from s6kit.value import Value, known
from s6kit.verdict import Stay, Verdict

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "daemon-cases.jsonl").read_text("utf-8").splitlines()
]
OBSERVED = {"foreground": Stay.FOREGROUND, "daemonized": Stay.DAEMONIZES}
CHAINED = {
    Effect.WAITS: Stay.FOREGROUND,
    Effect.SERVES: Stay.FOREGROUND,
    Effect.DETACHES: Stay.DAEMONIZES,
}


def verdict(case: dict[str, Any]) -> Verdict | None:
    """The verdict on what a case's command line becomes once the programs that load it are taken off."""
    config = case["config"] or {}
    tree = DictTree(
        {path.lstrip("/"): File(text.encode()) for path, text in config.items() if text is not None}
    )
    environment = {name: known(value) for name, value in case.get("env", {}).items()}
    words: tuple[Value, ...] = tuple(known(word) for word in case["argv"])
    through = ""
    while (peeled := peel(words)) is not None:
        if peeled.effect in CHAINED:
            return Verdict(CHAINED[peeled.effect], peeled.wrapper.name)
        words = tuple(word for word in peeled.rest if isinstance(word, Value))
        through = peeled.wrapper.name if peeled.wrapper.name == "busybox" else ""
    return judge(words, Context(tree, environment, case.get("cwd", "/"), through=through))


FORKS_LATER = "busybox udhcpc -i eth0 -s /bin/true"
"""Seen in front for 3 s, without a lease. With one it forks, so the answer is unknown."""


def hidden(case: dict[str, Any]) -> bool:
    """Whether a file that nobody can see here may decide."""
    return case["config"] is None or None in case["config"].values()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['daemon']}: {' '.join(case['argv'])}"[:90])
def test_as_observed(case: dict[str, Any]) -> None:
    answer = verdict(case)
    if answer is None:
        return
    if answer.stay is Stay.UNKNOWN:
        assert None in (case["config"] or {}).values() or " ".join(case["argv"]) == FORKS_LATER, answer
    else:
        assert answer.stay is OBSERVED[case["observed"]], answer
        assert answer.certain or hidden(case), answer


def test_the_cases_are_all_there() -> None:
    assert len(CASES) == 871
