"""What a scaffold looks like: its tree, its files, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from s6kit.model import DictTree, Directory, File, Link, join
from s6kit.report.escape import safe
from s6kit.scaffold.files import place
from s6kit.treetext import render

if TYPE_CHECKING:
    from s6kit.report.paint import Paint
    from s6kit.scaffold.options import Options
    from s6kit.scaffold.render import Rendered
    from s6kit.scaffold.skeleton import Skeleton


def files(made: DictTree, tint: Paint) -> Iterator[str]:
    """Every file as text, as treetext has it."""
    for line in render(made).splitlines():
        yield (line if line.startswith(" ") or not line else tint(line, "bold")) + "\n"


def told(root: Path, made: Rendered, asked: Options, tint: Paint, keep: str = "") -> Iterator[str]:
    """What was written, as a tree, and what to do next; `keep` says what the manifest is good for."""
    yield from tree(root, made.tree, tint)
    yield "\n" + tint("Next", "bold") + "\n"
    steps = [
        ("it becomes", _command(made, asked)),
        ("check it", f"s6kit lint {safe(str(root))}"),
        *([("keep it", safe(keep))] if keep else []),
        *_dockerfile(root, made.skeleton),
    ]
    if made.skeleton.name == "generic" and asked.setup:
        steps.insert(1, ("prepare it", f"what {asked.name} needs before it starts goes into setup"))
    widest = max(len(title) for title, _ in steps)
    for title, text in steps:
        yield f"  {title.ljust(widest)}  {tint(text, 'cyan')}\n"


def _command(made: Rendered, asked: Options) -> str:
    """What the service becomes, perhaps with words that the knowledge base has added."""
    entry = made.tree.entry(f"{place(asked.name)}/run")
    last = entry.data.decode("utf-8", "surrogateescape").splitlines()[-1] if isinstance(entry, File) else ""
    return safe(last.removeprefix("exec "))


def tree(root: Path, made: DictTree, tint: Paint) -> Iterator[str]:
    """What is written, below the deepest directory that holds all of it."""
    above = _above(made)
    yield tint(safe(str(root / above)), "bold") + "\n"
    yield from _branches(made, above, "", tint)


def _above(tree: DictTree) -> str:
    path = ""
    while True:
        listed = tree.names(path)
        inner = f"{path}/{listed[0]}" if path else listed[0]
        if len(listed) != 1 or not tree.names(inner):
            return path
        path = inner


def _dockerfile(root: Path, skeleton: Skeleton) -> Iterator[tuple[str, str]]:
    """The lines that the image needs."""
    title = "in the Dockerfile"
    for line in _lines(root, skeleton):
        yield title, line
        title = ""


def _lines(root: Path, skeleton: Skeleton) -> Iterable[str]:
    where, packages = next(iter(skeleton.packages.items()), ("", ()))
    names = " ".join(packages)
    if where == "debian":
        yield "RUN apt-get update && apt-get install -y \\"
        yield f"    --no-install-recommends {names}"
    elif where:
        yield f"# {names}, of the repository of {where}"
    yield f"COPY {root}/ /" if str(root) != "." else "COPY etc/ /etc/"
    if skeleton.volumes:
        yield f"VOLUME {' '.join(skeleton.volumes)}"
    if skeleton.ports:
        yield f"EXPOSE {' '.join(str(port) for port in skeleton.ports)}"


def _branches(tree: DictTree, path: str, indent: str, tint: Paint) -> Iterator[str]:
    listed = tree.names(path)
    for name in listed:
        entry = tree.entry(join(path, name))
        last = name == listed[-1]
        target = f" -> {entry.target}" if isinstance(entry, Link) else ""
        yield f"{indent}{'└── ' if last else '├── '}{tint(name, 'bold')}{target}\n"
        if isinstance(entry, Directory):
            yield from _branches(tree, join(path, name), indent + ("    " if last else "│   "), tint)
