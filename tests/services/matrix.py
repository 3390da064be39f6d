"""Every skeleton, started under the real s6-svscan in every environment that it declares."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.services.declared import Case
from tests.services.prove import prove


def test_it_works(case: Case, base: Path, record_property: Callable[[str, object], None]) -> None:
    record = prove(case, base)
    record_property("start", record.start)
    record_property("stop", record.stop)
    print(record.log)
    assert record.faults == []
