"""Who may run what: as anyone with user namespaces, and without any namespaces."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from shlex import join
from typing import Any

import pytest

from s6kit.cli.live import BARE
from s6kit.observation import Fate, Observation, plain, recorded
from s6kit.probe.observe import observe
from s6kit.probe.run import Run
from tests.examples import HOME
from tests.probe import tiny
from tests.probe.daemon import ANOTHER
from tests.probe.helpers import DEADLINE, ENV, apart, service
from tests.probe.test_lifetime import WITHOUT

NOBODY = 65534
PR_SET_DUMPABLE = 4
pytestmark = [apart, pytest.mark.skipif(not shutil.which("setpriv"), reason="no setpriv here")]
WHY = (
    "the kernel allows no namespaces here (Operation not permitted), which takes root or unprivileged user"
    " namespaces; without them a service directory can be probed on this machine with --net host, and an"
    " image with --image"
)


def as_nobody(script: str, dumpable: int = 1, root: str = "") -> Observation:
    """What is seen of a script by who is not root; a process that is not dumpable may not map users."""
    argv = ("sh", "-c", f"{script}; exec {join(ANOTHER)}")
    run = Run(argv, env=ENV, root=root, settle=0, timeout=DEADLINE, notification_fd=3)
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, dumpable)
            said: Mapping[str, Any] = plain(observe(run))
        except BaseException as error:
            said = {"error": repr(error)}
        os.write(writing, json.dumps(said).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = json.loads(pipe.read())
    os.waitpid(pid, 0)
    assert "error" not in told, told["error"]
    return recorded(told)


def test_anyone_on_this_machine() -> None:
    found = as_nobody("id -u")
    assert (found.outcome, found.command) == (Fate.FOREGROUND, ANOTHER)
    assert found.output_tail == f"{NOBODY}\n"


def test_anyone_whose_namespaces_give_no_rights() -> None:
    found = as_nobody("id -u", dumpable=0)
    assert (found.outcome, found.output_tail) == (Fate.FOREGROUND, f"{NOBODY}\n")


def test_anyone_in_a_root(tmp_path: Path) -> None:
    place = tiny.root(tmp_path / "root")
    os.chown(place / "tmp", NOBODY, NOBODY)
    for above in (tmp_path, *tmp_path.parents):
        if above.stat().st_uid == 0 and not above.stat().st_mode & 0o005:
            above.chmod(0o755)
    found = as_nobody("id -u; echo 1 >/tmp/x", root=str(place))
    assert (found.outcome, found.output_tail) == (Fate.FOREGROUND, "0\n")
    assert not (place / "tmp/x").exists()


def s6kit(*words: str) -> subprocess.CompletedProcess[str]:
    """The program where no namespaces can be made."""
    return subprocess.run(
        [*WITHOUT, sys.executable, "-m", "s6kit", *words],
        cwd=HOME,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_namespaces_on_this_machine(tmp_path: Path) -> None:
    directory = service(tmp_path, "grandchild")
    done = s6kit("probe", "--settle", "0", "--timeout", f"{DEADLINE}", "--format", "json", str(directory))
    assert done.stderr == f"s6kit: note: {BARE}\n"
    told = json.loads(done.stdout)
    assert [each["code"] for each in told["diagnostics"]] == ["SK802"]
    assert len(told["observations"][0]["survivors"]) == 1


def test_without_namespaces_and_without_a_network(tmp_path: Path) -> None:
    done = s6kit("probe", "--net", "none", str(service(tmp_path, "stay")))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"s6kit: fatal: unable to run without a network: {WHY}\n"


def test_without_namespaces_in_a_root(tmp_path: Path) -> None:
    place = tiny.root(tmp_path / "root", "etc/s6/svc/run (executable)\n    #!/bin/sh\n    exec sleep 1000\n")
    done = s6kit("probe", "--root", str(place))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"s6kit: fatal: unable to run in {place}: {WHY}\n"


CHROOT = """
cd "$1"
shift
for each in /*; do
    if [ -L "$each" ]; then
        cp -P "$each" .
    elif [ -d "$each" ]; then
        mkdir ".$each"
        mount --rbind "$each" ".$each"
    fi
done
exec chroot . "$@"
"""


def test_in_a_chroot(tmp_path: Path) -> None:
    """Its `/` is no mount, so that what is mounted there could not be kept from the rest of the machine."""
    directory = service(tmp_path, "stay")
    place = tmp_path / "chroot"
    place.mkdir()
    words = [sys.executable, "-m", "s6kit", "probe", "--settle", "0", "--format", "json", str(directory)]
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-ec", CHROOT, "sh", place, *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, f"s6kit: note: {BARE}\n")
    assert [each["outcome"] for each in json.loads(done.stdout)["observations"]] == ["foreground"]


def test_a_root_that_is_not_complete(tmp_path: Path) -> None:
    service(tmp_path, "stay")
    done = s6kit("probe", "--root", str(tmp_path))
    assert done.returncode == 2
    assert done.stderr == (
        f"s6kit: fatal: unable to run services in {tmp_path}: it is no complete root (no etc/passwd, or no"
        " bin/sh); probe the image that is built with it (--image), or a service directory on this machine"
        " (without --root)\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--settle", "soon"), "unable to use --settle soon: no number of seconds from 0 to 3600"),
        (("--timeout", "-1"), "unable to use --timeout -1: no number of seconds from 0 to 3600"),
        (("--settle", "nan"), "unable to use --settle nan: no number of seconds from 0 to 3600"),
        (("nowhere",), "unable to find nowhere: No such file or directory"),
        (("--select", "SK000"), "unable to select rules: no rule is called 'SK000'; `s6kit rule` lists them"),
    ],
)
def test_what_the_user_can_mend(words: tuple[str, ...], said: str) -> None:
    done = s6kit("probe", *words)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"s6kit: fatal: {said}\n")
