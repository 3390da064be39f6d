"""Which rules run, and which paths are left alone."""

from __future__ import annotations

import pytest

from s6kit.rules import REGISTRY
from s6kit.selection import Selection, covers, unknown_code, words

ON = sorted(set(REGISTRY) - {"SK211"})
TWO = [code for code in ON if code.startswith("SK2")]


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        ((), (), ON),
        (("SK203",), (), ["SK203"]),
        (("SK9",), (), ["SK901", "SK902"]),
        (("SK901", "SK203"), (), ["SK203", "SK901"]),
        ((), ("SK9",), [code for code in ON if not code.startswith("SK9")]),
        ((), ("SK203",), [code for code in ON if code != "SK203"]),
        (("SK2",), ("SK203",), [code for code in TWO if code != "SK203"]),
        (("SK203",), ("SK2",), ["SK203"]),
        (("SK2",), ("SK2",), []),
        (("SK211",), (), ["SK211"]),
        (("SK2",), (), TWO),
        (("ALL",), (), sorted(REGISTRY)),
        (("ALL",), ("SK2",), [code for code in sorted(REGISTRY) if not code.startswith("SK2")]),
        ((), ("ALL",), []),
    ],
)
def test_rules(select: tuple[str, ...], ignore: tuple[str, ...], expected: list[str]) -> None:
    assert [rule.code for rule in Selection(select, ignore).rules()] == expected


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("examples", "examples/etc/s6/web/run", True),
        ("examples", "image/examples/run", True),
        ("examples", "examples2/run", False),
        ("examples/", "examples/run", True),
        ("*.orig", "etc/s6/web/run.orig", True),
        ("etc/s6/web", "etc/s6/web/run", True),
        ("etc/s6/web", "etc/s6/web2/run", False),
        ("etc/s6/web", "rootfs/etc/s6/web/run", False),
        ("etc/s6/*", "etc/s6/web/run", True),
        ("etc/*/run", "etc/s6/web/run", False),
        ("etc/**/run", "etc/s6/web/run", True),
        ("**/web", "rootfs/etc/s6/web/run", True),
        ("**/web", "web/run", True),
        ("etc/s6/?eb", "etc/s6/web", True),
        ("etc/s6/[a]", "etc/s6/a", False),
        ("./etc/s6", "etc/s6/web", True),
    ],
)
def test_patterns(pattern: str, path: str, expected: bool) -> None:
    assert covers(pattern, path) is expected


def test_a_file_has_three_names() -> None:
    selection = Selection(exclude=("image/rootfs/etc",), renamed=lambda shown: f"image/{shown}")
    assert selection.excludes("rootfs/etc/s6/web", "etc/s6/web")
    assert not Selection(exclude=("image/rootfs/etc",)).excludes("rootfs/etc/s6/web", "etc/s6/web")
    assert Selection(exclude=("etc",)).excludes("rootfs/etc/s6/web", "etc/s6/web")
    assert Selection(exclude=("rootfs/etc",)).excludes("./rootfs/etc/s6/web", "etc/s6/web")


def test_codes_for_a_path() -> None:
    selection = Selection(per_path=(("etc/s6/old", ("SK2", "SK901")),))
    assert selection.silences("SK203", "rootfs/etc/s6/old/run", "etc/s6/old/run")
    assert selection.silences("SK901", "rootfs/etc/s6/old/run", "etc/s6/old/run")
    assert not selection.silences("SK902", "rootfs/etc/s6/old/run", "etc/s6/old/run")
    assert not selection.silences("SK203", "rootfs/etc/s6/new/run", "etc/s6/new/run")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("SK203", ""),
        ("SK2", ""),
        ("SK", ""),
        ("ALL", ""),
        ("SK2O3", "no rule is called 'SK2O3'; did you mean SK203?"),
        ("unexecuted-daemon", "no rule is called 'unexecuted-daemon'; did you mean SK203?"),
        ("E501", "no rule is called 'E501'; `s6kit rule` lists them"),
        ("", "no rule is called ''; `s6kit rule` lists them"),
    ],
)
def test_codes_are_checked(word: str, expected: str) -> None:
    assert unknown_code(word) == expected


def test_words_of_a_command_line() -> None:
    assert words(["SK1,sk203", " SK9 ", ","]) == ("SK1", "SK203", "SK9")
