"""A tree with some of its entries replaced: what it would be after a change."""

from __future__ import annotations

from s6kit.model import DictTree, Directory, Entry, Tree


class Overlay(Tree):
    """`over` upon `base`: what both have is `over`'s; a directory holds the names of both."""

    def __init__(self, base: Tree, over: DictTree) -> None:
        self._base = base
        self._over = over
        self.complete = base.complete

    def entry(self, path: str) -> Entry | None:
        above = self._over.entry(path)
        if above is None or isinstance(above, Directory):
            return self._base.entry(path) or above
        return above

    def names(self, path: str) -> tuple[str, ...]:
        return tuple(sorted({*self._base.names(path), *self._over.names(path)}))

    def repaired(self, path: str) -> bool:
        return self._over.entry(path) is None and self._base.repaired(path)
