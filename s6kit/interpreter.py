"""Which program reads a script: its first line, as the kernel takes it apart."""

from __future__ import annotations

from functools import lru_cache
from posixpath import basename

from s6kit.chain.peel import Effect, peel
from s6kit.programs import SHELLS
from s6kit.text import decode
from s6kit.value import Value, known

SHELL = "shell"
EXECLINE = "execline"
LINE = 255  # bytes of the first line that Linux reads


def shebang(data: bytes) -> tuple[str, ...]:
    """The interpreter and its one argument; empty where the file names none."""
    if not data.startswith(b"#!"):
        return ()
    line = decode(data[2:LINE].split(b"\n", 1)[0]).rstrip("\r").strip(" \t")
    return tuple(line.split(None, 1)) if line else ()


def command(data: bytes) -> tuple[str, ...]:
    """The words that the first line stands for: `env` and `with-contenv` split what the kernel joins."""
    words = shebang(data)
    return words[:1] + tuple(part for word in words[1:] for part in word.split())


def dialect(data: bytes) -> str | None:
    """`shell` or `execline`; None for every other interpreter, and for a file that names none."""
    return _dialect(data[:LINE].partition(b"\n")[0])


@lru_cache(maxsize=256)
def _dialect(first: bytes) -> str | None:
    line: tuple[Value, ...] = tuple(known(word) for word in command(first))
    while line and line[0].text is not None:
        name = basename(line[0].text)
        if name in SHELLS or name == "bashio" or (name == "busybox" and len(line) > 1):
            return SHELL
        if name == "execlineb":
            return EXECLINE
        if name == "with-contenv" and len(line) == 1:
            return EXECLINE
        step = peel(line)
        if step is None or step.effect is not Effect.EXECS:
            return None
        line = tuple(value for value in step.rest if isinstance(value, Value))
    return None
