"""Programs that are run through their interpreter: `python3 -m gunicorn`, `perl /usr/sbin/spamd`."""

from __future__ import annotations

from collections.abc import Sequence

from s6kit.regex import regex
from s6kit.value import Value, known

_INTERPRETERS = {
    "python": "WXQ",
    "pypy": "WXQ",
    "perl": "",
    "ruby": "IrCEF",
    "node": "r",
    "nodejs": "r",
    "sh": "o",
    "bash": "oO",
    "ash": "o",
    "dash": "o",
}
"""Names without their version, and the letters of options that take the next word."""
_OTHERWISE = regex(r"-[a-zA-Z]*[ce]$|--(eval|print)$")


def script(command: Sequence[Value]) -> tuple[Value, ...]:
    """The command as if the interpreted program were run itself; empty where `command` runs none."""
    name = (command[0].text or "").rsplit("/", 1)[-1].rstrip("0123456789.")
    takes = _INTERPRETERS.get(name)
    if takes is None:
        return ()
    at = 1
    while at < len(command):
        text = command[at].text
        if text is None or _OTHERWISE.match(text):
            return ()
        if text == "-m" and name in ("python", "pypy"):
            return _module(command[at + 1 :])
        if not text.startswith("-") or text == "-":
            return tuple(command[at:])
        at += 2 if len(text) == 2 and text[1] in takes else 1
    return ()


def _module(words: Sequence[Value]) -> tuple[Value, ...]:
    if not words or words[0].text is None:
        return ()
    return known(words[0].text.partition(".")[0], words[0].span), *words[1:]
