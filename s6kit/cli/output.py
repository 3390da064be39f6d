"""Where text goes, how wide it may be, and in which colours."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from s6kit.errors import Fatal
from s6kit.interrupt import undisturbed
from s6kit.report.paint import Paint, wanted

if TYPE_CHECKING:
    from rich.console import Console

PIPED = 100  # columns where nobody says how many there are
WIDEST = 1000


def paint(told: bool | None, output: str | None = None) -> Paint:
    """The paint for standard output, or, where `output` names a file, none unless told."""
    if output is not None:
        return Paint(bool(told))
    return Paint(wanted(sys.stdout, told=told))


def columns(output: str | None = None) -> int:
    """How wide the output is: $COLUMNS, else the terminal, else PIPED."""
    if output is not None or not (sys.stdout.isatty() or os.environ.get("COLUMNS")):
        return PIPED
    return min(WIDEST, shutil.get_terminal_size((80, 24)).columns)


def emit(pieces: Iterable[str], output: str | None = None) -> None:
    """Write text to standard output, or to a file, whole or not at all.

    A reader that has gone away is no error: the exit code still says what was found.
    """
    text = "".join(pieces)
    if output is not None:
        _to_file(text, output)
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise Fatal(f"unable to write to standard output: {error.strerror or error}") from None


def tell(text: str, end: str = "\n") -> None:
    """Write to standard error, as far as that takes anything: nothing that is said there decides anything."""
    with suppress(OSError):
        print(text, end=end, file=sys.stderr, flush=True)


def console(color: bool | None, output: str | None = None) -> Console:
    """rich's console, told what `paint` and `columns` find."""
    from rich.console import Console  # noqa: PLC0415 - 26 ms, for those who print a table

    on = paint(color, output).on
    return Console(
        width=columns(output),
        force_terminal=on,
        no_color=not on,
        color_system="standard" if on else None,
        highlight=False,
        emoji=False,
        markup=False,
        soft_wrap=False,
    )


def _to_file(text: str, output: str) -> None:
    try:
        target = Path(output)
        if target.is_symlink() or (target.exists() and not target.is_file()):
            _write(target, text)  # /dev/stdout, a FIFO: nothing to rename over
        else:
            _replace(target, text)
    except OSError as error:
        raise Fatal(f"unable to write {output or repr(output)}: {error.strerror or error}") from None


def _replace(target: Path, text: str) -> None:
    """The old file whole, or the new one."""
    beside = target.with_name(f".s6kit.{os.getpid()}")
    with undisturbed():
        try:
            _write(beside, text)
            beside.replace(target)
        finally:
            with suppress(OSError):
                beside.unlink()


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8", "backslashreplace")
