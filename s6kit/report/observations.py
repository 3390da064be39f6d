"""Observations for people and programs: a table, a line each, or JSON.

{"version": 1,
 "observations": [
  {"service": "web",
   "path": "rootfs/etc/s6/web",
   "outcome": "foreground",             foreground, daemonized, exited; restarting for images
   "command": ["nginx", "-g", "…"],     what the pid became, after every exec
   "exit_code": null, "signal": null,   how it ended by itself
   "survivors": [{"pid": 7, "command": ["…"]}],
   "ready_after": null,                 seconds
   "stop": {"seconds": 0.1, "signal": "SIGTERM", "killed": false},
   "listens": ["tcp 0.0.0.0:80"],
   "output_tail": "…"}],
 "diagnostics": […]}                    as `lint` has them
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from shlex import quote
from typing import Any

from s6kit.observation import Fate, Observation, Survivor, spoken
from s6kit.report import Item
from s6kit.report.escape import bytes_shown, safe
from s6kit.report.json import VERSION, diagnostic

COLOURS = {Fate.FOREGROUND: "green", Fate.DAEMONIZED: "red", Fate.EXITED: "red", Fate.RESTARTING: "red"}


def as_json(observations: Iterable[Observation], items: Sequence[Item]) -> Iterator[str]:
    """One object, an observation and a diagnostic a line."""
    seen = ",\n".join(json.dumps(_plain(each)) for each in observations)
    found = ",\n".join(json.dumps(diagnostic(item)) for item in items)
    yield f'{{"version": {VERSION}, "observations": ['
    yield f"\n{seen}\n]" if seen else "]"
    yield ', "diagnostics": ['
    yield f"\n{found}\n]}}\n" if found else "]}\n"


def lines(observations: Iterable[Observation]) -> Iterator[str]:
    """One line each: path, outcome, command, and what else there is to say."""
    for seen in observations:
        yield (
            ": ".join((safe(seen.path), ", ".join((" ".join((outcome(seen), command(seen))), *facts(seen)))))
            + "\n"
        )


def outcome(seen: Observation) -> str:
    """The outcome and how it came about: `exited (1)`, `daemonized`."""
    if seen.outcome is Fate.EXITED:
        return f"exited ({seen.signal or seen.exit_code})"
    return seen.outcome.value


def command(seen: Observation) -> str:
    """What the pid became, as people would type it."""
    return shown(seen.command) or "-"


def shown(words: Iterable[str]) -> str:
    """A command line, safe to show; one word alone is a title that the process gave itself."""
    listed = list(words)
    return safe(listed[0] if len(listed) == 1 else " ".join(quote(word) for word in listed)) if listed else ""


def facts(seen: Observation) -> Iterator[str]:
    """All else that was seen, as short clauses."""
    if seen.failure:
        yield safe(seen.failure)
    if seen.outcome is Fate.RESTARTING:
        yield (
            f"started {seen.starts} times in {spoken(seen.watched)}"
            if seen.starts > 1
            else "never seen at work"
        )
    else:
        ended = seen.stop is None and (seen.exit_code is not None or seen.signal)  # a container has both
        yield f"{'after' if ended else 'watched for'} {spoken(seen.watched)}"
    if seen.notifies:
        yield f"ready after {spoken(seen.ready_after)}" if seen.ready_after is not None else "never ready"
    if seen.stop is not None:
        time = f"in {spoken(seen.stop.seconds)}" if seen.stop.seconds >= 0.01 else "at once"
        if seen.stop.killed:
            yield f"killed by SIGKILL after {spoken(seen.stop.seconds)}"
        else:
            yield f"stopped {time} by {seen.stop.signal}"
    if seen.survivors:
        yield "left " + ", ".join(f"{shown(each.command)} (pid {each.pid})" for each in seen.survivors[:3])
    if seen.listens:
        yield "listens on " + ", ".join(map(safe, seen.listens))


def _plain(seen: Observation) -> dict[str, Any]:
    stop = seen.stop
    return {
        "service": bytes_shown(seen.service) or None,
        "path": bytes_shown(seen.path),
        "outcome": seen.outcome.value,
        "command": _words(seen.command),
        "exit_code": seen.exit_code,
        "signal": seen.signal,
        "survivors": [_survivor(each) for each in seen.survivors],
        "ready_after": seen.ready_after,
        "stop": stop and {"seconds": stop.seconds, "signal": stop.signal, "killed": stop.killed},
        "listens": [bytes_shown(each) for each in seen.listens],
        "output_tail": bytes_shown(seen.output_tail),
    }


def _survivor(each: Survivor) -> dict[str, Any]:
    return {"pid": each.pid, "command": _words(each.command)}


def _words(words: Iterable[str]) -> list[str]:
    return [bytes_shown(word) for word in words]
