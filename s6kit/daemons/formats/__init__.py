"""Readers of configuration files: one function a format, from text to settings.

The text is the file's bytes taken as Latin-1, so that offsets into it are byte offsets. Every reader is
total: what it does not understand, it passes over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from s6kit.daemons.facts import Config
from s6kit.daemons.formats import blocks, lines, trees
from s6kit.daemons.formats.setting import Setting

Reader = Callable[[str, Config], Iterator[Setting]]

READERS: dict[str, Reader] = {
    "nginx": blocks.nginx,
    "blocks": blocks.braces,
    "ini": lines.ini,
    "keyvalue": lines.keyvalue,
    "clauses": lines.clauses,
    "keywords": lines.keywords,
    "yaml": trees.yaml,
    "json": trees.json,
    "xml": trees.xml,
    "toml": lines.ini,
    "assignments": lines.assignments,
    "text": lines.text,
    "whole": lines.whole,
}


def read(text: str, config: Config) -> Iterator[Setting]:
    """Every setting in `text`, in order."""
    return READERS[config.format](text, config)
