"""The script that a command line starts: one of the tree, or a string given to a shell."""

from __future__ import annotations

from s6kit.dataclass import replace
from s6kit.flow.state import State
from s6kit.flow.walk import SHELL_WAITS, Walk
from s6kit.outcome import Kind, Outcome
from s6kit.programs import SHELLS
from s6kit.script import AndOr, Command, Literal, Script, Statement, Word
from s6kit.text import Span
from s6kit.value import HOLE, Value

UNKNOWN = "S6KIT_UNKNOWN"  # stands in a script for a part of its text that is not known
REPLACING = ("bash", "ash", "busybox")  # by the last command of a `-c` string; measured; dash stays
# Where a script is the one of a package, so that what is known of the package's program holds for it.
SYSTEM = ("usr/sbin", "usr/bin", "sbin", "bin", "etc/init.d")


def interpret(
    walk: Walk, name: str, command: tuple[Value, ...], state: State, span: Span
) -> list[Outcome] | None:
    """The outcomes of a script that the command runs; None where it runs none that can be read."""
    if name in SHELLS or name in ("execlineb", "busybox"):
        return _interpreter(walk, name, command, state, span)
    path = _file(walk, command[0].text or "", state)
    if path is None or (path.rpartition("/")[0] in SYSTEM and walk.world.knows(name)):
        return None
    return _script(walk, path, command[0], command[1:], state)


def _interpreter(
    walk: Walk, name: str, command: tuple[Value, ...], state: State, span: Span
) -> list[Outcome] | None:
    dialect = "execline" if name == "execlineb" else "shell"
    if any(value.text == "-n" for value in command[1:2]):
        return [Outcome(Kind.EXITS, command, span=span)]  # it only reads the script
    text, rest = None, command[1:]
    while rest and rest[0].text is not None and rest[0].text[:1] in ("-", "+"):
        option, rest = rest[0].text, rest[1:]
        if option.startswith("-") and not option.startswith("--") and option.endswith("c"):
            text, rest = (rest[0], rest[1:]) if rest else (None, rest)
            break
        if option in ("-o", "+o", "-O", "+O", "--rcfile", "--init-file"):
            rest = rest[1:]
    if text is not None:
        return _string(walk, name, dialect, text, rest, state)
    if not rest or rest[0].text is None:
        return None
    path = _file(walk, rest[0].text, state)
    return None if path is None else _script(walk, path, rest[0], rest[1:], state)


def _string(
    walk: Walk, name: str, dialect: str, text: Value, rest: tuple[Value, ...], state: State
) -> list[Outcome]:
    """What a shell becomes that is given a string to run; a part that is not known is a variable in it."""
    source = text.text
    if source is None:
        if text.shape.replace(HOLE, "") == "" or dialect != "shell":
            return [Outcome(Kind.UNKNOWN, span=text.span, why="the script is not known: " + text.why)]
        source = text.shape.replace(HOLE, f"${{{UNKNOWN}}}")
    zeroth = rest[0].text or "" if rest and dialect == "shell" else name
    inner = _started(state, rest[1:] if dialect == "shell" else rest, zeroth)
    if text.text is None:
        inner.assign(UNKNOWN, Value(None, text.span, why=text.why, many=True))
    script = walk.world.parse(source, dialect)
    found = walk.child("", script, inner, text.span)
    return found if _stays(script, name) else [_direct(outcome, name) for outcome in found]


def _stays(script: Script, shell: str) -> bool:
    """Whether bash waits for the last command of its string, whichever it is: measured with 5.2."""
    last = script.body[-1] if script.body else None
    while isinstance(last, AndOr):
        last = last.right
    names = {_name(statement) for statement in script.body}
    if shell != "bash" or last is None:
        return False
    return "trap" in names or not isinstance(last, Command) or bool(last.redirects)


def _name(statement: Statement) -> str:
    first = statement.words[0] if isinstance(statement, Command) and statement.words else None
    part = first.parts[0] if isinstance(first, Word) and first.parts else None
    return part.text if isinstance(part, Literal) else ""


def _direct(outcome: Outcome, shell: str) -> Outcome:
    """The same, where the shell replaces itself by the last command of its string, or may do so."""
    if outcome.kind is not Kind.WAITS or outcome.why != SHELL_WAITS or not outcome.trailing:
        return outcome
    if shell in REPLACING:
        return replace(outcome, kind=Kind.BECOMES, why="")
    return replace(outcome, why="sh waits for it, where it is dash") if shell == "sh" else outcome


def _script(
    walk: Walk, path: str, name: Value, arguments: tuple[Value, ...], state: State
) -> list[Outcome] | None:
    script = walk.world.script(path)
    if script is None:
        return None
    return walk.child(path, script, _started(state, arguments, name.text or ""))


def _started(state: State, arguments: tuple[Value, ...], script: str) -> State:
    """The state at the start of a program of its own."""
    seen = state.exported
    return State(
        variables={name: value for name, value in state.variables.items() if name in seen},
        exported=seen,
        arguments=arguments,
        script=script,
        directory=state.directory,
        unseen=state.unseen,
        site=state.site,
        user=state.user,
        leader=state.leader,
        declared=state.declared,
        image=state.image,
    )


def _file(walk: Walk, program: str, state: State) -> str | None:
    """Where the tree has a program, links followed; None where it hasn't."""
    if "/" not in program:
        return walk.world.tree.installed(program)
    path = state.path(program)
    found = walk.world.tree.resolve(path.lstrip("/")) if path is not None else None
    return None if found is None or found.trouble else found.path
