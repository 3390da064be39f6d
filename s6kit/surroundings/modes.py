"""Does a Dockerfile, or a script that runs before the services, mend a file? Read generously.

Whoever writes `RUN chmod +x "$DIR"/run` knows which file is meant, a reader does not: a word with a variable
in it may mean any path, and the file then counts as repaired.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from s6kit.regex import regex

CONTINUED = regex(r"\\[ \t]*\r?\n(?:[ \t]*#[^\n]*\n)*")
_COMMAND = regex(r"\n|;|&&|\|\|")
_CHMOD = regex(r"\bchmod\s+((?:-{1,2}[A-Za-z-]+\s+)*)([0-7]{3,4}|[ugoarwxXst+=,-]+)\s*(.*)")
_FIND = regex(r"\bfind\s+((?:[^-\s]\S*\s+)*)")
_NAMED = regex(r"-i?name\s+([^\s|;]+)")
_COPY = regex(r"^\s*(?:ONBUILD\s+)?(?:COPY|ADD)\s(.*--chmod=.*)$", re.IGNORECASE | re.MULTILINE)
_MODE = regex(r"--chmod=(\S+)")
_GLOB = regex(r"\$\{[^}]*\}|\$\([^)]*\)|`[^`]*`|\$\w+|\{[^}]*\}|\*\*?|\?|\[[^\]]*\]|.", re.DOTALL)
_CONVERTS = regex(r"\bdos2unix\b|\b(?:sed|tr|perl)\b.*?\\(?:r|015|x0[dD])\S*")
_KEEPS = regex(r"\s*(?:chmod|chown|chgrp)\b")
_BLANK = regex(r"[\s<>|&()]+")
_LOOSE = ("$", "`", "**")


def executes(mode: str) -> bool:
    """Whether a chmod mode sets an execute bit."""
    if mode.isdigit():
        return any(int(digit) & 1 for digit in mode[-3:])
    return any(re.fullmatch(r"[ugoa]*[+=][rwstX]*x[rwxstX]*", part) for part in mode.split(","))


def repairs(text: str, path: str, sources: Sequence[str]) -> bool:
    """Whether `text` makes the root-relative `path` executable.

    `sources` are the paths under which a COPY may know the file: relative to each possible build context.
    """
    if "chmod" not in text:
        return False
    text = CONTINUED.sub(" ", text)
    return any(_commands(text, path)) or any(_copies(text, path, sources))


def _commands(text: str, path: str) -> Iterator[bool]:
    for command in _COMMAND.split(text):
        match = _CHMOD.search(command)
        if match is None or "--chmod" in command[: match.start() + 5] or not executes(match[2]):
            continue
        found = _FIND.search(command[: match.start()])
        if found:
            yield _finds(found[1].split(), _NAMED.findall(command), path)
        else:
            words = match[3].split()
            options = match[1].split() + [word for word in words if word.startswith("-")]
            recursive = any(option == "--recursive" or re.match("-[a-z]*R", option) for option in options)
            yield any(_meant(word, path, recursive) for word in words if not word.startswith("-"))


def converts(text: str, path: str) -> bool:
    """Whether `text` takes the carriage returns out of the root-relative `path`."""
    return any(_conversions(CONTINUED.sub(" ", text), path))


def _conversions(text: str, path: str) -> Iterator[bool]:
    for command in _COMMAND.split(text):
        match = _CONVERTS.search(command)
        if match is None:
            continue
        found = _FIND.search(command[: match.start()])
        if found:
            yield _finds(found[1].split(), _NAMED.findall(command), path)
        else:
            words = (word for word in command[match.end() :].split() if not word.startswith("-"))
            yield "xargs" in command or any(_meant(word, path, recursive=False) for word in words)


def changes(text: str, path: str) -> bool:
    """Whether the commands of `text` may change the root-relative `path`: they name it, or a pattern does."""
    name = path.rpartition("/")[2]
    for command in _COMMAND.split(CONTINUED.sub(" ", text)):
        if _KEEPS.match(command) is None:
            for word in _BLANK.split(command):
                if (name in word or "*" in word) and not word.startswith("$") and _meant(word, path, False):
                    return True
    return False


def _finds(directories: Sequence[str], names: Sequence[str], path: str) -> bool:
    name = path.rpartition("/")[2]
    if names and not any(re.fullmatch(glob(word.strip("\"'")), name) for word in names):
        return False
    return any(_meant(directory, path, recursive=True) for directory in directories or ["."])


def _copies(text: str, path: str, sources: Sequence[str]) -> Iterator[bool]:
    for match in _COPY.finditer(text):
        mode = _MODE.search(match[1])
        if mode is None or not (executes(mode[1].strip("\"'")) or "$" in mode[1]):
            continue
        words = [w for w in re.sub(r'[\[\]",]', " ", match[1]).split() if not w.startswith("--")]
        yield any(_copied(word, [path, *sources]) for word in words[:-1])


def _copied(word: str, paths: Sequence[str]) -> bool:
    """Whether a COPY's source is one of `paths` or a directory above it, whatever the build context is."""
    word = word.strip("\"'").removeprefix("./").strip("/")
    if word in ("", ".", "*"):
        return True
    pattern = re.compile(rf"(?:.*/)?{glob(word)}(?:/.*)?", re.DOTALL)
    return any(pattern.fullmatch(path) for path in paths)


def _meant(word: str, path: str, recursive: bool) -> bool:
    """Whether a word of a command means `path`, in the image or where the image is put together."""
    word = re.sub(r"(^|/)\./|(?<=.)/\.$", r"\1", word.strip("\"'()"))
    if word in (".", "./", "/", "*"):
        return recursive
    parts = word.strip("/").split("/")
    above = "(?:/.*)?" if recursive else ""
    if word.startswith(_LOOSE) or not word.startswith("/"):
        return re.fullmatch(f"(?:.*/)?{glob('/'.join(parts))}{above}", path, re.DOTALL) is not None
    tails = [
        "/".join(parts[at:]) for at, part in enumerate(parts) if at == 0 or part == path.partition("/")[0]
    ]
    return any(re.fullmatch(glob(tail) + above, path, re.DOTALL) for tail in tails)


def glob(word: str) -> str:
    """A shell pattern as a regular expression; what only the shell knows matches anything."""
    found = ""
    for token in _GLOB.findall(word):
        if token.startswith(_LOOSE):
            found += ".*"
        elif token == "?" or token.startswith("["):
            found += "[^/]" if len(token) == 1 or token.endswith("]") else re.escape(token)
        elif token == "*" or len(token) > 1:
            found += "[^/]*"
        else:
            found += re.escape(token)
    return found


def fixes_attributes(text: str, path: str) -> bool:
    """Whether a file of s6-overlay's `fix-attrs.d` (`path recurse owner file-mode directory-mode`) does."""
    found = False
    for line in text.split("\n"):
        words = line.split()
        if len(words) == 5 and not line.startswith("#") and executes(words[3]):
            found = found or _meant(words[0], path, recursive=words[1] in ("true", "yes"))
    return found
