"""What can be asked of a scaffold: the options of `new`, and the same in `services:` of s6kit.yaml.

On the command line they are `--max-restarts 5`, in the manifest `max-restarts: 5`; both come here as a
mapping from long names to a text, a number, a list of texts or a truth.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, fields
from typing import Any

from s6kit.dataclass import dataclass
from s6kit.errors import Fatal
from s6kit.regex import regex

LONGEST = 251  # what s6-svscan takes by default
SIGNALS = frozenset(
    """ABRT ALRM BUS CHLD CONT FPE HUP ILL INT IO KILL PIPE PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP
    TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ""".split()
)
_NAME = regex(r"[A-Za-z0-9_][A-Za-z0-9_.@:+-]*", re.ASCII)
_USER = regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?", re.ASCII)
VARIABLE = regex(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
LINK = regex(r"([A-Za-z][A-Za-z0-9_.-]*)(?::([0-9]{1,5}))?", re.ASCII)
_TARGET = regex(r"/[A-Za-z0-9._/@+-]*[A-Za-z0-9._@+-]", re.ASCII)


@dataclass(frozen=True)
class Options:
    """A service as it is asked for; what is empty the skeleton or the knowledge base decides.

    `link` holds `NAME` or `NAME:PORT`, `env` `NAME` or `NAME=DEFAULT`, `set` `NAME=VALUE`, `template`
    `SOURCE:TARGET`. `stop_timeout` is in milliseconds, as s6's timeout-kill; `max_restarts` counts deaths
    in a minute.
    """

    name: str
    command: tuple[str, ...] = ()
    skeleton: str = ""
    user: str = ""
    link: tuple[str, ...] = ()
    ssl: bool = False
    ssh: bool = False
    env: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    template: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    log: bool = False
    notify_fd: int | None = None
    essential: bool = False
    max_restarts: int | None = None
    stop_signal: str = ""
    stop_timeout: int | None = None
    down: bool = False
    setup: bool = True
    shell: str = "sh"
    set: tuple[str, ...] = field(default=())


LONG = tuple(each.name.replace("_", "-") for each in fields(Options) if each.name != "name")


def options(name: str, values: Mapping[str, Any]) -> Options:
    """The options of a service from values under their long names; Fatal for what makes no sense."""
    known = {each.name: each for each in fields(Options)}
    told = {key.replace("-", "_"): value for key, value in values.items()}
    unknown = next((key for key in told if key not in known or key == "name"), None)
    if unknown is not None:
        raise Fatal(f"unable to scaffold {name}: nothing is called {unknown.replace('_', '-')} here")
    made = Options(name, **{key: _read(name, key, value) for key, value in told.items()})
    for problem in _problems(made):
        raise Fatal(f"unable to scaffold {name!a}: {problem}")
    return made


def values(asked: Options) -> dict[str, Any]:
    """What differs from the defaults, under long names, as a manifest holds it."""
    found = {each.name: getattr(asked, each.name) for each in fields(Options) if each.name != "name"}
    plain = {each.name: each.default for each in fields(Options)}
    return {
        key.replace("_", "-"): list(value) if isinstance(value, tuple) else value
        for key, value in found.items()
        if value != plain[key]
    }


def variable(name: str) -> str:
    """A name as the beginning of a variable's: `php-fpm` is PHP_FPM."""
    plain = re.sub(r"[^A-Z0-9]", "_", name.upper())
    return f"_{plain}" if plain[:1].isdigit() else plain


def link(text: str) -> tuple[str, int | None]:
    """The name and the port of a link as it is asked for."""
    name, _, port = text.partition(":")
    return name, int(port) if port else None


def assigned(text: str) -> tuple[str, str]:
    """The name and the value of `NAME=VALUE`; the value is empty where there is none."""
    name, _, value = text.partition("=")
    return name, value


def templated(text: str) -> tuple[str, str]:
    """The source and the target of a template; the target is what stands behind the last colon."""
    source, _, target = text.rpartition(":")
    return source, target


def _read(name: str, key: str, value: Any) -> Any:
    """A value in the type of its option; numbers may be written as text."""
    kind = type(getattr(Options(""), key))
    if kind is tuple and isinstance(value, list | tuple | str):
        return (value,) if isinstance(value, str) else tuple(str(item) for item in value)
    if kind is bool and isinstance(value, bool):
        return value
    if kind is str and isinstance(value, str):
        return value
    if kind is type(None) and not isinstance(value, bool):
        if isinstance(value, int) or (
            isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value, re.ASCII)
        ):
            return int(value)
        raise Fatal(f"unable to scaffold {name}: {key.replace('_', '-')} has to be a number, not {value!a}")
    expected = {bool: "true or false", tuple: "a list of texts", str: "text"}.get(kind, "a number")
    raise Fatal(f"unable to scaffold {name}: {key.replace('_', '-')} has to be {expected}")


def _problems(asked: Options) -> Iterator[str]:
    if not _NAME.fullmatch(asked.name) or len(asked.name) > LONGEST:
        yield (
            f"a service is named with letters, digits and any of _ . @ : + -, begins with a letter, "
            f"a digit or _, and has at most {LONGEST} of them"
        )
    if asked.user and not _USER.fullmatch(asked.user):
        yield f"{asked.user!a} is no name of a user"
    if any("\0" in word or "\n" in word for word in asked.command):
        yield "a word of the command has a line break in it"
    yield from _unsound(asked)
    yield from _contradictions(asked)


def _unsound(asked: Options) -> Iterator[str]:
    for key, sound, what in _LISTS:
        for text in getattr(asked, key):
            if not sound(text):
                yield f"--{key} {text!a}: expected {what}"
    if asked.notify_fd is not None and asked.notify_fd < 3:
        yield "--notify-fd has to be 3 or more: 0, 1 and 2 are taken"
    if asked.stop_signal and _signal(asked.stop_signal) not in SIGNALS:
        yield f"--stop-signal {asked.stop_signal!a} is no signal"
    if asked.max_restarts is not None and not 1 <= asked.max_restarts <= 4096:
        yield "--max-restarts has to be from 1 to 4096, as s6 remembers no more deaths"
    if asked.shell not in ("sh", "execline"):
        yield f"--shell {asked.shell!a} is neither sh nor execline"


def _contradictions(asked: Options) -> Iterator[str]:
    of_setup = ("link", "ssl", "ssh", "env", "require", "template", "needs")
    needing = next((key for key in of_setup if getattr(asked, key)), None)
    if not asked.setup and needing:
        yield f"--{needing} is the work of setup, which --no-setup leaves out"
    if asked.name in asked.needs:
        yield "a service cannot need itself"
    targets = [templated(text)[1] for text in asked.template]
    if len({*targets}) < len(targets):
        yield "two templates have the same target"


def _signal(text: str) -> str:
    return text.upper().removeprefix("SIG")


def _is_link(text: str) -> bool:
    match = LINK.fullmatch(text)
    return bool(match) and (match[2] is None or 0 < int(match[2]) < 65536)  # type: ignore[index]


def _is_assignment(text: str) -> bool:
    name, _, value = text.partition("=")
    return bool(VARIABLE.fullmatch(name)) and "\n" not in value and "\0" not in value


def _is_template(text: str) -> bool:
    source, target = templated(text)
    return bool(source) and bool(_TARGET.fullmatch(target)) and ".." not in target.split("/")


_LISTS: tuple[tuple[str, Callable[[str], bool], str], ...] = (
    ("link", _is_link, "the name of a service, perhaps with :PORT behind"),
    ("env", _is_assignment, "NAME or NAME=DEFAULT"),
    ("require", lambda text: bool(VARIABLE.fullmatch(text)), "the name of a variable"),
    ("template", _is_template, "SOURCE:TARGET, the target an absolute path of plain characters"),
    ("needs", lambda text: bool(_NAME.fullmatch(text)), "the name of a service"),
    ("set", lambda text: "=" in text and _is_assignment(text), "NAME=VALUE"),
)
