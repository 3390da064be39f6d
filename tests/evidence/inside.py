"""In namespaces of its own (mount, network): lay out the root of one run and watch the run in it.

`python -m tests.evidence.inside` reads the job as JSON (`lowers`, `network`, and the fields of a probe's run)
and writes the observation, or `{"failed": reason}`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from s6kit.errors import Fatal
from s6kit.observation import plain
from s6kit.probe.observe import observe
from s6kit.probe.run import Run


def main() -> None:
    """Read, run, write."""
    job = json.load(sys.stdin)
    place = tempfile.mkdtemp()
    lowers, network = job.pop("lowers"), job.pop("network")
    layout = f"{network}mount -t overlay overlay -o ro,lowerdir={':'.join(lowers)} {place}\n"
    subprocess.run(["sh", "-ec", layout], check=True, stdin=subprocess.DEVNULL)
    words: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in job.items()
    }
    try:
        seen = plain(observe(Run(root=place, net="host", **words)))
    except Fatal as error:
        seen = {"failed": str(error)}
    finally:
        subprocess.run(["umount", "-l", place], check=False)
        Path(place).rmdir()
    json.dump(seen, sys.stdout)


if __name__ == "__main__":
    main()
