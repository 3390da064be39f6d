"""What a newcomer sees first."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.examples import HOME

FOUND = re.compile(r"^broken/etc/s6/(\w+)/run\S* (\w+) (SK\d+)", re.MULTILINE)


def test_the_sound_service_and_the_broken_ones() -> None:
    s6kit = Path(sys.executable).with_name("s6kit")
    done = subprocess.run(
        ["sh", HOME / ".ci" / "demo", s6kit], capture_output=True, text=True, check=True, timeout=300
    )
    sound, broken = done.stdout.split("broken in three ways")
    assert "\n$ s6kit lint sound\n1 service, nothing to report\n" in sound
    assert FOUND.findall(broken) == [
        ("app", "error", "SK101"),
        ("app", "error", "SK204"),
        ("nginx", "warning", "SK201"),
        ("redis", "error", "SK201"),
    ]
    assert [line.split()[-1] for line in broken.splitlines() if re.match(r" (app|nginx|redis) ", line)] == [
        "daemonizes"
    ] * 3
    assert done.stderr == ""
