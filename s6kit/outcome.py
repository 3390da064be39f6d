"""What becomes of the pid that s6-supervise watches, path by path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from s6kit.text import NOWHERE, Span
from s6kit.value import Value


class Kind(StrEnum):
    """How a path through `run` ends."""

    BECOMES = "becomes"  # the pid is the command: exec, or a chain of programs that exec
    WAITS = "waits"  # a parent (mostly the shell) stays and waits for the command
    BACKGROUND = "background"  # the command was put in the background, and nobody waits for it
    PIPELINE = "pipeline"  # the command is one end of a pipeline that the shell waits for
    EXITS = "exits"  # the script ends by itself
    UNKNOWN = "unknown"  # see why


@dataclass(frozen=True, slots=True)
class Wrapper:
    """A program that was taken off the front of the command line: its name, how it starts the rest.

    `effect` is one of chain.Effect's values; `options` are its arguments that are known.
    """

    name: str
    effect: str
    span: Span
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """One end of one path. `command` has every chain-loading program taken off.

    `path` and `span` say where the command stands: the run script or a file that it sources or execs.
    `why` says what could not be known (kind unknown), or what holds the parent (kind waits).
    `fate` of a background command: what its shell did afterwards: `ends`, `becomes`, `waits`.
    """

    kind: Kind
    command: tuple[Value, ...] = ()
    path: str = ""
    span: Span = NOWHERE
    why: str = ""
    wrappers: tuple[Wrapper, ...] = ()
    user: str | None = None
    fate: str = ""
    directory: str | None = None
    environment: Mapping[str, Value] = field(default_factory=dict)
    loop: bool = False
    """The command runs again and again in a loop that does not end."""
    detached: bool = False
    """It was put where nobody waits for it by a wrapper (setsid, nohup … &, daemonize)."""
    after: tuple[str, ...] = ()
    """Programs that ran to their end before, oldest first, as plain names: what else the script did."""
    swaps: tuple[Span, ...] = ()
    """Places in `path` where an `exec` never happens because it runs in a pipeline or a subshell."""

    @property
    def program(self) -> str | None:
        """The name of the program, without its directory."""
        if not self.command or self.command[0].text is None:
            return None
        return self.command[0].text.rsplit("/", 1)[-1]
