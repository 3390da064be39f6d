"""Configuration files of a tree, and those that they include."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from posixpath import dirname

from s6kit.daemons.context import Context
from s6kit.daemons.facts import Config
from s6kit.daemons.formats import read
from s6kit.daemons.formats.setting import Setting
from s6kit.daemons.paths import absolute, glob, is_directory
from s6kit.model import Brought, Tree
from s6kit.regex import regex

MAX_FILES = 64
MAX_DEPTH = 16
HOLE = regex(r"\{\{|\$\{|\$\(|@@|<%|%\(|^\$\w|^%\w+%$|^__\w+__$|^<[^>]+>$|^@\w+@$")
"""What a template leaves for somebody else to fill in."""

_MARK = "\xef\xbb\xbf"
"""The mark that says UTF-8, as Latin-1: where programs take a file that begins so, they pass over it."""


class Reading:
    """The settings of files and what they include, in order; `missing`: the first that could not be read.

    `brought` holds those that are not in the tree, but copied to their place.
    """

    def __init__(self, config: Config, context: Context) -> None:
        self.found: list[tuple[str, Setting]] = []
        self.missing = ""
        self.brought: dict[str, Brought] = {}
        self._config = config
        self._context = context
        self._nested = config.format in ("nginx", "blocks")
        self._files = 0
        self._base = ""

    def read(self, path: str) -> None:
        """Add what the file or directory at the root-relative `path` says."""
        self._base = dirname(path)
        self._path(path, "", 0)

    def _path(self, path: str, section: str, depth: int) -> None:
        if is_directory(self._context.tree, path):
            for child in glob(self._context.tree, f"{path}/*"):
                self._file(child, section, depth)
        else:
            self._file(path, section, depth)

    def _file(self, path: str, section: str, depth: int) -> None:
        if self._files >= MAX_FILES or depth > MAX_DEPTH:
            return
        file = self._context.tree.file(path)
        copied = self._context.brought(path) if file is None else None
        if copied is not None:
            self.brought[path], file = copied, copied.file
        if file is None or len(file.data) < file.length:
            self.missing = self.missing or path
            return
        self._files += 1
        for setting in _settings(file.data, self._config):
            inside = setting.section or section
            if self._nested and setting.section and section:
                inside = f"{section}.{setting.section}"
            pattern = self._config.include.get(setting.key.lower())
            if pattern is not None:
                self._include(setting.value, pattern, inside, path, depth + 1)
            self.found.append((path, setting._replace(section=inside)))

    def _include(self, value: str, pattern: str, section: str, path: str, depth: int) -> None:
        config, tree = self._config, self._context.tree
        if self._nested and config.section is not None and section not in config.section:
            return  # what such a file says is said in a section that does not decide
        bases = {"main": "/" + self._base, "file": "/" + dirname(path), "cwd": self._context.directory}
        directory = bases.get(config.include_from, config.include_from)
        for word in value.split():
            name, *only = word.strip("\"'").split(",")
            wanted = absolute(name, directory)
            if wanted is None or HOLE.search(name):
                self.missing = self.missing or name
            elif is_directory(tree, wanted):
                for child in _children(tree, wanted, pattern, only):
                    self._file(child, section, depth)
            else:
                self._files_of(wanted, section, depth)

    def _files_of(self, wanted: str, section: str, depth: int) -> None:
        tree, matched = self._context.tree, False
        for child in glob(tree, wanted):
            matched = True
            self._file(child, section, depth)
        if not matched and not tree.complete and not is_directory(tree, dirname(wanted)):
            self.missing = self.missing or wanted


def _children(tree: Tree, directory: str, pattern: str, only: Sequence[str]) -> Iterator[str]:
    """The files of a directory; words like `*.conf` say which alone, words like `.bak` which not."""
    named = [word for word in only if word.startswith("*")] or [pattern]
    spared = tuple(word for word in only if word and not word.startswith("*"))
    for child in glob(tree, f"{directory}/*"):
        name = child.rpartition("/")[2]
        if any(fnmatchcase(name, each) for each in named) and not (spared and name.endswith(spared)):
            yield child


@lru_cache(maxsize=256)
def _settings(data: bytes, config: Config) -> tuple[Setting, ...]:
    """The settings in a file that decide or include."""
    text = data.decode("latin-1")
    if text.startswith(_MARK):
        text = text.replace(_MARK, " " * len(_MARK), 1)
    if not _worth(text, config):
        return ()
    wanted = {key.name.lower() for key in config.keys} | set(config.include)
    return tuple(setting for setting in read(text, config) if setting.key.lower() in wanted)


def _worth(text: str, config: Config) -> bool:
    """Whether any of the keys or includes is in the text at all."""
    if config.format in ("text", "whole"):
        return True
    folded = text.lower()
    return any(key.name.lower() in folded for key in config.keys) or any(
        name in folded for name in config.include
    )
