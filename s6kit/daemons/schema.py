"""What a knowledge file may say: read, checked, and brought into the compiled form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from s6kit.daemons.check import (
    Checker,
    Field,
    Node,
    by_name,
    flag,
    list_of,
    mapping,
    one_of,
    place_of_value,
    regex,
    text,
    texts,
    words,
)
from s6kit.daemons.facts import Does
from s6kit.daemons.formats import READERS

_DOES = tuple(does.value for does in Does)
_WINS = ("last", "foreground", "daemonizes")
_SIGNALS = ("TERM", "INT", "QUIT", "HUP", "USR1", "USR2", "KILL", "WINCH", "PWR", "CONT", "ALRM", "ABRT")
_READY = ("none", "sd-notify", "fd", "exits", "unknown")


def daemon(check: Checker, node: Node) -> dict[str, Any]:
    """The compiled form of a whole file; KnowledgeError for what it may not say."""
    raw = check.mapping(node, (0, 0), _FIELDS, required=("daemon", "title", "programs", "bare"))
    if "evidence" not in raw and "source" not in raw:
        raise check.fail((0, 0), 'neither "evidence" nor "source" says where this is known from')
    _list_words(raw)
    return raw


def _values(check: Checker, node: Node, where: tuple[int, int]) -> dict[str, str]:
    """`{no|off: foreground, yes|on: daemonizes}`, one entry a value."""
    plain = by_name(_does)(check, node, where)
    return {value.strip(): does for key, does in plain.items() for value in key.split("|")}


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
    name, equals, values = check.text(node, where).partition("=")
    if not name:
        raise check.fail(where, "expected a word")
    return {"names": [name], "values": values.lower().split("|")} if equals else {"names": [name]}


def _file_options(check: Checker, node: Node, where: tuple[int, int]) -> dict[str, str]:
    if isinstance(node, Mapping):
        return by_name(text)(check, node, where)  # type: ignore[no-any-return]
    return dict.fromkeys(words(check, node, where), "{}")


def _operand(check: Checker, node: Node, where: tuple[int, int]) -> int:
    if node == "first":
        return -1
    if node == "each":
        return -2
    if isinstance(node, int) and not isinstance(node, bool) and node > 0:
        return node
    raise check.fail(where, 'expected the number of an operand, from 1, "first" or "each"')


def _include(check: Checker, node: Node, where: tuple[int, int]) -> dict[str, str]:
    """A key, a list of keys, or keys with the names that are read where they name a directory."""
    if isinstance(node, Mapping):
        named = by_name(text)(check, node, where)
        return {key.lower(): pattern for key, pattern in named.items()}
    return {key.lower(): "*" for key in words(check, node, where)}


def _key(check: Checker, node: Node, where: tuple[int, int]) -> dict[str, Any]:
    """Values and what they do, and `unset`: what holds where the key isn't there."""
    values = _values(check, node, where)
    unset = values.pop("unset", None)
    return {"values": values, **({"unset": unset} if unset else {})}


def _config(check: Checker, node: Node, where: tuple[int, int]) -> dict[str, Any]:
    raw = check.mapping(node, where, _CONFIG, ("format", "keys"))
    if raw["format"] == "text":
        for key in raw["keys"]:
            regex(check, key, place_of_value(node, "keys"))
    return {key.replace("-", "_"): value for key, value in raw.items()}


def _variable(check: Checker, node: Node, where: tuple[int, int]) -> dict[str, Any]:
    if node == "arguments":
        return {"arguments": True}
    return {"values": _values(check, node, where)}


def _subcommand(check: Checker, node: Node, where: tuple[int, int]) -> dict[str, Any]:
    if isinstance(node, str):
        return {"bare": _does(check, node, where)}
    return check.mapping(node, where, _SUBCOMMAND, ("bare",))


def _sourced(name: str, field: Field, **more: Field) -> Field:
    def sourced(check: Checker, node: Node, where: tuple[int, int]) -> dict[str, Any]:
        if isinstance(node, Mapping):
            return check.mapping(node, where, {name: field, **more, "source": text}, (name,))
        return {name: field(check, node, where)}

    return sourced


_does = one_of(*_DOES)
_clues = list_of(_clue)

_CLUE: dict[str, Field] = {"word": texts, "value": texts, "matches": regex}
_OPTIONS: dict[str, Field] = {
    "short": text,
    "long": words,
    "style": one_of("getopt", "posix", "single", "keys"),
    "fold": flag,
    "operands": flag,
    "abbreviated": flag,
    "terminator": flag,
    "strict": flag,
}
_RULE: dict[str, Field] = {"when": _clues, "unless": _clues, "then": _does, "because": text, "doubt": regex}
_SUBCOMMAND: dict[str, Field] = {
    "bare": _does,
    "foreground": _clues,
    "daemonizes": _clues,
    "leaves": _clues,
    "wins": one_of("first", *_WINS),
}
_FILE: dict[str, Field] = {
    "options": _file_options,
    "operand": _operand,
    "default": texts,
    "optional": flag,
    "many": flag,
    "relative": text,
    "prefix": texts,
}
_SHIPPED: dict[str, Field] = {"file": text, "package": text, "does": _does}
_CONFIG: dict[str, Field] = {
    "format": one_of(*READERS),
    "file": mapping(_FILE),
    "keys": by_name(_key),
    "section": texts,
    "include": _include,
    "include-from": text,
    "inline": texts,
    "wins": one_of(*_WINS),
    "repeated": one_of("last", "first", "refused", "foreground", "daemonizes"),
    "order": one_of("words", "written"),
    "acquits": text,
    "cased": flag,
    "literal": one_of("quotes", "line"),
    "comment": text,
    "separator": text,
    "continued": flag,
    "sections": words,
    "shipped": list_of(mapping(_SHIPPED, ("file", "package", "does"))),
}
_EVIDENCE: dict[str, Field] = {
    "package": text,
    "version": text,
    "run": text,
    "config": by_name(text),
    "environment": by_name(text),
    "setup": text,
    "user": text,
    "directory": text,
    "observed": one_of("foreground", "daemonized", "exited"),
    "watched": text,
    "by": one_of("probe", "cases"),
    "note": text,
}
_TRIAL: dict[str, Field] = {
    "package": words,
    "run": text,
    "config": by_name(text),
    "environment": by_name(text),
    "setup": text,
    "user": text,
    "directory": text,
    "values": by_name(text),
    "skip": by_name(text),
}
_FIELDS: dict[str, Field] = {
    "daemon": text,
    "title": text,
    "programs": texts,
    "bare": _does,
    "options": mapping(_OPTIONS),
    "foreground": _clues,
    "daemonizes": _clues,
    "leaves": _clues,
    "wins": one_of("first", *_WINS),
    "rules": list_of(mapping(_RULE, ("then",))),
    "subcommands": by_name(_subcommand),
    "environment": by_name(_variable),
    "config": list_of(_config),
    "remedy": text,
    "instead": text,
    "ends": flag,
    "stop": _sourced("signal", one_of(*_SIGNALS)),
    "reload": _sourced("signal", one_of(*_SIGNALS, "none"), how=text),
    "readiness": _sourced("how", one_of(*_READY)),
    "user": _sourced("name", text, by=one_of("itself", "supervisor")),
    "notes": texts,
    "source": texts,
    "trial": list_of(mapping(_TRIAL, ("package", "run"))),
    "unproven": by_name(text),
    "evidence": list_of(mapping(_EVIDENCE, ("package", "run", "observed"))),
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
