"""How verdicts are put into words."""

from __future__ import annotations

from s6kit.daemons.facts import Config, Daemon, Does
from s6kit.daemons.words import Event

_ENDINGS = {
    Does.FOREGROUND: "stays in front",
    Does.DAEMONIZES: "forks away",
    Does.LEAVES: "does its job and ends",
    Does.UNKNOWN: "may do either",
}


def ending(does: Does) -> str:
    """What it does, after the program's name."""
    return _ENDINGS[does]


def typed(event: Event) -> str:
    """The words of an event, as typed."""
    words = [event.word] + ([event.given] if event.given is not None else [])
    return " ".join(word.text if word.text is not None else f"{word.prefix}…" for word in words)


def because_of(daemon: Daemon, name: str, does: Does, event: Event) -> str:
    """That a word decides."""
    return f'{name} {ending(does)} because of "{typed(event)}"'


def remedy(daemon: Daemon, config: Config | None, absent: str) -> str:
    """What to type so that it stays."""
    if daemon.instead:
        return f"run {daemon.instead} instead"
    said = acquits(config) if config is not None else ""
    if absent and said:
        return f'"{said}" in {absent} would keep it in front' + (
            f", or run {daemon.remedy}" if daemon.remedy else ""
        )
    if daemon.remedy:
        return f"run {daemon.remedy}"
    return f'set "{said}"' if said else ""


def unseen(config: Config, absent: str) -> str:
    """That a file which may send it away cannot be read, and what a package's own says."""
    shipped = [s for s in config.shipped if s["file"] == absent]
    own = f"; that of {shipped[0]['package']} has it as {shipped[0]['does']}" if shipped else ""
    return f"{absent} decides, and is not in this tree{own}"


def acquits(config: Config) -> str:
    """The line of configuration that keeps it in front."""
    if config.acquits or config.format in ("text", "whole"):
        return config.acquits
    for key in config.keys:
        for value, does in key.values.items():
            if does is Does.FOREGROUND and not value:
                return key.name
            if does is Does.FOREGROUND and value != "*":
                return line(config, key.name, value)
    return ""


def line(config: Config, key: str, value: str) -> str:
    """A setting as it is written in such files."""
    if not value:
        return key
    return _SHAPES.get(config.format, "{}={}" if config.separator == "=" else "{} {}").format(key, value)


_SHAPES = {
    "nginx": "{} {};",
    "blocks": "{} {}",
    "ini": "{} = {}",
    "toml": "{} = {}",
    "clauses": "{}: {}",
    "yaml": "{}: {}",
    "json": '"{}": {}',
    "xml": "<{0}>{1}</{0}>",
    "assignments": "{} = {}",
    "keywords": "{} {}",
}
