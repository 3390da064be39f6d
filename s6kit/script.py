"""What a service script says, in one form for the shells and for execline.

Every leaf has a span: byte offsets into the file it was read from. A word is made of parts, and
what a part stands for is decided later, by `expand`, when the values of variables are known.
"""

from __future__ import annotations

from s6kit.dataclass import dataclass
from s6kit.text import Span


@dataclass(frozen=True, slots=True)
class Literal:
    """Text as the program gets it: quotes and escapes already taken off."""

    span: Span
    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """`$name` or `${name<op>operand}`.

    `op` is empty or the operator as written (`:-`, `-`, `:=`, `=`, `:+`, `+`, `:?`, `?`, `#`, `##`, `%`,
    `%%`, `/`, `//`, `/#`, `/%`, `:`, `^`, `^^`, `,`, `,,`, `@`), `#` as a prefix is `length`, `!` as a prefix
    is `indirect`. `index` is the text in brackets: `@`, `*`, a number, or a word to be worked out.
    `replacement` is the second half of `/` and `//`; for `:` the operand is the raw `offset[:length]`.
    """

    span: Span
    name: str
    op: str = ""
    operand: Word | None = None
    replacement: Word | None = None
    index: Word | None = None
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Substitution:
    """`$(…)` or backquotes: the output of a program, and the program."""

    span: Span
    body: tuple[Statement, ...]
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Opaque:
    """A part that nothing can be said of: arithmetic, process substitution, extended globs.

    `why` completes the sentence "not known because it is …" (`an arithmetic result`). `process`: the
    statements of a process substitution, which run beside.
    """

    span: Span
    why: str
    quoted: bool = False
    process: tuple[Statement, ...] = ()


Part = Literal | Parameter | Substitution | Opaque


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the source; the shell may make none, one or several fields of it.

    An unquoted Literal may hold glob characters and a leading `~`: it is up to the reader.
    """

    span: Span
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """execline's `{ … }`: a command line given as one argument."""

    span: Span
    words: tuple[Argument, ...]


Argument = Word | Block


def literal(word: Argument) -> str | None:
    """The text of a word that is written out in one piece; None of any other."""
    only = word.parts[0] if isinstance(word, Word) and len(word.parts) == 1 else None
    return only.text if isinstance(only, Literal) else None


@dataclass(frozen=True, slots=True)
class Assignment:
    """`name=value`, `name+=value`, `name=(…)`, `name[i]=value` (`index`), a declared name without a value."""

    span: Span
    name: str
    value: Word | tuple[Word, ...] | None
    append: bool = False
    index: Word | None = None


@dataclass(frozen=True, slots=True)
class Redirect:
    """`fd op target`: op as written (`>`, `>>`, `<`, `>&`, `<&`, `&>`, `<<`, `<<<`, …); fd None: the default.

    For a here-document `target` is its text.
    """

    span: Span
    op: str
    fd: int | None = None
    target: Word | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A simple command. `[[ … ]]` is one too: its words are `[[`, the operands and operators, `]]`.

    `declare`, `export`, `local`, `readonly` and `typeset` keep their name as the first word, their options
    as further words, and what they assign in `assignments`. A bare assignment has no words.
    """

    span: Span
    words: tuple[Argument, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True)
class Pipeline:
    """`a | b | c`: two stages or more."""

    span: Span
    stages: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """`! command`."""

    span: Span
    body: Statement


@dataclass(frozen=True, slots=True)
class AndOr:
    """`left && right`, `left || right`; op is `&&` or `||`."""

    span: Span
    left: Statement
    op: str
    right: Statement


@dataclass(frozen=True, slots=True)
class Background:
    """`body &`; the span ends with the ampersand."""

    span: Span
    body: Statement


@dataclass(frozen=True, slots=True)
class Group:
    """`{ …; }`; with `subshell`, `( … )`."""

    span: Span
    body: tuple[Statement, ...]
    subshell: bool = False
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """One `if` or `elif`: what is asked, and what is done where it holds."""

    condition: tuple[Statement, ...]
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class If:
    """`if … elif … else … fi`."""

    span: Span
    branches: tuple[Branch, ...]
    otherwise: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm of a `case`; `ending` is `;;`, `;&`, `;;&` or empty."""

    patterns: tuple[Word, ...]
    body: tuple[Statement, ...]
    ending: str = ";;"


@dataclass(frozen=True, slots=True)
class Case:
    """`case subject in … esac`."""

    span: Span
    subject: Word
    arms: tuple[Arm, ...]


@dataclass(frozen=True, slots=True)
class While:
    """`while` or, with `until`, `until`."""

    span: Span
    condition: tuple[Statement, ...]
    body: tuple[Statement, ...]
    until: bool = False
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True)
class For:
    """`for name in items`; items None: over the arguments, or a C-style `for ((…))` (name empty)."""

    span: Span
    name: str
    items: tuple[Word, ...] | None
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Function:
    """A function's definition."""

    span: Span
    name: str
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`(( … ))`, and whatever else changes nothing that is followed here."""

    span: Span


Statement = (
    Command | Pipeline | Not | AndOr | Background | Group | If | Case | While | For | Function | Arithmetic
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A place that could not be read, and why; the message is a sentence without its full stop."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Script:
    """A whole program. An execline program is one Command whose last words are what it becomes."""

    dialect: str
    """`shell` or `execline`."""
    body: tuple[Statement, ...]
    problems: tuple[Problem, ...] = ()
