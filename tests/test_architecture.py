"""The arrows of the design: who may import whom, and what `import s6kit.lint` may cost."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

HOME = Path(__file__).parent.parent
MODULES = {
    ".".join(path.relative_to(HOME).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((HOME / "s6kit").rglob("*.py"))
}
# They find, read and write what is the user's.
WORLD = set(
    """locate surroundings.around surroundings.brought surroundings.dockerfiles surroundings.texts
    read gitindex write config document daemons.load scaffold.render project.mergefile
    project.project project.upkeep daemons.compile interrupt cli probe __main__""".split()
)
# They read what s6kit brings along, or the variables of the terminal: anyone may import them.
OWN = {"daemons.knowledge", "scaffold.skeleton", "report.paint"}
DOORS = {"os", "pathlib", "subprocess", "shutil", "tempfile", "socket", "io", "glob", "signal"}
HEAVY = {"typer", "rich", "ruamel", "tree_sitter", "pydantic", "subprocess"}


def imports(path: Path) -> Iterator[str]:
    """Every module that a module imports, those inside functions and under TYPE_CHECKING included."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in MODULES else str(node.module)


def short(name: str) -> str:
    """A module's name inside the package; the package's own where all of its modules touch the world."""
    inside = name.removeprefix("s6kit").removeprefix(".")
    return next((top for top in ("cli", "probe", "locate") if f"{inside}.".startswith(f"{top}.")), inside)


GRAPH = {name: set(imports(path)) for name, path in MODULES.items()}
PURE = [name for name in GRAPH if short(name) not in WORLD | OWN]


def test_no_cycle() -> None:
    inside = {name: {other for other in found if other in GRAPH} for name, found in GRAPH.items()}
    assert set(TopologicalSorter(inside).static_order()) == set(MODULES)


def test_what_is_pure_touches_nothing() -> None:
    forbidden = {name for name in GRAPH if short(name) in WORLD} | DOORS
    assert {
        name: found & forbidden for name, found in GRAPH.items() if name in PURE and found & forbidden
    } == {}
    assert {
        "s6kit.flow.follow",
        "s6kit.lint",
        "s6kit.analysis",
        "s6kit.report.text",
        "s6kit.rules.files",
    } <= set(PURE)


def test_values_are_made_in_one_way() -> None:
    taken = {
        (name, alias.name)
        for name, path in MODULES.items()
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.ImportFrom) and node.module == "dataclasses"
        for alias in node.names
    }
    assert {name for name, what in taken if what in ("dataclass", "replace")} == {"s6kit.dataclass"}


def test_typer_is_the_business_of_the_command_line() -> None:
    users = {short(name) for name, found in GRAPH.items() if any(o.split(".")[0] == "typer" for o in found)}
    assert users == {"cli"}


def test_linting_imports_nothing_heavy() -> None:
    program = "import sys, s6kit.lint, s6kit.rules; s6kit.rules.rules(); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=HOME, capture_output=True, text=True, check=True
    )
    assert {name.split(".")[0] for name in done.stdout.split()} & HEAVY == set()
