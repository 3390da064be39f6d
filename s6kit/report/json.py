r"""JSON, version 1: what other programs read.

    {"version": 1,
     "services": 12,                        services that were looked at, init scripts left out
     "diagnostics": [                       sorted by path, line, column, code
      {"code": "SK203",
       "name": "unexecuted-daemon",
       "severity": "error",                 error, warning or info
       "message": "…",                      one sentence or more, without line breaks
       "path": "rootfs/etc/s6/web/run",     as given on the command line, joined with the path inside
       "line": 4, "column": 1,              from 1, columns in characters
       "end_line": 4, "end_column": 6,      the first character behind it
       "service": "web",                    null where no service is concerned
       "layout": "s6",
       "fix": null}]}                       or {"title": "…", "safe": true}

With `--statistics`, `statistics` has `rules` (a count for each code), `resolved`, `unknown` and `reasons`.
A byte of a path that is not UTF-8 is written `\xff`, so that the whole is valid in every reader.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from s6kit.report import Item, Report
from s6kit.report.escape import bytes_shown
from s6kit.report.paint import Paint

VERSION = 1


def render(report: Report, _: Paint, __: int) -> Iterator[str]:
    """One object, one diagnostic a line."""
    head: dict[str, Any] = {"version": VERSION, "services": report.services}
    if report.statistics is not None:
        numbers = report.statistics
        head["statistics"] = {
            "rules": dict(sorted(Counter(item.diagnostic.code for item in report.items).items())),
            "resolved": numbers.resolved,
            "unknown": numbers.unknown,
            "verdicts": dict(sorted(numbers.verdicts.items())),
            "reasons": dict(sorted(numbers.reasons.items())),
        }
    found = ",\n".join(json.dumps(diagnostic(item)) for item in report.items)
    yield f'{json.dumps(head)[:-1]}, "diagnostics": ['
    yield f"\n{found}\n]}}\n" if found else "]}\n"


def diagnostic(item: Item) -> dict[str, Any]:
    """One finding as JSON knows it."""
    found, place = item.diagnostic, item.spot.place
    fix = found.finding.fix
    return {
        "code": found.code,
        "name": found.name,
        "severity": found.severity.value,
        "message": bytes_shown(found.finding.message),
        "path": bytes_shown(item.spot.path),
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "service": bytes_shown(found.service) or None,
        "layout": found.layout,
        "fix": {"title": fix.title, "safe": fix.safe} if fix else None,
    }
