"""What `probe` and `lint --probe` have in common: services to run, side by side, and what is seen of them."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import takewhile
from typing import TYPE_CHECKING

from s6kit.cli import targets
from s6kit.dataclass import dataclass
from s6kit.errors import Fatal
from s6kit.report.escape import safe

if TYPE_CHECKING:
    from s6kit.analysis import Analysis
    from s6kit.config import Config
    from s6kit.lint import Observations
    from s6kit.observation import Observation
    from s6kit.probe.observe import Event, Heard
    from s6kit.probe.plan import Terms
    from s6kit.probe.run import Run
    from s6kit.probe.sight import Sight
    from s6kit.report import Item
    from s6kit.selection import Selection
    from s6kit.service import Root, Service

    Wanted = tuple[Root, tuple[Service, ...]]

PER_CORE = 8  # services at a time: one that settles does next to nothing
LONGEST = 3600.0  # seconds
Source = tuple[str | None, bool]
"""A configuration file, and whether there shall be none."""


@dataclass(frozen=True)
class Part:
    """A root, and those of its services that are to be run."""

    root: Root
    services: tuple[Service, ...]
    selection: Selection
    config: Config

    @cached_property
    def analysis(self) -> Analysis:
        """What is worked out about the root, once it is needed."""
        return targets.analysis(self.root, self.config)


def seconds(word: str, option: str) -> float:
    """A number of seconds; Fatal if it is none, negative, or more than an hour."""
    try:
        value = float(word)
    except ValueError:
        value = -1.0
    if not 0 <= value <= LONGEST:
        raise Fatal(f"unable to use {option} {safe(word)}: no number of seconds from 0 to {LONGEST:.0f}")
    return value


def parts(names: Sequence[str], root: str | None, source: Source, told: targets.Options) -> list[Part]:
    """What a command line means: services of `root`, or those under paths. Fatal if there is none of it."""
    from s6kit.probe.plan import parked, plans  # noqa: PLC0415 - what the work needs, once the usage is right

    paths, wanted = ([root], names) if root is not None else _split(names)
    found = []
    for target in targets.targets(paths, *source):
        selection = targets.selection(target.config, told)
        for each in targets.roots(target, selection.exclude):
            if root is not None and not each.tree.complete:
                raise Fatal(_incomplete(root))
            services = tuple(
                service
                for scandir in each.scandirs
                for service in scandir.services
                if plans(service)
                and (service.name in wanted if wanted else not (scandir.whole and parked(service)))
            )
            found.append(Part(each, services, selection, target.config))
    _check(found, wanted, " ".join(paths) or ".")
    return found


def _split(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Paths, and behind them names of services in there."""
    paths = list(takewhile(lambda name: "/" in name or os.path.lexists(name), names))
    if not paths and names:
        return list(names), []  # so that it is said which path is not there
    return paths, list(names[len(paths) :])


def _incomplete(root: str) -> str:
    return (
        f"unable to run services in {safe(root)}: it is no complete root (no etc/passwd, or no bin/sh); probe"
        " the image that is built with it (--image), or a service directory on this machine (without --root)"
    )


def _check(found: Sequence[Part], wanted: Sequence[str], where: str) -> None:
    there = sorted({service.name for part in found for service in part.services})
    missing = [name for name in wanted if name not in there]
    if not there or missing:
        what = f"service {safe(missing[0])}" if missing else "a service that can be run"
        every = (s.name for part in found for d in part.root.scandirs for s in d.services)
        raise Fatal(f"unable to find {what} in {safe(where)}: there are {', '.join(map(safe, every))}")


def run(found: Sequence[Wanted], terms: Terms, heard: Heard) -> list[Observations]:
    """Run the services of each root, side by side; what was seen of them. ProbeError where that cannot be."""
    if sys.platform != "linux":
        raise Fatal(
            "unable to run services here: it takes Linux; `s6kit probe --image` takes podman or docker"
        )
    from s6kit.probe.observe import observe_all  # noqa: PLC0415
    from s6kit.probe.plan import plan  # noqa: PLC0415

    seen: list[dict[str, Observation]] = [{} for _ in found]
    runs, of = [], {}
    for at, (root, services) in enumerate(found):
        for service in services:
            runs.append(plan(root, service, terms))
            of[id(runs[-1])] = (at, service.path)

    def hear(run: Run, event: Event) -> None:
        heard(run, event)
        if event["event"] == "tick":
            _prepare()

    for run, observation in observe_all(runs, PER_CORE * len(os.sched_getaffinity(0)), hear, tick=0.1):
        at, path = of[id(run)]
        seen[at][path] = observation
    return [*seen]


@cache
def _prepare() -> None:
    """Load what the judging needs, while services settle."""
    import s6kit.lint  # noqa: PLC0415
    import s6kit.report.text  # noqa: F401, PLC0415
    from s6kit.rules import rules  # noqa: PLC0415

    rules()


def unknown(root: Root, analysis: Analysis) -> tuple[Service, ...]:
    """The services of a root that would be started and of which reading cannot say whether they stay."""
    from s6kit.probe.plan import parked, plans  # noqa: PLC0415
    from s6kit.verdict import Stay  # noqa: PLC0415

    return tuple(
        service
        for scandir in root.scandirs
        for service in scandir.services
        if plans(service)
        and not parked(service)
        and any(each.verdict and each.verdict.stay is Stay.UNKNOWN for each in analysis.outcomes(service))
    )


def image(
    name: str, wanted: Sequence[str], terms: Terms, line: str | None, options: Sequence[str], heard: Heard
) -> Sight:
    """Run an image with its own init. ProbeError where that cannot be."""
    from s6kit.probe.engine import engine  # noqa: PLC0415
    from s6kit.probe.image import watch  # noqa: PLC0415
    from s6kit.probe.run import Run  # noqa: PLC0415
    from s6kit.probe.sight import sight  # noqa: PLC0415

    def tell(service: str, what: str) -> None:
        run = Run((), service=service or name, path=f"{name} {service}".rstrip())
        heard(run, {"event": "became", "command": [what]})

    words = [word for option in options for word in shlex.split(option)]
    used = engine(line)
    tell("", "starts")
    return sight(watch(used, name, terms.settle, terms.timeout, terms.net, words, tell), wanted)


def seen_in(name: str, sight: Sight, source: Source, told: targets.Options) -> tuple[Part, Observations]:
    """What was seen of an image, with the files of its services as a tree."""
    from s6kit.layout import BY_NAME  # noqa: PLC0415
    from s6kit.model import DictTree  # noqa: PLC0415
    from s6kit.rules.examples import Silent  # noqa: PLC0415
    from s6kit.service import Root, ScanDir, service  # noqa: PLC0415

    tree = DictTree({path.lstrip("/"): file for path, file in sight.files.items()})
    layout, scandir = BY_NAME[sight.layout], sight.scandir.lstrip("/")
    found = tuple(
        service(tree, layout, f"{scandir}/{seen.service}" if seen.service else "", scandir, seen.service)
        for seen in sight.observations
    )

    def shown(path: str) -> str:
        return f"{name}:/{path}" if path else name

    root = Root(tree, (ScanDir(tree, layout, scandir, found),), shown, Silent())
    config = next(targets.targets(["."], *source)).config
    part = Part(root, found, targets.selection(config, told), config)
    return part, {each.path: seen for each, seen in zip(found, sight.observations, strict=True)}


def judged(part: Part, seen: Mapping[str, Observation]) -> Iterator[Item]:
    """What is to be said of what was seen."""
    from s6kit.lint import judge  # noqa: PLC0415
    from s6kit.report import items  # noqa: PLC0415

    yield from items(part.root, part.analysis, judge(part.root, part.analysis, part.selection, seen))
