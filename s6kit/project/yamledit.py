"""A key put into a YAML text, or taken out of it: every other character stays as it is.

ruamel.yaml says where everything stands and how a value is written; only lines are added or removed, or, in
`{…}`, characters. What comes out is read again and compared with what it has to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from s6kit.dataclass import dataclass
from s6kit.regex import regex

Path = Sequence[str]
Plain = Any
"""Texts, numbers, truths, None, and lists and dicts of them."""

_WIDEST = 100  # columns of a list on one line
_STEP = 2
_COMMENT = regex(r"( *)#")


@dataclass(frozen=True)
class _Place:
    """A mapping in the text, its keys with their values, and the column and the step of its parent's keys."""

    node: Any
    keys: tuple[str, ...]

    @property
    def flow(self) -> bool:
        return bool(self.node.flow_style)

    def at(self, key: str) -> tuple[Any, Any]:
        """The nodes of a key and its value."""
        found: tuple[Any, Any] = self.node.value[self.keys.index(key)]
        return found


def put(text: str, path: Path, value: Plain) -> str:
    """`text` with `value` at `path`, a key in each of the mappings above it, which are made where missing.

    ValueError where the text is of a form in which that cannot be done without touching something else.
    """
    expected = _keys(read(text), "it")
    _set(expected, path, value)
    return _proved(expected, lambda: _put(text, path, value), lambda: _put(text, path, value, _behind))


def take(text: str, path: Path, prune: bool = True) -> str:
    """`text` without the key at `path`, and, with `prune`, without the mappings that this empties.

    ValueError as for `put`; KeyError where there is no such key.
    """
    expected = read(text) or {}
    above = expected
    for key in path[:-1]:
        above = above[key]
    del above[path[-1]]
    return _proved(expected, lambda: _take(text, path, prune))


def read(text: str) -> Plain:
    """What a text says; ValueError where it is no YAML."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - slow to import
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    try:
        return _plain(YAML(typ="rt").load(text))
    except YAMLError as error:
        raise ValueError((str(error).splitlines() or ["no YAML"])[0]) from None


def _proved(expected: Plain, *edits: Callable[[], str]) -> str:
    """The first text that says what is expected; empty mappings and nothing are the same."""
    for edit in edits:
        done = edit()
        with suppress(ValueError):
            if _full(read(done)) == _full(expected):
                return done
    raise ValueError("it is written in a form that does not allow it")


def _full(value: Plain) -> Plain:
    """Without what is empty."""
    if isinstance(value, dict):
        inside = {key: _full(each) for key, each in value.items()}
        return {key: each for key, each in inside.items() if each not in (None, [])} or None
    return value


def _plain(node: Any) -> Plain:
    if isinstance(node, Mapping):
        return {_plain(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(item) for item in node]
    for kind in (bool, int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return node


def _set(expected: dict[str, Any], path: Path, value: Plain) -> None:
    for key in path[:-1]:
        expected[key] = _keys(expected.get(key), key)
        expected = expected[key]
    expected[path[-1]] = value


def _keys(value: Plain, name: str) -> dict[str, Any]:
    if not isinstance(value, dict | None):
        raise ValueError(f"{name} holds no keys")
    return value or {}


def _put(text: str, path: Path, value: Plain, end: Callable[[str, Any, int], int] | None = None) -> str:
    here, line, column, rest = _mapping(text), text.count("\n") + 1, 0, list(path)
    while here is not None and rest[0] in here.keys:
        key, held = here.at(rest.pop(0))
        if not rest:
            return _replace(text, path, held, value)
        here = _as_mapping(held)
        line, column = key.start_mark.line + 1, key.start_mark.column + _step(text)
    for name in reversed(rest[1:]):
        value = {name: value}
    if here is None:
        return _below(text, line, column, rest[0], value)
    if here.flow:
        return _into_flow(text, here, rest[0], value)
    column = here.node.value[0][0].start_mark.column
    return _below(text, (end or _end)(text, here.node.end_mark, column), column, rest[0], value)


def _replace(text: str, path: Path, held: Any, value: Plain) -> str:
    """Another value for a key; what is one scalar or stands in brackets is replaced in its place."""
    start, end = held.start_mark.index, held.end_mark.index
    simple = held.flow_style if isinstance(held.value, list) else held.style not in ("|", ">")
    if simple and end > start:
        return text[:start] + _flow(value) + text[end:]
    return _put(_take(text, path, prune=False), path, value)


def _into_flow(text: str, here: _Place, key: str, value: Plain) -> str:
    pair = _flow({key: value})[1:-1]
    if here.keys:
        at = here.node.value[-1][1].end_mark.index
        return f"{text[:at]}, {pair}{text[at:]}"
    at = here.node.start_mark.index + 1
    return text[:at] + pair + text[at:]


def _below(text: str, line: int, column: int, key: str, value: Plain) -> str:
    """Lines for a key and its value before the line of that number, or at the end."""
    lines = text.splitlines(keepends=True)
    ending = "\r\n" if "\r\n" in text else "\n"
    new = [" " * column + each + ending for each in _block({key: value}, text, column)]
    if line >= len(lines) and lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += ending
        new[-1] = new[-1].removesuffix(ending)
    return "".join([*lines[:line], *new, *lines[line:]])


def _take(text: str, path: Path, prune: bool) -> str:
    above = _inner(text, path[:-1])
    if above is None:
        raise KeyError(path[-1])
    if above.flow:
        return _out_of_flow(text, above, path, prune)
    at = above.keys.index(path[-1])
    key = above.at(path[-1])[0]
    following = above.node.value[at + 1][0].start_mark if at + 1 < len(above.keys) else above.node.end_mark
    lines = text.splitlines(keepends=True)
    first, end = key.start_mark.line, _end(text, following, key.start_mark.column + 1)
    if prune and len(above.keys) == 1 and len(path) > 1:
        outer = _inner(text, path[:-2])
        if outer and not outer.flow and not _says_more(lines, outer.at(path[-2])[0], first, following, end):
            return _take(text, path[:-1], prune)
    kept = [*lines[:first], *lines[end:]]
    if end >= len(lines) and not text.endswith(("\n", "\r")) and kept:
        kept[-1] = kept[-1].rstrip("\r\n")
    return "".join(kept)


def _says_more(lines: list[str], key: Any, first: int, following: Any, end: int) -> bool:
    """Whether a comment stands at a key or below it, but for the lines of its only entry."""
    return any("#" in line for line in [*lines[key.start_mark.line : first], *lines[end : following.line]])


def _out_of_flow(text: str, above: _Place, path: Path, prune: bool) -> str:
    at = above.keys.index(path[-1])
    key, held = above.at(path[-1])
    start, end = key.start_mark.index, held.end_mark.index
    if prune and len(above.keys) == 1 and len(path) > 1:
        outer = _inner(text, path[:-2])
        if outer and outer.flow:
            return _take(text, path[:-1], prune)
    if at + 1 < len(above.keys):
        end = above.node.value[at + 1][0].start_mark.index
    elif at:
        start = above.node.value[at - 1][1].end_mark.index
    if "#" in text[start : key.start_mark.index] + text[held.end_mark.index : end]:
        raise ValueError("a comment stands in the way")
    return text[:start] + text[end:]


def _mapping(text: str) -> _Place | None:
    """The mapping that the whole text is, None for an empty one."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - slow to import

    return _as_mapping(YAML(typ="rt").compose(text))


def _inner(text: str, path: Path) -> _Place | None:
    """The mapping that `path` leads to, if it is one."""
    here = _mapping(text)
    for name in path:
        here = _as_mapping(here.at(name)[1]) if here else None
    return here


def _as_mapping(node: Any) -> _Place | None:
    pairs = getattr(node, "value", None)
    if not isinstance(pairs, list) or not all(isinstance(pair, tuple) for pair in pairs):
        return None
    return _Place(node, tuple(key.value for key, _ in pairs)) if pairs or node.flow_style else None


def _end(text: str, mark: Any, column: int) -> int:
    """The number of the line behind what ends before `mark`: blank lines, and comments further to the left
    than `column`, belong to what follows."""
    lines, end = text.splitlines(), _behind(text, mark)
    while (end and not lines[end - 1].strip()) or _is_left(lines[end - 1 : end], column):
        end -= 1
    return end


def _behind(text: str, mark: Any, column: int = 0) -> int:
    """The number of the line behind what ends before `mark`, blank lines and all."""
    last = len(text.splitlines())
    return min(mark.line, last) if mark.column == 0 or mark.index < len(text) else last


def _is_left(lines: list[str], column: int) -> bool:
    match = _COMMENT.match(lines[0]) if lines else None
    return match is not None and len(match[1]) < column


def _flow(value: Plain) -> str:
    """A value on one line."""
    return "\n".join(_dumped(_styled(value, flow=True))).strip()


def _block(value: Mapping[str, Any], text: str, column: int) -> list[str]:
    return _dumped(_styled(value, column=column), _step(text), _offset(text))


def _dumped(value: Any, step: int = _STEP, offset: int = 0) -> list[str]:
    from ruamel.yaml import YAML  # noqa: PLC0415 - slow to import
    from ruamel.yaml.compat import StringIO  # noqa: PLC0415

    yaml = YAML(typ="rt")
    yaml.width = 1 << 30
    yaml.indent(mapping=step, sequence=offset + 2, offset=offset)
    out = StringIO()
    yaml.dump(value, out)
    return out.getvalue().removesuffix("...\n").split("\n")[:-1]


def _styled(value: Plain, flow: bool = False, column: int = 0) -> Any:
    """A value as ruamel.yaml writes it: lists in brackets as long as they fit, odd texts in double quotes."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq  # noqa: PLC0415 - slow to import
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString  # noqa: PLC0415

    if isinstance(value, dict):
        made = CommentedMap((key, _styled(each, flow, column + 2 + len(key))) for key, each in value.items())
        if flow or not value:
            made.fa.set_flow_style()
        return made
    if isinstance(value, list):
        items = CommentedSeq(_styled(each) for each in value)
        if flow or column + sum(len(str(each)) + 2 for each in value) <= _WIDEST:
            items.fa.set_flow_style()
        return items
    odd = isinstance(value, str) and not value.isprintable()
    return DoubleQuotedScalarString(value) if odd else value


def _step(text: str) -> int:
    """By how much a mapping in a mapping is indented here."""
    steps = (
        inner.value[0][0].start_mark.column - key.start_mark.column
        for key, inner in _pairs(_mapping(text))
        if _is_block(inner) and isinstance(inner.value[0], tuple)
    )
    return next((step for step in steps if step > 0), _STEP)


def _offset(text: str) -> int:
    """By how much a dash is indented below the key of its list here."""
    offsets = (
        inner.start_mark.column - key.start_mark.column
        for key, inner in _pairs(_mapping(text))
        if _is_block(inner) and not isinstance(inner.value[0], tuple)
    )
    return next((offset for offset in offsets if offset >= 0), _STEP)


def _is_block(node: Any) -> bool:
    return isinstance(node.value, list) and bool(node.value) and not node.flow_style


def _pairs(here: _Place | None) -> Iterator[tuple[Any, Any]]:
    """Every key with its value, from the top down, as they stand."""
    for key, inner in here.node.value if here else ():
        yield key, inner
        yield from _pairs(_as_mapping(inner))
