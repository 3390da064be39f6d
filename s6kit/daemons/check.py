"""Knowledge files as people write them: read, checked, and brought into the compiled form."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Any

from s6kit.daemons.facts import Does
from s6kit.daemons.formats import READERS
from s6kit.errors import KnowledgeError
from s6kit.marks import place

Node = Any
"""What ruamel.yaml makes of a file: mappings and sequences that know their lines."""

_DOES = tuple(does.value for does in Does)
_WINS = ("last", "foreground", "daemonizes")
_SIGNALS = ("TERM", "INT", "QUIT", "HUP", "USR1", "USR2", "KILL", "WINCH", "PWR", "CONT", "ALRM", "ABRT")
_READY = ("none", "sd-notify", "fd", "exits", "unknown")


class Checker:
    """Checks one file; every complaint names file, line and column."""

    def __init__(self, path: str) -> None:
        self._path = path

    def fail(self, where: tuple[int, int], reason: str) -> KnowledgeError:
        """The error to raise for what stands at this line and column, from 0."""
        return KnowledgeError(
            f"unable to read knowledge file {self._path}:{where[0] + 1}:{where[1] + 1}: {reason}"
        )

    def daemon(self, node: Node) -> dict[str, Any]:
        """The compiled form of a whole file."""
        raw = self.mapping(node, (0, 0), _FIELDS, required=("daemon", "title", "programs", "bare"))
        if "evidence" not in raw and "source" not in raw:
            raise self.fail((0, 0), 'neither "evidence" nor "source" says where this is known from')
        _list_words(raw)
        return raw

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
            result[key] = fields[key](self, node[key], _of_value(node, key))
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


def _of_key(node: Node, key: Any) -> tuple[int, int]:
    return place(node, "key", key, (0, 0))


def _of_value(node: Node, key: Any) -> tuple[int, int]:
    return place(node, "value", key, (0, 0))


def _of_item(node: Node, at: int) -> tuple[int, int]:
    return place(node, "item", at, (0, 0))


def _start(node: Node, where: tuple[int, int]) -> tuple[int, int]:
    return (node.lc.line, node.lc.col) if hasattr(node, "lc") else where


def _unknown(key: str, fields: Mapping[str, Field]) -> str:
    near = difflib.get_close_matches(key, fields, 1, 0.6)
    hint = f'did you mean "{near[0]}"?' if near else f"known are {', '.join(fields)}"
    return f'unknown key "{key}"; {hint}'


def _text(check: Checker, node: Node, where: tuple[int, int]) -> str:
    return check.text(node, where)


def _flag(check: Checker, node: Node, where: tuple[int, int]) -> bool:
    if not isinstance(node, bool):
        raise check.fail(where, "expected true or false")
    return node


def _texts(check: Checker, node: Node, where: tuple[int, int]) -> list[str]:
    return [check.text(item, at) for item, at in check.items(node, where)]


def _words(check: Checker, node: Node, where: tuple[int, int]) -> list[str]:
    """A list, or words in one line."""
    return node.split() if isinstance(node, str) else _texts(check, node, where)


def _one_of(*choices: str) -> Field:
    def field(check: Checker, node: Node, where: tuple[int, int]) -> str:
        text = check.text(node, where)
        if text not in choices:
            near = difflib.get_close_matches(text, choices, 1, 0.5)
            hint = f'did you mean "{near[0]}"?' if near else f"expected one of {', '.join(choices)}"
            raise check.fail(where, f'unknown word "{text}"; {hint}')
        return text

    return field


def _regex(check: Checker, node: Node, where: tuple[int, int]) -> str:
    text = check.text(node, where)
    try:
        re.compile(text)
    except re.error as error:
        raise check.fail(where, f"not a regular expression: {error}") from None
    return text


def _mapping(fields: Mapping[str, Field], required: tuple[str, ...] = ()) -> Field:
    return lambda check, node, where: check.mapping(node, where, fields, required)


def _list_of(field: Field) -> Field:
    return lambda check, node, where: [field(check, item, at) for item, at in check.items(node, where)]


def _by_name(field: Field) -> Field:
    def by_name(check: Checker, node: Node, where: tuple[int, int]) -> dict[str, Any]:
        if not isinstance(node, Mapping):
            raise check.fail(where, "expected a mapping")
        return {
            check.text(key, _of_key(node, key)): field(check, node[key], _of_value(node, key)) for key in node
        }

    return by_name


def _values(check: Checker, node: Node, where: tuple[int, int]) -> dict[str, str]:
    """`{no|off: foreground, yes|on: daemonizes}`, one entry a value."""
    plain = _by_name(_does)(check, node, where)
    return {value.strip().lower(): does for key, does in plain.items() for value in key.split("|")}


def _clue(check: Checker, node: Node, where: tuple[int, int]) -> dict[str, Any]:
    """A word, `word=value|value`, or a mapping with `word` and `value` or `matches`."""
    if isinstance(node, Mapping):
        raw = check.mapping(node, where, _CLUE, ("word",))
        clue: dict[str, Any] = {"names": raw["word"]}
        if "value" in raw:
            clue["values"] = [v.lower() for text in raw["value"] for v in text.split("|")]
        if "matches" in raw:
            clue["matches"] = raw["matches"]
        return clue
    text = check.text(node, where)
    name, equals, values = text.partition("=")
    if not name:
        raise check.fail(where, "expected a word")
    return {"names": [name], "values": values.lower().split("|")} if equals else {"names": [name]}


def _file_options(check: Checker, node: Node, where: tuple[int, int]) -> dict[str, str]:
    if isinstance(node, Mapping):
        return _by_name(_text)(check, node, where)  # type: ignore[no-any-return]
    return dict.fromkeys(_words(check, node, where), "{}")


def _operand(check: Checker, node: Node, where: tuple[int, int]) -> int:
    if node == "first":
        return -1
    if isinstance(node, int) and not isinstance(node, bool) and node > 0:
        return node
    raise check.fail(where, 'expected the number of an operand, from 1, or "first"')


def _include(check: Checker, node: Node, where: tuple[int, int]) -> dict[str, str]:
    """A key, a list of keys, or keys with the names that are read where they name a directory."""
    if isinstance(node, Mapping):
        named = _by_name(_text)(check, node, where)
        return {key.lower(): pattern for key, pattern in named.items()}
    return {key.lower(): "*" for key in _words(check, node, where)}


def _key(check: Checker, node: Node, where: tuple[int, int]) -> dict[str, Any]:
    """Values and what they do, and `unset`: what holds where the key isn't there."""
    values = _values(check, node, where)
    unset = values.pop("unset", None)
    return {"values": values, **({"unset": unset} if unset else {})}


def _config(check: Checker, node: Node, where: tuple[int, int]) -> dict[str, Any]:
    raw = check.mapping(node, where, _CONFIG, ("format", "keys"))
    if raw["format"] == "text":
        for key in raw["keys"]:
            _regex(check, key, _of_value(node, "keys"))
    return {key.replace("-", "_"): value for key, value in raw.items()}


def _variable(check: Checker, node: Node, where: tuple[int, int]) -> dict[str, Any]:
    if node == "arguments":
        return {"arguments": True}
    return {"values": _values(check, node, where)}


def _subcommand(check: Checker, node: Node, where: tuple[int, int]) -> dict[str, Any]:
    if isinstance(node, str):
        return {"bare": _does(check, node, where)}
    return check.mapping(node, where, _SUBCOMMAND, ("bare",))


def _signal(check: Checker, node: Node, where: tuple[int, int]) -> dict[str, Any]:
    if isinstance(node, Mapping):
        return check.mapping(node, where, {"signal": _signal_name, "source": _text}, ("signal",))
    return {"signal": _signal_name(check, node, where)}


def _sourced(name: str, field: Field, **more: Field) -> Field:
    def sourced(check: Checker, node: Node, where: tuple[int, int]) -> dict[str, Any]:
        if isinstance(node, Mapping):
            return check.mapping(node, where, {name: field, **more, "source": _text}, (name,))
        return {name: field(check, node, where)}

    return sourced


_does = _one_of(*_DOES)
_signal_name = _one_of(*_SIGNALS)
_clues = _list_of(_clue)

_CLUE: dict[str, Field] = {"word": _texts, "value": _texts, "matches": _regex}
_OPTIONS: dict[str, Field] = {
    "short": _text,
    "long": _words,
    "style": _one_of("getopt", "posix", "single", "keys"),
    "fold": _flag,
    "operands": _flag,
}
_RULE: dict[str, Field] = {"when": _clues, "unless": _clues, "then": _does, "because": _text, "doubt": _regex}
_SUBCOMMAND: dict[str, Field] = {
    "bare": _does,
    "foreground": _clues,
    "daemonizes": _clues,
    "leaves": _clues,
    "wins": _one_of(*_WINS),
}
_FILE: dict[str, Field] = {
    "options": _file_options,
    "operand": _operand,
    "default": _texts,
    "optional": _flag,
    "many": _flag,
    "relative": _text,
    "prefix": _texts,
}
_SHIPPED: dict[str, Field] = {"file": _text, "package": _text, "does": _does}
_CONFIG: dict[str, Field] = {
    "format": _one_of(*READERS),
    "file": _mapping(_FILE),
    "keys": _by_name(_key),
    "section": _texts,
    "include": _include,
    "include-from": _text,
    "inline": _texts,
    "wins": _one_of(*_WINS),
    "repeated": _one_of("last", "first", "refused"),
    "order": _one_of("words", "written"),
    "acquits": _text,
    "comment": _text,
    "separator": _text,
    "sections": _words,
    "shipped": _list_of(_mapping(_SHIPPED, ("file", "package", "does"))),
}
_EVIDENCE: dict[str, Field] = {
    "package": _text,
    "version": _text,
    "run": _text,
    "config": _by_name(_text),
    "environment": _by_name(_text),
    "setup": _text,
    "user": _text,
    "directory": _text,
    "observed": _one_of("foreground", "daemonized", "exited"),
    "watched": _text,
    "by": _one_of("probe", "cases"),
    "note": _text,
}
_TRIAL: dict[str, Field] = {
    "package": _words,
    "run": _text,
    "config": _by_name(_text),
    "environment": _by_name(_text),
    "setup": _text,
    "user": _text,
    "directory": _text,
    "values": _by_name(_text),
    "skip": _by_name(_text),
}
_FIELDS: dict[str, Field] = {
    "daemon": _text,
    "title": _text,
    "programs": _texts,
    "bare": _does,
    "options": _mapping(_OPTIONS),
    "foreground": _clues,
    "daemonizes": _clues,
    "leaves": _clues,
    "wins": _one_of(*_WINS),
    "rules": _list_of(_mapping(_RULE, ("then",))),
    "subcommands": _by_name(_subcommand),
    "environment": _by_name(_variable),
    "config": _list_of(_config),
    "remedy": _text,
    "instead": _text,
    "ends": _flag,
    "stop": _signal,
    "reload": _signal,
    "readiness": _sourced("how", _one_of(*_READY)),
    "user": _sourced("name", _text, by=_one_of("itself", "supervisor")),
    "notes": _texts,
    "source": _texts,
    "trial": _list_of(_mapping(_TRIAL, ("package", "run"))),
    "unproven": _by_name(_text),
    "evidence": _list_of(_mapping(_EVIDENCE, ("package", "run", "observed"))),
}


def _list_words(raw: dict[str, Any]) -> None:
    """Add the words that decide to the options, where these leave them out."""
    options = raw.setdefault("options", {}) if _mentioned(raw) else raw.get("options", {})
    single = options.get("style") == "single"
    names = {name.rstrip("=[]") for name in options.get("long", [])}
    for word, takes in _mentioned(raw).items():
        dashes = 2 if word.startswith("--") else 1
        bare = word[dashes:]
        if dashes == 2 or single:
            if bare not in names:
                options.setdefault("long", []).append(bare + ("=" if takes else ""))
                names.add(bare)
        elif bare[:1] not in options.get("short", ""):
            options["short"] = options.get("short", "") + bare[:1] + (":" if takes else "")


def _mentioned(raw: dict[str, Any]) -> dict[str, bool]:
    """The options that the knowledge speaks of, and whether they need a value."""
    found: dict[str, bool] = {}
    places = [raw, *raw.get("subcommands", {}).values()]
    clues = [clue for place in places for does in _DOES for clue in place.get(does, [])]
    clues += [
        clue for rule in raw.get("rules", []) for part in ("when", "unless") for clue in rule.get(part, [])
    ]
    for clue in clues:
        for name in clue["names"]:
            valued = bool(clue.get("matches") or (clue.get("values") and "" not in clue["values"]))
            found[name] = found.get(name, True) and valued
    for config in raw.get("config", []):
        for name in (*config.get("file", {}).get("options", {}), *config.get("inline", [])):
            found[name] = True
    return {name: takes for name, takes in found.items() if name.startswith("-") and len(name) > 1}
