"""What stands under `test` in a `skeleton.yaml`: the cases of a skeleton, as data.

    test:
      packages: [libfcgi-bin]     what only the test needs
      answers: {tcp: 80, send: "GET / HTTP/1.0\\r\\n\\r\\n", expect: "^HTTP/1.1 200"}
      cases:
        linked:
          hosts: {mysql: 192.0.2.1}
          configuration: {/etc/x.conf: ["host = mysql"]}

Every key of a case may stand beside `cases` as well, for all of them: mappings are put together, an empty
value takes one away again, and other keys of the case take the place of the common ones. The case `plain`,
with nothing of its own, is always there and the first.

options        options of `new` under their long names; `name`, and `command`, a list of words
templates      path: text, the sources of the option `template`
environment    the container's variables
hosts          lines of /etc/hosts, name: address; 192.0.2.1 is another machine, 192.0.2.2 the container
hostname       the container's, else `test`
files          path: text, put there before the start
programs       the same, executable: stand-ins for what Debian does not have
users          users to be there, where no package brings them
ssl            true: /private/ssl/{cert,key,ca}.pem are there
answers        one or a list: a port (`tcp`, `udp`, `tls`), a socket (`unix`, a path without links) or a
               command (`run`); what to `send` there; `expect`, a regular expression for what comes back
heard          one or a list: a port of another machine (`tcp`, `udp`); `expect`, a regular expression for
               what comes there; `reply`, what it says to the first word
does           a command for sh that is run when the service answers, until it succeeds
says           regular expressions for lines of the container's output
configuration  path: lines that are in that file, whatever stands before and behind them
without        path: lines that are not there; without lines: there is no such file
modes          path: mode and owner, as `0600 nginx`
refuses        the line, behind `NAME: `, with which the service gives up, and stays down
rests          true: the service is down on purpose, without a word
restarts       false: it is not started a second time
ends           an exit code with which the container ends by itself
checks         a command, for all cases, that fails where the configuration is wrong: the daemon's own checker

Bytes that are no text are written "\\x00" to "\\xff" in `send`, `reply` and `expect`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from s6kit.document import Document, read
from s6kit.marks import Where
from s6kit.scaffold.skeleton import ABOUT, home, names

OWN = ("packages", "cases")


@dataclass(frozen=True)
class Exchange:
    """Something that is sent and what is expected back: `way` is tcp, udp, tls, unix or run, `to` where."""

    way: str
    to: str
    send: bytes = b""
    expect: str = ""


@dataclass(frozen=True)
class Case:
    """One start of a skeleton of that directory; the other fields are the keys above."""

    skeleton: str
    case: str
    directory: Path
    options: Mapping[str, Any] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    hosts: Mapping[str, str] = field(default_factory=dict)
    hostname: str = "test"
    files: Mapping[str, str] = field(default_factory=dict)
    programs: Mapping[str, str] = field(default_factory=dict)
    users: tuple[str, ...] = ()
    ssl: bool = False
    answers: tuple[Exchange, ...] = ()
    heard: tuple[Exchange, ...] = ()
    does: str = ""
    says: tuple[str, ...] = ()
    configuration: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    modes: Mapping[str, str] = field(default_factory=dict)
    refuses: str = ""
    rests: bool = False
    restarts: bool = True
    ends: int | None = None
    checks: str = ""

    @property
    def service(self) -> str:
        return str(self.options.get("name", self.skeleton))

    def __str__(self) -> str:
        return f"{self.skeleton}-{self.case}"


@dataclass(frozen=True)
class Proof:
    """What one skeleton declares."""

    packages: frozenset[str]
    cases: tuple[Case, ...]


KEYS = tuple(f.name for f in fields(Case) if f.name not in ("skeleton", "case", "directory"))


def proofs(directory: Path | None = None) -> dict[str, Proof]:
    """The tests of every skeleton, by its name; ConfigError where one is not sound."""
    place = directory or home()
    return {name: proof(place, name) for name in names(place)}


def proof(directory: Path, name: str) -> Proof:
    """Those of one skeleton."""
    document = read(directory / name / ABOUT, f"{name}/{ABOUT}")
    top = {key: (node, where) for key, node, where in document.mapping(document.top, (0, 0))}
    needed = {distribution: _texts(document, *at) for distribution, at in _items(document, top, "packages")}
    packages = set(needed.get("debian", ()))
    node, where = top.get("test", (None, (0, 0)))
    own = {key: (value, at) for key, value, at in document.mapping(node, where, (*KEYS, *OWN))}
    packages |= set(_texts(document, *own["packages"])) if "packages" in own else set()
    common = {key: at for key, at in own.items() if key not in OWN}
    cases: dict[str, dict[str, tuple[Any, Where]]] = {"plain": {}}
    for case, at in _items(document, own, "cases"):
        cases[case] = {key: (value, here) for key, value, here in document.mapping(*at, KEYS)}
    return Proof(
        frozenset(packages),
        tuple(
            Case(name, case, directory, **_values(document, _merged(common, keys)))
            for case, keys in cases.items()
        ),
    )


def _items(
    document: Document, keys: Mapping[str, tuple[Any, Where]], key: str
) -> Iterator[tuple[str, tuple[Any, Where]]]:
    """The keys and values of the mapping that is called `key`, if it is there."""
    if key in keys:
        for name, value, where in document.mapping(*keys[key]):
            yield name, (value, where)


def _merged(
    common: Mapping[str, tuple[Any, Where]], own: Mapping[str, tuple[Any, Where]]
) -> dict[str, tuple[Any, Where]]:
    both = {**common, **own}
    for key in common.keys() & own.keys():
        (ours, _), (theirs, where) = common[key], own[key]
        if isinstance(ours, Mapping) and isinstance(theirs, Mapping) and key not in ("answers", "heard"):
            both[key] = {**ours, **theirs}, where
    return both


def _values(document: Document, keys: Mapping[str, tuple[Any, Where]]) -> dict[str, Any]:
    given = {key: at for key, at in keys.items() if at[0] is not None}
    return {key: _READERS[key](document, *at) for key, at in given.items()}


def _text(document: Document, node: Any, where: Where) -> str:
    return document.text(node, where)


def _texts(document: Document, node: Any, where: Where) -> tuple[str, ...]:
    return tuple(text for text, _ in document.texts(node, where))


def _flag(document: Document, node: Any, where: Where) -> bool:
    if not isinstance(node, bool):
        raise document.fail(where, "expected true or false")
    return node


def _code(document: Document, node: Any, where: Where) -> int:
    if not isinstance(node, int):
        raise document.fail(where, "expected an exit code")
    return node


def _named(document: Document, node: Any, where: Where) -> dict[str, str]:
    """Texts by name, empty ones as well; what has no value is left out."""
    return {
        key: value if value == "" else document.text(value, at)
        for key, value, at in document.mapping(node, where)
        if value is not None
    }


def _lists(document: Document, node: Any, where: Where) -> dict[str, tuple[str, ...]]:
    if isinstance(node, str):
        return {node: ()}
    return {key: _texts(document, value, at) for key, value, at in document.mapping(node, where)}


def _options(document: Document, node: Any, where: Where) -> dict[str, Any]:
    return {key: value for key, value, _ in document.mapping(node, where)}


def _exchanges(document: Document, node: Any, where: Where) -> tuple[Exchange, ...]:
    nodes = node if isinstance(node, list) else [node]
    return tuple(_exchange(document, each, where) for each in nodes)


def _exchange(document: Document, node: Any, where: Where) -> Exchange:
    known = ("tcp", "udp", "tls", "unix", "run", "send", "reply", "expect")
    keys = {key: value for key, value, _ in document.mapping(node, where, known)}
    ways = [key for key in keys if key in known[:5]]
    if len(ways) != 1:
        raise document.fail(where, f"expected one of {', '.join(known[:5])}")
    send = str(keys.get("send", keys.get("reply", "")))
    return Exchange(ways[0], str(keys[ways[0]]), send.encode("latin-1"), str(keys.get("expect", "")))


_READERS = {
    "options": _options,
    "templates": _named,
    "environment": _named,
    "hosts": _named,
    "hostname": _text,
    "files": _named,
    "programs": _named,
    "users": _texts,
    "ssl": _flag,
    "answers": _exchanges,
    "heard": _exchanges,
    "does": _text,
    "says": _texts,
    "configuration": _lists,
    "without": _lists,
    "modes": _named,
    "refuses": _text,
    "rests": _flag,
    "restarts": _flag,
    "ends": _code,
    "checks": _text,
}
