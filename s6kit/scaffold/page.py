"""A skeleton's page, in Markdown, from what its `skeleton.yaml` says.

`python -m s6kit.scaffold.page` prints the names of all, with a name that page.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence

from s6kit.scaffold.files import owned
from s6kit.scaffold.options import variable
from s6kit.scaffold.skeleton import BASE, Skeleton, Variable, home, load, names

_TAKES = {
    "text": "text without line breaks",
    "word": "one plain word",
    "list": "plain words",
    "number": "a number",
    "size": "a size: `64m`",
    "port": "a port",
    "host": "a host",
    "hosts": "hosts",
    "path": "an absolute path",
    "directory": "a directory",
    "switch": "`0` or `1`",
}


def page(skeleton: Skeleton) -> str:
    """What a skeleton makes, what it reads at start, and what the image needs for it."""
    return "\n".join(_page(owned(skeleton, skeleton.name))) + "\n"


def _page(skeleton: Skeleton) -> Iterator[str]:
    command = " -- COMMAND..." if skeleton.name == BASE else ""
    yield f"# {skeleton.name}"
    yield f"\n{skeleton.title[:1].upper()}{skeleton.title[1:]}.\n"
    yield f"```console\n$ s6kit new {'NAME' if command else skeleton.name}{command}\n```"
    yield from _runs(skeleton)
    yield from _section("Variables", ("variable", "default", "takes", "what for"), _variables(skeleton))
    yield from _section("Links", ("link", "variables", "what it turns on"), _links(skeleton))
    yield from _section("In the image", ("what", "which"), _image(skeleton))


def _runs(skeleton: Skeleton) -> Iterator[str]:
    for words in skeleton.commands[:1]:
        whom = f" as the user `{skeleton.user}`" if skeleton.user else ""
        yield f"\nThe service becomes `{words}`{whom}."


def _section(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A title and a table; nothing where there are no rows."""
    lines = [f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |" for row in rows]
    if lines:
        yield f"\n## {title}\n"
        yield f"| {' | '.join(head)} |"
        yield "|" + "---|" * len(head)
        yield from lines


def _variables(skeleton: Skeleton) -> Iterator[tuple[str, ...]]:
    for name, each in skeleton.variables.items():
        default = "required" if each.required else f"`{each.default}`" if each.default else "none"
        yield f"`{name}`", default, _takes(each), each.about
    if "configure()" in skeleton.files.get("etc/s6/NAME/setup", ""):
        name = f"{variable(skeleton.name)}_SKIP_SETUP"
        yield (
            f"`{name}`",
            "`0`",
            "`0` or anything else",
            "leave the configuration alone: somebody else writes it",
        )


def _takes(each: Variable) -> str:
    return _TAKES[each.type] if each.type != "choice" else ", ".join(f"`{one}`" for one in each.choices)


def _links(skeleton: Skeleton) -> Iterator[tuple[str, ...]]:
    for name, each in skeleton.links.items():
        port = f" ({each.port})" if each.port else ""
        yield f"`{name}`", f"`{variable(name)}_HOST`, `{variable(name)}_PORT`{port}", each.about


def _image(skeleton: Skeleton) -> Iterator[tuple[str, ...]]:
    for distribution, packages in skeleton.packages.items():
        yield f"packages of {distribution}", ", ".join(f"`{each}`" for each in packages)
    if skeleton.ports:
        yield "ports", ", ".join(map(str, skeleton.ports))
    if skeleton.volumes:
        yield "volumes", ", ".join(f"`{each}`" for each in skeleton.volumes)
    if skeleton.ssl:
        places = (skeleton.ssl.cert, skeleton.ssl.key, skeleton.ssl.ca)
        yield (
            "certificates",
            "`/private/ssl/{cert,key,ca}.pem`, copied to " + ", ".join(f"`{p}`" for p in places),
        )
    if skeleton.ssh:
        yield "keys", f"`/private/ssh/authorized_keys`, copied to `{skeleton.ssh}`"
    if skeleton.ready is not None:
        yield "readiness", f"it says on descriptor {skeleton.ready} that it is ready"
    if skeleton.stop:
        yield "stop signal", skeleton.stop
    for path in skeleton.files:
        if not path.startswith("etc/s6/NAME/"):
            yield "also writes", f"`/{path}`"


def main(wanted: Sequence[str]) -> int:
    """Print the page of one, or the names."""
    sys.stdout.write(page(load(home(), wanted[0])) if wanted else "\n".join(names(home())) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
