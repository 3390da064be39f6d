"""What becomes of the pid that s6-supervise watches, path by path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from s6kit.dataclass import dataclass
from s6kit.text import NOWHERE, Span
from s6kit.value import Value


class Fate(StrEnum):
    """What a shell did after it had put a program in the background."""

    ENDS = "ends"  # the script came to its end
    BECOMES = "becomes"  # it became another program
    PARKS = "parks"  # it became, or waits for, one that only stays: sleep infinity
    STAYS = "stays"  # it stays, with something else to do
    WATCHES = "watches"  # it asks again and again whether the program is still there


class Kind(StrEnum):
    """How a path through `run` ends."""

    BECOMES = "becomes"  # the pid is the command: exec, or a chain of programs that exec
    WAITS = "waits"  # a parent (mostly the shell) stays and waits for the command
    BACKGROUND = "background"  # the command was put in the background, and nobody waits for it
    PIPELINE = "pipeline"  # the command is one end of a pipeline that the shell waits for
    EXITS = "exits"  # the script ends by itself
    UNKNOWN = "unknown"  # see why


BECOMES, WAITS, BACKGROUND, PIPELINE, EXITS, UNKNOWN = Kind
"""The same by themselves, for the walk: `Kind.EXITS` takes Python 3.11 as long as two calls."""


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
    """

    kind: Kind
    command: tuple[Value, ...] = ()
    path: str = ""
    span: Span = NOWHERE
    site: Span | None = None
    """Where it comes from in the script that was started first, if `path` is another."""
    why: str = ""
    wrappers: tuple[Wrapper, ...] = ()
    user: str | None = None
    directory: str | None = None
    environment: Mapping[str, Value] = field(default_factory=dict)
    fate: Fate | None = None
    """For a command that the script went on after: what its shell did then."""
    loop: bool = False
    """The command runs again and again in a loop that does not end."""
    detached: bool = False
    """A wrapper (setsid, daemonize) put it where nobody waits for it."""
    leader: bool = True
    """It leads its session, as what s6-supervise starts does."""
    forked: bool = False
    """It forks away by itself, and the script went on after it."""
    trailing: bool = True
    """Nothing comes after it on its path."""
    swapped: bool = False
    """An `exec` stands before it, but in a pipeline or a subshell, where it replaces nothing."""

    @property
    def program(self) -> str | None:
        """The name of the program, without its directory."""
        if not self.command or self.command[0].text is None:
            return None
        return self.command[0].text.rsplit("/", 1)[-1]

    def place(self, script: str) -> Span:
        """Where it stands in the file at `script`: of what is in another one, where that is called."""
        return self.span if self.path == script or self.site is None else self.site

    @property
    def words(self) -> tuple[str | None, ...]:
        """The command as text, None for each word that is not known."""
        return tuple([value.text for value in self.command])
