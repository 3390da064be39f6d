"""What the shell's own commands do to a state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from posixpath import normpath

from s6kit.dataclass import replace
from s6kit.flow.expand import fields, single
from s6kit.flow.state import MAX_FIELDS, State
from s6kit.flow.walk import WAITED, Leave, Walk
from s6kit.outcome import BACKGROUND, EXITS, PIPELINE, UNKNOWN, WAITS, Fate, Outcome
from s6kit.script import Assignment, Command, Parameter, Word
from s6kit.text import digits
from s6kit.value import Value

Builtin = Callable[[Walk, Command, tuple[Value, ...], State], list[State]]


def assign(assignments: Iterable[Assignment], state: State) -> None:
    """Carry assignments out."""
    for item in assignments:
        if item.value is None:
            continue
        value = single(item.value, state) if isinstance(item.value, Word) else fields(item.value, state)
        before = state.variables.get(item.name)
        if item.index is not None:
            why = f"an element of ${item.name} is set"
            state.assign(item.name, Value(None, item.span, why=why, many=True))
        elif item.append:
            state.assign(item.name, _appended(item, before, value))
        else:
            state.assign(item.name, value)
            if isinstance(value, Value) and value.why and _is_pid(item):
                state.pids = {**state.pids, value.span: state.pids.get(None, ())}


def _is_pid(item: Assignment) -> bool:
    """Whether it is `name=$!`."""
    only = item.value.parts[0] if isinstance(item.value, Word) and len(item.value.parts) == 1 else None
    return isinstance(only, Parameter) and only.name == "!" and not only.op


def _appended(
    item: Assignment, before: Value | tuple[Value, ...] | None, value: Value | tuple[Value, ...]
) -> Value | tuple[Value, ...]:
    if isinstance(value, tuple):
        if before is None:
            return value
        return (before if isinstance(before, tuple) else (before,)) + value
    if isinstance(before, Value) and before.text is not None and value.text is not None:
        return replace(before, text=before.text + value.text, assumed=before.assumed + value.assumed)
    why = f"${item.name} is added to, and was not known before"
    return Value(None, item.span, why=why, many=True)


def _nothing(walk: Walk, command: Command, words: tuple[Value, ...], state: State) -> list[State]:
    return [state]


def _exit(walk: Walk, command: Command, words: tuple[Value, ...], state: State) -> list[State]:
    walk.settle(state, Fate.ENDS)
    stayed = state.last is not None and state.last.kind in (WAITS, PIPELINE, UNKNOWN)
    if stayed and state.last is not None and not state.last.forked:
        walk.emit(replace(state.last, trailing=False))
    else:
        walk.emit(Outcome(EXITS, words, span=command.span))
    return []


def _leave(how: Leave) -> Builtin:
    def builtin(walk: Walk, command: Command, words: tuple[Value, ...], state: State) -> list[State]:
        walk.left.append((how, state))
        return []

    return builtin


def _cd(walk: Walk, command: Command, words: tuple[Value, ...], state: State) -> list[State]:
    target = words[-1].text if len(words) > 1 else None
    path = None if target == "-" else state.path(target)
    state.directory = None if path is None else normpath(path)  # `..` is the last name off, link or not
    return [state]


def _declare(walk: Walk, command: Command, words: tuple[Value, ...], state: State) -> list[State]:
    assign(command.assignments, state)
    exports = words[0].text == "export" or any("x" in (word.text or "") for word in words[1:2])
    if exports:
        state.exported |= {item.name for item in command.assignments}
        state.exported |= {word.text for word in words[1:] if word.text and word.text.isidentifier()}
    return [state]


def _trap(walk: Walk, command: Command, words: tuple[Value, ...], state: State) -> list[State]:
    if len(words) > 2 and any(word.text in ("CHLD", "SIGCHLD", "17") for word in words[2:]):
        walk.shared.noticed = True
    return [state]


def _unset(walk: Walk, command: Command, words: tuple[Value, ...], state: State) -> list[State]:
    for word in words[1:]:
        if word.text:
            state.assign(word.text, Value("", command.span))
            state.exported -= {word.text}
    return [state]


def _set(walk: Walk, command: Command, words: tuple[Value, ...], state: State) -> list[State]:
    rest = words[1:]
    while rest and rest[0].text is not None and rest[0].text[:1] in ("-", "+") and rest[0].text != "--":
        if rest[0].text == "-a" or (rest[0].text[0] == "-" and "a" in rest[0].text[1:]):
            state.exported |= state.variables.keys()
        rest = rest[2:] if rest[0].text in ("-o", "+o") else rest[1:]
    if rest:
        given = rest[1:] if rest[0].text == "--" else rest
        state.arguments = given if len(given) <= MAX_FIELDS else None
    elif words[-1].text == "--":
        state.arguments = ()
    return [state]


def _shift(walk: Walk, command: Command, words: tuple[Value, ...], state: State) -> list[State]:
    count = digits(words[1].text or "") if len(words) > 1 else 1
    given = state.arguments
    if given is None or count is None or any(value.many for value in given[:count]):
        state.arguments = None
    else:
        state.arguments = given[count:]
    return [state]


def _read(walk: Walk, command: Command, words: tuple[Value, ...], state: State) -> list[State]:
    for word in words[1:]:
        if word.text and word.text.isidentifier():
            why = f"${word.text} is read at run time"
            state.assign(word.text, Value(None, command.span, why=why, many=True))
    return [state]


def _printf(walk: Walk, command: Command, words: tuple[Value, ...], state: State) -> list[State]:
    if len(words) > 2 and words[1].text == "-v":
        return _read(walk, command, (words[0], words[2]), state)
    return [state]


def _wait(walk: Walk, command: Command, words: tuple[Value, ...], state: State) -> list[State]:
    jobs = [job for job in state.jobs if job.kind is BACKGROUND and not job.detached]
    if not jobs and state.substituted:
        why = "the shell waits for what reads its output"
        return walk.stay(Outcome(WAITS, span=command.span, why=why, loop=True), state)
    if not jobs:
        return [state]
    others = tuple(job for job in state.jobs if job not in jobs)
    for job in jobs:
        walk.emit(replace(job, kind=WAITS, why=WAITED, fate=None))
    state.jobs = others
    walk.settle(state, Fate.STAYS)
    return []


def _source(walk: Walk, command: Command, words: tuple[Value, ...], state: State) -> list[State]:
    name = words[1] if len(words) > 1 else Value(None, why="no file is named")
    path = _sourced_path(walk, name.text, state)
    script = walk.world.script(path) if path is not None else None
    if path is None or script is None or walk.depth > 8:
        walk.shared.unseen = name.text or "a file that is named at run time"
        return [_unseen(state, walk.shared.unseen)]
    left, walk.left = walk.left, []
    walk.depth += 1
    states = walk.within(path, command.span, script.body, state)
    walk.depth -= 1
    states += [after for how, after in walk.left if how is Leave.RETURN]
    walk.left = left
    return states


def _sourced_path(walk: Walk, name: str | None, state: State) -> str | None:
    path = state.path(name)
    found = walk.world.tree.resolve(path.lstrip("/")) if path is not None else None
    return None if found is None or found.trouble else found.path


def _unseen(state: State, name: str) -> State:
    state.unseen = name
    for variable, value in state.variables.items():
        if isinstance(value, Value):
            state.variables[variable] = replace(value, loose=True)
        else:
            state.variables[variable] = tuple(replace(item, loose=True) for item in value)
    return state


def _eval(walk: Walk, command: Command, words: tuple[Value, ...], state: State) -> list[State]:
    texts = [word.text for word in words[1:]]
    if None in texts or walk.depth > 8:
        return walk.foreground([Outcome(UNKNOWN, span=command.span, why="eval runs it")], state)
    script = walk.world.parse(" ".join(text for text in texts if text is not None), "shell")
    outer, walk.place, walk.depth = walk.place, walk.place or command.span, walk.depth + 1
    states = walk.statements(script.body, [state])
    walk.place, walk.depth = outer, walk.depth - 1
    return states


TABLE: dict[str, Builtin] = {
    **dict.fromkeys(("exit", "logout"), _exit),
    **dict.fromkeys(("cd", "pushd", "popd"), _cd),
    **dict.fromkeys(("export", "declare", "typeset", "local", "readonly"), _declare),
    **dict.fromkeys(("read", "mapfile", "readarray", "getopts"), _read),
    **dict.fromkeys((".", "source"), _source),
    **dict.fromkeys((":", "true", "false", "[", "[[", "test", "ulimit", "umask", "shopt"), _nothing),
    "break": _leave(Leave.BREAK),
    "continue": _leave(Leave.CONTINUE),
    "return": _leave(Leave.RETURN),
    "trap": _trap,
    "unset": _unset,
    "set": _set,
    "shift": _shift,
    "printf": _printf,
    "wait": _wait,
    "eval": _eval,
}
