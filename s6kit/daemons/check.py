"""A YAML mapping with known keys, checked: every complaint names file, line and column."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Any

from s6kit.errors import KnowledgeError
from s6kit.marks import place

Node = Any
"""What ruamel.yaml makes of a file: mappings and sequences that know their lines."""


class Checker:
    """Checks one file; every complaint names file, line and column."""

    def __init__(self, path: str) -> None:
        self._path = path

    def fail(self, where: tuple[int, int], reason: str) -> KnowledgeError:
        """The error to raise for what stands at this line and column, from 0."""
        return KnowledgeError(
            f"unable to read knowledge file {self._path}:{where[0] + 1}:{where[1] + 1}: {reason}"
        )

    def mapping(
        self, node: Node, where: tuple[int, int], fields: Mapping[str, Field], required: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """A mapping with these keys only, in the order of the file."""
        if not isinstance(node, Mapping):
            raise self.fail(where, f"expected a mapping, with keys such as {', '.join(list(fields)[:4])}")
        result: dict[str, Any] = {}
        for key in node:
            if key not in fields:
                raise self.fail(_of_key(node, key), _unknown(str(key), fields))
            result[key] = fields[key](self, node[key], place_of_value(node, key))
        for key in required:
            if key not in result:
                raise self.fail(_start(node, where), f'"{key}" is missing')
        return result

    def text(self, node: Node, where: tuple[int, int]) -> str:
        """A scalar as text: true, false and numbers as YAML writes them."""
        if isinstance(node, bool):
            return "true" if node else "false"
        if node is None:
            return ""
        if isinstance(node, (str, int, float)):
            return str(node)
        raise self.fail(where, "expected a word")

    def items(self, node: Node, where: tuple[int, int]) -> list[tuple[Node, tuple[int, int]]]:
        """The items of a list; a single item may stand without one."""
        if isinstance(node, list):
            return [(item, _of_item(node, at)) for at, item in enumerate(node)]
        return [(node, where)]


Field = Callable[[Checker, Node, tuple[int, int]], Any]
"""What reads one value: a kind of field, such as `text`, or one that is made of others."""


def _of_key(node: Node, key: Any) -> tuple[int, int]:
    return place(node, "key", key, (0, 0))


def place_of_value(node: Node, key: Any) -> tuple[int, int]:
    return place(node, "value", key, (0, 0))


def _of_item(node: Node, at: int) -> tuple[int, int]:
    return place(node, "item", at, (0, 0))


def _start(node: Node, where: tuple[int, int]) -> tuple[int, int]:
    return (node.lc.line, node.lc.col) if hasattr(node, "lc") else where


def _unknown(key: str, fields: Mapping[str, Field]) -> str:
    near = difflib.get_close_matches(key, fields, 1, 0.6)
    hint = f'did you mean "{near[0]}"?' if near else f"known are {', '.join(fields)}"
    return f'unknown key "{key}"; {hint}'


def text(check: Checker, node: Node, where: tuple[int, int]) -> str:
    """A scalar, as text."""
    return check.text(node, where)


def flag(check: Checker, node: Node, where: tuple[int, int]) -> bool:
    """true or false."""
    if not isinstance(node, bool):
        raise check.fail(where, "expected true or false")
    return node


def texts(check: Checker, node: Node, where: tuple[int, int]) -> list[str]:
    """A list of scalars, or one."""
    return [check.text(item, at) for item, at in check.items(node, where)]


def words(check: Checker, node: Node, where: tuple[int, int]) -> list[str]:
    """A list, or words in one line."""
    return node.split() if isinstance(node, str) else texts(check, node, where)


def one_of(*choices: str) -> Field:
    """One of these words."""

    def field(check: Checker, node: Node, where: tuple[int, int]) -> str:
        text = check.text(node, where)
        if text not in choices:
            near = difflib.get_close_matches(text, choices, 1, 0.5)
            hint = f'did you mean "{near[0]}"?' if near else f"expected one of {', '.join(choices)}"
            raise check.fail(where, f'unknown word "{text}"; {hint}')
        return text

    return field


def regex(check: Checker, node: Node, where: tuple[int, int]) -> str:
    """A regular expression, as text."""
    text = check.text(node, where)
    try:
        re.compile(text)
    except re.error as error:
        raise check.fail(where, f"not a regular expression: {error}") from None
    return text


def mapping(fields: Mapping[str, Field], required: tuple[str, ...] = ()) -> Field:
    """A mapping with these keys only."""
    return lambda check, node, where: check.mapping(node, where, fields, required)


def list_of(field: Field) -> Field:
    """A list of such values, or one."""
    return lambda check, node, where: [field(check, item, at) for item, at in check.items(node, where)]


def by_name(field: Field) -> Field:
    """A mapping from any name to such values."""

    def named(check: Checker, node: Node, where: tuple[int, int]) -> dict[str, Any]:
        if not isinstance(node, Mapping):
            raise check.fail(where, "expected a mapping")
        return {
            check.text(key, _of_key(node, key)): field(check, node[key], place_of_value(node, key))
            for key in node
        }

    return named
