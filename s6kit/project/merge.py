"""Three versions of each file become one: what was rendered before, what is there, what is rendered now.

What nobody has touched follows the rendering; what somebody has edited is merged; what cannot be merged is
left to them. Nothing is written here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum

from s6kit.dataclass import dataclass
from s6kit.model import Entry, File
from s6kit.regex import regex

EDITED, BEFORE, RENDERED = "edited by hand", "as rendered before", "rendered by s6kit"
"""What stands at the markers of a conflict."""
_MARKER = regex(
    rb"^(?:<{7} %b|>{7} %b)\r?$" % (EDITED.encode(), RENDERED.encode()),
    re.MULTILINE,
)
_HEAD = 8000  # bytes in which a NUL makes a file binary, as git has it

ThreeWay = Callable[[str, bytes, bytes, bytes], tuple[bytes, bool]]
"""From a path and three texts, the old, the edited and the new one, to one, and whether it has conflicts."""


class What(Enum):
    """What happens to a file: as a plan, and when it has been done."""

    ADD = "add", "added"
    UPDATE = "update", "updated"
    MERGE = "merge", "merged"
    REMOVE = "remove", "removed"
    RECORD = "record", "recorded"
    LEAVE_OUT = "left out", "left out"
    KEEP = "keep", "kept"
    CONFLICT = "conflict", "conflict"
    REFUSE = "refuse", "refused"
    UNSOLVED = "unsolved", "unsolved"

    @property
    def planned(self) -> str:
        return self.value[0]

    @property
    def done(self) -> str:
        return self.value[1]


OPEN = frozenset({What.KEEP, What.CONFLICT, What.REFUSE, What.UNSOLVED})
"""What somebody has to look at."""


@dataclass(frozen=True)
class Step:
    """What happens to one path.

    `before` is there now and `after` will be, `kept` will be what was rendered; None is nothing. `old` is
    what was rendered before.
    """

    path: str
    what: What
    before: Entry | None
    after: Entry | None
    old: Entry | None
    kept: Entry | None

    @property
    def writes(self) -> bool:
        """Whether anything changes, here or in what is kept as rendered."""
        return self.before != self.after or self.old != self.kept


def merge(
    paths: Iterable[str],
    old: Mapping[str, Entry],
    there: Mapping[str, Entry],
    new: Mapping[str, Entry],
    three_way: ThreeWay,
) -> Iterator[Step]:
    """A step for every path that one has to be told of: rendered before, there, rendered now.

    A file that was deleted stays deleted. What is no longer rendered goes if nobody has touched it. Markers
    of a conflict that are still there leave a file, and what is kept of it, as they are.
    """
    for path in paths:
        step = _step(path, old.get(path), there.get(path), new.get(path), three_way)
        if step is not None:
            yield step


def unsolved(entry: Entry | None) -> bool:
    """Whether markers of a conflict, as `merge` leaves them, stand in a file."""
    return isinstance(entry, File) and _MARKER.search(entry.data) is not None


def _step(
    path: str, old: Entry | None, there: Entry | None, new: Entry | None, three_way: ThreeWay
) -> Step | None:
    def step(what: What, after: Entry | None, kept: Entry | None = new) -> Step:
        return Step(path, what, there, after, old, kept)

    if new is None:
        if old is None:
            return None
        return step(What.RECORD, None) if there is None else _dropped(step, old, there)
    if unsolved(there) and not unsolved(old):
        return step(What.UNSOLVED, there, old)
    if there is None:
        return step(What.ADD, new) if old is None else step(What.LEAVE_OUT, None)
    if there == new:
        return None if old == new else step(What.RECORD, there)
    if there == old:
        return step(What.UPDATE, new)
    return None if old == new else _merged(step, path, (old, there, new), three_way)


def _dropped(step: Callable[..., Step], old: Entry, there: Entry) -> Step:
    """What is there and rendered no longer."""
    return step(What.REMOVE, None) if there == old else step(What.KEEP, there)


def _merged(
    step: Callable[..., Step], path: str, entries: tuple[Entry | None, Entry, Entry], three_way: ThreeWay
) -> Step:
    """What was edited, and would be rendered differently from before."""
    old, there, new = entries
    if old is None and isinstance(there, File):
        old = File(b"", there.executable)
    if not (isinstance(old, File) and isinstance(there, File) and isinstance(new, File)):
        return step(What.REFUSE, there)
    executable = new.executable if there.executable == old.executable else there.executable
    if there.data == old.data or new.data in (old.data, there.data):
        after = File(new.data if there.data == old.data else there.data, executable)
        return step(What.RECORD if after == there else What.MERGE, after)
    if any(b"\0" in each.data[:_HEAD] for each in (old, there, new)):
        return step(What.REFUSE, there)
    data, conflicts = three_way(path, old.data, there.data, new.data)
    after = File(data, executable)
    if conflicts:
        return step(What.CONFLICT, after)
    return step(What.RECORD if after == there else What.MERGE, after)
