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

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from s6kit.scaffold.options import variable
from s6kit.scaffold.skeleton import home, load
from tests.services.container import PATH, Container, container
from tests.services.declared import Case, proof
from tests.services.layer import layer
from tests.services.prove import fingerprint

CANARY = "/tmp/canary"
DO = f"touch {CANARY}"
VALUES = (
    f"$({DO})",
    f"`{DO}`",
    f"x\n{DO}\nzzz zzz\n",
    f"';{DO};'",
    f'";{DO};"',
    'x"; zzz zzz; "',
    "x'; zzz zzz; '",
    "x}\nzzz {",
    "x; zzz zzz; # %s",
    "\\",
    "-n",
    "é€😀",
    "x" * 100_000,
    "99999999999999999999",
)
FEW = (VALUES[0], VALUES[2], VALUES[5], VALUES[12])
MORE = (
    f"x;{DO};",
    f"' $({DO}) '",
    f"x\\\n{DO}",
    "x\r\nzzz zzz",
    "x # zzz",
    'x\\"\nzzz',
    "%s %n %d %",
    "\\\\",
    '"',
    "'",
    "*",
    "?[a-z]*",
    "~",
    "--help",
    "/etc/../etc/passwd",
    "${PATH}",
    "$PATH",
    "&",
    "\\&",
    "\t",
    " ",
    "\udcff\udcfe",
    "".join(map(chr, range(1, 128))),
    "9" * 100_000,
    "$(" * 50_000,
    "0",
    "00000000000080",
    "-1",
    "0x50",
    "1e3",
)
SHELLS = {
    "dash": (["dash"], PATH),
    "bash": (["bash"], PATH),
    "full": (["dash", "-c", 'ulimit -f 0; exec dash "$0"'], PATH),
    "busybox": (["/opt/busybox/sh"], f"/opt/busybox:{PATH}"),  # the tools of Alpine as well
}
FULL = bool(os.environ.get("FULL"))
random = st.text(st.characters(exclude_characters="\0", max_codepoint=0xD7FF), max_size=30)


@dataclass
class Room:
    """A container in which setup is run by hand; `files` are those of /etc as they are now."""

    case: Case
    running: Container
    files: Mapping[str, str]

    def look(self) -> list[str]:
        """The files that have changed since the last look."""
        before, self.files = self.files, fingerprint(self.case, self.running)
        both = before.keys() | self.files.keys()
        return sorted(path for path in both if before.get(path) != self.files.get(path))


@contextmanager
def room(case: Case, base: Path) -> Iterator[Room]:
    case = replace(case, options={**case.options, "down": True})
    with layer(case, base) as top, container(base, top, case.hostname, {}) as running:
        done = running.run(["sh", "-c", "mkdir -p /opt/busybox && busybox --install -s /opt/busybox"])
        assert done.returncode == 0, done.stdout
        at = Room(case, running, {})
        setup(at, {}, "dash")
        at.look()
        yield at


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
    code, said = setup(at, values, shell)
    if at.running.outside(CANARY).exists():
        at.running.outside(CANARY).unlink()
        yield "a value was executed"
    changed = at.look()
    if code == 0:
        yield from _accepted(at, values, shell, said)
        return
    line = said.removesuffix("\n")
    if code != 1 or "\n" in line or not line.startswith(f"{at.case.service}: ") or len(line) > 500:
        yield f"refused with exit code {code} and {said[:1000]!r}"
    if changed:
        yield f"refused, and yet these files are not as they were: {changed}"


def _accepted(at: Room, values: Mapping[str, str], shell: str, said: str) -> Iterator[str]:
    if said:
        yield f"accepted, and yet it says {said[:1000]!r}"
    if at.case.checks:
        done = at.running.run(["sh", "-c", at.case.checks])
        if done.returncode:
            yield f"{at.case.checks}: {done.returncode} {done.stdout[:2000]}"
    again, changed = setup(at, values, shell), at.look()
    if again != (0, said) or changed:
        yield f"a second run says {again} and changes {changed}"


def variables(at: Room) -> dict[str, str]:
    """What the setup of the skeleton looks at, with the types of skeletons."""
    skeleton = load(home(), at.case.skeleton)
    prefix = variable(at.case.service)
    own = {name.replace("NAME_", f"{prefix}_"): each.type for name, each in skeleton.variables.items()}
    parts = ("HOST", "PORT", "SERVICE_HOST", "SERVICE_PORT", "PORT_80_TCP_ADDR")
    linked = {f"{variable(link)}_{part}": "host" for link in skeleton.links for part in parts}
    return {**own, **linked, f"{prefix}_SKIP_SETUP": "switch"}


def tried(kind: str) -> tuple[str, ...]:
    """The values for a variable of that type: few where the same check stands before all else."""
    if FULL:
        return VALUES + MORE
    return VALUES if kind == "text" else FEW


def plain_again(at: Room, plain: Mapping[str, str], shell: str) -> list[str]:
    """What is left of all that was tried when nothing is set: it should be nothing."""
    assert setup(at, {}, shell) == (0, "")
    at.files = plain
    return at.look()


def test_each_value_in_each_variable(skeleton: str, base: Path) -> None:
    with room(proof(home(), skeleton).cases[0], base) as at:
        plain = at.files
        assert setup(at, {}, "dash") == (0, "")
        problems = {
            f"{name}={value[:60]!r}": found
            for name, kind in variables(at).items()
            for value in tried(kind)
            if (found := list(wrong(at, {name: value}, "dash")))
        }
        assert problems == {}
        assert plain_again(at, plain, "dash") == []


def test_any_values_in_any_shell(skeleton: str, base: Path) -> None:
    with room(proof(home(), skeleton).cases[0], base) as at:
        plain = at.files
        value = st.sampled_from(VALUES + MORE) | random
        chosen = st.dictionaries(st.sampled_from(list(variables(at))), value, min_size=1, max_size=2)

        @settings(
            max_examples=200 if FULL else 20,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(chosen, st.sampled_from(("bash", "busybox", "dash")))
        def holds(values: dict[str, str], shell: str) -> None:
            assert list(wrong(at, values, shell)) == []

        holds()
        assert plain_again(at, plain, "busybox") == []


def test_a_full_disk(skeleton: str, base: Path) -> None:
    """Nothing can be written: what is there stays as it is, but for what was begun beside it."""
    with room(proof(home(), skeleton).cases[0], base) as at:
        code, said = setup(at, {}, "full")
        changed = [path for path in at.look() if not path.endswith(".new")]
        assert (code in (0, 1), changed) == (True, []), said
