"""The starting point of an image repository, as a tree."""

from __future__ import annotations

import re

from s6kit import __version__
from s6kit.errors import Fatal
from s6kit.model import DictTree, File
from s6kit.project.manifest import named, record
from s6kit.regex import regex
from s6kit.scaffold.options import Options, values

BASE = "localhost/s6-base:latest"  # what `docker buildx bake local` in base-image/ calls it
RENDERED = ".s6kit/rendered"  # as `project` has it
_ADDRESS = regex(r"[a-z0-9][A-Za-z0-9._/:@-]*", re.ASCII)

_DOCKERFILE = """\
# docker build --tag NAME .   With podman or buildah: --format docker, or the image has no health check.
ARG BASE={base}
FROM ${{BASE}}

# What the services need, as `s6kit new` says:
# RUN apt-get update && apt-get install -y --no-install-recommends nginx-light && rm -rf /var/lib/apt/lists/*

COPY rootfs/ /
"""

_HOOKS = """\
# pre-commit install; the hook is the s6kit that is installed where it runs.
repos:
  - repo: local
    hooks:
      - id: s6kit-lint
        name: s6kit lint
        entry: s6kit lint
        language: system
        always_run: true
        pass_filenames: false
"""

_WORKFLOW = """\
# What is built is what was linted, and it runs: each service stays up, and stops when told.
name: image
on:
  push:
  pull_request:
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Install s6kit
        run: pipx install s6kit=={version}
      - name: Scaffolds are as s6kit.yaml says
        run: s6kit sync --check
      - name: Lint
        run: s6kit lint
      - name: Build
        run: docker build --tag image:ci .
      - name: Probe
        run: s6kit probe --image image:ci
"""

_README = """\
# An image of several services

`rootfs/` mirrors `/` of the image. Its services lie under `rootfs/etc/s6`, one directory each, and s6 watches
over them as PID 1. `s6kit.yaml` says what they were made from.

```sh
s6kit new web --skeleton nginx    # add a service; it prints the line that its packages need in the Dockerfile
s6kit lint                        # will each service stay supervised?
docker build --tag image .        # podman build --format docker, or the image has no health check
s6kit probe --image image         # it does: run, watched, stopped
```

`app` is there as an example: `s6kit remove app` takes it out.

The base image ({base}) brings syslog, cron and logrotate, a health check
(`s6-health`), and stops every service properly when told. CI does what stands above, in
.github/workflows/image.yml; BASE in the Dockerfile has to be where it can pull it from.
"""

_TEXTS = {
    "Dockerfile": _DOCKERFILE,
    "README.md": _README,
    ".pre-commit-config.yaml": _HOOKS,
    ".github/workflows/image.yml": _WORKFLOW,
}


def starting_point(base: str, asked: Options, service: DictTree) -> DictTree:
    """The whole repository; `base` is the address of the base image, `service` a first one, as asked for.

    Fatal where the address is none.
    """
    if not _ADDRESS.fullmatch(base):
        raise Fatal(f"unable to build on {base!a}: that is no address of an image")
    holes = {"base": base, "version": __version__}
    texts = {path: File(text.format_map(holes).encode()) for path, text in _TEXTS.items()}
    manifest = File(record(named(b"", "rootfs"), asked.name, values(asked)))
    made = {path: entry for path, entry in service.entries.items() if path}
    kept = {f"{above}/{path}": entry for above in ("rootfs", RENDERED) for path, entry in made.items()}
    return DictTree({**texts, "s6kit.yaml": manifest, **kept})


def shown(tree: DictTree) -> DictTree:
    """Without what is kept for `sync`, which nobody edits."""
    return DictTree({path: entry for path, entry in tree.entries.items() if not path.startswith(".s6kit")})
