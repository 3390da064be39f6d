"""What the knowledge base advises for a service that is to become a command."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from s6kit.daemons.knowledge import Knowledge, describe
from s6kit.dataclass import dataclass


@dataclass(frozen=True)
class Advice:
    """Words that keep a daemon in front, its user, its stop signal; empty: not known.

    `user` is empty too where the daemon starts as root and changes to its user by itself.
    """

    stays: tuple[str, ...] = ()
    user: str = ""
    signal: str = ""

    def commands(self, command: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """The command as it was given, then with the words that keep it in front."""
        yield command
        missing = tuple(word for word in self.stays if word not in command)
        if missing:
            yield (command[0], *missing, *command[1:])


def advice(command: tuple[str, ...], knowledge: Knowledge | None = None) -> Advice:
    """What is known of the daemon that a command starts."""
    found = describe(command[0].rsplit("/", 1)[-1], knowledge) if command else None
    if not found:
        return Advice()
    user = found.get("user", {})
    program, *words = shlex.split(found.get("remedy", "")) or [""]
    return Advice(
        tuple(words) if program in found["programs"] and "without" not in words else (),
        user.get("name", "") if user.get("by") == "supervisor" else "",
        found.get("stop", {}).get("signal", ""),
    )
