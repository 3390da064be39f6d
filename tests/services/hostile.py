"""Hostile values in every variable of every skeleton: never executed, never a configuration that is wrong.

The setup of a skeleton either refuses a value, with one line and exit code 1 and every file as it was, or
writes a configuration that the daemon's own checker takes and that a second run does not change. Most values
below try to close what they stand in and to go on with something that no configuration knows.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from s6kit.options import variable
from s6kit.skeleton import home, load, names
from tests.services.container import PATH, Container, container
from tests.services.declared import Case, tests
from tests.services.layer import layer
from tests.services.prove import fingerprint

CANARY = "/tmp/canary"
DO = f"touch {CANARY}"
VALUES = (
    f"$({DO})",
    f"`{DO}`",
    f"x;{DO};",
    f"x\n{DO}\n",
    f"';{DO};'",
    f'";{DO};"',
    f"' $({DO}) '",
    f"x\\\n{DO}",
    "x\nzzz zzz\n",
    "x\r\nzzz zzz",
    'x"; zzz zzz; "',
    "x'; zzz zzz; '",
    "x}\nzzz {",
    "x; zzz zzz;",
    "x # zzz",
    'x\\"\nzzz',
    "%s %n %d %",
    "\\",
    "\\\\",
    '"',
    "'",
    "*",
    "?[a-z]*",
    "~",
    "-n",
    "--help",
    "/etc/../etc/passwd",
    "${PATH}",
    "$PATH",
    "&",
    "\\&",
    "\t",
    " ",
    "é€😀",
    "\udcff\udcfe",
    "".join(map(chr, range(1, 128))),
    "x" * 100_000,
    "9" * 100_000,
    "$(" * 50_000,
    "0",
    "00000000000080",
    "99999999999999999999",
    "-1",
    "0x50",
    "1e3",
)
SHELLS = {
    "dash": (["dash"], PATH),
    "bash": (["bash"], PATH),
    "busybox": (["/opt/busybox/sh"], f"/opt/busybox:{PATH}"),  # the tools of Alpine as well
}
SKELETONS = names(home())
random = st.text(st.characters(exclude_characters="\0", max_codepoint=0xD7FF), max_size=30)


@dataclass(frozen=True)
class Room:
    """A container in which setup is run by hand; `plain` are the files that it makes of nothing."""

    case: Case
    running: Container
    plain: Mapping[str, str]


@contextmanager
def room(skeleton: str, base: Path) -> Iterator[Room]:
    case = tests(home(), skeleton).cases[0]
    case = replace(case, options={**case.options, "down": True})
    with layer(case, base) as top, container(base, top, case.hostname, {}) as running:
        done = running.run(["sh", "-c", "mkdir -p /opt/busybox && busybox --install -s /opt/busybox"])
        assert done.returncode == 0, done.stdout
        first = Room(case, running, {})
        assert setup(first, {}, "dash") == (0, "")
        yield replace(first, plain=files(first))


def files(at: Room) -> dict[str, str]:
    return fingerprint(at.case, at.running)


def setup(at: Room, values: Mapping[str, str], shell: str) -> tuple[int, str]:
    """The exit code of setup, run as s6 runs it, and what it says."""
    words, path = SHELLS[shell]
    given = {"PATH": path, "LINK_BY_NAME": "0", **at.case.environment, **values}
    place = f"/etc/s6/{at.case.service}"
    done = at.running.run(
        [
            "sh",
            "-c",
            f'cd {place} && exec env -i "$@"',
            "sh",
            *(f"{k}={v}" for k, v in given.items()),
            *words,
            "./setup",
        ]
    )
    return done.returncode, done.stdout


def wrong(at: Room, values: Mapping[str, str], shell: str) -> Iterator[str]:
    """What is not as it should be with these values."""
    before = files(at)
    code, said = setup(at, values, shell)
    if at.running.outside(CANARY).exists():
        at.running.outside(CANARY).unlink()
        yield "a value was executed"
    after = files(at)
    if code != 0:
        line = said.removesuffix("\n")
        if code != 1 or "\n" in line or not line.startswith(f"{at.case.service}: ") or len(line) > 500:
            yield f"refused with exit code {code} and {said[:1000]!r}"
        if after != before:
            yield f"refused, and yet these files are not as they were: {changed(before, after)}"
        return
    if said:
        yield f"accepted, and yet it says {said[:1000]!r}"
    if at.case.checks:
        done = at.running.run(["sh", "-c", at.case.checks], seconds=30)
        if done.returncode:
            yield f"{at.case.checks}: {done.returncode} {done.stdout[:2000]}"
    if setup(at, values, shell) != (0, said) or files(at) != after:
        yield f"a second run changes {changed(after, files(at))}"


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def variables(at: Room) -> list[str]:
    """All that the setup of the skeleton looks at."""
    skeleton = load(home(), at.case.skeleton)
    prefix = variable(at.case.service)
    own = [name.replace("NAME_", f"{prefix}_") for name in skeleton.variables]
    parts = ("HOST", "PORT", "SERVICE_HOST", "SERVICE_PORT", "PORT_80_TCP_ADDR")
    linked = [f"{variable(link)}_{part}" for link in skeleton.links for part in parts]
    return [*own, *linked, f"{prefix}_SKIP_SETUP"]


@pytest.mark.parametrize("skeleton", SKELETONS)
def test_each_value_in_each_variable(skeleton: str, base: Path) -> None:
    with room(skeleton, base) as at:
        problems = {
            f"{name}={value[:60]!r}": found
            for name in variables(at)
            for value in VALUES
            if (found := list(wrong(at, {name: value}, "dash")))
        }
        assert problems == {}
        assert (setup(at, {}, "dash"), changed(at.plain, files(at))) == ((0, ""), [])


@pytest.mark.parametrize("skeleton", SKELETONS)
def test_any_values_in_any_shell(skeleton: str, base: Path) -> None:
    with room(skeleton, base) as at:
        value = st.sampled_from(VALUES) | random
        chosen = st.dictionaries(st.sampled_from(variables(at)), value, min_size=1, max_size=2)

        @settings(
            max_examples=200 if os.environ.get("FULL") else 20,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(chosen, st.sampled_from(sorted(SHELLS)))
        def holds(values: dict[str, str], shell: str) -> None:
            assert list(wrong(at, values, shell)) == []

        holds()
        assert (setup(at, {}, "busybox"), changed(at.plain, files(at))) == ((0, ""), [])
