"""The file contract of each layout, as data: what lies where, what it is, what it may hold.

Sources: s6-supervise and s6-svscan of s6 2.15.1.0, s6-rc-compile of s6-rc 0.7.0.0, s6-overlay 2.2 and 3.2,
runsv(8) and runsvdir(8) of runit 2.1.2, Phusion's my_init. Rules, scaffolds and documentation read these
tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property

from s6kit.dataclass import dataclass, replace


class ServiceKind(StrEnum):
    """What a service is to its supervisor."""

    LONGRUN = "longrun"
    ONESHOT = "oneshot"
    BUNDLE = "bundle"
    INIT = "init"  # a script that runs once at start or stop: cont-init.d, my_init.d
    PART = "part"  # adds files to a service that another image layer defines


class Bit(StrEnum):
    """Who sees to it that a program may be executed."""

    NEEDED = "needed"  # the author: without the bit it does not start
    SET = "set"  # the layout itself sets it, whatever the source's mode
    UNUSED = "unused"  # it is read, never executed


class Form(StrEnum):
    """What a file holds."""

    PROGRAM = "program"  # what the kernel executes: a binary, or a script that names its interpreter
    SHELL = "shell"  # a shell starts or sources it: a script that names none is a script of that shell
    COMMAND = "command"  # an execline command line
    NUMBER = "number"
    SIGNAL = "signal"
    WORD = "word"
    NAMES = "names"  # one name a line
    FLAG = "flag"  # its presence counts, not what it holds
    DIRECTORY = "directory"


LONGRUN = frozenset({ServiceKind.LONGRUN})
ONESHOT = frozenset({ServiceKind.ONESHOT})
BUNDLE = frozenset({ServiceKind.BUNDLE})
INIT = frozenset({ServiceKind.INIT})
ATOMIC = LONGRUN | ONESHOT
ANY = ATOMIC | BUNDLE

SIGNALS = tuple(
    "ABRT ALRM BUS CHLD CONT FPE HUP ILL INT KILL PIPE QUIT SEGV STOP TERM TSTP TTIN TTOU URG USR1 USR2"
    " TRAP VTALRM XCPU XFSZ IO PROF SYS WINCH PWR STKFLT POLL".split()
)
"""Names of signals that s6 knows, without SIG."""


@dataclass(frozen=True)
class Contract:
    """One file of a service directory.

    `low` and `high` bound a number, `words` are the values of a word. `since` is the version of s6 (in
    s6-rc's layout: of s6-rc) that reads it first, empty where every version in use does. `otherwise` says
    what the supervisor does with a value that it cannot read, `beyond` with a number out of bounds, as
    clauses.
    """

    name: str
    what: str
    form: Form
    kinds: frozenset[ServiceKind] = LONGRUN
    bit: Bit = Bit.UNUSED
    low: int = 0
    high: int = 4294967295
    words: tuple[str, ...] = ()
    since: str = ""
    otherwise: str = ""
    beyond: str = ""


@dataclass(frozen=True)
class Layout:
    """Where a layout's services lie and what each file of theirs is.

    `places` are the directories, relative to the root, that hold this layout by their very names; one that
    ends in `/*` stands for every directory in there. In a `flat` layout every file of a place is a service of
    kind init, with the contract named `*`. With `logs`, `NAME/log` is a service of its own. `starter` is the
    program that names the service in its complaints.
    """

    name: str
    title: str
    places: tuple[str, ...]
    files: tuple[Contract, ...]
    flat: bool = False
    logs: bool = False
    starter: str = "s6-supervise"

    @property
    def leads(self) -> bool:
        """Whether `run` leads a session of its own: s6-supervise makes one, runsv does not (measured)."""
        return self.starter != "runsv"

    @cached_property
    def _contracts(self) -> Mapping[ServiceKind, Mapping[str, Contract]]:
        """The files of each kind of service, by name; a part has those of the longrun that it adds to."""
        files = {kind: {c.name: c for c in self.files if kind in c.kinds} for kind in ServiceKind}
        return files | {ServiceKind.PART: files[ServiceKind.LONGRUN]}

    @cached_property
    def controls(self) -> Mapping[ServiceKind, Mapping[str, Contract]]:
        """Those of them that are read, not run."""
        run = (Form.PROGRAM, Form.DIRECTORY)
        return {
            kind: {name: contract for name, contract in files.items() if contract.form not in run}
            for kind, files in self._contracts.items()
        }

    @cached_property
    def names(self) -> frozenset[str]:
        """Every file name that means something to some kind of service."""
        return frozenset(contract.name for contract in self.files)

    def contract(self, name: str, kind: ServiceKind) -> Contract | None:
        """What the file `name` is in a service of `kind`; None where the layout does not read it."""
        return self._contracts[kind].get(name)


_IGNORED = "s6-supervise warns once and goes on as if the file were not there"
_DEFAULT = "s6-supervise says so once and goes on with its default"
_TAKES = "0, 1 and 2 are the service's own input, output and errors, which this takes away"
_STOPS = "s6-rc-compile stops there, and no service of the whole image starts"

_SUPERVISED = (
    Contract("run", "starts the service and becomes it", Form.PROGRAM, bit=Bit.NEEDED),
    Contract("finish", "runs when the service has ended", Form.PROGRAM, bit=Bit.NEEDED),
    Contract("down", "the service is not started until someone asks for it", Form.FLAG),
    Contract(
        "notification-fd",
        "the file descriptor on which the service says that it is ready",
        Form.NUMBER,
        low=3,
        high=1048575,
        otherwise=_IGNORED + ": nobody hears that the service is ready",
        beyond=_TAKES,
    ),
    Contract(
        "lock-fd",
        "the file descriptor on which the service inherits its lock",
        Form.NUMBER,
        low=3,
        high=1048575,
        since="2.11.0.0",
        otherwise=_IGNORED + ": no lock is taken",
        beyond=_TAKES,
    ),
    Contract(
        "timeout-kill",
        "milliseconds from the request to stop to SIGKILL; 0 waits for ever",
        Form.NUMBER,
        since="2.5.1.0",
        otherwise=_DEFAULT + ": it never sends SIGKILL",
    ),
    Contract("flag-timeout-killpg", "timeout-kill kills the whole process group", Form.FLAG),
    Contract(
        "timeout-finish",
        "milliseconds that finish may take before it is killed; 0 for ever",
        Form.NUMBER,
        otherwise=_DEFAULT + ": finish is killed after 5 seconds",
    ),
    Contract(
        "max-death-tally",
        "how many deaths s6-supervise remembers",
        Form.NUMBER,
        high=4096,
        otherwise=_DEFAULT + ": 100 deaths",
        beyond="s6-supervise remembers 4096 at most",
    ),
    Contract(
        "down-signal",
        "the signal that asks the service to stop",
        Form.SIGNAL,
        since="2.7.2.0",
        otherwise=_DEFAULT + ": SIGTERM",
    ),
    Contract(
        "reload-signal",
        "the signal that asks the service to read its configuration again",
        Form.SIGNAL,
        since="2.15.1.0",
        otherwise=_DEFAULT + ": SIGHUP",
    ),
    Contract("flag-newpidns", "the service gets a PID namespace of its own", Form.FLAG, since="2.13.1.0"),
    Contract("nosetsid", "does nothing since s6 2.10", Form.FLAG),
    Contract("log", "a service that gets the output of this one", Form.DIRECTORY),
    Contract("data", "the service's own; data/check is what s6-notifyoncheck asks", Form.DIRECTORY),
    Contract("env", "variables, one file each, for s6-envdir", Form.DIRECTORY),
    Contract("instance", "running instances, kept by s6-instance-maker", Form.DIRECTORY),
    Contract("instances", "instances of this service", Form.DIRECTORY),
    Contract("template", "the service directory that instances are made of", Form.DIRECTORY),
    Contract("supervise", "s6-supervise's own", Form.DIRECTORY),
    Contract("event", "s6-supervise's own", Form.DIRECTORY),
    Contract(
        "data/check", "asked by s6-notifyoncheck whether the service is ready", Form.PROGRAM, bit=Bit.NEEDED
    ),
)

S6 = Layout("s6", "plain s6 scan directory", ("etc/s6",), _SUPERVISED, logs=True)

SERVICES_D = Layout("services.d", "s6-overlay's legacy services", ("etc/services.d",), _SUPERVISED, logs=True)


def _in_source(contract: Contract) -> Contract:
    """What s6-rc-compile does with a file of a supervised service."""
    if contract.name in ("run", "finish"):
        return replace(contract, bit=Bit.SET)
    if contract.form is Form.NUMBER:
        return replace(contract, otherwise=_STOPS)
    return contract


_DROPPED = ("down", "log", "nosetsid", "instance", "instances", "supervise", "event")

S6_RC = Layout(
    "s6-rc",
    "s6-rc source directory",
    ("etc/s6-overlay/s6-rc.d", "etc/s6-overlay/user-bundles.d"),
    (
        Contract(
            "type",
            "what the service is",
            Form.WORD,
            ANY,
            words=("longrun", "oneshot", "bundle"),
            otherwise=_STOPS,
        ),
        *(_in_source(contract) for contract in _SUPERVISED if contract.name not in _DROPPED),
        Contract("up", "the command line that brings the oneshot up", Form.COMMAND, ONESHOT),
        Contract("down", "the command line that takes the oneshot down", Form.COMMAND, ONESHOT),
        Contract(
            "reload", "the command line that reloads the oneshot", Form.COMMAND, ONESHOT, since="0.7.0.0"
        ),
        Contract(
            "timeout-up",
            "milliseconds that starting may take; 0 for ever",
            Form.NUMBER,
            ATOMIC,
            otherwise=_STOPS,
        ),
        Contract(
            "timeout-down",
            "milliseconds that stopping may take; 0 for ever",
            Form.NUMBER,
            ATOMIC,
            otherwise=_STOPS,
        ),
        Contract(
            "dependencies.d", "one empty file for each service that must be up before", Form.DIRECTORY, ATOMIC
        ),
        Contract("dependencies", "the same as a list, the older way", Form.NAMES, ATOMIC),
        Contract("contents.d", "one empty file for each service in the bundle", Form.DIRECTORY, BUNDLE),
        Contract("contents", "the same as a list, the older way", Form.NAMES, BUNDLE),
        Contract("producer-for", "the service that reads this one's output", Form.NAMES),
        Contract("consumer-for", "the services whose output this one reads", Form.NAMES),
        Contract("pipeline-name", "the name of the bundle made of the whole pipeline", Form.NAMES),
        Contract("flag-essential", "stopped only when everything is", Form.FLAG, ANY, since="0.5.2.0"),
        Contract("flag-recommended", "part of the recommended set", Form.FLAG, ANY),
    ),
)

RUNIT = Layout(
    "runit",
    "runit service directory",
    ("etc/service", "etc/sv", "etc/runit/sv", "etc/runit/runsvdir/*"),
    (
        Contract("run", "starts the service and becomes it", Form.PROGRAM, bit=Bit.NEEDED),
        Contract("finish", "runs when the service has ended", Form.PROGRAM, bit=Bit.NEEDED),
        Contract("check", "asked by sv whether the service is ready", Form.PROGRAM, bit=Bit.NEEDED),
        Contract("down", "the service is not started until someone asks for it", Form.FLAG),
        Contract("log", "a service that gets the output of this one", Form.DIRECTORY),
        Contract("control", "programs run in place of the signals that sv sends", Form.DIRECTORY),
        Contract("conf", "settings that run sources, by habit", Form.SHELL),
        Contract("env", "variables, one file each, for chpst -e", Form.DIRECTORY),
        Contract("supervise", "runsv's own", Form.DIRECTORY),
        *(
            Contract(f"control/{letter}", f"run in place of sv's {letter}", Form.PROGRAM, bit=Bit.NEEDED)
            for letter in "uopchaitkq12"
        ),
    ),
    logs=True,
    starter="runsv",
)

CONT_INIT = Layout(
    "cont-init.d",
    "s6-overlay's init and finish scripts",
    ("etc/cont-init.d", "etc/cont-finish.d"),
    (Contract("*", "runs once, at start or at stop", Form.SHELL, INIT, Bit.NEEDED),),
    flat=True,
    starter="cont-init",
)

MY_INIT = Layout(
    "my_init.d",
    "Phusion's init scripts",
    ("etc/my_init.d", "etc/my_init.pre_shutdown.d", "etc/my_init.post_shutdown.d"),
    (Contract("*", "runs once, at start or at stop", Form.PROGRAM, INIT, Bit.NEEDED),),
    flat=True,
    starter="my_init",
)

LAYOUTS = (S6, SERVICES_D, S6_RC, RUNIT, CONT_INIT, MY_INIT)
BY_NAME: Mapping[str, Layout] = {layout.name: layout for layout in LAYOUTS}
