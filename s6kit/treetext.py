r"""A tree as text that people read and write: in tests, in rules' examples, in the documentation.

    etc/s6/nginx/run (executable)
        #!/bin/sh
        exec nginx
    etc/s6/nginx/finish -> /bin/true
    etc/s6/nginx/event (fifo)
    etc/s6/empty/

An entry's line starts at the margin, the lines of a file by four spaces; an empty line inside a file needs
none. A line at the margin that starts with `#` is a comment. `/ (complete)` says that the tree is a whole
root file system.

In parentheses after a path: `executable`, `mode unknown`, `no final newline`, `escaped` (the lines below use
`\r`, `\n`, `\t`, `\"`, `\\`, `\xff` for a byte and `\u2028` or `\U0001f600` for a character), `size N` (the
file goes on to N bytes), `unreadable: why`, or `special: kind`, for short `fifo`, `socket` and `device`. A
path or a target with anything odd in it stands in double quotes, escaped in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from textwrap import dedent

from s6kit.model import DictTree, Directory, Entry, File, Link, Special, Unreadable
from s6kit.regex import regex

_INDENT = "    "
_PLAIN = regex(r"[\w.,@%:=+~^!\[\]-][\w.,@%:=+~^!\[\]/#-]*", re.ASCII)
_QUOTED = regex(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE = regex(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([nrt\\\"]))")
_SHORT = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"'}
_LONG = {value: key for key, value in _SHORT.items()}
_SPECIAL = ("fifo", "socket", "device")
_BROKEN = "line {}: not an entry of a tree: {!r}"


def parse(text: str) -> DictTree:
    """The tree that `text` describes; ValueError names the line that makes no sense."""
    entries: dict[str, Entry] = {}
    complete = False
    for number, header, body in _blocks(dedent(text)):
        if header == "/ (complete)":
            complete = True
            continue
        path, entry = _entry(number, header, body)
        if path in entries:
            raise ValueError(f"line {number}: {path!r} is there twice")
        entries[path] = entry
    return DictTree(entries, complete)


def render(tree: DictTree) -> str:
    """The text that `parse` makes the same tree of, sorted by path."""
    lines = ["/ (complete)"] if tree.complete else []
    for path, entry in sorted(tree.entries.items()):
        if path and not (isinstance(entry, Directory) and tree.names(path)):
            lines += _rendered(path, entry)
    return "".join(f"{line}\n" for line in lines)


def _blocks(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """Each entry's line with its number, and the lines of its file."""
    number, header, blank = 0, "", 0
    body: list[str] = []
    for at, line in enumerate(text.split("\n"), 1):
        if not line.strip(" "):
            blank += 1
        elif line.startswith(_INDENT) and header:
            body += [""] * blank + [line[len(_INDENT) :]]
            blank = 0
        elif not line.startswith("#"):
            if header:
                yield number, header, body
            number, header, body, blank = at, line, [], 0
    if header:
        yield number, header, body


def _entry(number: int, header: str, body: list[str]) -> tuple[str, Entry]:
    path, rest = _name(number, header, header)
    if not path or path.startswith("/"):
        raise ValueError(f"line {number}: paths are relative to the root: {header!r}")
    if rest.startswith(" -> "):
        target, rest = _name(number, header, rest[4:])
        entry: Entry = Link(target)
    elif path.endswith("/"):
        path, entry = path.rstrip("/"), Directory()
    else:
        return path, _content(number, header, rest, body)
    if rest or body:
        raise ValueError(f"line {number}: only a file has a mode and lines: {header!r}")
    return path, entry


def _name(number: int, header: str, text: str) -> tuple[str, str]:
    """The path at the beginning of `text`, and what comes after."""
    quoted = _QUOTED.match(text)
    if quoted:
        return _unescape(quoted[1]), text[quoted.end() :]
    if text.startswith((" ", '"')):
        raise ValueError(_BROKEN.format(number, header))
    ends = [at for at in (text.find(" -> "), text.find(" (")) if at >= 0]
    end = min(ends, default=len(text))
    return text[:end], text[end:]


def _content(number: int, header: str, rest: str, body: list[str]) -> Entry:
    if rest and not (rest.startswith(" (") and rest.endswith(")")):
        raise ValueError(_BROKEN.format(number, header))
    flags = dict(_flag(flag) for flag in rest[2:-1].split(", ") if flag)
    if "unreadable" in flags:
        return Unreadable(_unescape(flags["unreadable"]))
    if "special" in flags:
        return Special(_unescape(flags["special"]))
    executable = None if "mode unknown" in flags else "executable" in flags
    size = int(flags.get("size", "-1"))
    unknown = flags.keys() - {"executable", "mode unknown", "no final newline", "escaped", "size"}
    if unknown:
        raise ValueError(f"line {number}: nothing is called {min(unknown)!r} here: {header!r}")
    return File(_bytes(flags, body), executable, size)


def _flag(text: str) -> tuple[str, str]:
    """A flag and its argument."""
    if text in _SPECIAL:
        return "special", text
    if text.startswith("size "):
        return "size", text[5:]
    name, _, argument = text.partition(": ")
    return name, argument


def _bytes(flags: Mapping[str, str], body: list[str]) -> bytes:
    text = "\n".join(body)
    if "escaped" in flags:
        text = _unescape(text)
    if body and "no final newline" not in flags:
        text += "\n"
    return text.encode("utf-8", "surrogateescape")


def _rendered(path: str, entry: Entry) -> list[str]:
    if isinstance(entry, Directory):
        return [_quote(path) + "/" if _plain(path) else _quote(path + "/")]
    name = _quote(path)
    if isinstance(entry, Link):
        return [f"{name} -> {_quote(entry.target)}"]
    if isinstance(entry, Special):
        return [f"{name} ({entry.kind if entry.kind in _SPECIAL else 'special: ' + _argument(entry.kind)})"]
    if isinstance(entry, Unreadable):
        return [f"{name} (unreadable: {_argument(entry.reason)})"]
    return _file(name, entry)


def _file(name: str, entry: File) -> list[str]:
    text = entry.data.decode("utf-8", "surrogateescape")
    flags = {None: ["mode unknown"], True: ["executable"], False: []}[entry.executable]
    lines = text.removesuffix("\n").split("\n") if text else []
    escaped = any(map(_odd, lines)) or lines[-1:] == [""]
    if escaped:
        lines = [_escape(line) for line in lines]
        while len(lines) > 1 and not lines[-1]:
            lines[-2:] = [lines[-2] + "\\n"]
        flags.append("escaped")
    if lines == [""]:
        lines = ["\\n"]
        flags.append("no final newline")
    elif text and not text.endswith("\n"):
        flags.append("no final newline")
    if entry.size >= 0:
        flags.append(f"size {entry.size}")
    header = f"{name} ({', '.join(flags)})" if flags else name
    return [header, *(_INDENT + line if line else "" for line in lines)]


def _odd(line: str) -> bool:
    """Whether a line would not survive an editor as it is."""
    return line.endswith((" ", "\t")) or not line.replace("\t", " ").isprintable()


def _plain(name: str) -> bool:
    return _PLAIN.fullmatch(name) is not None and not name.endswith("/")


def _quote(name: str) -> str:
    return name if _plain(name) or re.fullmatch(r"/[\w./-]*", name, re.ASCII) else f'"{_escape(name)}"'


def _argument(text: str) -> str:
    return _escape(text).replace(",", "\\x2c")


def _escape(text: str) -> str:
    return "".join(map(_escaped, text[:-1])) + (_escaped(text[-1], last=True) if text else "")


def _escaped(char: str, last: bool = False) -> str:
    code = ord(char)
    if char in _LONG:
        return "\\" + _LONG[char]
    if char.isprintable() and not (last and char == " "):
        return char
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _unescape(text: str) -> str:
    return _ESCAPE.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    byte, short, long, letter = match.groups()
    if byte:
        code = int(byte, 16)
        return chr(code if code < 0x80 else code + 0xDC00)
    return _SHORT[letter] if letter else chr(int(short or long, 16))
