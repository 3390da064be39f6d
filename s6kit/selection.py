"""Which rules run, and where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from s6kit.dataclass import dataclass
from s6kit.regex import regex
from s6kit.rules import REGISTRY, Rule, rule

ALL = "ALL"
_PREFIX = regex(r"SK\d{0,3}")


@dataclass(frozen=True)
class Selection:
    """Codes or prefixes (`SK203`, `SK2`, `ALL`) to run and not to run, and paths to leave alone.

    An empty `select` runs every rule that is on by default. The longer word wins, `ignore` where both are as
    long. A rule that is off by default runs where its whole code or ALL is selected. `exclude` holds patterns
    for paths, `per_path` a pattern and the codes or prefixes that are not reported there. `renamed` gives
    a path as the user sees it the other name that patterns may use: from the directory of the configuration.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_path: tuple[tuple[str, tuple[str, ...]], ...] = ()
    renamed: Callable[[str], str] = str

    def rules(self) -> tuple[Rule, ...]:
        """The rules to run, by code."""
        return tuple(rule(code) for code in sorted(REGISTRY) if self._wanted(code))

    def _wanted(self, code: str) -> bool:
        chosen = max((_weight(word, code) for word in self.select), default=0 if self.select else 1)
        if chosen <= max((_weight(word, code) for word in self.ignore), default=0):
            return False
        return rule(code).enabled or code in self.select or ALL in self.select

    def excludes(self, shown: str, path: str) -> bool:
        """Whether a file, named as the user sees it and from its root, is to be left alone."""
        return bool(self.exclude) and self._covered(self.exclude, shown, path)

    def silences(self, code: str, shown: str, path: str) -> bool:
        """Whether `code` is not reported in that file."""
        if not self.per_path:
            return False
        patterns = [pattern for pattern, words in self.per_path if any(_weight(word, code) for word in words)]
        return self._covered(patterns, shown, path)

    def _covered(self, patterns: Iterable[str], shown: str, path: str) -> bool:
        names = (shown.removeprefix("./"), path, self.renamed(shown))
        return any(covers(pattern, name) for pattern in patterns for name in names)


def _weight(word: str, code: str) -> int:
    """How closely `word` names `code`; 0: not at all."""
    if word == ALL:
        return 1
    return len(word) if code.startswith(word) else 0


def unknown_code(word: str) -> str:
    """Why `word` is neither a code nor the beginning of one; empty if it is."""
    if word == ALL or (_PREFIX.fullmatch(word) and any(code.startswith(word) for code in REGISTRY)):
        return ""
    return f"no rule is called {word!r}{suggestion(word)}"


def suggestion(word: str) -> str:
    """`; did you mean …?` where a rule has a similar code or this very name; else where to find the list."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for an error

    named = [code for code, module in REGISTRY.items() if module == word.lower().replace("-", "_")]
    near = named or get_close_matches(word.upper(), REGISTRY, 1, 0.7)
    return f"; did you mean {near[0]}?" if near else "; `s6kit rule` lists them"


def covers(pattern: str, path: str) -> bool:
    """Whether `pattern` names `path` or a directory above it.

    `*` and `?` stop at a slash, `**` does not; a pattern without a slash is met by any name on the way.
    """
    compiled = _compiled(pattern)
    if "/" not in pattern.strip("/"):
        return any(compiled.fullmatch(name) for name in path.split("/"))
    return compiled.match(path + "/") is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    whole = pattern.strip("/").removeprefix("./")
    text = "".join(_translate(piece) for piece in re.split(r"(\*\*/?|\*|\?)", whole))
    return re.compile(text if "/" not in whole else text + "/", re.DOTALL)


def _translate(piece: str) -> str:
    return {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(piece, re.escape(piece))


def words(values: Iterable[str]) -> tuple[str, ...]:
    """Codes as people give them, several with commas between them, in upper case."""
    return tuple(word.strip().upper() for value in values for word in value.split(",") if word.strip())
