"""What surrounds a command line when it is judged."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from s6kit.dataclass import dataclass
from s6kit.model import Brought, Tree
from s6kit.value import Value

if TYPE_CHECKING:
    from s6kit.daemons.knowledge import Knowledge


def _silent(_: re.Pattern[bytes]) -> bool:
    return False


def _nothing(_: str) -> None:
    return None


@dataclass(frozen=True)
class Context:
    """The tree that holds the configuration, and what may change it before the daemon starts.

    `environment` holds what the script sets (a name that is absent is not known to be unset); `directory` is
    the daemon's working directory, absolute, None if not known. `mentions` answers whether anything else
    of the tree or its repository (a Dockerfile, a template, a line of a script) matches a pattern.
    `leader`: whether the daemon leads a session, as what s6-supervise starts does. `knowledge` None: ours.
    `through` names a program of many names that was taken off in front of the command (`busybox`), if any.
    `brought` gives the file that is copied to a path of the image, for one that is not in the tree.
    """

    tree: Tree
    environment: Mapping[str, Value] = field(default_factory=dict)
    directory: str | None = None
    mentions: Callable[[re.Pattern[bytes]], bool] = _silent
    leader: bool = True
    knowledge: Knowledge | None = None
    through: str = ""
    brought: Callable[[str], Brought | None] = _nothing

    def there(self, path: str) -> bool:
        """Whether anything is known to lie at the root-relative `path`."""
        return self.tree.resolve(path).entry is not None or self.brought(path) is not None
