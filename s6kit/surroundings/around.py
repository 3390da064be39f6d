"""What lies around the services of a root: Dockerfiles of its work tree, templates, init scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from posixpath import dirname

from s6kit.model import Entry, File
from s6kit.read import DIRECTORY, FILE, Disk, DiskTree, read_file
from s6kit.regex import regex
from s6kit.surroundings import modes
from s6kit.surroundings.brought import brought
from s6kit.surroundings.copies import Copy, copies
from s6kit.surroundings.variables import variables

_DOCKERFILE = regex(r"(?:.*[._-])?(?:docker|container)file(?:[._-].*)?", re.IGNORECASE)
_TEMPLATE = regex(r".*\.(?:tmpl|tpl|template|sample|j2|jinja2?|in|dist|erb|ctmpl|mustache|gtpl|orig)")
_TEMPLATES = regex(r"(?:^|/)(?:defaults?|templates?)/")
_SCRIPT_PLACES = tuple(
    f"/{name}/" for name in "cont-init.d my_init.d cont-finish.d fix-attrs.d scripts sbin bin init".split()
)
_SCRIPT_NAMES = regex(r"setup|up|rc\.local|.*(?:entrypoint|startup|bootstrap).*|.+\.(?:sh|bash)", re.DOTALL)
_PROSE = (".md", ".rst", ".txt", ".adoc", ".html", ".js", ".css", ".svg")
_PROSE_PLACES = ("doc", "docs", "test", "tests", ".github", ".git")
_LICENSES = ("license", "licence")
_COMMENT = regex(rb"^[ \t]*(?:[#;]|//).*$", re.MULTILINE)
_SUPERVISED = ("run", "finish")
_WRITES = regex(rb">[ \t]*[\"']?[^\s;&|<>()]+\.(?:conf|cnf|cfg|ini|json|toml|xml|ya?ml)\b")
_EDITS = regex(rb"\b(?:tee|sed)[ \t](?:[^\n|;&]{0,200}[ \t])?-[a-z]*[ai]")
_EXEC = regex(rb"\bexec[ \t]")
_ENV = regex(rb"^[ \t]*ENV[ \t]((?:[^\n\\]|\\.|\\\n)*)", re.MULTILINE | re.IGNORECASE)
_ENV_NAME = regex(rb"(?:^|[\s])([A-Za-z_]\w*)(?==|[ \t])")
_ENV_FILE = regex(rb"environment/([A-Za-z_]\w*)")
_ONESHOT = regex(r"(?:^|/)s6-rc\.d/[^/]+/$")
_OVERLAY = regex(
    rb"(?:s6[_-]?overlay[^\n]{0,80}?[/=:\s\"'-]v?|-s6:\S*-)([0-9])\.[0-9]+\.[0-9]+\.[0-9]", re.IGNORECASE
)
_OVERLAY_OLD = regex(rb"s6-overlay-[^\n]{0,40}\.tar\.gz|deploy-s6-overlay\.sh")  # 3 is in several .tar.xz
_COMPILED = regex(r"etc/s6-overlay/s6-rc\.d/[^/]+/(?:run|finish)")  # s6-rc-compile sets their mode
_LEGACY = ("etc/services.d/", "etc/cont-init.d/", "etc/cont-finish.d/")
_NOT_SEARCHED = frozenset(
    (".git", ".s6kit", "node_modules", ".venv", "proc", "sys", "dev", "dependencies.d", "contents.d")
)
_PATHS = 50_000  # of a tree that are looked at
_FILES = 4_000  # that are read
_BYTES = 1 << 18  # of one file
_DOCKERFILES = 400
_DEPTH = 4  # how deep Dockerfiles are looked for without git


def is_dockerfile(name: str) -> bool:
    """Whether a file is a Dockerfile or a Containerfile, by its name."""
    return _DOCKERFILE.fullmatch(name) is not None


class Around:
    """The surroundings of one root; everything is read once, when first asked for.

    `given` is the absolute directory that stands for the work tree where there is none.
    """

    def __init__(self, tree: DiskTree, given: str = "") -> None:
        self._tree = tree
        self._disk: Disk = tree.disk
        self._git = tree.disk.top_of(tree.root)
        self._top = self._git if self._git is not None else given or dirname(tree.root)
        self._asked: dict[re.Pattern[bytes], bool] = {}

    def mentions(self, pattern: re.Pattern[bytes]) -> bool:
        """Whether any Dockerfile, template, init or setup script matches."""
        known = self._asked.get(pattern)
        if known is None:
            near = (*self._near_dockerfiles, *self._inside.values())
            known = any(pattern.search(text) for text in near)
            known = known or any(pattern.search(text) for text in self._beyond.values())
            self._asked[pattern] = known
        return known

    def declares(self, name: str) -> bool:
        """Whether a Dockerfile or a script sets a variable for the services of the container."""
        return name in self._declared

    def default(self, name: str) -> str | None:
        """What the Dockerfiles set a variable to; None where something else does, too, or it is empty."""
        value = self._variables.get(name)
        return value if value and name not in self._written else None

    @cached_property
    def _variables(self) -> Mapping[str, str | None]:
        return variables(text.decode("utf-8", "surrogateescape") for text in self._near_dockerfiles)

    @cached_property
    def _declared(self) -> frozenset[str]:
        names: set[bytes] = set()
        for text in self._near_dockerfiles:
            for instruction in _ENV.findall(text):
                names.update(_ENV_NAME.findall(instruction))
        return frozenset(name.decode() for name in names) | self._written

    @cached_property
    def _written(self) -> frozenset[str]:
        """The variables that a script writes where `with-contenv` finds them."""
        texts = (text for text in self._inside.values() if b"environment/" in text)
        return frozenset(name.decode() for text in texts for name in _ENV_FILE.findall(text))

    @property
    def _near_dockerfiles(self) -> tuple[bytes, ...]:
        """The Dockerfiles of the images that the root is copied into, as far as that shows."""
        return tuple(self._near.values())

    @property
    def _near(self) -> dict[str, bytes]:
        near = {path: text for path, text in self._dockerfiles.items() if self._is_above(dirname(path))}
        return near or self._dockerfiles

    def repairs(self, path: str) -> bool:
        """Whether a Dockerfile or an init script makes the root-relative `path` executable."""
        source = self._from_top(path)
        places = (path, *self.landings(path))
        if any(place.startswith(_LEGACY) for place in places) and self._overlay_2:
            return True
        return (
            any(_COMPILED.fullmatch(place) for place in places[1:])
            or any(modes.repairs(text, p, [source]) for text in self._repairing for p in places)
            or any(modes.fixes_attributes(text, p) for text in self._attributes for p in places)
        )

    def converts(self, path: str) -> bool:
        """Whether a Dockerfile or an init script takes the carriage returns out of a file."""
        places = (path, *self.landings(path))
        return any(modes.converts(text, place) for text in self._converting for place in places)

    def landings(self, path: str) -> tuple[str, ...]:
        """Where in the image the root-relative `path` lies, by the Dockerfiles that copy it there."""
        source = self._from_top(path)
        found = (copy.landing(source) for copy in self._copies)
        return tuple(dict.fromkeys(place for place in found if place is not None))

    def brought(self, place: str) -> tuple[str, File] | None:
        """The file that a Dockerfile copies to `place` in the image, and its path in the work tree."""
        if self._tree.complete:
            return None
        near = [(path, text.decode("utf-8", "surrogateescape")) for path, text in self._near.items()]
        above = [item for item in near if f"{self._tree.root}/".startswith(f"{dirname(item[0])}/")]
        return brought(place, above or near, self._top, self._disk)

    @cached_property
    def _copies(self) -> tuple[Copy, ...]:
        if self._tree.complete:
            return ()
        texts = (text.decode("utf-8", "surrogateescape") for text in self._near_dockerfiles)
        return tuple(copy for text in texts for copy in copies(text))

    def _from_top(self, path: str) -> str:
        return f"{self._tree.root}/{path}"[len(self._top.rstrip("/")) + 1 :]

    @cached_property
    def _dockerfiles(self) -> dict[str, bytes]:
        """Absolute path -> text."""
        paths = sorted(set(self._tracked_dockerfiles()) | set(self._nearby_dockerfiles()))
        return dict(_texts(paths[:_DOCKERFILES]))

    def _tracked_dockerfiles(self) -> Iterator[str]:
        for path in self._disk.tracked(self._git) if self._git is not None else ():
            if is_dockerfile(path.rpartition("/")[2]):
                yield f"{self._top.rstrip('/')}/{path}"

    def _nearby_dockerfiles(self) -> Iterator[str]:
        """Those beside the root and above it within the work tree, and, without an index, those below."""
        directory = self._tree.root
        while directory:
            yield from self._dockerfiles_in(directory)
            if directory == self._top:
                break
            directory = dirname(directory).rstrip("/")
        if self._git is None or not self._disk.tracked(self._git):
            yield from self._dockerfiles_below(self._top, _DEPTH)

    def _dockerfiles_in(self, directory: str) -> Iterator[str]:
        for name, kind in self._disk.listing(directory).items():
            if kind == FILE and is_dockerfile(name):
                yield f"{directory}/{name}"

    def _dockerfiles_below(self, directory: str, depth: int) -> Iterator[str]:
        yield from self._dockerfiles_in(directory)
        if depth:
            for name, kind in self._disk.listing(directory).items():
                if kind == DIRECTORY and name not in _NOT_SEARCHED:
                    yield from self._dockerfiles_below(f"{directory}/{name}", depth - 1)

    @cached_property
    def _inside(self) -> dict[str, bytes]:
        """Path -> text of what may end up in the image; of a whole root, templates and scripts only."""
        return self._gathered(self._context)

    @cached_property
    def _beyond(self) -> dict[str, bytes]:
        """The same of all the work tree: an image may be built on another one of the same repository."""
        top = self._top
        return {} if top is None or self._tree.complete or top == self._context else self._gathered(top)

    def _gathered(self, base: str) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for directory, name in self._files(base):
            if len(found) >= _FILES:
                break
            if name in _SUPERVISED or self._counts(base, directory, name):
                text = self._text(base, directory, name)
                if text:
                    found[directory + name] = _COMMENT.sub(b"", text)
        return found

    def _counts(self, base: str, directory: str, name: str) -> bool:
        if not self._tree.complete:
            return not name.lower().endswith(_PROSE) and not name.lower().startswith(_LICENSES)
        path = directory + name
        template = _TEMPLATE.fullmatch(path) or _TEMPLATES.search(path)
        return template is not None or self._is_script(base, directory, name)

    def _text(self, base: str, directory: str, name: str) -> bytes:
        """What a file may say; of a supervised script only what prepares."""
        entry = self._read(f"{base}/{directory}{name}")
        if not isinstance(entry, File) or entry.length > _BYTES or b"\0" in entry.data[:512]:
            return b""
        starts = name in _SUPERVISED and not self._is_script(base, directory, name)
        return _preparing(entry.data) if starts else entry.data

    def _is_script(self, base: str, directory: str, name: str) -> bool:
        if name == "run" and _ONESHOT.search(directory):
            said = self._read(f"{base}/{directory}type")
            return isinstance(said, File) and said.data.strip() == b"oneshot"
        return f"/{directory}".endswith(_SCRIPT_PLACES) or _SCRIPT_NAMES.fullmatch(name) is not None

    def _read(self, full: str) -> Entry | None:
        """A file of the work tree; the tree may have read it before."""
        inside = full.removeprefix(f"{self._tree.root}/")
        return read_file(full, False) if inside == full else self._tree.peek(inside)

    @cached_property
    def _context(self) -> str:
        """What the image is built from: the nearest directory above the root that has a Dockerfile."""
        directory = self._tree.root
        top = self._top if self._top is not None else dirname(directory)
        while directory and not self._tree.complete:
            if any(self._dockerfiles_in(directory)):
                return directory
            if directory == top:
                break
            directory = dirname(directory).rstrip("/")
        return self._tree.root

    def _files(self, base: str) -> Iterator[tuple[str, str]]:
        """Directory and name of each file below `base`, breadth first: the bound cuts what is deep."""
        waiting, seen = [""], 0
        for directory in waiting:
            listing = self._disk.listing(f"{base}/{directory}".rstrip("/"))
            for name, kind in listing.items():
                if kind == FILE:
                    yield directory, name
                elif kind == DIRECTORY and self._is_searched(name):
                    waiting.append(f"{directory}{name}/")
            seen += len(listing)
            if seen > _PATHS:
                return

    def _is_searched(self, name: str) -> bool:
        if name in _NOT_SEARCHED:
            return False
        prose = name.lower() in _PROSE_PLACES or name.lower().startswith(_LICENSES)
        return self._tree.complete or not prose

    @cached_property
    def _repairing(self) -> tuple[str, ...]:
        """Texts in which a chmod may stand: the Dockerfiles nearest to the root, and its scripts."""
        texts = (*self._near_dockerfiles, *self._inside.values())
        return tuple(text.decode("utf-8", "surrogateescape") for text in texts if b"chmod" in text)

    @cached_property
    def _converting(self) -> tuple[str, ...]:
        texts = (*self._near_dockerfiles, *self._inside.values())
        spelt = (text for text in texts if b"dos2unix" in text or b"sed" in text or b"tr " in text)
        return tuple(text.decode("utf-8", "surrogateescape") for text in spelt)

    def _is_above(self, directory: str) -> bool:
        """Whether a Dockerfile in `directory` is one of an image that the root is copied into."""
        return directory != self._top and f"{self._tree.root}/".startswith(f"{directory}/")

    @cached_property
    def _overlay_2(self) -> bool:
        """Whether the image is built on s6-overlay 1 or 2, which set the bit themselves."""
        texts = self._dockerfiles.values()
        versions = {match[1] for text in texts for match in _OVERLAY.finditer(text)}
        if not versions:
            return any(_OVERLAY_OLD.search(text) for text in texts)
        return versions <= {b"1", b"2"}

    @cached_property
    def _attributes(self) -> tuple[str, ...]:
        return tuple(
            text.decode("utf-8", "surrogateescape")
            for path, text in self._inside.items()
            if "fix-attrs.d/" in path
        )


def _preparing(text: bytes) -> bytes:
    """What a supervised script may write into a configuration: if it writes any, all but what it becomes."""
    edits = (b"tee" in text or b"sed" in text) and _EDITS.search(text)
    if not edits and not _WRITES.search(text):
        return b""
    lines = text.replace(b"\\\n", b" ").split(b"\n")
    return b"\n".join(line for line in lines if not _EXEC.search(line))


def _texts(paths: list[str]) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        entry = read_file(path, False)
        if isinstance(entry, File) and entry.length <= _BYTES:
            yield path, _COMMENT.sub(b"", entry.data)
