"""The texts of a work tree that may end up in the image, or prepare what does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from s6kit.model import Entry, File
from s6kit.read import DIRECTORY, FILE, DiskTree, read_file
from s6kit.regex import regex

LONGEST = 1 << 18
"""Bytes of a file that is read."""
NOT_SEARCHED = frozenset(
    (".git", ".s6kit", "node_modules", ".venv", "proc", "sys", "dev", "dependencies.d", "contents.d")
)
_PATHS = 50_000  # of a tree that are looked at
_FILES = 4_000  # that are read

_TEMPLATE = regex(r".*\.(?:tmpl|tpl|template|sample|j2|jinja2?|in|dist|erb|ctmpl|mustache|gtpl|orig)")
_TEMPLATES = regex(r"(?:^|/)(?:defaults?|templates?)/")
_SCRIPT_PLACES = tuple(
    f"/{name}/" for name in "cont-init.d my_init.d cont-finish.d fix-attrs.d scripts sbin bin init".split()
)
_SCRIPT_NAMES = regex(r"setup|up|rc\.local|.*(?:entrypoint|startup|bootstrap).*|.+\.(?:sh|bash)", re.DOTALL)
_ONESHOT = regex(r"(?:^|/)s6-rc\.d/[^/]+/$")
_SUPERVISED = ("run", "finish")
_PROSE = (".md", ".rst", ".txt", ".adoc", ".html", ".js", ".css", ".svg")
_PROSE_PLACES = ("doc", "docs", "test", "tests", ".github", ".git")
_LICENSES = ("license", "licence")
_COMMENT = regex(rb"^[ \t]*(?:[#;]|//).*$", re.MULTILINE)
_WRITES = regex(rb">[ \t]*[\"']?[^\s;&|<>()]+\.(?:conf|cnf|cfg|ini|json|toml|xml|ya?ml)\b")
_EDITS = regex(rb"\b(?:tee|sed)[ \t](?:[^\n|;&]{0,200}[ \t])?-[a-z]*[ai]")
_EXEC = regex(rb"\bexec[ \t]")


def uncommented(text: bytes) -> bytes:
    """A text without the lines that are comments in one of the usual ways."""
    return _COMMENT.sub(b"", text)


class Texts:
    """What lies below a directory of the work tree of `tree`; of a whole root, templates and scripts only."""

    def __init__(self, tree: DiskTree, base: str) -> None:
        self._tree = tree
        self._base = base

    def found(self) -> dict[str, bytes]:
        """Path from `base` -> text without comments; of a supervised script only what prepares."""
        found: dict[str, bytes] = {}
        for directory, name in self._files():
            if len(found) >= _FILES:
                break
            if name in _SUPERVISED or self._counts(directory, name):
                text = self._text(directory, name)
                if text:
                    found[directory + name] = uncommented(text)
        return found

    def _counts(self, directory: str, name: str) -> bool:
        if not self._tree.complete:
            return not name.lower().endswith(_PROSE) and not name.lower().startswith(_LICENSES)
        path = directory + name
        template = _TEMPLATE.fullmatch(path) or _TEMPLATES.search(path)
        return template is not None or self._is_script(directory, name)

    def _text(self, directory: str, name: str) -> bytes:
        """What a file may say; of a supervised script only what prepares."""
        entry = self._read(f"{self._base}/{directory}{name}")
        if not isinstance(entry, File) or entry.length > LONGEST or b"\0" in entry.data[:512]:
            return b""
        starts = name in _SUPERVISED and not self._is_script(directory, name)
        return _preparing(entry.data) if starts else entry.data

    def _is_script(self, directory: str, name: str) -> bool:
        if name == "run" and _ONESHOT.search(directory):
            said = self._read(f"{self._base}/{directory}type")
            return isinstance(said, File) and said.data.strip() == b"oneshot"
        return f"/{directory}".endswith(_SCRIPT_PLACES) or _SCRIPT_NAMES.fullmatch(name) is not None

    def _read(self, full: str) -> Entry | None:
        """A file of the work tree; the tree may have read it before."""
        inside = full.removeprefix(f"{self._tree.root}/")
        return read_file(full, False) if inside == full else self._tree.peek(inside)

    def _files(self) -> Iterator[tuple[str, str]]:
        """Directory and name of each file there, breadth first: the bound cuts what is deep."""
        waiting, seen = [""], 0
        for directory in waiting:
            listing = self._tree.disk.listing(f"{self._base}/{directory}".rstrip("/"))
            for name, kind in listing.items():
                if kind == FILE:
                    yield directory, name
                elif kind == DIRECTORY and self._is_searched(name):
                    waiting.append(f"{directory}{name}/")
            seen += len(listing)
            if seen > _PATHS:
                return

    def _is_searched(self, name: str) -> bool:
        if name in NOT_SEARCHED:
            return False
        prose = name.lower() in _PROSE_PLACES or name.lower().startswith(_LICENSES)
        return self._tree.complete or not prose


def _preparing(text: bytes) -> bytes:
    """What a supervised script may write into a configuration: if it writes any, all but what it becomes."""
    edits = (b"tee" in text or b"sed" in text) and _EDITS.search(text)
    if not edits and not _WRITES.search(text):
        return b""
    lines = text.replace(b"\\\n", b" ").split(b"\n")
    return b"\n".join(line for line in lines if not _EXEC.search(line))
