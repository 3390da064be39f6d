"""Regular expressions that are compiled when they are first used."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, cast

import pytest

import s6kit
from s6kit.regex import regex


def test_it_is_what_re_makes_of_it() -> None:
    word = regex(r"(?P<first>a)|B", re.IGNORECASE)
    assert word.pattern == r"(?P<first>a)|B"
    assert (word.groups, word.groupindex) == (1, {"first": 1})
    assert [match[0] for match in word.finditer("xAb")] == ["A", "b"]
    assert word.sub("-", "xAb") == "x--"
    assert word.fullmatch("ab") is None
    assert regex(rb"\d").findall(b"1a2") == [b"1", b"2"]


def test_it_is_compiled_when_it_is_used_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    compile_: Callable[..., Any] = re.compile

    def heard(pattern: str, flags: int = 0) -> Any:
        compiled.append(pattern)
        return compile_(pattern, flags)

    monkeypatch.setattr(re, "compile", heard)
    word = regex("a+")
    assert compiled == []
    assert word.match("b") is None
    assert word.match("aa")
    assert compiled == ["a+"]


def test_all_of_ours_compile() -> None:
    kind = cast("type", regex)
    names = {module.name for module in walk_packages(s6kit.__path__, "s6kit.")} - {"s6kit.__main__"}
    found: dict[str, Any] = {
        f"{name}.{variable}": value
        for name in names
        for variable, value in vars(import_module(name)).items()
        if isinstance(value, kind)
    }
    assert "s6kit.surroundings.modes._CHMOD" in found
    assert [name for name, value in found.items() if not value.pattern] == []
