"""The image that is proven: base-image/Dockerfile as it stands, on a Debian root."""

from __future__ import annotations

import os
import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.image.engine import build, call

HERE = Path(__file__).parents[2] / "base-image"
SUITE = "bookworm"
DEBIAN = f"localhost/s6kit-debian:{SUITE}"
IMAGE = "localhost/s6kit-base:test"
OWN = re.compile(r"(s6|execline|libs6|libexecline|libskarnet)[\d.-]*")


def debian() -> str:
    """A Debian root as an image, made by mmdebstrap; kept for the next run.

    It has this machine's settings of how apt fetches, and no others.
    """
    if call(["podman", "images", "-q", DEBIAN]):
        return DEBIAN
    with TemporaryDirectory(dir="/var/tmp") as place:
        settings = Path(place, "fetch.conf")
        settings.write_text(call(["apt-config", "dump", "Acquire"]))
        hook = f"--customize-hook=upload {settings} /etc/apt/apt.conf.d/99fetch"
        root = f"{place}/root.tar"
        call(["mmdebstrap", "--quiet", "--variant=minbase", hook, SUITE, root], seconds=600)
        call(["podman", "import", root, DEBIAN])
    return DEBIAN


@contextmanager
def packaged() -> Iterator[Path]:
    """A directory that stands for the stage s6: Debian's s6 and execline, and what of skarnet's they need."""
    listed = call(["apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests", "s6", "execline"])
    names = sorted({name for name in listed.split() if OWN.fullmatch(name)})
    with TemporaryDirectory(dir="/var/tmp") as place:
        root = Path(place, "root")
        for uri in call(["apt-get", "download", "--print-uris", *names]).splitlines():
            file = Path(place, uri.split()[1])
            call(["sh", "-c", f"cd {place} && apt-get -qq download {file.name.split('_')[0]}"])
            call(["dpkg-deb", "-x", str(file), str(root)])
        yield root


def reachable(url: str) -> bool:
    """Whether that server answers at all."""
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except OSError:
        return False
    return True


def arguments() -> list[str]:
    """The build arguments of this run: the Debian root as base, and NAME=VALUE words of $S6KIT_BUILD_ARGS."""
    words = [f"UBUNTU={debian()}", *os.environ.get("S6KIT_BUILD_ARGS", "").split()]
    return [option for word in words for option in ("--build-arg", word)]


def source() -> str:
    """Where skarnet's sources come from."""
    url = re.findall(r"SKARNET_URL=(\S+)", (HERE / "Dockerfile").read_text() + " ".join(["", *arguments()]))
    return str(url[-1])


def made() -> tuple[str, list[str]]:
    """The image to prove, and what has to be known of how it was made."""
    if given := os.environ.get("S6KIT_IMAGE"):
        return given, [f"the image is {given}, which was there already"]
    notes = [f"the base is a Debian {SUITE} root made by mmdebstrap, in the place of Ubuntu"]
    options = ["--target", "base", *arguments()]
    if reachable(source()):
        notes.append(f"s6 is built statically from {source()}")
        return build(HERE, IMAGE, *options), notes
    notes.append(
        f"{source()} is out of reach: Debian's s6 stands in for the stage s6, which is not built here"
    )
    with packaged() as root:
        return build(HERE, IMAGE, *options, "--build-context", f"s6={root}"), notes
