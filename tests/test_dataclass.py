"""What a dataclass of ours does as those of `dataclasses` do."""

from __future__ import annotations

import dataclasses
import pickle
from dataclasses import asdict, field, fields

import pytest

from s6kit.dataclass import dataclass, replace


@dataclass(frozen=True, slots=True)
class Point:
    """A value."""

    x: int
    y: int = 2
    names: list[str] = field(default_factory=list, repr=False)


@dataclass()
class Pen:
    """What changes."""

    at: Point
    color: str = "black"


@dataclass(frozen=True)
class Nothing:
    """Without any field."""


@dataclass(slots=True, eq=False)
class Thing:
    """Only ever itself."""

    x: int


def test_values_come_by_place_by_name_and_by_default() -> None:
    first, second = Point(1), Point(3, names=["a"], y=4)
    assert (first.x, first.y, first.names) == (1, 2, [])
    assert (second.x, second.y, second.names) == (3, 4, ["a"])
    first.names.append("b")
    assert Point(1).names == []
    assert not hasattr(first, "__dict__")


@pytest.mark.parametrize(
    ("given", "named", "said"),
    [
        ((), {}, "missing 1 required positional argument: 'x'"),
        ((1, 2, [], 4), {}, "takes from 2 to 4 positional arguments but 5 were given"),
        ((1,), {"z": 2}, "got an unexpected keyword argument 'z'"),
    ],
)
def test_arguments_are_those_of_the_fields(
    given: tuple[object, ...], named: dict[str, object], said: str
) -> None:
    with pytest.raises(TypeError, match=said):
        Point(*given, **named)  # type: ignore[arg-type]


def test_what_is_equal() -> None:
    assert Point(1) == Point(1, 2)
    assert Point(1) != Point(2)
    assert Point(1, 2, ["a"]) != Point(1)
    assert Nothing() == Nothing()
    assert Pen(Point(1)) == Pen(Point(1))
    thing = Thing(1)
    assert thing == thing  # noqa: PLR0124
    assert thing != Thing(1)


@pytest.mark.parametrize("other", [Nothing(), Pen(Point(1)), (1, 2, []), 1])
def test_nothing_equals_another_class(other: object) -> None:
    assert Point(1) != other
    assert other != Point(1)


def test_what_can_be_in_a_set() -> None:
    assert hash(replace(Point(1), names=())) == hash(Point(1, 2, ()))  # type: ignore[arg-type]
    assert {Nothing(), Nothing()} == {Nothing()}
    thing = Thing(1)
    assert {thing, Thing(1)} - {thing} != set()
    with pytest.raises(TypeError, match="unhashable type: 'Pen'"):
        hash(Pen(Point(1)))


def test_the_same_with_other_values() -> None:
    point = Point(1, 3, ["a"])
    assert replace(point, y=4) == Point(1, 4, ["a"])
    assert (replace(point).names is point.names, replace(point) is point) == (True, False)
    assert replace(Nothing()) == Nothing()
    with pytest.raises(TypeError, match="got an unexpected keyword argument 'z'"):
        replace(point, z=2)  # type: ignore[call-arg]


def test_how_it_reads() -> None:
    assert repr(Pen(Point(1), "red")) == "Pen(at=Point(x=1, y=2), color='red')"
    assert repr(Nothing()) == "Nothing()"


def test_it_is_a_dataclass() -> None:
    assert [each.name for each in fields(Point)] == ["x", "y", "names"]
    assert dataclasses.replace(Point(1, 2), y=3) == Point(1, 3)
    assert asdict(Pen(Point(1))) == {"at": {"x": 1, "y": 2, "names": []}, "color": "black"}
    assert pickle.loads(pickle.dumps(Pen(Point(1)))) == Pen(Point(1))
    match Point(1):
        case Point(x, y):
            assert (x, y) == (1, 2)
