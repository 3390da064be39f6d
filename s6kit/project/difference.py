"""What becomes of a file, as `git diff` writes it: `git apply` takes it.

Links and modes are in it; of a binary file it only says that it differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

from s6kit.model import Entry, File, Link

_MODES = {True: "100755", False: "100644", None: "100644"}
_LINK = "120000"
_SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_NO_END = "\n\\ No newline at end of file\n"


def difference(path: str, before: Entry | None, after: Entry | None) -> Iterator[str]:
    """The lines, with their ends, of what changes at `path`; None is nothing, and so is what is no file."""
    old, new = _version(before), _version(after)
    if old == new:
        return
    if old and new and _is_link(old) != _is_link(new):
        yield from _one(path, old, None)
        yield from _one(path, None, new)
        return
    yield from _one(path, old, new)


Version = tuple[str, str]
"""A mode and a text."""


def _version(entry: Entry | None) -> Version | None:
    if isinstance(entry, Link):
        return _LINK, entry.target
    if isinstance(entry, File):
        return _MODES[entry.executable], entry.data.decode("utf-8", "surrogateescape")
    return None


def _is_link(version: Version) -> bool:
    return version[0] == _LINK


def _one(path: str, old: Version | None, new: Version | None) -> Iterator[str]:
    left, right = _quoted(f"a/{path}"), _quoted(f"b/{path}")
    yield f"diff --git {left} {right}\n"
    if old is None and new is not None:
        yield f"new file mode {new[0]}\n"
    elif new is None and old is not None:
        yield f"deleted file mode {old[0]}\n"
    elif old and new and old[0] != new[0]:
        yield f"old mode {old[0]}\n"
        yield f"new mode {new[0]}\n"
    before, after = old[1] if old else "", new[1] if new else ""
    names = (left if old else "/dev/null", right if new else "/dev/null")
    if "\0" in before or "\0" in after:
        if before != after:
            yield f"Binary files {names[0]} and {names[1]} differ\n"
        return
    hunks = unified_diff(_lines(before), _lines(after), _header(names[0]), _header(names[1]))
    yield from (line if line.endswith("\n") else line + _NO_END for line in hunks)


def _header(name: str) -> str:
    """A name with a blank in it ends with a tab, as git has it."""
    return f"{name}\t" if " " in name and not name.startswith('"') else name


def _lines(text: str) -> list[str]:
    """The lines with their ends; only a line feed ends one."""
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    return lines if lines[-1] else lines[:-1]


def _quoted(name: str) -> str:
    """A name in double quotes if there is anything odd in it, with each odd byte in octal."""
    if name.isascii() and name.isprintable() and not set(name) & {'"', "\\"}:
        return name
    return f'"{"".join(map(_escaped, name))}"'


def _escaped(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if character.isascii() and character.isprintable():
        return character
    return "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogateescape"))
