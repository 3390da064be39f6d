"""Where the parts of a YAML document stand, as ruamel.yaml keeps it with its mappings and lists."""

from __future__ import annotations

from typing import Any

Where = tuple[int, int]
"""A line and a column, from 0."""


def place(node: Any, what: str, at: Any, otherwise: Where) -> Where:
    """Where the key, value or item `at` of a node stands; what is merged into a mapping has no place."""
    try:
        line, column = getattr(node.lc, what)(at)
    except (AttributeError, KeyError, TypeError):
        return otherwise
    return line, column
