"""What becomes of files, as lines for people: one a file, and what to do about those that are open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from s6kit.project.difference import difference
from s6kit.project.merge import OPEN, Step, What
from s6kit.project.project import Project
from s6kit.report.escape import safe

if TYPE_CHECKING:
    from s6kit.report.paint import Paint

_STYLES = {
    What.ADD: "green",
    What.UPDATE: "green",
    What.MERGE: "green",
    What.REMOVE: "yellow",
    What.LEAVE_OUT: "yellow",
    What.KEEP: "yellow",
    What.RECORD: "blue",
}
_WIDTH = max(len(word) for what in What for word in what.value)
_SOLVE = "edit what stands between <<<<<<< and >>>>>>>, then run s6kit sync again"
_ADVICE = {
    What.CONFLICT: _SOLVE,
    What.UNSOLVED: f"left as they are; {_SOLVE}",
    What.REFUSE: "no texts that can be merged: yours stay, ours are in {}",
    What.KEEP: "edited by hand: no longer looked after",
    What.LEAVE_OUT: "deleted by hand: they stay deleted",
}


def listed(project: Project, steps: Iterable[Step], tint: Paint, planned: bool = False) -> Iterator[str]:
    """A line for each step, and one for each kind that needs a word."""
    steps = list(steps)
    for step in steps:
        word = step.what.planned if planned else step.what.done
        where = project.directory / project.rendered if step.what is What.RECORD else project.root
        yield f"{tint(word.ljust(_WIDTH), _STYLES.get(step.what, 'red'))}  {shown(where, step.path)}\n"
    counted = Counter(step.what for step in steps)
    if any(what in counted for what in _ADVICE):
        yield "\n"
    for what, advice in _ADVICE.items():
        if what in counted:
            word = tint(what.planned if planned else what.done, _STYLES.get(what, "red"))
            yield f"{counted[what]} {word}: {advice.format(project.rendered)}\n"


def differences(root: Path, steps: Iterable[Step], tint: Paint) -> Iterator[str]:
    """What changes in the root, as git writes it."""
    for step in steps:
        path = str(root / step.path).lstrip("/")
        yield from painted(difference(path, step.before, step.after), tint)


def painted(lines: Iterable[str], tint: Paint) -> Iterator[str]:
    """The lines of a difference in colours, and then with nothing in them that a terminal would act upon."""
    return (_painted(line, tint) for line in lines)


def shown(directory: Path, path: str) -> str:
    """A path as the user sees it."""
    return safe(str(directory / path))


def is_open(steps: Iterable[Step]) -> bool:
    """Whether somebody has to look at any of them."""
    return any(step.what in OPEN for step in steps)


def _painted(line: str, tint: Paint) -> str:
    if not tint.on:
        return line
    text = line.rstrip("\n")
    if text.startswith(("diff ", "--- ", "+++ ")):
        return tint(safe(text), "bold") + "\n"
    style = {"+": "green", "-": "red", "@": "cyan"}.get(text[:1])
    return (tint(safe(text), style) if style else safe(text)) + "\n"
