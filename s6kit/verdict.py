"""Does the process that does the work stay s6's child?"""

from __future__ import annotations

from enum import StrEnum

from s6kit.dataclass import dataclass
from s6kit.text import Span


class Stay(StrEnum):
    """The answer."""

    FOREGROUND = "foreground"
    DAEMONIZES = "daemonizes"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """A line that decided: in a script of the service, or in a configuration file.

    `path` is root-relative; that of a file which is copied into the image may lead out of the root.
    """

    path: str
    span: Span


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer, and why.

    `because` is a clause without its full stop (`nginx forks away unless told "daemon off;"`). `daemon`
    names the knowledge file, empty where none speaks. `words` are the spans, in the script, of the
    arguments that decided; `place` the line of configuration that did. `remedy` is what to type. `absent`
    names the file that decides and is not in the tree. `repeated`: foreground said twice, where the daemon
    refuses that. `certain` is False where a built-in default decides and a missing file may acquit.
    """

    stay: Stay
    because: str
    daemon: str = ""
    words: tuple[Span, ...] = ()
    place: Place | None = None
    remedy: str = ""
    absent: str = ""
    repeated: bool = False
    certain: bool = True
    job: bool = False
    """These words make it do a job and end: a test of its configuration, a message to a running one."""
    wrapper: bool = False
    """The program is no daemon but starts one elsewhere, or watches one itself; `remedy` says what to run."""
