"""Regular expressions that are compiled when they are first used.

Most are about what few trees have, a chmod of a Dockerfile or an array of bash, and compiling one takes a
tenth of a millisecond: all of them take a tenth of a cold start.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, AnyStr

if TYPE_CHECKING:
    from re import compile as regex
else:

    class regex:
        """What `re.compile` makes, made when something of it is first asked for."""

        def __init__(self, pattern: AnyStr, flags: int = 0) -> None:
            self._given = pattern, flags

        def __getattr__(self, name: str) -> Any:
            asked = getattr(re.compile(*self._given), name)
            setattr(self, name, asked)
            return asked


__all__ = ["regex"]
