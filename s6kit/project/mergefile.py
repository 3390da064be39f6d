"""Three texts merged by `git merge-file`."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from s6kit.errors import Fatal
from s6kit.project.merge import BEFORE, EDITED, RENDERED

_COMMAND = (
    "git",
    "--no-pager",
    *("-c", "merge.conflictStyle=merge"),
    *("merge-file", "-p", "-q", "-L", EDITED, "-L", BEFORE, "-L", RENDERED),
)
_LIMIT = 60  # seconds
_MOST = 127  # conflicts that its exit code counts; what is more is an error


def three_way(path: str, old: bytes, there: bytes, new: bytes) -> tuple[bytes, bool]:
    """The merged text, and whether markers of conflicts stand in it; Fatal where git cannot be run."""
    with tempfile.TemporaryDirectory(prefix="s6kit.") as place:
        names = ("there", "old", "new")
        for name, data in zip(names, (there, old, new), strict=True):
            (Path(place) / name).write_bytes(data)
        try:
            done = subprocess.run(
                (*_COMMAND, *names),
                check=False,
                cwd=place,
                env=_environment(place),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_LIMIT,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            reason = getattr(error, "strerror", None) or error
            raise Fatal(f"unable to merge {path} with git merge-file: {reason}") from None
    if done.returncode > _MOST or done.returncode < 0:
        said = done.stderr.decode("utf-8", "replace").strip() or f"exit code {done.returncode}"
        raise Fatal(f"unable to merge {path} with git merge-file: {said}")
    return done.stdout, done.returncode > 0


def _environment(place: str) -> dict[str, str]:
    """The caller's, without any configuration or repository of git."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    nothing = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "HOME": place, "LC_ALL": "C"}
    return environment | nothing | {"GIT_CEILING_DIRECTORIES": str(Path(place).parent)}
