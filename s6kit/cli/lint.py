"""`s6kit lint`: the findings, the summary, the exit code."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Annotated

import typer

from s6kit.cli import common, targets
from s6kit.cli.output import columns, emit, paint, tell
from s6kit.cli.progress import Progress

if TYPE_CHECKING:
    from s6kit.lint import Observations, Run
    from s6kit.report import Item, Report


# Not in the signature: Typer evaluates twice what stands there.
_Statistics = Annotated[
    bool, typer.Option("--statistics", help="Counts by rule, and of run scripts resolved and unknown.")
]
_Probe = Annotated[
    bool, typer.Option("--probe", help="Run what stays unknown, where its root is complete, and watch it.")
]
_Exclude = Annotated[
    list[str] | None,
    typer.Option(help="Paths to leave alone: a pattern with *, ? and **.", metavar="PATTERN"),
]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Findings only, without a summary.")]


def command(
    paths: common.Paths = None,
    select: common.Select = None,
    ignore: common.Ignore = None,
    format_: common.Format = "text",
    output: common.Output = None,
    statistics: _Statistics = False,
    failure_threshold: common.Threshold = "warning",
    probe: _Probe = False,
    exclude: _Exclude = None,
    config: common.ConfigFile = None,
    isolated: common.Isolated = False,
    color: common.Color = None,
    quiet: _Quiet = False,
) -> int:
    """Find every service tree under the paths, and report what will not stay supervised.

    A path is a root file system, a scan directory, a service directory, a script, or any file of one of
    them; without one it is the root named in s6kit.yaml, else ./rootfs, else the current directory.
    """
    from s6kit.diagnostics import Severity  # noqa: PLC0415 - what the work needs, once the usage is right
    from s6kit.report import renderer  # noqa: PLC0415

    told = targets.options(select, ignore, exclude)
    report = _report(targets.targets(paths or [], config, isolated), told, statistics, quiet, probe)
    emit(renderer(format_)(report, paint(color, output), columns(output)), output)
    least = Severity(failure_threshold).rank
    return int(any(item.diagnostic.severity.rank >= least for item in report.items))


def _report(
    found: Iterable[targets.Target], told: targets.Options, statistics: bool, quiet: bool, probe: bool
) -> Report:
    """Lint every root, in order, and put it all together."""
    from s6kit.cli.parallel import spread  # noqa: PLC0415
    from s6kit.lint import Part, Run  # noqa: PLC0415
    from s6kit.report import Report, Statistics, items  # noqa: PLC0415
    from s6kit.report.measure import measure  # noqa: PLC0415

    runs = [
        Run(root, targets.analysis(root, target.config), chosen)
        for target in found
        for chosen in [targets.selection(target.config, told)]
        for root in targets.roots(target, chosen.exclude)
    ]
    counts = [run.count() for run in runs]
    services, inits = sum(more for more, _ in counts), sum(more for _, more in counts)
    with Progress(services + inits, shown=not quiet) as progress:

        def work(number: int, parts: int) -> list[Part]:
            progress.reached(number, parts)
            return [run.part(number, parts) for run in runs]

        done = zip(*spread(work, services + inits), strict=True)
    seen = _probed(runs, quiet) if probe else [{} for _ in runs]
    every = [
        item
        for run, each, observed in zip(runs, done, seen, strict=True)
        for item in items(run.root, run.analysis, run.whole(each, observed))
    ]
    numbers = reduce(Statistics.plus, (measure(r.root, r.analysis) for r in runs)) if statistics else None
    return Report(tuple(sorted(every, key=place)), services, inits, numbers, quiet)


def _probed(runs: Sequence[Run], quiet: bool) -> list[Observations]:
    """What is seen of services whose verdict is unknown, root by root; a note where they cannot be run."""
    from s6kit.cli import probing  # noqa: PLC0415
    from s6kit.cli.live import Live  # noqa: PLC0415
    from s6kit.probe.plan import Terms  # noqa: PLC0415

    wanted = [(run.root, probing.unknown(run.root, run.analysis)) for run in runs]
    bare = sum(len(services) for root, services in wanted if not root.tree.complete)
    if bare:
        services = "service" if bare == 1 else "services"
        tell(f"s6kit: note: {bare} {services} not probed: the root around is not complete")
    able = [(root, services if root.tree.complete else ()) for root, services in wanted]
    with Live(not quiet) as live:
        return probing.run(able, Terms(environment=dict(os.environ)), live.heard)


def place(item: Item) -> tuple[str, int, int, str, str]:
    """What findings are sorted by."""
    at = item.spot.place
    return item.spot.path, at.line, at.column, item.diagnostic.code, item.diagnostic.finding.message
