"""`new`, `sync` and `remove` in a repository that keeps its services: what each has to do, all or nothing.

A change goes first into the manifest, then into the root, then into `.s6kit/rendered`: after a crash in
between, `sync` does the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from os.path import relpath
from pathlib import Path

from s6kit.dataclass import replace
from s6kit.errors import Fatal
from s6kit.model import DictTree, Entry, File
from s6kit.project import manifest
from s6kit.project.merge import Step, ThreeWay, What, merge
from s6kit.project.project import Project, files, kept, read, renderings, root_of
from s6kit.scaffold.files import place
from s6kit.scaffold.options import Options, values
from s6kit.scaffold.skeleton import BASE
from s6kit.write import TAKEN, Change


def new(project: Project, name: str, tree: DictTree, force: bool, known: bool = True) -> list[Step]:
    """So that a service is there; with `force` what is in the way is replaced, else Fatal.

    With `force`, what an earlier rendering had and this one has not goes, if nobody has touched it; not
    `known` says that earlier ones are nothing to go by.
    """
    old, made = kept(project) if known else {}, files(tree.entries)
    gone = {path for path in old if _within(path, name)} - made.keys() if force else set()
    there = read(project.root, sorted(made.keys() | gone))
    steps = [_put(path, old.get(path), there.get(path), made[path]) for path in sorted(made)]
    for step in steps:
        if step.what is What.UPDATE and not force:
            raise Fatal(f"unable to write {project.root / step.path}: {TAKEN}")
    return [*steps, *merge(sorted(gone), old, there, {}, _never)]


def sync(project: Project, names: Sequence[str], three_way: ThreeWay) -> list[Step]:
    """So that the root follows the manifest: all of it, or the services of these names."""
    old, made = kept(project), renderings(project)
    for name in names:
        _check(project, old, name, "sync")
    by_path = {path: entry for entries in made.values() for path, entry in entries.items()}
    paths = sorted({*old, *by_path})
    if names:
        named = {path for name in names for path in made.get(name, ())}
        paths = [path for path in paths if path in named or any(_within(path, name) for name in names)]
    return list(merge(paths, old, read(project.root, paths), by_path, three_way))


def remove(project: Project, name: str, force: bool) -> list[Step]:
    """So that a service is gone; with `force` what somebody has edited goes as well.

    Where the manifest cannot be rendered, only the service directory goes; `sync` finds the rest.
    """
    old = kept(project)
    _check(project, old, name, "remove")
    try:
        made = renderings(project)
    except Fatal:
        made = {}
    others = {path for other in made if other != name for path in made[other]}
    mine = sorted(path for path in old if _within(path, name) or path in made.get(name, {}).keys() - others)
    steps = merge(mine, old, read(project.root, mine), {}, _never)
    return [_forced(step) if force and step.what is What.KEEP else step for step in steps]


def changes(project: Project, steps: Iterable[Step], text: bytes | None = None) -> tuple[Change, ...]:
    """The steps as what is to be written, with `text` for the manifest, if it changes."""
    steps = list(steps)
    moved = [step for step in steps if step.before != step.after]
    fresh = {step.path: step.after for step in moved if step.before is None}
    other = {step.path: step.after for step in moved if step.before is not None}
    recorded = {f"{project.rendered}/{step.path}": step.kept for step in steps if step.old != step.kept}
    file = project.file.resolve()
    first = [] if text is None else [_change(file.parent, {file.name: File(text)})]
    return (
        *first,
        replace(_change(project.root, fresh), replace=False),
        _change(project.root, other),
        _change(project.directory, recorded),
    )


def recorded(project: Project, asked: Options, skeleton: str) -> bytes:
    """The manifest with a service in it, and with the root if it is not the one that goes without saying."""
    data = project.file.read_bytes() if project.file.exists() else b""
    if project.config.path is None or root_of(project.config).resolve() != project.root.resolve():
        root = project.root
        data = manifest.named(data, str(root) if root.is_absolute() else relpath(root, project.directory))
    chosen = {"skeleton": skeleton} if skeleton != BASE else {}
    return manifest.record(data, asked.name, chosen | values(asked))


def _change(directory: Path, entries: Mapping[str, Entry | None]) -> Change:
    """Every entry written, every None removed."""
    tree = {path: entry for path, entry in entries.items() if entry is not None}
    gone = tuple(path for path, entry in entries.items() if entry is None)
    return Change(directory, DictTree(tree), gone, replace=True)


def _put(path: str, old: Entry | None, there: Entry | None, made: Entry) -> Step:
    what = What.ADD if there is None else What.RECORD if there == made else What.UPDATE
    return Step(path, what, there, made, old, made)


def _forced(step: Step) -> Step:
    return replace(step, what=What.REMOVE, after=None)


def _within(path: str, name: str) -> bool:
    """Whether a path is in the service directory of that name."""
    return path.startswith(f"{place(name)}/")


def _check(project: Project, old: Iterable[str], name: str, verb: str) -> None:
    """Fatal for a service that is neither in the manifest nor kept."""
    if name in project.services or any(_within(path, name) for path in old):
        return
    near = get_close_matches(name, project.services, 1, 0.4)
    hint = f"did you mean {near[0]}?" if near else f"it records {', '.join(project.services) or 'none'}"
    raise Fatal(f"unable to {verb} {name}: {project.file} records no such service; {hint}")


def _never(path: str, *_: bytes) -> tuple[bytes, bool]:
    raise AssertionError(f"nothing to merge at {path}")
