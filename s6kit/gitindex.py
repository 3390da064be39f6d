"""The executable bits that git has recorded: what a checkout elsewhere will have, whatever this disk says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from os.path import lexists
from posixpath import dirname, join

_COMMAND = (
    "git",
    "--no-pager",
    *("-c", "core.fsmonitor=false"),  # each of these could name a program to run
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "protocol.allow=never"),
    *("-c", "safe.bareRepository=explicit"),
    *("ls-files", "-s", "-z", "--full-name"),
)
_SETTINGS = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ALLOW_PROTOCOL": "",
    "LC_ALL": "C",
}
_LIMIT = 20  # seconds


def top_of(directory: str) -> str | None:
    """The top of the git work tree that holds the absolute path `directory`; None outside of any."""
    while not lexists(join(directory, ".git")):
        parent = dirname(directory)
        if parent == directory:
            return None
        directory = parent
    return directory


def tracked(top: str) -> Mapping[str, bool]:
    """Every tracked regular file under the work tree `top`, relative to it: whether its index mode is 100755.

    Empty where git is not installed or will not read the repository (safe.directory): the disk is asked then.
    """
    import subprocess  # noqa: PLC0415 (10 ms that a tree without git need not spend)

    try:
        done = subprocess.run(
            _COMMAND,
            check=False,
            cwd=top,
            env=_environment(top),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LIMIT,
        )
    except (OSError, subprocess.TimeoutExpired):
        return {}
    return _parsed(done.stdout) if done.returncode == 0 else {}


def _parsed(output: bytes) -> dict[str, bool]:
    modes = {}
    for record in os.fsdecode(output).split("\0"):
        if record.startswith("100"):
            modes[record[record.index("\t") + 1 :]] = record.startswith("100755")
    return modes


def _environment(top: str) -> dict[str, str]:
    """The caller's, without what a git hook sets for another repository; an index of this one is kept."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    index = os.environ.get("GIT_INDEX_FILE", "")
    if index and os.path.realpath(index).startswith(os.path.realpath(f"{top}/.git") + "/"):
        environment["GIT_INDEX_FILE"] = os.path.realpath(index)
    return environment | _SETTINGS
