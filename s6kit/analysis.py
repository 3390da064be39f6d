"""What is worked out about the services of one root, each thing once."""

from __future__ import annotations

import re

from s6kit import execline, interpreter, shell
from s6kit.chain.peel import Effect
from s6kit.daemons.context import Context
from s6kit.daemons.judge import judge
from s6kit.daemons.knowledge import Knowledge, shipped
from s6kit.dataclass import dataclass, replace
from s6kit.flow.follow import begin, follow
from s6kit.flow.state import State
from s6kit.flow.walk import Walk
from s6kit.layout import CONT_INIT, S6_RC, SERVICES_D, ServiceKind
from s6kit.model import File, Link
from s6kit.outcome import BACKGROUND, BECOMES, EXITS, UNKNOWN, Fate, Outcome
from s6kit.programs import parks, reads
from s6kit.script import Script, Statement
from s6kit.service import Root, ScriptFile, Service
from s6kit.text import NOWHERE, Lines, Span, decode
from s6kit.value import Value, known
from s6kit.verdict import Stay, Verdict

_BEFORE = b"\xef\xbb\xbf \t\r\n"  # in front of a first line that is meant to be one; SK103 reports it
_OVERLAY = tuple(layout.name for layout in (SERVICES_D, S6_RC, CONT_INIT))
_AFTER = {Fate.ENDS: "ends", Fate.BECOMES: "becomes another program", Fate.PARKS: "then only stays"}
WATCHERS = ("s6-fghack", "fghack", "s6-background-watch")  # made for daemons that insist on forking


@dataclass(frozen=True, slots=True)
class Judged:
    """An outcome and the answer to it; None for a script that ends by itself."""

    outcome: Outcome
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Course:
    """All that a walk through one script found.

    `suspects` are the commands, but for those that the pid becomes and that are not known to leave it.
    """

    outcomes: tuple[Judged, ...] = ()
    suspects: tuple[tuple[Outcome, Verdict], ...] = ()
    unreachable: tuple[tuple[str, Statement], ...] = ()


class Analysis:
    """Scripts, outcomes and verdicts of one root, worked out when first asked for."""

    def __init__(self, root: Root, knowledge: Knowledge | None = None) -> None:
        self.root = root
        self.knowledge = knowledge
        self.tree = root.tree
        self._scripts: dict[str, Script | None] = {}
        self._strings: dict[tuple[str, str], Script] = {}
        self._lines: dict[str, Lines] = {}
        self._courses: dict[str, Course] = {}
        self._own: tuple[bytes, ...] = ()

    def program(self, file: ScriptFile) -> Script | None:
        """The program in `file`; None where it is not written in a language that is read here."""
        if file.real not in self._scripts:
            self._scripts[file.real] = _parse(file.data, file.role)
        return self._scripts[file.real]

    def outcomes(self, service: Service) -> tuple[Judged, ...]:
        """What the pid of `service` becomes, path by path, as the script has it; empty without a run."""
        return self.course(service).outcomes

    def course(self, service: Service) -> Course:
        """The outcomes, and what no path comes to."""
        course = self._courses.get(service.path)
        if course is None:
            course = self._courses[service.path] = self._walk(service)
        return course

    def file(self, path: str) -> File | None:
        """The file at the root-relative `path`, or, beyond the root, at one that leads out of it."""
        return self.root.surroundings.beyond(path) if path.startswith("../") else self.tree.file(path)

    def lines(self, path: str) -> Lines:
        """The line index of the file at the root-relative `path`; empty where there is none."""
        if path not in self._lines:
            file = self.file(path)
            self._lines[path] = Lines(file.data if file is not None else b"")
        return self._lines[path]

    def source(self, path: str, span: Span) -> str:
        """The text at a place of a script."""
        file = self.tree.file(path)
        return decode(file.data[slice(*span)]) if file is not None else ""

    def is_shell(self, path: str) -> bool:
        """Whether the file at `path` is read as a shell script."""
        script = self.script(path)
        return script is not None and script.dialect == interpreter.SHELL

    # What a walk asks: see walk.World.

    def script(self, path: str) -> Script | None:
        """The program in the file at a root-relative path without links."""
        if path not in self._scripts:
            entry = self.tree.entry(path)
            self._scripts[path] = _parse(entry.data, "setup") if isinstance(entry, File) else None
        return self._scripts[path]

    def parse(self, text: str, dialect: str) -> Script:
        """A program given as an argument."""
        if (text, dialect) not in self._strings:
            data = text.encode("utf-8", "surrogateescape")
            parse = execline.parse if dialect == interpreter.EXECLINE else shell.parse
            self._strings[text, dialect] = parse(data)
        return self._strings[text, dialect]

    def knows(self, program: str) -> bool:
        """Whether the knowledge base has an entry for a program."""
        return bool((self.knowledge or shipped()).find(program))

    def verdict(self, outcome: Outcome) -> Verdict | None:
        """Whether what does the work of an outcome stays; None for a script that ends by itself."""
        if outcome.kind is EXITS and not outcome.loop:
            return None
        if outcome.kind is UNKNOWN:
            return Verdict(Stay.UNKNOWN, outcome.why)
        return self._left_behind(outcome) or self._watched(outcome) or self._judged(outcome)

    def verdict_of_command(self, outcome: Outcome) -> Verdict | None:
        """Whether the command itself stays, wherever it was put."""
        return self._judged(outcome) if outcome.command else None

    def _left_behind(self, outcome: Outcome) -> Verdict | None:
        if outcome.kind is not BACKGROUND:
            return None
        if outcome.detached:
            return Verdict(Stay.DAEMONIZES, outcome.why)
        if outcome.fate in _AFTER:
            after = _AFTER[outcome.fate]
            return Verdict(Stay.DAEMONIZES, f"it is put in the background, and its shell {after}")
        return None

    def _watched(self, outcome: Outcome) -> Verdict | None:
        last = outcome.wrappers[-1] if outcome.wrappers else None
        if last is not None and last.effect == Effect.SERVES:
            return Verdict(Stay.FOREGROUND, f"{last.name} stays and serves")
        if any(wrapper.name in WATCHERS for wrapper in outcome.wrappers):
            return Verdict(Stay.FOREGROUND, "a program that watches for forks stays as its parent")
        words = outcome.words
        if parks(words):
            return Verdict(Stay.FOREGROUND, "it only stays, to keep the service up")
        if reads(words):
            return Verdict(Stay.FOREGROUND, "it stays for as long as something writes to it")
        if outcome.loop:
            return Verdict(Stay.FOREGROUND, outcome.why)
        return None

    def _judged(self, outcome: Outcome) -> Verdict:
        verdict = judge(
            _doubted(outcome.command),
            Context(
                self.tree,
                outcome.environment,
                outcome.directory,
                self._mentions,
                outcome.leader,
                self.knowledge,
                outcome.wrappers[-1].name if outcome.wrappers else "",
                self.root.surroundings.brought,
            ),
        )
        if verdict is not None:
            return verdict
        return Verdict(Stay.UNKNOWN, f"nothing is known of {outcome.program or 'it'}")

    def _mentions(self, pattern: re.Pattern[bytes]) -> bool:
        return any(pattern.search(data) for data in self._own) or self.root.surroundings.mentions(pattern)

    def _walk(self, service: Service) -> Course:
        file = service.scripts.get("up" if service.kind is ServiceKind.ONESHOT else "run")
        if file is None:
            return self._linked(service)
        self._own = tuple(script.data for script in service.scripts.values())
        state = State(
            variables={name: known(value) for name, value in service.environment.items()},
            exported=frozenset(service.environment),
            script=f"./{file.role}",
            directory=f"/{service.path}",
            leader=service.layout.leads,
            declared=self.root.surroundings.declares,
        )
        if self._sees_image(service):
            state.image = self.root.surroundings.default
        script = self.program(file)
        if script is None:
            walk = begin(self, file.real, _started(file), state)
        else:
            walk = follow(self, file.real, script, state)
        return self._course(walk, file.real)

    def _sees_image(self, service: Service) -> bool:
        """Whether the image's environment reaches a service: s6-overlay keeps it from all that don't ask."""
        if service.layout.name not in _OVERLAY or any(b"with-contenv" in data for data in self._own):
            return True
        return self.root.surroundings.declares("S6_KEEP_ENV")

    def _linked(self, service: Service) -> Course:
        """Of a `run` that is a link to a program which is not in the tree."""
        path = service.entry("run")
        entry = self.tree.entry(path)
        if not isinstance(entry, Link) or not entry.target.startswith("/"):
            return Course()
        self._own = ()
        walk = begin(self, path, (known(entry.target),), State(leader=service.layout.leads))
        return self._course(walk, path)

    def _course(self, walk: Walk, script: str) -> Course:
        """The verdicts on all outcomes, in the order in which they stand in the script, its end last."""
        judged, suspects = [], []
        for outcome in sorted(walk.outcomes, key=lambda outcome: _order(outcome.place(script))):
            verdict = self.verdict(outcome)
            judged.append(Judged(outcome, verdict))
            if verdict is not None and outcome.kind is not UNKNOWN and not _sound(outcome, verdict):
                suspects.append((outcome, verdict))
        return Course(tuple(judged), tuple(suspects), tuple(walk.unreachable))


def _order(place: Span) -> tuple[bool, int]:
    return place == NOWHERE, place.start


def _sound(outcome: Outcome, verdict: Verdict) -> bool:
    if outcome.kind is not BECOMES or verdict.stay is Stay.DAEMONIZES:
        return False
    return not (outcome.detached or verdict.wrapper or verdict.repeated)


def _parse(data: bytes, role: str) -> Script | None:
    """Files without a first line of their own are read as what starts them reads them."""
    if b"\0" in data[:1024]:
        return None
    if role in ("up", "down"):
        return execline.parse(data, command=True)
    dialect = interpreter.dialect(data.lstrip(_BEFORE))
    if dialect == interpreter.EXECLINE:
        return execline.parse(data)
    if dialect == interpreter.SHELL or not interpreter.shebang(data):
        return shell.parse(data)
    return None


def _started(file: ScriptFile) -> tuple[Value, ...]:
    """The command line that the kernel makes of a program that is not read here."""
    words = interpreter.command(file.data)
    return tuple(known(word) for word in (*words, f"/{file.real}"))


def _doubted(command: tuple[Value, ...]) -> tuple[Value, ...]:
    """The command with every argument unknown that a file out of sight may have changed."""
    doubts = [
        replace(value, text=None, prefix="", many=True, why="a file that is not in the tree may change it")
        if value.loose
        else value
        for value in command[1:]
    ]
    return (*command[:1], *doubts)
