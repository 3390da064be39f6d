"""What supervisors write about their services, byte by byte."""

from __future__ import annotations

import pytest

from s6kit.probe.status import Death, Status, deaths, is_old, status

SINCE = 1795702244.986026  # the first label below, without its 2^62
UP = bytes.fromhex("400000006b083de43ac5908b 400000006b083de63ac5908b 000000000000000a")
FRESH = UP[:12] + bytes.fromhex("400000006b083de33ac5908b") + UP[24:]  # ready before it was started
GONE = UP[:24] + bytes(8)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (UP + b"\0\0\x0c", Status(10, True, 2.0, None, SINCE)),
        (UP + b"\0\0\x04", Status(10, True, None, None, SINCE)),
        (GONE + b"\0\0\x0c", Status(0, True, None, 0, SINCE)),
        (GONE + b"\x09\0\x08", Status(0, False, None, 0x900, SINCE)),
        (UP + b"\0\x0f\x06", Status(0, True, None, 15, SINCE)),  # `finish` runs, as process 10
        (UP + bytes(8) + b"\0\0\x0c", Status(10, True, 2.0, None, SINCE)),  # s6 2.13: with the process group
        (UP[:12] + b"\x0b\0\0\0\0u\0\1", Status(11, True, None, None, SINCE)),
        (UP[:12] + b"\x0b\0\0\0\0u\0\2", Status(0, True, None, None, SINCE)),
        (UP[:12] + b"\0\0\0\0\0d\0\0", Status(0, False, None, None, SINCE)),
        (b"", None),
        (None, None),
    ],
)
def test_what_a_supervisor_has_written(data: bytes | None, expected: Status | None) -> None:
    assert status(data) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (FRESH + b"\0\0\x0c", Status(10, True, None, None, SINCE)),
        (UP + b"\0\0\x1c", Status(10, True, 2.0, None, SINCE)),
        (GONE + b"\x09\0\x14", Status(0, False, None, 0x900, SINCE)),
        (GONE + b"\x09\0\x1c", Status(0, True, None, 0x900, SINCE)),
    ],
)
def test_s6_until_2_10_had_a_flag_more(data: bytes, expected: Status) -> None:
    assert is_old(data)
    assert status(data) == expected


@pytest.mark.parametrize("data", [UP + b"\0\0\x0c", FRESH + b"\0\0\x04", GONE + b"\0\0\x0c", GONE, None])
def test_what_may_be_of_a_later_s6(data: bytes | None) -> None:
    assert not is_old(data)


def test_what_looks_alike_is_told_by_what_else_is_known() -> None:
    asked = FRESH + b"\0\0\x04"  # since 2.11: up; before: asked to end
    assert (status(asked), status(asked, old=True)) == (
        Status(10, True, None, None, SINCE),
        Status(10, False, None, None, SINCE),
    )


def test_a_death_tally() -> None:
    assert deaths(UP[:12] + b"\x09\0" + UP[12:24] + b"\x8f\x0f" + b"half") == (
        Death(SINCE, 9, None),
        Death(SINCE + 2, None, 15),
    )
    assert deaths(None) == ()
