"""Names of signals."""

from __future__ import annotations

import signal


def signal_name(number: int) -> str:
    """`SIGTERM` for 15; `SIGRTMIN+3` and the like as Python has no name for them."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIGRTMIN+{number - signal.SIGRTMIN}"


def down_signal(word: str) -> str:
    """The signal that a file `down-signal` asks for; what cannot be read is SIGTERM, as for s6."""
    word = word.strip().upper()
    if word.isdecimal() and int(word) in {*signal.Signals}:
        return signal.Signals(int(word)).name
    name = word if word.startswith("SIG") else f"SIG{word}"
    return name if name in signal.Signals.__members__ else "SIGTERM"
