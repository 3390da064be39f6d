"""From a skeleton and what is asked of it to the files of a service; nothing is written here."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

from s6kit.daemons.advice import Advice, advice
from s6kit.daemons.knowledge import Knowledge
from s6kit.dataclass import replace
from s6kit.errors import Fatal
from s6kit.model import DictTree, Entry, File, Link
from s6kit.regex import regex
from s6kit.scaffold.options import Options, assigned, templated, variable
from s6kit.scaffold.setup import fill, local, quoted, renders, setup
from s6kit.scaffold.skeleton import Skeleton, fragments

SCANDIR = "etc/s6"
OWN = "etc/s6/NAME"
GENERIC = "a service"
DEATHS = 100  # that s6-supervise remembers by default
SIGNALS = """ABRT ALRM BUS FPE HUP ILL INT KILL PIPE QUIT SEGV SYS TERM TRAP USR1 USR2 XCPU XFSZ""".split()
_PLAIN = regex(r"[A-Za-z0-9_.,:/@%+=-]+", re.ASCII)
_VARIABLE = regex(r"\$\{?([A-Z_][A-Z0-9_]*)\}?", re.ASCII)
_BEGINNING = regex(r"\bNAME_(?=[A-Z])")


def scaffold(
    skeleton: Skeleton,
    asked: Options,
    templates: Mapping[str, bytes] | None = None,
    ports: Mapping[str, int] | None = None,
    knowledge: Knowledge | None = None,
) -> Iterator[DictTree]:
    """The files of the service from `/`, once for each command that may do, the best first.

    `templates` holds what is in each source of `asked.template`, `ports` the usual port of each service that
    may be linked, `knowledge` what is known of daemons (None: ours). Fatal where a command is missing, or
    something is set that the skeleton does not have.
    """
    skeleton = _set(owned(skeleton, asked.name), asked)
    known = advice(asked.command, knowledge)
    own = (shlex.split(command) for command in skeleton.commands)
    commands = [*known.commands(asked.command)] if asked.command else [tuple(words) for words in own]
    if not commands:
        raise Fatal(
            f"unable to scaffold {asked.name}: the skeleton {skeleton.name} needs a command behind --"
        )
    for command in commands:
        tree = dict(_skeleton(skeleton, asked, command, known, ports or {}))
        for source, _ in map(templated, asked.template):
            tree[f"{place(asked.name)}/{local(source)}"] = File((templates or {})[source])
        tree.update(_asked(skeleton, asked, known))
        yield DictTree(tree)


def place(name: str) -> str:
    """The service directory of that name, from the root."""
    return f"{SCANDIR}/{name}"


def nearest(word: str, known: Sequence[str]) -> tuple[str, ...]:
    """The skeletons whose names are the most like `word`; all of them where none is."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for an error

    return tuple(get_close_matches(word, known, 3, 0.4)) or tuple(known)


def owned(skeleton: Skeleton, name: str) -> Skeleton:
    """The skeleton with the name of a service in its variables."""
    beginning = variable(name) + "_"

    def own(text: str) -> str:
        return _BEGINNING.sub(beginning, text)

    return replace(
        skeleton,
        commands=tuple(map(own, skeleton.commands)),
        directory=own(skeleton.directory),
        variables={
            own(each): replace(what, about=own(what.about)) for each, what in skeleton.variables.items()
        },
        links={each: replace(what, about=own(what.about)) for each, what in skeleton.links.items()},
        files={path: own(text) for path, text in skeleton.files.items()},
    )


def _set(skeleton: Skeleton, asked: Options) -> Skeleton:
    """The skeleton with other defaults; Fatal for a variable that it does not have."""
    defaults = dict(map(assigned, asked.set))
    for name in defaults:
        if name not in skeleton.variables:
            near = ", ".join(nearest(name, sorted(skeleton.variables)))
            known = f"; it reads {near}" if near else ""
            raise Fatal(
                f"unable to set {name}: the skeleton {skeleton.name} has no such variable{known}; "
                "--env adds one"
            )
    changed = {
        name: replace(each, default=defaults.get(name, each.default))
        for name, each in skeleton.variables.items()
    }
    return replace(skeleton, variables=changed)


def _skeleton(
    skeleton: Skeleton, asked: Options, command: tuple[str, ...], known: Advice, ports: Mapping[str, int]
) -> Iterator[tuple[str, Entry]]:
    """The files that the skeleton mirrors, filled."""
    user = asked.user or skeleton.user or known.user
    before, behind = setup(skeleton, asked, ports, user)
    words = ("s6-setuidgid", user, *command) if user else command
    holes = {
        "name": asked.name,
        "title": f"{_title(skeleton, asked)}.",
        "variable": variable(asked.name),
        "owner": user or "root",
        "command": _command(words, asked, skeleton.directory),
        "enter": f'cd "{skeleton.directory}" || exit 1\n' if skeleton.directory else "",
        "before": before,
        "behind": behind,
        "prepare": "./setup\n" if asked.setup else "",
        "source": "# shellcheck source=/dev/null\n. ./setup || exit 1\n\n" if asked.setup else "",
    }
    files = dict(skeleton.files)
    if asked.shell == "execline":
        files[f"{OWN}/run"] = fragments("steps")["run.execline"]
    if not asked.setup:
        files.pop(f"{OWN}/setup", None)
    elif renders(files.get(f"{OWN}/setup", "")) or asked.template:
        files[f"{OWN}/data/render.awk"] = fragments("steps")["render.awk"]
    for path, text in files.items():
        made = _filled(text, holes, path).encode("utf-8", "surrogateescape")
        yield _path(path, asked), File(made, path in skeleton.executable)
    for path, target in skeleton.symlinks.items():
        yield _path(path, asked), Link(target)


def _asked(skeleton: Skeleton, asked: Options, known: Advice) -> Iterator[tuple[str, Entry]]:
    """What options add to a service directory, or replace in it."""
    own = place(asked.name)
    signal = (asked.stop_signal or skeleton.stop or known.signal).upper().removeprefix("SIG")
    ready = asked.notify_fd or skeleton.ready
    values = {
        "notification-fd": ready and str(ready),
        "down-signal": f"SIG{signal}" if signal not in ("", "TERM") else None,
        "timeout-kill": asked.stop_timeout and str(asked.stop_timeout),
        "max-death-tally": str(asked.max_restarts) if (asked.max_restarts or 0) > DEATHS else None,
    }
    for name, value in values.items():
        if value:
            yield f"{own}/{name}", File(f"{value}\n".encode())
    if asked.down:
        yield f"{own}/down", File(b"")
    if asked.log:
        yield f"{own}/log/run", _script("log.sh", name=asked.name)
    if asked.essential or asked.max_restarts:
        yield f"{own}/finish", _finish(asked)
    if asked.essential:
        yield f"{SCANDIR}/.s6-svscan/finish", _script("svscan-finish.sh")


def _title(skeleton: Skeleton, asked: Options) -> str:
    title = skeleton.title if skeleton.title != GENERIC else shlex.join(asked.command[:1]).rsplit("/", 1)[-1]
    return title if title == asked.name else f"{asked.name}: {title}"


def _finish(asked: Options) -> File:
    """What happens when the service has ended."""
    steps = []
    if asked.max_restarts:
        signals = ",".join(f"SIG{signal}" for signal in SIGNALS)
        holes = {"restarts": str(asked.max_restarts), "signals": signals}
        steps.append(_filled(fragments("steps")["finish-gives-up.sh"], holes, "finish"))
    if asked.essential:
        steps.append(fragments("steps")["finish-essential.sh"])
    if len(steps) == 2:  # it may die so many times, and takes the container with it when it gives up
        steps[0] = steps[0].rstrip("\n") + " && exit\n"
        steps[1] += "exit 125\n"
    elif asked.max_restarts:
        steps[0] = steps[0].replace("\ns6-permafailon", "\nexec s6-permafailon")
    return _script("finish.sh", name=asked.name, steps="\n".join(steps).rstrip("\n"))


def _script(fragment: str, /, **holes: str) -> File:
    return File(_filled(fragments("steps")[fragment], holes, fragment).encode(), True)


def _command(words: Sequence[str], asked: Options, directory: str = "") -> str:
    """A command line in the language of run; in a skeleton's own, $NAME stands for a variable.

    An execline program goes to `directory` in it.
    """
    if directory and asked.shell == "execline":
        words = ("cd", directory, *words)
    names = () if asked.command else tuple(dict.fromkeys(_VARIABLE.findall(" ".join(words))))
    if asked.shell == "sh":
        return " ".join(f'"{word}"' if names and "$" in word else quoted(word) for word in words)
    if names:
        words = [_VARIABLE.sub(r"${\1}", word) for word in words]
    return "".join(f"importas -i {name} {name}\n" for name in names) + " ".join(map(_braced, words))


def _braced(word: str) -> str:
    """A word for execline."""
    return word if _PLAIN.fullmatch(word) else '"' + re.sub(r'([\\"])', r"\\\1", word) + '"'


def _path(path: str, asked: Options) -> str:
    return "/".join(asked.name if part == "NAME" else part for part in path.split("/"))


def _filled(text: str, holes: Mapping[str, str], path: str) -> str:
    """`text` with every hole filled; a hole that nobody fills is a mistake in the skeleton."""
    try:
        filled = fill(text, holes)
    except KeyError as error:
        raise Fatal(f"unable to fill {path}: nothing is called {error.args[0]} here") from None
    return re.sub(r"\n{3,}", "\n\n", filled).rstrip("\n") + "\n"
