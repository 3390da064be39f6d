"""Views over a tree: scan directories and the services in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from s6kit.dataclass import dataclass, replace
from s6kit.layout import LAYOUTS, Layout, ServiceKind
from s6kit.model import Brought, Directory, File, Tree, join
from s6kit.regex import regex
from s6kit.text import decode

CONTROL = ".s6-svscan"
"""s6-svscan's own directory in the directory that it scans."""


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """A file of a service that is run or read as a program.

    `path` is where the layout looks for it, `real` what it leads to once links are followed. The role
    `target` is the script that a oneshot's `up` is only the path of.
    """

    path: str
    real: str
    role: str  # run, finish, setup, up, down, reload, target, check, init
    data: bytes
    executable: bool | None
    length: int = -1
    """Bytes of the whole file; `data` may be only its beginning."""

    @property
    def partial(self) -> bool:
        """Whether `data` is not the whole file: a binary, or far too long for a script."""
        return self.length > len(self.data)


@dataclass(frozen=True)
class Service:
    """One service of a tree; `path` is its directory (or, for an init script, its file)."""

    tree: Tree
    layout: Layout
    kind: ServiceKind
    name: str
    path: str
    scandir: str
    scripts: Mapping[str, ScriptFile]  # by role
    environment: Mapping[str, str]  # its env/ directory, where something in the service reads it

    @property
    def run(self) -> ScriptFile | None:
        """The script whose pid is watched."""
        return self.scripts.get("run")

    def entry(self, name: str) -> str:
        """The root-relative path of the file `name` of this service."""
        return join(self.path, name)


@dataclass(frozen=True)
class ScanDir:
    """A directory that a supervisor scans, and what it would start.

    `whole` is False where only some of its services are to be looked at. `control` holds the programs of
    `.s6-svscan` as if they were a service.
    """

    tree: Tree
    layout: Layout
    path: str
    services: tuple[Service, ...]
    whole: bool = True
    control: Service | None = None


@dataclass(frozen=True)
class Root:
    """A tree with the scan directories that are to be looked at.

    `shown` gives the path that the user sees for a root-relative one: as given on the command line,
    joined with the path inside. `surroundings` answers whether the repository around says a thing.
    """

    tree: Tree
    scandirs: tuple[ScanDir, ...]
    shown: Callable[[str], str]
    surroundings: Surroundings


class Surroundings(Protocol):
    """What lies around the services and may set a daemon's configuration at build or run time.

    Dockerfiles of the same work tree, templates (`*.tmpl`, `*.sample`, `/defaults`, …), init and setup
    scripts.
    """

    def mentions(self, pattern: re.Pattern[bytes]) -> bool:
        """Whether any of it matches."""
        ...

    def declares(self, name: str) -> bool:
        """Whether any of it sets a variable for the services of the container."""
        ...

    def converts(self, path: str) -> bool:
        """Whether any of it takes the carriage returns out of the file at the root-relative `path`."""
        ...

    def default(self, name: str) -> str | None:
        """What the image sets a variable to, unless it is started with another value; None: not sure."""
        ...

    def brought(self, place: str) -> Brought | None:
        """The file that is copied to `place` in the image from elsewhere in the work tree."""
        ...

    def beyond(self, path: str) -> File | None:
        """The file of the work tree at a path from the root that leads out of it (`../conf/x`)."""
        ...


TYPES = {b"longrun": ServiceKind.LONGRUN, b"oneshot": ServiceKind.ONESHOT, b"bundle": ServiceKind.BUNDLE}
_ROLES = {
    ServiceKind.LONGRUN: {
        "run": "run",
        "finish": "finish",
        "setup": "setup",
        "check": "check",
        "data/check": "check",
    },
    ServiceKind.ONESHOT: {"up": "up", "down": "down", "reload": "reload"},
    ServiceKind.PART: {"finish": "finish", "setup": "setup", "check": "check", "data/check": "check"},
}
_READS_ENV = regex(rb"envdir|\bchpst\b[^\n]*\s-\w*e")
_TARGET = regex(rb"\s*(?:(?:\S*/)?(?:with-contenv|exec|foreground\s*\{?)\s+)*(/[^\s{}\"'$]+)")


def scandirs(tree: Tree) -> tuple[ScanDir, ...]:
    """The scan directories of a tree that a layout's names give away; each service once."""
    found, seen = [], set()
    for layout in LAYOUTS:
        for place in layout.places:
            above, _, name = place.rpartition("/")
            for each in tree.names(above) if name == "*" else [name]:
                real = tree.resolve(join(above, each))
                if not real.trouble and real.path not in seen and tree.names(real.path):
                    seen.add(real.path)
                    found.append(scan(tree, layout, real.path))
    return once(found)


def once(found: Iterable[ScanDir]) -> tuple[ScanDir, ...]:
    """A service that several scan directories lead to is kept where it lies, else where it is met first."""
    found = tuple(found)
    own = {s.path for d in found for s in d.services if lies_in(s.path, d.path)}
    seen: set[str] = set()
    kept = []
    for scandir in found:
        services = []
        for service in scandir.services:
            if service.path not in seen and (service.path not in own or lies_in(service.path, scandir.path)):
                seen.add(service.path)
                services.append(service)
        kept.append(replace(scandir, services=tuple(services)))
    return tuple(kept)


def lies_in(path: str, directory: str) -> bool:
    """Whether `path` is `directory` or below it; the empty directory holds everything."""
    return path == directory or not directory or path.startswith(directory + "/")


def scan(
    tree: Tree, layout: Layout, path: str, extra: Iterable[str] = (), names: Iterable[str] | None = None
) -> ScanDir:
    """The scan directory at `path`, with everything in it that its supervisor would take for a service.

    A link is followed to the directory itself. `extra` names files beside a flat layout's directory that run
    with it (`etc/rc.local`); `names` are those that are known to be services, where the directory holds other
    things, too.
    """
    path = tree.resolve(path).path
    if layout.flat:
        paths = [join(path, name) for name in tree.names(path) if not name.startswith(".")]
        found = [s for p in (*paths, *extra) if (s := init_script(tree, layout, p, path))]
        return ScanDir(tree, layout, path, tuple(found))
    names = tree.names(path) if names is None else sorted(names)
    services = tuple(s for name in names for s in _named(tree, layout, path, name))
    return ScanDir(tree, layout, path, services, control=_control(tree, layout, path))


def init_script(tree: Tree, layout: Layout, path: str, scandir: str) -> Service | None:
    """The init script at `path`; None where it is no regular file."""
    script = _script(tree, path, "init")
    if script is None:
        return None
    name = path.rpartition("/")[2]
    return Service(tree, layout, ServiceKind.INIT, name, path, scandir, {"init": script}, {})


def service(tree: Tree, layout: Layout, path: str, scandir: str, name: str) -> Service:
    """The service in the directory `path`, whatever is in there."""
    names = frozenset(tree.names(path))
    kind = _kind(tree, layout, path, names)
    scripts = dict(_scripts(tree, path, names, kind))
    environment = _environment(tree, path) if "env" in names and _reads_env(scripts) else {}
    return Service(tree, layout, kind, name, path, scandir, scripts, environment)


def _named(tree: Tree, layout: Layout, scandir: str, name: str) -> Iterator[Service]:
    """The service called `name`, and its logger."""
    if name.startswith("."):
        return
    found = tree.resolve(join(scandir, name))
    if found.trouble or not isinstance(found.entry, Directory):
        return
    yield service(tree, layout, found.path, scandir, name)
    if layout.logs and "log" in tree.names(found.path):
        log = tree.resolve(join(found.path, "log"))
        if not log.trouble and isinstance(log.entry, Directory):
            yield service(tree, layout, log.path, scandir, f"{name}/log")


def _kind(tree: Tree, layout: Layout, path: str, names: frozenset[str]) -> ServiceKind:
    if layout.name != "s6-rc":
        return ServiceKind.LONGRUN
    if "type" in names:
        said = tree.file(join(path, "type"))
        kind = TYPES.get(said.data.strip()) if said else None
        if kind:
            return kind
        return ServiceKind.LONGRUN if "run" in names else ServiceKind.PART
    if "up" in names:
        return ServiceKind.ONESHOT
    return ServiceKind.BUNDLE if names & {"contents.d", "contents"} else ServiceKind.PART


def _scripts(
    tree: Tree, path: str, names: frozenset[str], kind: ServiceKind
) -> Iterator[tuple[str, ScriptFile]]:
    for name, role in _ROLES.get(kind, {}).items():
        if name.partition("/")[0] in names and (script := _script(tree, join(path, name), role)):
            yield role, script
            if role == "up" and (target := _target(tree, path, script.data)):
                yield "target", target


def _script(tree: Tree, path: str, role: str) -> ScriptFile | None:
    found = tree.resolve(path)
    if found.trouble or not isinstance(found.entry, File):
        return None
    entry = found.entry
    return ScriptFile(path, found.path, role, entry.data, entry.executable, entry.length)


def _target(tree: Tree, path: str, up: bytes) -> ScriptFile | None:
    """The script whose absolute path is all that `up` says, where it is in the tree."""
    lines = [line for line in up.split(b"\n") if line.strip() and not line.lstrip().startswith(b"#")]
    match = _TARGET.match(lines[0]) if len(lines) == 1 else None
    if match is None:
        return None
    return _script(tree, match[1].decode("utf-8", "surrogateescape").lstrip("/"), "target")


def _control(tree: Tree, layout: Layout, scandir: str) -> Service | None:
    """What s6-svscan runs; `lock` and `control` beside that are its own."""
    path = join(scandir, CONTROL)
    names = [name for name in tree.names(path) if name in ("finish", "crash") or name.startswith("SIG")]
    if not names:
        return None
    scripts = {n: s for n in names if (s := _script(tree, join(path, n), n))}
    return Service(tree, layout, ServiceKind.INIT, CONTROL, path, scandir, scripts, {})


def _reads_env(scripts: Mapping[str, ScriptFile]) -> bool:
    return any(_READS_ENV.search(script.data) for script in scripts.values())


def _environment(tree: Tree, path: str) -> Mapping[str, str]:
    """The variables of `env/`: the first line of each file without trailing blanks, as s6-envdir has it."""
    directory = join(path, "env")
    found: dict[str, str] = {}
    for name in tree.names(directory):
        file = tree.file(join(directory, name))
        if file and "=" not in name and file.data:
            found[name] = env_value(file.data)
    return found


def env_value(data: bytes) -> str:
    """What s6-envdir makes of a file: its first line, without trailing blanks."""
    return decode(data.partition(b"\n")[0].rstrip(b" \t").replace(b"\0", b"\n"))
