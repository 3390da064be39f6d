"""The rules' pages as Markdown: `python -m s6kit.rules.document` prints docs/rules.md."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from textwrap import dedent

from s6kit.rules import Rule, rules
from s6kit.rules.examples import said

FENCE = "```"
HEAD = """\
# Rules

Written by `python -m s6kit.rules.document` from the rules' own pages: change those, then write this again.
`s6kit rule CODE` shows one of them.

"""


def page(rule: Rule) -> str:
    """One rule's page, with its examples."""
    return "\n".join(_page(rule)) + "\n"


def document() -> str:
    """The list of all rules and their pages."""
    listed = rules()
    table = ["| code | name | severity | what it finds |", "|---|---|---|---|"]
    table += [f"| [{r.code}](#{_anchor(r)}) | {r.name} | {_severity(r)} | {r.summary} |" for r in listed]
    pages = (re.sub(r"^#", "##", page(rule), flags=re.MULTILINE) for rule in listed)
    return HEAD + "\n".join((*table, "", *pages))


def _anchor(rule: Rule) -> str:
    return f"{rule.code}-{rule.name}".lower()


def _severity(rule: Rule) -> str:
    return rule.severity.value if rule.enabled else f"{rule.severity.value}, off by default"


def _page(rule: Rule) -> Iterator[str]:
    yield f"# {rule.code} {rule.name}"
    yield ""
    yield f"Severity: {_severity(rule)}. Since {rule.since}."
    yield ""
    yield rule.page
    yield from ("", "## Reported")
    for example in rule.bad:
        yield from _fenced(dedent(example).strip("\n"))
        yield from _fenced("\n".join(said(example, rule.code)))
    yield from ("", "## Not reported")
    for example in rule.good:
        yield from _fenced(dedent(example).strip("\n"))


def _fenced(text: str) -> tuple[str, ...]:
    return ("", FENCE, text, FENCE)


def main() -> int:
    """Print the document."""
    sys.stdout.write(document())
    return 0


if __name__ == "__main__":
    sys.exit(main())
