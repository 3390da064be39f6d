"""What the pid becomes, path by path, with a knowledge base of three made-up daemons."""

from __future__ import annotations

import pytest

from s6kit import execline, shell
from s6kit.flow.follow import follow
from s6kit.flow.state import State
from s6kit.flow.watch import MAX_CALLS
from s6kit.model import DictTree, File
from s6kit.outcome import Fate, Kind, Outcome
from s6kit.script import Script
from s6kit.text import NOWHERE
from s6kit.value import Value
from s6kit.verdict import Stay, Verdict

STAYS, FORKS = ("stayd", "otherd"), ("forkd",)


class World:
    """Files beside a script; `stayd` and `otherd` stay, `forkd` forks away."""

    def __init__(self, files: dict[str, str]) -> None:
        self.tree = DictTree({path: File(text.encode()) for path, text in files.items()})

    def script(self, path: str) -> Script | None:
        entry = self.tree.entry(path)
        return self.parse(entry.data.decode(), "shell") if isinstance(entry, File) else None

    def parse(self, text: str, dialect: str) -> Script:
        return execline.parse(text.encode()) if dialect == "execline" else shell.parse(text.encode())

    def knows(self, program: str) -> bool:
        return program in STAYS or program in FORKS

    def verdict(self, outcome: Outcome) -> Verdict | None:
        if outcome.program in STAYS:
            return Verdict(Stay.FOREGROUND, "it stays")
        return Verdict(Stay.DAEMONIZES, "it forks") if outcome.program in FORKS else None


def shown(outcome: Outcome) -> str:
    """An outcome in one line: kind, command (`?` for an unknown word), and what else is said of it."""
    words = ["?" if word is None else word for word in outcome.words]
    notes = [
        *([f"fate={outcome.fate}"] if outcome.fate else []),
        *([f"user={outcome.user}"] if outcome.user else []),
        *(name for name in ("loop", "detached", "forked", "swapped") if getattr(outcome, name)),
    ]
    if outcome.kind is Kind.EXITS:
        words = []
    return " ".join([outcome.kind.value, *words, *(f"({note})" for note in notes)])


def walked(
    source: str, files: dict[str, str] | None = None, dialect: str = "shell", **known: str
) -> list[str]:
    world = World({"etc/s6/svc/run": source, **(files or {})})
    state = State(
        variables={name: Value(text) for name, text in known.items()},
        exported=frozenset(known),
        directory="/etc/s6/svc",
        script="./run",
    )
    walk = follow(world, "etc/s6/svc/run", world.parse(source, dialect), state)
    return [shown(outcome) for outcome in walk.outcomes]


SHELL = {
    # exec, in every shape
    "exec stayd -f": ["becomes stayd -f"],
    "exec 2>&1\nexec stayd": ["becomes stayd"],
    "exec 2>&1 stayd -f": ["becomes stayd -f"],
    "HOME=/x exec stayd": ["becomes stayd"],
    "exec > >(tee /log)\nexec stayd": ["becomes stayd"],
    "exec stayd || die": ["becomes stayd"],
    "exec -a name stayd": ["becomes stayd"],
    "command exec stayd": ["becomes stayd"],
    "exec stayd\npopd": ["becomes stayd"],
    "exec s6-setuidgid www nice -n 5 stayd -f": ["becomes stayd -f (user=www)"],
    # a program of which only the directory is not known
    'exec "/usr/lib/web/$V/bin/stayd" -f': ["becomes stayd -f"],
    "exec $DIR/bin/stayd": ["becomes stayd"],
    "exec $DIR/s6-setuidgid www ${DIR}/stayd": ["becomes stayd (user=www)"],
    'exec su www -c "$DIR/stayd -f"': ["waits stayd -f (user=www)"],
    '"$DIR/true"\nexec stayd': ["becomes stayd"],
    "exec /opt/${V}d": ["unknown ?"],
    "exec $DIR/": ["unknown ?"],
    "exec $DIR/$PROGRAM": ["unknown ?"],
    # what ends has the path that a distribution gives it, or none
    "exec /usr/bin/mkdir x": ["exits"],
    "/bin/sleep infinity": ["waits /bin/sleep infinity"],
    "/command/s6-svc -d .\nexit 0": ["exits"],
    "exec /opt/x/bin/mkdir": ["becomes /opt/x/bin/mkdir"],
    # what a file that is not in the tree may define
    ". /lib.sh\nother": ["unknown other"],
    ". /lib.sh\npython3 x.py": ["waits python3 x.py"],
    ". /opt/web/docker-env\nother": ["waits other"],
    ". /etc/default/web\nother": ["waits other"],
    "source /run/envvars\nother": ["waits other"],
    "exec /usr/sbin/stayd$V -f": ["becomes stayd -f"],
    "exec stayd-${V}": ["becomes stayd"],
    "exec /opt/other$V": ["unknown ?"],
    "exec $V": ["unknown ?"],
    # a pipe that is held open at both ends
    "mkfifo /p\ncat <>/p >&2": ["waits cat"],
    "cat </p": ["exits"],
    # a loop that reads what ends, or may not
    "while read l; do\necho $l\ndone": ["waits (loop)"],
    'while read l; do\necho $l\ndone <<< "$X"': ["exits", "exits"],
    "while read l; do\necho $l\ndone <<E\nx\nE": ["exits", "exits"],
    "while read l; do\necho $l\ndone </etc/list": ["exits", "exits"],
    "while read l; do\necho $l\ndone </run/fifo": ["waits (loop)"],
    "while read l; do\necho $l\ndone <$X": ["waits (loop)"],
    "L=${L:-/etc/list}\nwhile read l; do\necho $l\ndone <$L": ["exits", "exits"],
    "L=/run/fifo\nwhile read l; do\necho $l\ndone <$L": ["waits (loop)"],
    "while read l; do\necho $l\ndone < <(stayd)": ["waits (loop)"],
    "while read l; do\necho $l\ndone < <(unknown-program)": ["waits (loop)"],
    "while read l; do\necho $l\ndone < <(find /x | sort)\nstayd": ["waits stayd"],
    # a program that is looked for
    "exec $(which stayd) -f": ["becomes stayd -f"],
    'S=$(command -v stayd)\nexec "$S"': ["becomes stayd"],
    "exec `type -P stayd`": ["becomes stayd"],
    "exec $(which $X)": ["unknown ?"],
    # a part of the arguments, or of an array
    'f() { exec "$1" "${@:2}"; }\nf stayd -f -g': ["becomes stayd -f -g"],
    'f() { exec "${@:2:2}"; }\nf no stayd -f -g': ["becomes stayd -f"],
    'a=(nice -n 5 stayd -f)\nexec "${a[@]:3}"': ["becomes stayd -f"],
    'f() { $1 "${@:2}"; }\nf exec stayd': ["becomes stayd"],
    'f() { exec stayd "${@:$N}"; }\nf -f': ["becomes stayd ?"],
    'a=(stayd $LIST)\nexec "${a[@]:0}"': ["becomes stayd ?"],
    'a=($LIST -f)\nexec stayd "${a[@]:1}"': ["becomes stayd ?"],
    # words that a value is split into
    'X="stayd -f $OPTS"\nexec $X -g': ["becomes stayd -f ? -g"],
    'X="stayd --to=$OPTS -f"\nexec $X': ["becomes stayd ? -f"],
    'X="$WRAPPER stayd"\nexec $X': ["unknown ? stayd"],
    'X="stayd $OPTS"\nexec "$X"': ["unknown ?"],
    'X="s6-setuidgid www"\nX="$X stayd $OPTS"\nexec $X': ["becomes stayd ? (user=www)"],
    # the shell stays
    "stayd": ["waits stayd"],
    "stayd; echo gone": ["waits stayd"],
    "unknown-program x": ["waits unknown-program x"],
    "unknown-program; echo done": ["waits unknown-program"],
    "unknown-program; exit 1": ["waits unknown-program"],
    "trap 'kill $!' TERM\nstayd": ["waits stayd"],
    "(exec stayd)": ["waits stayd (swapped)"],
    "exec timeout 5 stayd": ["waits stayd"],
    "exec -c\nstayd": ["waits stayd"],
    "exec 4> >(stayd)\necho x >&3\nwait": ["waits (loop)"],
    "exec 4> >(stayd)\nkill $!\nwait\nexec otherd": ["becomes otherd"],
    # what bash -c replaces itself by, and what not: bash 5.2, and ash of busybox 1.35
    "exec bash -c 'cd /x && stayd'": ["becomes stayd", "exits"],
    "exec bash -c 'stayd >/log'": ["waits stayd"],
    "exec bash -c 'cd /x && stayd 2>&1'": ["waits stayd", "exits"],
    "exec bash -c 'trap : TERM; stayd'": ["waits stayd"],
    "exec bash -c '{ cd /x; stayd; }'": ["waits stayd"],
    "exec bash -c 'trap : TERM; exec stayd'": ["becomes stayd"],
    "exec ash -c 'stayd >/log'": ["becomes stayd"],
    # it ends
    "echo hello": ["exits"],
    "exit 0": ["exits"],
    "": ["exits"],
    "mkdir -p /x\nchown a /x": ["exits"],
    "exec rsync -a /x /y": ["exits"],
    "exec rsync --daemon --no-detach": ["becomes rsync --daemon --no-detach"],
    "exec logger -t svc": ["becomes logger -t svc"],
    "exec logger -t svc started": ["exits"],
    # forks away
    "forkd": ["waits forkd (fate=ends) (forked)"],
    "forkd\nexec sleep infinity": ["becomes sleep infinity", "waits forkd (fate=parks) (forked)"],
    "forkd\nexec stayd": ["becomes stayd", "waits forkd (fate=becomes) (forked)"],
    "forkd || exit 1\nexec stayd": ["exits", "becomes stayd", "waits forkd (fate=becomes) (forked)"],
    "if ! forkd; then exit 1; fi\nwhile :; do work; done": [
        "exits",
        "waits work (loop)",
        "waits forkd (fate=stays) (forked)",
    ],
    "forkd && echo started": ["exits", "waits forkd (fate=ends) (forked)"],
    "exec setsid stayd": ["background stayd (detached)"],
    # background
    "stayd &": ["background stayd (fate=ends)", "exits"],
    "exec stayd &": ["background stayd (fate=ends) (swapped)", "exits"],
    "stayd & exec sleep infinity": ["becomes sleep infinity", "background stayd (fate=parks)"],
    "helper & exec stayd": ["becomes stayd", "background helper (fate=becomes)"],
    "stayd & wait": ["waits stayd"],
    "stayd &\npid=$!\ntrap 'kill $pid' TERM\nwait $pid": ["waits stayd"],
    "otherd & stayd": ["waits stayd", "background otherd (fate=stays)"],
    "sleep 5 & exec stayd": ["becomes stayd"],
    "stayd &\nkill $!\nexec otherd": ["becomes otherd"],
    "stayd & kill -0 $!\nexec otherd": ["becomes otherd", "background stayd (fate=becomes)"],
    "stayd & pkill -HUP stayd\nexec otherd": ["becomes otherd", "background stayd (fate=becomes)"],
    "forkd; unknown-program; killall -q forkd\nexec otherd": ["becomes otherd"],
    "forkd\ntail --pid=$(cat /x.pid) -f /dev/null": [
        "waits forkd (fate=watches) (forked)",
        "waits tail ? -f /dev/null",
    ],
    "forkd /s\ninotifywait -e delete /s": [
        "waits forkd /s (fate=watches) (forked)",
        "waits inotifywait -e delete /s",
    ],
    "forkd\ninotifywait -e modify /c": ["waits forkd (fate=ends) (forked)", "waits inotifywait -e modify /c"],
    "stayd & stayctl --user x shutdown\nexec otherd": ["becomes otherd"],
    "forkd start\nforkctl abort\nexec stayd": ["becomes stayd"],
    "stayd & pid=$!\nwhile kill -0 $pid 2>/dev/null; do sleep 1; done": [
        "background stayd (fate=watches)",
        "exits",
        "exits",
    ],
    "forkd\nuntil ! pgrep -x forkd >/dev/null; do sleep 1; done": [
        "waits forkd (fate=watches) (forked)",
        "exits",
        "exits",
    ],
    "forkd\nwhile ps | grep -q forkd; do sleep 1; done": [
        "waits forkd (fate=watches) (forked)",
        "exits",
        "exits",
    ],
    "stayd & otherd &\nwhile pgrep -x stayd; do sleep 1; done": [
        "background stayd (fate=watches)",
        "background otherd (fate=stays)",
        "exits",
        "exits",
    ],
    "stayd & otherd &\nwhile pgrep -x another; do sleep 1; done": [
        "background stayd (fate=watches)",
        "background otherd (fate=watches)",
        "exits",
        "exits",
    ],
    "stayd & otherd & pid=$!\nwhile kill -0 $pid; do sleep 1; done": [
        "background stayd (fate=stays)",
        "background otherd (fate=watches)",
        "exits",
        "exits",
    ],
    "stayd & pid=$!\notherd &\nwhile kill -0 $pid; do sleep 1; done": [
        "background stayd (fate=watches)",
        "background otherd (fate=stays)",
        "exits",
        "exits",
    ],
    "stayd & pid=$!\notherd &\nwhile [ -d /proc/$pid ]; do sleep 1; done\nkill $!": [
        "background stayd (fate=watches)",
        "background otherd (fate=stays)",
        "exits",
    ],
    "stayd & a=$!\notherd & b=$!\nwhile kill -0 $a && kill -0 $b; do sleep 1; done": [
        "background stayd (fate=watches)",
        "background otherd (fate=watches)",
        "exits",
        "exits",
        "exits",
    ],
    "stayd & a=$!\notherd & b=$!\nuntil ! ps -p $a $b; do sleep 1; done": [
        "background stayd (fate=watches)",
        "background otherd (fate=watches)",
        "exits",
        "exits",
    ],
    "stayd & a=$!\notherd & b=$!\nwhile kill -0 $a; do sleep 1; done\nwhile kill -0 $b; do sleep 1; done": [
        "background stayd (fate=watches)",
        "background otherd (fate=watches)",
        "exits",
        "exits",
    ],
    "stayd & a=$!\notherd & b=$!\nwhile kill -0 $a; do kill -0 $b || exit 1; done": [
        "background stayd (fate=watches)",
        "background otherd (fate=watches)",
        "exits",
        "exits",
        "exits",
    ],
    "stayd & a=$!\notherd &\nwhile kill -0 $a; do ps | grep -q '[o]the' || break; done": [
        "background stayd (fate=watches)",
        "background otherd (fate=watches)",
        "exits",
        "exits",
    ],
    "stayd & a=$!\notherd &\nwhile kill -0 $(cat /x.pid); do sleep 1; done": [
        "background stayd (fate=watches)",
        "background otherd (fate=watches)",
        "exits",
        "exits",
    ],
    "stayd & otherd &\nwhile kill -0 $(pgrep otherd); do sleep 1; done": [
        "background stayd (fate=stays)",
        "background otherd (fate=watches)",
        "exits",
        "exits",
    ],
    "stayd & p=($!)\notherd &\nwhile kill -0 ${p[0]}; do sleep 1; done": [
        "background stayd (fate=watches)",
        "background otherd (fate=watches)",
        "exits",
        "exits",
    ],
    "stayd & read p </x.pid\notherd &\nwhile kill -0 $p; do sleep 1; done": [
        "background stayd (fate=watches)",
        "background otherd (fate=watches)",
        "exits",
        "exits",
    ],
    "stayd & a=$!\notherd &\ntrap 'exit 1' CHLD\nwhile kill -0 $a; do sleep 1; done": [
        "background stayd (fate=watches)",
        "background otherd (fate=watches)",
        "exits",
        "exits",
    ],
    "stayd & a=$!\notherd & b=$!\n(while kill -0 $b; do sleep 1; done; kill $$) &\n"
    "while kill -0 $a; do sleep 1; done": [
        "background stayd (fate=watches)",
        "background otherd (fate=watches)",
        "exits",
        "exits",
    ],
    "if x; then stayd -x & else stayd & fi\na=$!\notherd &\nwhile kill -0 $a; do sleep 1; done": [
        "background stayd -x (fate=watches)",
        "background otherd (fate=stays)",
        "exits",
        "exits",
        "background stayd (fate=watches)",
    ],
    "stayd & while true; do pkill -0 -f stayd || exit 1; sleep 1; done": [
        "background stayd (fate=watches)",
        "exits",
        "waits sleep 1 (loop)",
    ],
    "stayd & while true; do stayd_ok; sleep 1; done": [
        "waits stayd_ok (loop)",
        "background stayd (fate=stays)",
    ],
    "up() { kill -0 $a; }\nstayd & a=$!\nwhile up; do sleep 1; done": [
        "background stayd (fate=watches)",
        "exits",
        "exits",
    ],
    "stayd & a=$!\nwhile sleep 1; do kill -0 $a || { stayd & a=$!; }; done": [
        "waits kill -0 ? (loop)",
        "background stayd (fate=watches)",
        "background stayd (fate=watches)",
    ],
    "stayd & trap 'exit 1' CHLD\nwhile sleep 1; do date; done": [
        "waits date (loop)",
        "background stayd (fate=watches)",
    ],
    'stayd & while [ -n "$(pidof stayd)" ]; do sleep 1; done': [
        "background stayd (fate=watches)",
        "exits",
        "exits",
    ],
    'stayd & while [ -z "$(pidof stayd)" ]; do sleep 1; done': [
        "background stayd (fate=ends)",
        "exits",
        "exits",
    ],
    "stayd & until pgrep stayd && ok; do sleep 1; done": [
        "background stayd (fate=ends)",
        "waits ok",
        "exits",
    ],
    "stayd & a=$!\nwhile kill -0 $a; do ready && break; done\nwait $a": [
        "waits stayd",
    ],
    "stayd & while [ $(jobs -p | wc -l) -gt 0 ]; do sleep 1; done": [
        "background stayd (fate=watches)",
        "exits",
        "exits",
    ],
    "forkd\nwhile ! pgrep forkd; do sleep 1; done": ["waits forkd (fate=ends) (forked)", "exits", "exits"],
    "forkd\nwhile [ -d /proc/$x ]; do sleep 1; done": ["waits forkd (fate=watches) (forked)", "exits"],
    "(sleep 5; echo x) & exec stayd": ["becomes stayd"],
    # pipelines
    "stayd | tee /log": ["pipeline stayd"],
    "exec stayd | tee /log": ["pipeline stayd (swapped)"],
    "exec stayd 2>&1 | logger": ["pipeline stayd (swapped)"],
    "echo x | stayd": ["pipeline stayd"],
    "ls | sort": ["exits"],
    "stayd | while read l; do echo $l; done": ["pipeline stayd"],
    "find /x | while read l; do echo $l; done\nstayd": ["waits stayd"],
    "find /x | while read l; do echo $l; done": ["exits"],
    "echo x | ts '%H'\nexec stayd": ["becomes stayd"],
    "stayd | ts '%H'": ["pipeline stayd"],
    # constants
    "D=/usr/sbin/stayd\nO='-f -x'\nexec $D $O": ["becomes /usr/sbin/stayd -f -x"],
    'O="-f -x"\nexec stayd "$O"': ["becomes stayd -f -x"],
    "exec stayd $OPTS": ["becomes stayd ?"],
    'exec "$PROGRAM"': ["unknown ?"],
    "exec ${D:-stayd} -f": ["becomes stayd -f"],
    ": ${O:=-F}\nexec stayd $O": ["becomes stayd -F"],
    "options=(-a)\noptions+=(-D 'x y')\nexec stayd \"${options[@]}\"": ["becomes stayd -a -D x y"],
    'daemon="${PWD##*/}"\nexec "$daemon"d': ["becomes svcd"],
    "f=/a/stayd.conf\nexec stayd ${f%.conf} ${f##*/}": ["becomes stayd /a/stayd stayd.conf"],
    "exec $(basename /usr/bin/stayd)": ["becomes stayd"],
    'set -- stayd -f\nexec "$@"': ["becomes stayd -f"],
    'exec "$@"': ["unknown ?"],
    "U=www\nexec s6-setuidgid $U stayd": ["becomes stayd (user=www)"],
    "X=1\nunset X\nexec stayd a$X": ["becomes stayd a"],
    # branches
    'if [ "$A" = 1 ]; then exec stayd; else exec otherd; fi': ["becomes stayd", "becomes otherd"],
    "A=1\nif [ $A = 1 ]; then exec stayd; else exec otherd; fi": ["becomes stayd"],
    'A=\nif [ -n "$A" ]; then exec stayd; fi\nexec otherd': ["becomes otherd"],
    'if [ -n "$A" ]; then O=-a; fi\nexec stayd $O': ["becomes stayd -a", "becomes stayd ?"],
    "[ -f /x ] || exit 1\nexec stayd": ["exits", "becomes stayd"],
    "if ! check; then exit 1; fi\nexec stayd": ["exits", "becomes stayd"],
    "check || exit 1\nexec stayd": ["exits", "becomes stayd"],
    "unknown-program || exit 1": ["exits", "waits unknown-program"],
    "sh -n ./x || exit 1\nexec stayd": ["exits", "becomes stayd"],
    "[ -f /x ] && exec stayd": ["becomes stayd", "exits"],
    "case $1 in a) exec stayd;; b|c) exec otherd;; esac": ["becomes stayd", "becomes otherd", "exits"],
    "A=b\ncase $A in a) exec stayd;; b|c) exec otherd;; esac": ["becomes otherd"],
    "case ${A:-b} in a) exec stayd;; *) exec otherd;; esac": ["becomes stayd", "becomes otherd"],
    "if true; then exec stayd; fi\nexec otherd": ["becomes stayd"],
    "! false && exec stayd": ["becomes stayd"],
    "true || exit 1\nexec stayd": ["becomes stayd"],
    # loops
    "while true; do work; sleep 60; done": ["waits work (loop)"],
    "while :; do stayd; sleep 1; done": ["waits stayd"],
    "while ! nc -z db 5432; do sleep 1; done\nexec stayd": ["becomes stayd"],
    "until ready; do sleep 1; done\nexec stayd": ["becomes stayd"],
    "while true; do [ -f /x ] && break; sleep 1; done\nexec stayd": ["becomes stayd"],
    'for f in a b; do O="$O$f"; done\nO=${f}x\nexec stayd $O': ["becomes stayd bx"],
    "for f in /x/*; do echo $f; done\nexec stayd": ["becomes stayd"],
    'O=\nfor f in a b; do O="$O -$f"; done\nexec stayd $O': ["becomes stayd -a -b"],
    # functions
    'start() { exec stayd "$1"; }\nstart -f': ["becomes stayd -f"],
    "f() { return 0; }\nf\nexec stayd": ["becomes stayd"],
    "function f { O=-f; }\nf\nexec stayd $O": ["becomes stayd -f"],
    "f() { f; }\nf\nexec stayd": ["becomes stayd"],
    # shells in between
    "exec bash -c 'stayd -f'": ["becomes stayd -f"],
    "exec dash -c 'stayd -f'": ["waits stayd -f"],
    "exec sh -c 'exec stayd -f'": ["becomes stayd -f"],
    'exec sh -c "$CMD"': ["unknown"],
    'exec sh -c \'exec "$0" "$@"\' stayd -f': ["becomes stayd -f"],
    "eval exec stayd -f": ["becomes stayd -f"],
    # a parked service
    "exec s6-pause": ["becomes s6-pause"],
    "exec s6-sleep 86400": ["becomes s6-sleep 86400"],
    "exec s6-sleep 60": ["exits"],
    'if [ -z "$ON" ]; then exec sleep infinity; fi\nexec stayd': ["becomes sleep infinity", "becomes stayd"],
    "exec s6-svc -Od .": ["exits"],
}


@pytest.mark.parametrize("source", SHELL)
def test_shell(source: str) -> None:
    assert walked(source) == SHELL[source]


EXECLINE = {
    "stayd -f": ["becomes stayd -f"],
    "fdmove -c 2 1\ns6-setuidgid www\nstayd": ["becomes stayd (user=www)"],
    "foreground { mkdir -p /x } stayd": ["becomes stayd"],
    "if { test -f /x } stayd": ["becomes stayd"],
    "background { helper } stayd": ["background helper (fate=becomes)", "becomes stayd"],
    "ifelse { test -f /x } { otherd } stayd": ["becomes otherd", "becomes stayd"],
    "forx i { 0 1 } ifelse { test -f /x } { stayd } exit 1": ["waits stayd", "exits"],
    "s6-setuidgid www ifelse { test -f /x } { stayd } otherd": [
        "becomes stayd (user=www)",
        "becomes otherd (user=www)",
    ],
    "pipeline { stayd } s6-log /var/log": ["pipeline stayd", "becomes s6-log /var/log"],
    "define D stayd $D -f": ["becomes stayd -f"],
    "define D stay ${D}d": ["becomes stayd"],
    "importas -i U USER s6-setuidgid $U stayd": ["becomes stayd"],
    "importas -D www U USER s6-setuidgid $U stayd": ["becomes stayd (user=www)"],
    "backtick -E X { date } stayd $X": ["becomes stayd ?"],
    "s6-ipcserver /s stayd": ["becomes s6-ipcserver /s stayd"],
    'execlineb -c "stayd -f"': ["becomes stayd -f"],
}


@pytest.mark.parametrize("source", EXECLINE)
def test_execline(source: str) -> None:
    assert walked(source, dialect="execline") == EXECLINE[source]


ENV = {
    "etc/s6/svc/env/DAEMON": "stayd\n",
    "etc/s6/svc/env/OPTS": "-f  \nmore\n",
    "etc/s6/svc/env/BEFORE": "",
}
FILES: list[tuple[str, dict[str, str], list[str]]] = [
    # a directory of variables; what an empty file unsets is nothing
    ("exec envdir ./env sh -c 'exec $BEFORE $DAEMON $OPTS'", ENV, ["becomes stayd -f"]),
    ("BEFORE=nice\nexport BEFORE\nexec chpst -e env sh -c 'exec $BEFORE $DAEMON'", ENV, ["becomes stayd"]),
    ("exec envdir ./env sh -c 'exec $DAEMON $OTHER'", ENV, ["becomes stayd ?"]),
    ("exec envdir /run/env sh -c 'exec $DAEMON'", ENV, ["unknown ?"]),
    ("[ -f ./setup ] && . ./setup\nexec stayd $O", {"etc/s6/svc/setup": "O=-f\n"}, ["becomes stayd -f"]),
    ("[[ -f ./setup ]] && source ./setup\nexec stayd", {}, ["becomes stayd"]),
    (". /etc/defaults.sh\nexec $D", {"etc/defaults.sh": "D=stayd"}, ["becomes stayd"]),
    (". ./functions\nstart", {"etc/s6/svc/functions": "start() { exec stayd; }"}, ["becomes stayd"]),
    ("exec ./other -f", {"etc/s6/svc/other": '#!/bin/sh\nexec stayd "$@"'}, ["becomes stayd -f"]),
    ("exec start.sh", {"usr/local/bin/start.sh": "#!/bin/sh\nstayd"}, ["waits stayd"]),
    ("start.sh", {"usr/local/bin/start.sh": "#!/bin/sh\nexec stayd"}, ["waits stayd"]),
    ("./setup\nexec stayd $O", {"etc/s6/svc/setup": "#!/bin/sh\nO=-f\n"}, ["becomes stayd ?"]),
    ("export O=-f\nexec ./other", {"etc/s6/svc/other": "#!/bin/sh\nexec stayd $O"}, ["becomes stayd -f"]),
    ("O=-f\nexec ./other", {"etc/s6/svc/other": "#!/bin/sh\nexec stayd $O"}, ["becomes stayd ?"]),
    ("exec sh ./other", {"etc/s6/svc/other": "exec stayd"}, ["becomes stayd"]),
    ("cd ./needs\ncd ..\nexec ./other", {"etc/s6/svc/other": "exec stayd"}, ["becomes stayd"]),
    ("cd /opt\nexec ./run.sh", {"opt/run.sh": "#!/bin/sh\nexec stayd"}, ["becomes stayd"]),
    ("exec /opt/forkd", {"opt/forkd": "#!/bin/sh\nexec forkd --stay"}, ["becomes forkd --stay"]),
    ("exec forkd", {"usr/local/bin/forkd": "#!/bin/sh\nexec otherd"}, ["becomes otherd"]),
    ("exec forkd", {"usr/sbin/forkd": "#!/bin/sh\nexec otherd"}, ["becomes forkd"]),
    ("exec ./run", {"etc/s6/svc/run": "exec ./run"}, ["becomes ./run"]),
]


@pytest.mark.parametrize(("source", "files", "expected"), FILES)
def test_files_of_the_tree(source: str, files: dict[str, str], expected: list[str]) -> None:
    assert walked(source, files) == expected


PLACES = [
    (". ./lib", "true\nstayd", "lib", "stayd", ". ./lib"),
    (". ./lib\nf", "true\nf() {\n  stayd\n}", "lib", "stayd", "f"),
    (". ./lib\nf", "true\nf() {\n  return 1\n  exec stayd\n}\nls", "lib", "ls", ". ./lib"),
    (". ./lib\nf", "true\nf() {\n  ls\n  return 1\n}", "lib", "ls", "f"),
    ("mkdir /x\n. ./lib", "A=1", "run", "mkdir /x", ""),
    ("f() { stayd; }\n. ./lib", "A=1\nf", "run", "stayd", ". ./lib"),
    ("f() { ls; }\n. ./lib\nmkdir /x", "A=1\nf", "run", "mkdir /x", ""),
]


@pytest.mark.parametrize(("source", "library", "file", "text", "site"), PLACES)
def test_what_stands_in_another_file_is_said_to_stand_there(
    source: str, library: str, file: str, text: str, site: str
) -> None:
    world = World({"svc/run": source, "svc/lib": library})
    walk = follow(world, "svc/run", world.parse(source, "shell"), State(directory="/svc"))
    [outcome] = walk.outcomes
    assert outcome.path == f"svc/{file}"
    assert {"lib": library, "run": source}[file][slice(*outcome.span)] == text
    assert (source[slice(*outcome.site)] if outcome.site else "") == site


def test_what_an_unseen_file_may_have_changed_is_loose() -> None:
    world = World({})
    script = world.parse("O=-f\n. /etc/default/x\nexec stayd $O", "shell")
    walk = follow(world, "run", script, State(directory="/svc"))
    found = [(value.text, value.loose) for value in walk.outcomes[0].command]
    assert found == [("stayd", False), ("-f", True)]


@pytest.mark.parametrize(
    ("source", "trailing"),
    [
        ("unknown-program", True),
        ("unknown-program; echo done", False),
        ("while unknown-program; do echo again; done", False),
        ("unknown-program || exit 1", False),
        ("if unknown-program; then echo yes; fi", False),
    ],
)
def test_what_has_answered_a_question_is_not_the_end_of_its_path(source: str, trailing: bool) -> None:
    world = World({})
    walk = follow(world, "run", world.parse(source, "shell"), State())
    assert {outcome.trailing for outcome in walk.outcomes if outcome.program == "unknown-program"} == {
        trailing
    }


def test_a_name_may_be_a_function_of_a_file_out_of_sight() -> None:
    assert walked(". /assets/functions\nsilent start") == ["unknown silent start"]


def test_a_default_names_its_variable() -> None:
    world = World({})
    walk = follow(world, "run", world.parse("exec stayd ${O:--f}", "shell"), State())
    assert [(value.text, value.assumed) for value in walk.outcomes[0].command] == [
        ("stayd", ()),
        ("-f", ("O",)),
    ]


def test_a_default_of_a_variable_that_the_repository_sets_is_unknown() -> None:
    world = World({})
    state = State(declared=lambda name: name == "O")
    walk = follow(world, "run", world.parse("exec stayd ${O:--f}", "shell"), state)
    assert walk.outcomes[0].command[1].why == "$O is set elsewhere in this repository"


IN_IMAGE = {
    "exec $A -f": [("stayd", ("A",)), ("-f", ())],
    "exec stayd-$A": [("stayd-stayd", ("A",))],
    "exec stayd ${A:-x}": [("stayd", ()), ("stayd", ("A",))],
    "exec stayd ${A:+x}": [("stayd", ()), ("x", ("A",))],
    "A=otherd; exec $A": [("otherd", ())],
    "unset A; exec stayd $A": [("stayd", ())],
    "exec env -i sh -c 'exec stayd $B'": [("stayd", ()), (None, ())],
    "exec sh -c 'exec $A'": [("stayd", ("A",))],
    "exec stayd $B": [("stayd", ()), (None, ())],
}


@pytest.mark.parametrize("source", IN_IMAGE)
def test_what_the_image_sets_stands_for_a_variable(source: str) -> None:
    world = World({})
    state = State(image=lambda name: "stayd" if name == "A" else None)
    [outcome] = follow(world, "run", world.parse(source, "shell"), state).outcomes
    assert [(value.text, value.assumed) for value in outcome.command] == IN_IMAGE[source]


def test_what_the_image_sets_decides_no_test() -> None:
    world = World({})
    state = State(image=lambda _: "yes")
    source = '[ "$A" = yes ] && exec stayd\nexec otherd'
    walk = follow(world, "run", world.parse(source, "shell"), state)
    assert [shown(outcome) for outcome in walk.outcomes] == ["becomes stayd", "becomes otherd"]


def test_unreachable_code_is_what_follows_an_exec() -> None:
    world = World({})
    walk = follow(world, "run", world.parse("exec stayd\nforkd\n", "shell"), State())
    assert [(path, statement.span) for path, statement in walk.unreachable] == [("run", (11, 16))]


def test_the_place_of_a_string_is_the_string() -> None:
    source = "exec sh -c 'a; exec stayd'"
    world = World({})
    walk = follow(world, "run", world.parse(source, "shell"), State())
    assert source[slice(*walk.outcomes[0].span)] == "'a; exec stayd'"


@pytest.mark.parametrize(
    "last", ["eval forkd", "eval unknown-program", "eval mkdir -p /x", "eval '(other) &'"]
)
def test_the_place_of_what_eval_runs_is_the_eval(last: str) -> None:
    source, world = f"cd /\n{last}", World({})
    walk = follow(world, "run", world.parse(source, "shell"), State())
    found = [source[slice(*outcome.span)] for outcome in walk.outcomes if outcome.span != NOWHERE]
    assert found == [last]


def test_many_conditions_end_in_few_states() -> None:
    lines = "".join(f'if [ -n "$A{n}" ]; then O="$O -{n}"; fi\n' for n in range(40))
    found = walked(f"O=\n{lines}exec stayd $O")
    assert found[-1] == "becomes stayd ?"
    assert len(found) <= 16


def test_what_may_stay_is_not_lost_among_many_ways() -> None:
    lines = "".join(f'if [ -n "$A{n}" ]; then O="$O -{n}"; fi\n' for n in range(9))
    assert walked(f"O=\n{lines}unknown-program || exit 1") == ["exits", "waits unknown-program"]


def test_a_script_without_end_is_given_up() -> None:
    source = "".join(f"{a}() {{ {(b + '; ') * 50} }}\n" for a, b in ("fg", "gh", "hi")) + "i() { x; }\nf"
    assert "unknown" in walked(source)


@pytest.mark.parametrize("functions", [10, 5000])
def test_a_loop_may_ask_through_any_number_of_functions(functions: int) -> None:
    calls = "".join(f"f{number}() {{ f{number + 1}; }}\n" for number in range(functions))
    source = f"{calls}f{functions}() {{ kill -0 $!; }}\nstayd &\nwhile f0; do sleep 1; done"
    watched = functions < MAX_CALLS
    assert f"background stayd (fate={'watches' if watched else 'ends'})" in walked(source)


def test_kinds_and_fates_are_the_documented_words() -> None:
    assert [kind.value for kind in Kind] == ["becomes", "waits", "background", "pipeline", "exits", "unknown"]
    assert [fate.value for fate in Fate] == ["ends", "becomes", "parks", "stays", "watches"]
