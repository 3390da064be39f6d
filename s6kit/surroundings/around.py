"""What lies around the services of a root: Dockerfiles of its work tree, templates, init scripts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from posixpath import dirname, normpath, relpath

from s6kit.model import Brought, File
from s6kit.read import DiskTree
from s6kit.regex import regex
from s6kit.surroundings import modes
from s6kit.surroundings.brought import brought, regular
from s6kit.surroundings.copies import Copy, copies
from s6kit.surroundings.dockerfiles import Dockerfiles
from s6kit.surroundings.stages import Stage, image
from s6kit.surroundings.texts import Texts
from s6kit.surroundings.variables import variables
from s6kit.text import decode

_ENV = regex(rb"^[ \t]*ENV[ \t]((?:[^\n\\]|\\.|\\\n)*)", re.MULTILINE | re.IGNORECASE)
_ENV_NAME = regex(rb"(?:^|[\s])([A-Za-z_]\w*)(?==|[ \t])")
_ENV_FILE = regex(rb"environment/([A-Za-z_]\w*)")
_OVERLAY = regex(
    rb"(?:s6[_-]?overlay[^\n]{0,80}?[/=:\s\"'-]v?|-s6:\S*-)([0-9])\.[0-9]+\.[0-9]+\.[0-9]", re.IGNORECASE
)
_OVERLAY_OLD = regex(rb"s6-overlay-[^\n]{0,40}\.tar\.gz|deploy-s6-overlay\.sh")  # 3 is in several .tar.xz
_COMPILED = regex(r"etc/s6-overlay/s6-rc\.d/[^/]+/(?:run|finish)")  # s6-rc-compile sets their mode
_LEGACY = ("etc/services.d/", "etc/cont-init.d/", "etc/cont-finish.d/")


class Around:
    """The surroundings of one root; everything is read once, when first asked for.

    `given` is the absolute directory that stands for the work tree where there is none.
    """

    def __init__(self, tree: DiskTree, given: str = "") -> None:
        self._tree = tree
        git = tree.disk.top_of(tree.root)
        self._top = git if git is not None else given or dirname(tree.root)
        self._dockerfiles = Dockerfiles(tree.root, self._top, git, tree.disk)
        self._asked: dict[re.Pattern[bytes], bool] = {}

    def mentions(self, pattern: re.Pattern[bytes]) -> bool:
        """Whether any Dockerfile, template, init or setup script matches."""
        known = self._asked.get(pattern)
        if known is None:
            near = (*self._dockerfiles.near.values(), *self._inside.values())
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
        return variables(decode(text) for text in self._dockerfiles.near.values())

    @cached_property
    def _declared(self) -> frozenset[str]:
        names: set[bytes] = set()
        for text in self._dockerfiles.near.values():
            for instruction in _ENV.findall(text):
                names.update(_ENV_NAME.findall(instruction))
        return frozenset(name.decode() for name in names) | self._written

    @cached_property
    def _written(self) -> frozenset[str]:
        """The variables that a script writes where `with-contenv` finds them."""
        texts = (text for text in self._inside.values() if b"environment/" in text)
        return frozenset(name.decode() for text in texts for name in _ENV_FILE.findall(text))

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

    def brought(self, place: str) -> Brought | None:
        """The file that a Dockerfile copies to `place` in the image from elsewhere in the work tree."""
        if self._tree.complete:
            return None
        found = brought(place, self._images, self._top, self._tree.disk)
        if found is None:
            return None
        full, file = found
        path = relpath(full, self._tree.root or "/")
        return Brought(path, full[len(self._top.rstrip("/")) + 1 :], file)

    def beyond(self, path: str) -> File | None:
        """The file of the work tree at a path from the root that leads out of it, no link followed."""
        return regular(normpath(f"{self._tree.root}/{path}"), self._top, self._tree.disk)

    @cached_property
    def _images(self) -> tuple[tuple[str, Stage], ...]:
        return tuple((path, image(decode(text))) for path, text in self._dockerfiles.above.items())

    @cached_property
    def _copies(self) -> tuple[Copy, ...]:
        if self._tree.complete:
            return ()
        texts = (decode(text) for text in self._dockerfiles.near.values())
        return tuple(copy for text in texts for copy in copies(text))

    def _from_top(self, path: str) -> str:
        return f"{self._tree.root}/{path}"[len(self._top.rstrip("/")) + 1 :]

    @property
    def _context(self) -> str:
        """The directory that the image is built from; a whole root is an image."""
        return self._tree.root if self._tree.complete else self._dockerfiles.context

    @cached_property
    def _inside(self) -> dict[str, bytes]:
        """Path -> text of what may end up in the image; of a whole root, templates and scripts only."""
        return Texts(self._tree, self._context).found()

    @cached_property
    def _beyond(self) -> dict[str, bytes]:
        """The same of all the work tree: an image may be built on another one of the same repository."""
        if self._tree.complete or self._top == self._context:
            return {}
        return Texts(self._tree, self._top).found()

    @cached_property
    def _repairing(self) -> tuple[str, ...]:
        """Texts in which a chmod may stand: the Dockerfiles nearest to the root, and its scripts."""
        texts = (*self._dockerfiles.near.values(), *self._inside.values())
        return tuple(decode(text) for text in texts if b"chmod" in text)

    @cached_property
    def _converting(self) -> tuple[str, ...]:
        texts = (*self._dockerfiles.near.values(), *self._inside.values())
        spelt = (text for text in texts if b"dos2unix" in text or b"sed" in text or b"tr " in text)
        return tuple(decode(text) for text in spelt)

    @cached_property
    def _overlay_2(self) -> bool:
        """Whether the image is built on s6-overlay 1 or 2, which set the bit themselves."""
        texts = self._dockerfiles.all.values()
        versions = {match[1] for text in texts for match in _OVERLAY.finditer(text)}
        if not versions:
            return any(_OVERLAY_OLD.search(text) for text in texts)
        return versions <= {b"1", b"2"}

    @cached_property
    def _attributes(self) -> tuple[str, ...]:
        return tuple(decode(text) for path, text in self._inside.items() if "fix-attrs.d/" in path)
