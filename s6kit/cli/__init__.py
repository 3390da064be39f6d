"""The command line: one module a command, and the one place where errors become exit codes.

0 clean, 1 findings, 2 usage, configuration or nothing to lint, 3 an error of ours, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from errno import EAGAIN, EDQUOT, EFBIG, EIO, EMFILE, ENFILE, ENOMEM, ENOSPC, EROFS
from importlib import import_module
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from s6kit import __version__
from s6kit.cli.output import emit, tell
from s6kit.cli.words import Command, Group
from s6kit.errors import Fatal
from s6kit.interrupt import interrupted
from s6kit.report.escape import safe

COMMANDS = ("lint", "show", "probe", "new", "sync", "remove", "skeletons", "image", "rule", "daemons")
ABOUT = "Scaffold, lint and prove service trees supervised by s6."
USAGE, INTERNAL, INTERRUPTED = 2, 3, 130
LACKS = {EAGAIN, EDQUOT, EFBIG, EIO, EMFILE, ENFILE, ENOMEM, ENOSPC, EROFS}  # space, processes, …


def run() -> NoReturn:
    """The console entry: never returns."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
        getattr(sys, name).reconfigure(errors="backslashreplace")
        os.set_blocking(getattr(sys, name).fileno(), True)  # else what a slow reader has not taken is lost
    code = main(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            # Nobody reads it, or it is full: what is left of it must not fail once more at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    # Python's own end would go through all that the run has made, and would be by a signal if one came while
    # it evaluated a string.
    os._exit(code)


def main(arguments: Sequence[str]) -> int:
    """The exit code of a command line; everything that goes wrong ends here."""
    try:
        code = _app(arguments)(list(arguments), prog_name="s6kit", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except Fatal as error:
        tell(f"s6kit: fatal: {safe(str(error))}")
        return USAGE
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except SystemExit:  # of Typer, where nobody reads its help any more
        return 0
    except Exception as error:
        if interrupted(error):
            return INTERRUPTED
        if why := _without(error):
            tell(f"s6kit: fatal: {why}")
            return USAGE
        if hasattr(error, "show") and hasattr(error, "exit_code"):  # what Typer raises for a wrong usage
            with suppress(OSError):
                error.show()
            return USAGE
        _confess(error)
        return INTERNAL


def _app(arguments: Sequence[str]) -> typer.Typer:
    """The application; where a command is named it is the only one imported."""
    app = typer.Typer(
        name="s6kit",
        cls=Group,
        help=ABOUT,
        rich_markup_mode=None,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    for name in arguments[:1] if arguments and arguments[0] in COMMANDS else COMMANDS:
        module = import_module(f"s6kit.cli.{name}")
        if hasattr(module, "app"):  # with commands of its own
            app.add_typer(module.app, name=name)
        else:
            app.command(name, cls=Command)(module.command)
    return app


def _version(asked: bool) -> None:
    if asked:
        emit([f"s6kit {__version__}\n"])
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Scaffold, lint and prove service trees supervised by s6.

    Exit codes: 0 clean, 1 findings, 2 usage, configuration or nothing to lint, 3 internal error, 130
    interrupted.
    """


def _without(error: BaseException) -> str:
    """What the system lacks where that is behind an error, as `unable to …`; else empty."""
    try:
        Path.cwd()
    except OSError as lost:
        return f"unable to find the current directory: {lost.strerror}"
    cause = error.__cause__ or error
    if isinstance(cause, MemoryError):
        return "unable to go on: there is not enough memory"
    if isinstance(cause, OSError) and cause.errno in LACKS:
        return f"unable to go on: {cause.strerror}"
    return ""


def _confess(error: Exception) -> None:
    """Say what broke inside s6kit, in a few lines; all of it with S6KIT_DEBUG."""
    import traceback  # noqa: PLC0415 - 7 ms that only this needs

    if os.environ.get("S6KIT_DEBUG"):
        traceback.print_exception(error)
    cause = error.__cause__ or error
    what = "" if cause is error else f"{safe(str(error))}: "
    tell(f"s6kit: internal error: {what}{type(cause).__name__}: {safe(str(cause))}")
    frames = traceback.extract_tb(cause.__traceback__)
    for frame in frames[-1:]:
        tell(f"  at {frame.filename}:{frame.lineno} in {frame.name}")
    tell("  This is a mistake in s6kit, not in your tree; S6KIT_DEBUG=1 shows all of it.")
