"""One run: a root of its own, its set-up, and what the daemon's process became."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from dataclasses import dataclass

from s6kit.observation import Fate, Observation, recorded
from tests.evidence import roots
from tests.evidence.claims import Run

WATCHED = 35
"""Seconds that a daemon must stay before the run counts as proof that it does; some fork late."""

_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/venv/bin",
    "HOME": "/root",
}
_NETWORK = """\
ip link set lo up
ip link add eth0 type veth peer name eth1
ip addr add 10.99.0.2/24 dev eth0
ip link set eth0 up
ip link set eth1 up
ip route add default via 10.99.0.1
"""
"""An interface that nobody is behind, for daemons that want one."""

_PREPARED = """\
hostname evidence 2>/dev/null || echo evidence >/proc/sys/kernel/hostname
echo evidence >/etc/hostname
echo evidence.example >/etc/mailname
printf '127.0.0.1 localhost\\n127.0.1.1 evidence.example evidence\\n' >/etc/hosts
echo nameserver 127.0.0.1 >/etc/resolv.conf
mkdir -p /dev/net /run/lock
[ -e /dev/net/tun ] || mknod /dev/net/tun c 10 200
[ -e /dev/fuse ] || mknod /dev/fuse c 10 229
"""
"""What every set-up begins with: a shell's lines."""


@dataclass(frozen=True)
class Seen:
    """What became of a run: an observation, or why there is none (the package, the set-up)."""

    observation: Observation | None
    failure: str = ""

    @property
    def outcome(self) -> str:
        """`foreground`, `daemonized`, `exited` or `failed`; a parent that ends with an error has exited."""
        seen = self.observation
        if seen is None or seen.failure:
            return "failed"
        if seen.outcome is Fate.DAEMONIZED and (seen.exit_code or seen.signal):
            return Fate.EXITED.value
        return seen.outcome.value

    @property
    def told(self) -> str:
        """For people: how it ended and the last that it wrote."""
        seen = self.observation
        if seen is None:
            return self.failure
        code = f"exit code {seen.exit_code}" if seen.exit_code is not None else seen.signal or "alive"
        last = [line for line in seen.output_tail.splitlines() if line.strip()][-3:]
        return f"{seen.failure or code}: {' / '.join(last)}"


def perform(run: Run, signal: str = "TERM", watch: float = WATCHED) -> Seen:
    """Carry out a run in a root and in namespaces that nothing outlives, and stop it with that signal."""
    try:
        lowers = [str(roots.layer(run.package.split())), str(roots.base())]
    except roots.Unable as error:
        return Seen(None, str(error))
    argv = list(run.argv)
    if run.user:
        argv = ["chroot", "--skip-chdir", f"--userspec={run.user}:", "/", *argv]
    if run.directory:
        argv = ["env", "-C", run.directory, *argv]
    job = {
        "lowers": lowers,
        "network": _NETWORK,
        "argv": argv,
        "env": {**_ENVIRONMENT, **run.environment},
        "setup": ["/bin/sh", "-ec", _set_up(run)],
        "settle": watch,
        "down_signal": f"SIG{signal}",
    }
    command = ["unshare", "-m", "-n", sys.executable, "-m", "tests.evidence.inside"]
    done = subprocess.run(
        command, input=json.dumps(job), capture_output=True, text=True, check=False, timeout=watch + 300
    )
    try:
        seen = json.loads(done.stdout)
    except ValueError:
        return Seen(None, (done.stdout + done.stderr).strip()[-500:])
    return Seen(None, seen["failed"]) if "failed" in seen else Seen(recorded(seen))


def _set_up(run: Run) -> str:
    """The lines of a shell that write the configuration and do what else is needed before."""
    script = _PREPARED
    for path, text in run.config.items():
        name = shlex.quote(path)
        script += f"mkdir -p $(dirname {name})\nrm -f {name}\nprintf %s {shlex.quote(text)} >{name}\n"
    if run.directory:
        script += f"mkdir -p {shlex.quote(run.directory)}\n"
    return f"{script}set +e\n{run.setup}"
