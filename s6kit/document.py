"""YAML that people write for s6kit: read with ruamel.yaml, every complaint with file, line and column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from s6kit.errors import ConfigError
from s6kit.marks import Where, place

LARGEST = 1 << 20  # bytes of a file that a person wrote


class Document:
    """One file; `shown` names it in complaints."""

    def __init__(self, data: bytes, shown: str) -> None:
        self.shown = shown
        self.top = self._parse(data)

    def fail(self, where: Where, reason: str) -> ConfigError:
        """The error to raise for what stands there."""
        return ConfigError(f"unable to read {self.shown}:{where[0] + 1}:{where[1] + 1}: {reason}")

    def mapping(self, node: Any, where: Where, keys: Iterable[str] = ()) -> Iterator[tuple[str, Any, Where]]:
        """The keys of a mapping, their values and where these stand; with `keys`, no other is allowed.

        An empty value, as `lint:` on a line of its own, is an empty mapping.
        """
        if node is None:
            return
        if not isinstance(node, Mapping):
            raise self.fail(where, f"expected keys with values, found {_kind(node)}")
        allowed = tuple(keys)
        for key, value in node.items():
            if not isinstance(key, str):
                raise self.fail(place(node, "key", key, where), f"expected a name, found {_kind(key)}")
            if allowed and key not in allowed:
                raise self.fail(place(node, "key", key, where), _unknown(key, allowed))
            yield key, value, place(node, "value", key, where)

    def text(self, node: Any, where: Where) -> str:
        """A word or a line; numbers are text only in quotes, or they would lose zeros."""
        if not isinstance(node, str):
            raise self.fail(where, f"expected text, found {_kind(node)}")
        if not node or "\0" in node:
            raise self.fail(
                where, "expected text, found none" if not node else "a NUL byte cannot stand here"
            )
        return node

    def texts(self, node: Any, where: Where) -> Iterator[tuple[str, Where]]:
        """The texts of a list, or a single one, and where each stands."""
        if node is None:
            return
        if not isinstance(node, list):
            yield self.text(node, where), where
            return
        for at, item in enumerate(node):
            here = place(node, "item", at, where)
            yield self.text(item, here), here

    def _parse(self, data: bytes) -> Any:
        from ruamel.yaml import YAML  # noqa: PLC0415 - 15 ms, for those who have such a file
        from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415

        try:
            return YAML(typ="rt").load(data.decode("utf-8"))
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start)
            column = error.start - (data.rfind(b"\n", 0, error.start) + 1)
            raise self.fail((line, column), "this is not UTF-8") from None
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = (mark.line, mark.column) if mark else (0, 0)
            raise self.fail(where, _first_line(error.problem or error)) from None
        except YAMLError as error:
            raise self.fail(_position(error), _first_line(error)) from None
        except Exception as error:  # ruamel.yaml stumbles over tags and merges that make no sense
            raise self.fail((0, 0), f"{_first_line(error)} ({type(error).__name__})") from None


def read(path: Path, shown: str) -> Document:
    """The document in a file; ConfigError where it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise ConfigError(f"unable to read {shown}: {getattr(error, 'strerror', None) or error}") from None
    if len(data) > LARGEST:
        raise ConfigError(f"unable to read {shown}: it has more than {LARGEST} bytes")
    return Document(data, shown)


def _position(error: Exception) -> Where:
    """Where a complaint without a mark stands: a character that YAML does not allow."""
    position = getattr(error, "position", None)
    return (0, position) if isinstance(position, int) else (0, 0)


def _first_line(error: object) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _unknown(key: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for an error

    near = get_close_matches(key, known, 1, 0.6)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
    return f"unknown key {key!r}; {hint}"


def _kind(node: Any) -> str:
    if node is None:
        return "nothing"
    if isinstance(node, Mapping):
        return "keys with values"
    if isinstance(node, list):
        return "a list"
    return f"text {node!r}" if isinstance(node, str) else f"{str(node).lower()!r} (put it in quotes)"
