"""The text of `setup`: the steps that are asked for, in order, and the functions that these call.

The pieces lie in `skeletons/steps` and `skeletons/functions`, as the shell text that they become.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from shlex import quote

from s6kit.regex import regex
from s6kit.scaffold.options import Options, assigned, link, templated, variable
from s6kit.scaffold.skeleton import Certificates, Skeleton, Variable, fragments

_HOLE = regex(r"\{\{(\w+)\}\}")
_SPECIAL = regex(r"[$`']")
_COMMENT = regex(r"(^|\s)#.*")


def setup(skeleton: Skeleton, asked: Options, ports: Mapping[str, int], user: str) -> tuple[str, str]:
    """What goes before and behind the skeleton's own part of `setup`.

    `ports` holds the port of each link where nobody says another, `user` who runs the daemon.
    """
    before = "\n\n".join(_before(skeleton, asked, ports))
    behind = "\n\n".join(_behind(skeleton, asked))
    own = skeleton.files.get("etc/s6/NAME/setup", "")
    holes = {
        "name": asked.name,
        "names": " ".join(_names(skeleton, asked)),
        "lists": " ".join(n for n, each in skeleton.variables.items() if each.type in ("list", "hosts")),
        "owner": user or "root",
        "stop": fragments("steps")["refuse-essential.sh"] if asked.essential else "",
    }
    functions = "\n\n".join(fill(text.rstrip("\n"), holes) for text in _functions(before + own + behind))
    return f"{functions}\n\n{before}", behind


def renders(text: str) -> bool:
    """Whether a setup writes files from templates."""
    return _calls(text, "render")


def fill(text: str, holes: Mapping[str, str]) -> str:
    """`text` with every hole filled; KeyError, which is a mistake in the skeleton, where nobody fills one."""
    return _HOLE.sub(lambda match: holes[match[1]], text)


def quoted(word: str) -> str:
    """A word for the shell; one with a dollar in double quotes, so that nobody takes it for a slip."""
    if not _SPECIAL.search(word):
        return quote(word)
    return '"' + re.sub(r'([\\"$`])', r"\\\1", word) + '"'


def local(source: str) -> str:
    """Where a template of the user's lies in the service directory."""
    return "data/" + source.rsplit("/", 1)[-1]


def _before(skeleton: Skeleton, asked: Options, ports: Mapping[str, int]) -> Iterator[str]:
    yield _step("vars.sh", name=asked.name)
    told = "\n".join(_variables(skeleton, asked))
    if told:
        yield "# What may be set, and what holds otherwise.\n" + told
    certificates = skeleton.ssl or (_certificates(asked.name) if asked.ssl else None)
    if certificates:
        step = "ssl.sh" if asked.ssl else "ssl-optional.sh"
        places = {"cert": certificates.cert, "key": certificates.key, "ca": certificates.ca}
        yield _step(step, name=asked.name, **places)
    if skeleton.ssh or asked.ssh:
        step = "ssh.sh" if asked.ssh else "ssh-optional.sh"
        yield _step(step, name=asked.name, keys=skeleton.ssh or f"/etc/{asked.name}/authorized_keys")
    for name, port in _links(skeleton, asked, ports).items():
        yield _step("link.sh", link=name, LINK=variable(name), port=str(port or ""))
    needed = "\n".join(
        f'[ -n "${name}" ] || refuse "{name} is not set"' for name in _required(skeleton, asked)
    )
    if needed:
        yield "# Without these it cannot start.\n" + needed


def _behind(skeleton: Skeleton, asked: Options) -> Iterator[str]:
    writes = ["configure"] if "configure()" in skeleton.files.get("etc/s6/NAME/setup", "") else []
    for source, target in map(templated, asked.template):
        writes.append(f"render {target} 644 {quoted(local(source))}")
    if writes:
        lines = "\n".join(f"    {line}" for line in writes)
        yield _step("skip.sh", variable=variable(asked.name), writes=lines)
    if asked.needs:
        waits = "\n".join(f"await {name}" for name in asked.needs)
        yield "# These have to be there first.\n" + waits
    if asked.shell == "execline":
        yield '# run is in execline and calls this in front of the daemon\'s command line.\nexec "$@"'


def _variables(skeleton: Skeleton, asked: Options) -> Iterator[str]:
    """A default, a check and an export for each variable."""
    for name, each in skeleton.variables.items():
        yield from _variable(name, each, each.default)
    for name, default in map(assigned, asked.env):
        yield from _variable(name, Variable(""), default)


def _variable(name: str, each: Variable, default: str) -> Iterator[str]:
    if default:
        if set(default) & set("'\"\\"):
            yield "# shellcheck disable=SC2089 # quotes are part of the value"
        yield f'[ -n "${name}" ] || {name}={quoted(default)}'
    if each.type != "text" or each.about:
        check = " ".join([each.type, name, f'"${name}"', *map(quoted, each.choices)])
        yield check if default else f'[ -z "${name}" ] || {check}'
    if set(default) & set("'\"\\"):
        yield "# shellcheck disable=SC2090"
    yield f"export {name}"


def _links(skeleton: Skeleton, asked: Options, ports: Mapping[str, int]) -> dict[str, int | None]:
    found: dict[str, int | None] = {name: each.port for name, each in skeleton.links.items()}
    for name, port in map(link, asked.link):
        found[name] = port or found.get(name) or ports.get(name)
    return found


def _required(skeleton: Skeleton, asked: Options) -> Iterator[str]:
    own = (name for name, each in skeleton.variables.items() if each.required)
    yield from dict.fromkeys([*own, *asked.require])


def _names(skeleton: Skeleton, asked: Options) -> Iterator[str]:
    """The variables that templates may name."""
    linked = (f"{variable(name)}_{part}" for name in _links(skeleton, asked, {}) for part in ("HOST", "PORT"))
    given = (name for name, _ in map(assigned, asked.env))
    yield from dict.fromkeys([*skeleton.variables, *given, *asked.require, *linked])


def _certificates(name: str) -> Certificates:
    place = f"/etc/ssl/{name}"
    return Certificates(f"{place}/cert.pem", f"{place}/key.pem", f"{place}/ca.pem")


def _functions(text: str) -> Iterator[str]:
    """The functions that a text calls, and those that these call; the one that all need first."""
    known = {name.removesuffix(".sh"): body for name, body in fragments("functions").items()}
    called: dict[str, str] = {}
    waiting = [text]
    while waiting:
        looked = waiting.pop()
        for name, body in known.items():
            if name not in called and _calls(looked, name):
                called[name] = body
                waiting.append(body)
    yield from (called[name] for name in sorted(called, key=lambda name: (name != "refuse", name)))


def _calls(text: str, function: str) -> bool:
    """Whether a function is called: its name stands where a command does."""
    code = "\n".join(_COMMENT.sub("", line) for line in text.splitlines())
    return bool(
        re.search(rf"(?:^|\||&&|;|!|[{{(]|\b(?:then|do|else))\s*{function}(?=\s)", code, re.MULTILINE)
    )


def _step(fragment: str, /, **holes: str) -> str:
    return fill(fragments("steps")[fragment].rstrip("\n"), holes)
