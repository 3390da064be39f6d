"""One root with the packages of all skeletons, made by one call of mmdebstrap and kept for the next run."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

SUITE = "bookworm"
OWN = ("busybox", "execline", "s6")  # what every case needs
_DAY = 86400
_OPTIONS = (
    "--variant=minbase",
    "--aptopt=APT::Install-Recommends false",
    "--aptopt=Acquire::Languages none",
    "--dpkgopt=force-unsafe-io",
    *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "info", "locale", "man")),
    # Nothing starts while packages are configured.
    '--essential-hook=printf "#!/bin/sh\\nexit 101\\n" >"$1/usr/sbin/policy-rc.d"',
    '--essential-hook=chmod 0755 "$1/usr/sbin/policy-rc.d"',
)


def store() -> Path:
    """Where roots are kept: $S6KIT_ROOTS, else below $XDG_CACHE_HOME, else below /var/tmp."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or "/var/tmp")
    return Path(os.environ.get("S6KIT_ROOTS") or cache / "s6kit-roots")


@contextmanager
def root(packages: frozenset[str]) -> Iterator[Path]:
    """A root that holds the packages, and nobody removes it meanwhile; made if there is none."""
    wanted = packages | set(OWN)
    store().mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        found = _fitting(wanted, stack)
        if found is None:
            lock = stack.enter_context((store() / "lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
            _prune()
            found = _fitting(wanted, stack) or _make(wanted, stack)
            lock.close()
        yield found


def _fitting(wanted: frozenset[str], stack: ExitStack) -> Path | None:
    """A root that is there already, and has at least these packages; it is kept until `stack` is closed."""
    for held in sorted(store().glob("*.packages")):
        try:
            used = stack.enter_context(held.open("r+"))
        except FileNotFoundError:  # somebody has removed it since
            continue
        fcntl.flock(used, fcntl.LOCK_SH)
        if held.exists() and wanted <= set(used.read().split()):
            os.utime(used.fileno())
            return held.with_suffix("")
    return None


def _make(wanted: frozenset[str], stack: ExitStack) -> Path:
    name = hashlib.sha256("\n".join([SUITE, *sorted(wanted)]).encode()).hexdigest()[:16]
    place = store() / name
    with tempfile.TemporaryDirectory(prefix=".new.", dir=store()) as scratch:
        include = f"--include={','.join(sorted(wanted))}"
        command = ["mmdebstrap", "--verbose", *_OPTIONS, include, SUITE, f"{scratch}/root"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=3600)
        if done.returncode:
            said = (done.stdout + done.stderr)[-8000:]
            raise RuntimeError(f"mmdebstrap failed ({done.returncode}):\n{said}")
        shutil.rmtree(place, ignore_errors=True)  # of a run that was cut off
        Path(f"{scratch}/root").rename(place)
    held = place.with_suffix(".packages")
    held.with_suffix(".new").write_text("\n".join(sorted(wanted)) + "\n")
    held.with_suffix(".new").rename(held)
    found = _fitting(wanted, stack)
    assert found is not None
    return found


def _prune() -> None:
    """Remove what nobody has used for a day."""
    for held in store().glob("*.packages"):
        if held.stat().st_mtime > time.time() - _DAY:
            continue
        with held.open("r+") as used:
            try:
                fcntl.flock(used, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            held.unlink()
            shutil.rmtree(held.with_suffix(""))
