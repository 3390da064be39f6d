"""The tables say what s6, s6-rc, runit and s6-overlay do."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from s6kit.layout import LAYOUTS, RUNIT, S6, S6_RC, Bit, Form, Layout, ServiceKind


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_each_file_is_named_once_for_each_kind(layout: Layout) -> None:
    pairs = [(contract.name, kind) for contract in layout.files for kind in contract.kinds]
    assert sorted(pairs) == sorted(set(pairs))
    assert [c.name for c in layout.files if not c.what or c.low > c.high] == []
    assert [
        c.name for c in layout.files if c.form in (Form.NUMBER, Form.SIGNAL, Form.WORD) and not c.otherwise
    ] == []


@pytest.mark.parametrize(
    ("layout", "kind", "name", "form", "bit"),
    [
        (S6, ServiceKind.LONGRUN, "run", Form.PROGRAM, Bit.NEEDED),
        (S6, ServiceKind.LONGRUN, "down", Form.FLAG, Bit.UNUSED),
        (S6_RC, ServiceKind.LONGRUN, "run", Form.PROGRAM, Bit.SET),
        (S6_RC, ServiceKind.LONGRUN, "finish", Form.PROGRAM, Bit.SET),
        (S6_RC, ServiceKind.LONGRUN, "data/check", Form.PROGRAM, Bit.NEEDED),
        (S6_RC, ServiceKind.ONESHOT, "down", Form.COMMAND, Bit.UNUSED),
        (RUNIT, ServiceKind.LONGRUN, "check", Form.PROGRAM, Bit.NEEDED),
    ],
)
def test_contract(layout: Layout, kind: ServiceKind, name: str, form: Form, bit: Bit) -> None:
    contract = layout.contract(name, kind)
    assert contract is not None
    assert (contract.form, contract.bit) == (form, bit)


@pytest.mark.parametrize(
    ("layout", "kind", "name"),
    [
        (S6, ServiceKind.LONGRUN, "up"),
        (S6_RC, ServiceKind.LONGRUN, "log"),
        (S6_RC, ServiceKind.LONGRUN, "down"),
        (S6_RC, ServiceKind.ONESHOT, "run"),
        (S6_RC, ServiceKind.BUNDLE, "dependencies.d"),
        (RUNIT, ServiceKind.LONGRUN, "notification-fd"),
    ],
)
def test_unknown_to_the_layout(layout: Layout, kind: ServiceKind, name: str) -> None:
    assert layout.contract(name, kind) is None


@pytest.mark.parametrize("value", ["3 ", "x", "+3", "3\r", "", "99999999999"])
def test_what_s6_supervise_says_of_a_number(value: str, tmp_path: Path) -> None:
    """The table forbids blanks, signs and what does not fit: the real program agrees."""
    supervise = shutil.which("s6-supervise")
    if supervise is None:
        pytest.skip("s6 is not installed")
    service = tmp_path / "v"
    service.mkdir()
    (service / "run").write_text("#!/bin/sh\nexec s6-svc -xd .\n")
    (service / "run").chmod(0o755)
    (service / "notification-fd").write_text(value + "\n")
    done = subprocess.run([supervise, service], capture_output=True, text=True, timeout=120, check=False)
    assert re.findall("warning: (invalid notification-fd)", done.stderr) == ["invalid notification-fd"]
