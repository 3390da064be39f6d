"""What is said of containers of s6-overlay 2 and 3 that were run once, and recorded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from s6kit.cli import probing, targets
from s6kit.cli.lint import place
from s6kit.cli.output import paint
from s6kit.probe.sight import sight
from s6kit.report import Report, renderer
from s6kit.report.observations import lines
from tests.probe import recording

RECORDS = sorted(recording.PLACE.glob("*.json"))


def said(path: Path) -> Iterator[str]:
    """As `s6kit probe --format concise` says it."""
    record = recording.load(path)
    part, seen = probing.seen_in(
        record.image, sight(record, ()), (None, True), targets.options(None, None, None)
    )
    yield from lines(seen.values())
    items = sorted(probing.judged(part, seen), key=place)
    yield from renderer("concise")(Report(tuple(items), 0, quiet=True), paint(False, None), 80)


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_what_is_said(path: Path) -> None:
    assert "".join(said(path)) == path.with_suffix(".txt").read_text("utf-8")
