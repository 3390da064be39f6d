"""The documents say what the program does: their examples are run, their tables compared."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from s6kit.cli import COMMANDS
from s6kit.config import LINT, TOP, load
from s6kit.document import read
from tests.examples import DOCUMENTS, HOME, fresh

README = (HOME / "README.md").read_text("utf-8")
WRITTEN = [*DOCUMENTS, HOME / "CONTRIBUTING.md", HOME / "CHANGELOG.md"]


def blocks(kind: str, text: str = README) -> list[str]:
    """The blocks of one kind, in order."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_examples_are_what_is_printed(document: Path, tmp_path: Path) -> None:
    text = document.read_text("utf-8")
    missing = [name for name in ("shellcheck", "s6-svscan") if f" {name} " in text and not shutil.which(name)]
    if missing:
        pytest.skip(f"{missing} are not installed")
    assert fresh(text, tmp_path) == text, "python -m tests.examples"


def test_the_table_of_commands() -> None:
    named = re.findall(r"^\| `s6kit (\w+)", README, re.MULTILINE)
    assert tuple(dict.fromkeys(named)) == COMMANDS


def test_the_table_of_configuration() -> None:
    text = (HOME / "docs" / "configuration.md").read_text("utf-8")
    keys = re.findall(r"^\| `([\w.-]+)` \|", text, re.MULTILINE)
    assert keys == [*(key for key in TOP if key != "lint"), *(f"lint.{key}" for key in LINT)]


def test_the_configuration_shown_is_one(tmp_path: Path) -> None:
    shown = next(block for block in blocks("yaml") if block.startswith("root:"))
    (tmp_path / "lint").mkdir()
    (tmp_path / "lint" / "own.yaml").touch()
    (tmp_path / "s6kit.yaml").write_text(shown)
    config = load(tmp_path / "s6kit.yaml")
    assert config.root == tmp_path / "image/rootfs"
    assert config.ignore == ("SK207",)
    assert config.exclude == ("examples",)
    assert config.per_path == (("etc/s6/legacy/**", ("SK203",)),)
    assert config.daemons == (tmp_path / "lint" / "own.yaml",)


def test_the_hook_shown_is_ours() -> None:
    hooks = read(HOME / ".pre-commit-hooks.yaml", "hooks").top
    assert [hook["id"] for hook in hooks] == re.findall(r"- id: (\S+)", README)


@pytest.mark.parametrize("document", WRITTEN, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", document.read_text("utf-8"))
    assert [link for link in links if not os.path.lexists(document.parent / link)] == []
