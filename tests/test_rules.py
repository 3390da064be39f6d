"""The registry, the pages, and the examples that every rule carries."""

from __future__ import annotations

from pathlib import Path

import pytest

from s6kit.rules import REGISTRY, SCOPES, find, rule, rules
from s6kit.rules.document import document, page
from s6kit.selection import Selection
from tests.memory import diagnostics

RULES = rules()
BAD = [(r.code, number, text) for r in RULES for number, text in enumerate(r.bad)]
GOOD = [(r.code, number, text) for r in RULES for number, text in enumerate(r.good)]
HELPERS = {"__init__", "document", "examples", "process", "files", "observed"}


def codes(text: str, code: str) -> list[str]:
    """The codes of this rule among all that is found with every rule on, itself included."""
    selection = Selection(select=tuple({"SK", code}))
    return [found.code for found in diagnostics(text, selection) if found.code == code]


@pytest.mark.parametrize(("code", "number", "text"), BAD, ids=[f"{c}-{n}" for c, n, _ in BAD])
def test_what_is_shown_as_bad_is_reported(code: str, number: int, text: str) -> None:
    assert codes(text, code)[:1] == [code]


@pytest.mark.parametrize(("code", "number", "text"), GOOD, ids=[f"{c}-{n}" for c, n, _ in GOOD])
def test_what_is_shown_as_good_is_not(code: str, number: int, text: str) -> None:
    assert codes(text, code) == []


@pytest.mark.parametrize("code", sorted(REGISTRY))
def test_a_rule_is_complete(code: str) -> None:
    found = rule(code)
    assert found.name.replace("-", "_") == REGISTRY[found.code]
    assert found.scope in SCOPES
    assert found.summary.endswith(".")
    assert len(found.summary) <= 160
    assert "\n## Why it bites\n" in found.page
    assert "\n## How to fix" in found.page
    assert len(found.good) >= len(found.bad) > 0


def test_every_module_is_registered() -> None:
    home = Path(__file__).parent.parent / "s6kit" / "rules"
    assert sorted(REGISTRY.values()) == sorted({path.stem for path in home.glob("*.py")} - HELPERS)


def test_the_document_is_what_the_pages_say() -> None:
    written = Path(__file__).parent.parent / "docs" / "rules.md"
    assert written.read_text("utf-8") == document(), "python -m s6kit.rules.document > docs/rules.md"


@pytest.mark.parametrize("word", ["SK901", "sk901", "unreadable-script", "Unreadable_Script"])
def test_a_rule_is_found_by_code_and_name(word: str) -> None:
    found = find(word)
    assert found is not None
    assert found.code == "SK901"


@pytest.mark.parametrize("word", ["", "SK", "SK9", "SK999", "unreadable", "../x"])
def test_nothing_else_is(word: str) -> None:
    assert find(word) is None


def test_a_page_has_its_examples() -> None:
    text = page(rule("SK901"))
    assert text.startswith("# SK901 unreadable-script\n\nSeverity: error. Since 0.1.0.\n")
    assert "```\netc/s6/web/run (executable)\n    #!/bin/sh\n    if [ -f /etc/web.conf ]; then\n" in text


STAY = "run redis-server … --daemonize no"


@pytest.mark.parametrize(
    ("written", "help_"),
    [
        ("redis-server", "exec redis-server"),
        ("NAME='a b' LIMIT=$(f 3) redis-server x", "NAME='a b' LIMIT=$(f 3) exec redis-server x"),
        ("P=é redis-server", "P=é exec redis-server"),
        ("redis-server \\\n        --port 80", "exec redis-server …"),
        (
            "( exec redis-server )",
            "take `exec redis-server` out of the parentheses",
        ),
    ],
)
def test_exec_is_advised_where_it_belongs(written: str, help_: str) -> None:
    text = f"etc/s6/svc/run (executable)\n    #!/bin/bash\n    {written}\n"
    assert [found.finding.help for found in diagnostics(text, Selection(select=("SK203",)))] == [help_]


@pytest.mark.parametrize(
    ("lines", "files", "help_"),
    [
        ("exec redis-server --daemonize yes", "", STAY),
        ("redis-server --daemonize yes", "", f"{STAY}, with exec in front"),
        ("redis-server --daemonize yes\n    exec sleep infinity", "", f"{STAY}, with exec in front"),
        ("while true; do redis-server --daemonize yes; done", "", f"{STAY}, with exec in front"),
        ("redis-server /r", "r\n    daemonize yes\n", f"{STAY}, with exec in front"),
        ("exec redis-server /r", "r\n    daemonize yes\n", STAY),
    ],
)
def test_exec_is_advised_where_the_shell_would_stay(lines: str, files: str, help_: str) -> None:
    text = f"etc/s6/svc/run (executable)\n    #!/bin/sh\n    {lines}\n{files}"
    assert {found.finding.help for found in diagnostics(text, Selection(select=("SK2",)))} == {help_}
