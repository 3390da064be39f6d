"""What a command line means: the paths, and the configuration that holds for each."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from s6kit.config import Config, find, load
from s6kit.dataclass import dataclass
from s6kit.errors import Fatal
from s6kit.selection import Selection, unknown_code, words

if TYPE_CHECKING:
    from s6kit.analysis import Analysis
    from s6kit.daemons.knowledge import Knowledge
    from s6kit.project.project import Project
    from s6kit.scaffold.render import Workshop
    from s6kit.service import Root


@dataclass(frozen=True)
class Target:
    """Paths to look at, and their configuration."""

    paths: tuple[str, ...]
    config: Config


@dataclass(frozen=True)
class Options:
    """What the command line says; what it leaves out (None) the configuration file says."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    exclude: tuple[str, ...] | None = None


def targets(paths: Sequence[str], file: str | None, isolated: bool) -> Iterator[Target]:
    """The paths, those together that one configuration holds for; without any, the default root."""
    fixed = _fixed(file, isolated)
    if not paths:
        config = fixed or _nearest(Path())
        yield Target((default_root(config),), config)
        return
    groups: dict[Path | None, tuple[list[str], Config]] = {}
    for path in paths:
        config = fixed or _nearest(Path(path))
        groups.setdefault(config.path, ([], config))[0].append(path)
    for given, config in groups.values():
        yield Target(tuple(given), config)


def configuration(file: str | None, isolated: bool) -> Config:
    """The configuration that holds here."""
    return _fixed(file, isolated) or _nearest(Path())


def default_root(config: Config) -> str:
    """The root that the configuration names, else ./rootfs, else the directory itself."""
    if config.root is not None:
        if not config.root.is_dir():
            raise Fatal(f"unable to find {config.root}, the root that {config.path} names: no such directory")
        return os.path.relpath(config.root)
    return "rootfs" if Path("rootfs").is_dir() else "."


def options(
    select: Sequence[str] | None, ignore: Sequence[str] | None, exclude: Sequence[str] | None
) -> Options:
    """What the command line says, codes checked."""
    chosen = words(select) if select else None
    ignored = words(ignore) if ignore else None
    for word in (*(chosen or ()), *(ignored or ())):
        problem = unknown_code(word)
        if problem:
            raise Fatal(f"unable to select rules: {problem}")
    return Options(chosen, ignored, tuple(exclude) if exclude else None)


def selection(config: Config, told: Options) -> Selection:
    """The command line over the file, word by word of it."""
    directory = str(config.directory.absolute())

    def renamed(shown: str) -> str:
        return os.path.relpath(shown, directory)

    return Selection(
        config.select if told.select is None else told.select,
        config.ignore if told.ignore is None else told.ignore,
        config.exclude if told.exclude is None else told.exclude,
        config.per_path,
        renamed,
    )


def roots(target: Target, exclude: Sequence[str] = ()) -> list[Root]:
    """Every service tree under the paths of a target; Fatal if there is none."""
    from s6kit.locate.roots import locate  # noqa: PLC0415 - not before the configuration is sound

    return locate(target.paths, exclude=exclude)


def analysis(root: Root, config: Config) -> Analysis:
    """The analysis of a root, with the knowledge that the configuration adds."""
    from s6kit.analysis import Analysis  # noqa: PLC0415 - the same

    return Analysis(root, _knowledge(config))


def workshop(root: Path, config: Config, templates: Path) -> Workshop:
    """Where a service goes, and what the configuration adds to what it is made from."""
    from s6kit.scaffold.render import Workshop  # noqa: PLC0415 - not for lint

    return Workshop(root, config.skeletons, templates, _knowledge(config))


def beside(template: str, config: Config) -> str:
    """A template of the command line, `SOURCE:TARGET`, as it reads beside the configuration."""
    source, _, target = template.rpartition(":")
    if not source or source.startswith("/") or config.path is None:
        return template
    return f"{os.path.relpath(source, config.directory)}:{target}"


@contextmanager
def project(file: str | None, verb: str) -> Iterator[Project]:
    """The repository whose manifest holds here, while nobody else changes it; Fatal where there is none."""
    from s6kit.project.project import Project, locked, root_of  # noqa: PLC0415 - not for lint

    path = find(Path()) if file is None else Path(file)
    if path is None:
        raise Fatal(f"unable to {verb}: no s6kit.yaml is here or above; `s6kit new` makes one")
    with locked(path.parent):
        config = load(path)
        root = Path(os.path.relpath(root_of(config)))
        if not root.is_dir():
            raise Fatal(f"unable to find {root}, the root of {os.path.relpath(path)}: no such directory")
        yield Project(config, workshop(root, config, config.directory))


def _knowledge(config: Config) -> Knowledge | None:
    """What is known of daemons where the configuration adds to it; None: what s6kit knows."""
    if not config.daemons:
        return None
    from s6kit.daemons.load import load_user  # noqa: PLC0415 - reads YAML

    return load_user(config.daemons)


def _fixed(file: str | None, isolated: bool) -> Config | None:
    """The configuration that the command line chooses; None where the nearest file does."""
    if file is not None and isolated:
        raise Fatal("unable to use --config and --isolated together: one names a file, the other reads none")
    return Config() if isolated else load(Path(file)) if file is not None else None


def _nearest(path: Path) -> Config:
    found = find(path)
    return load(found) if found is not None else Config()
