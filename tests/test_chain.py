"""Chain-loading programs: what is behind them, and what they do to the pid. The second half runs them."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s6kit.chain.loaders import names, rows
from s6kit.chain.peel import Binding, Effect, Peel, Role, peel
from s6kit.execline import parse
from s6kit.script import Argument, Block, Command, Literal, Parameter
from s6kit.value import BlockValue, Field, Value, known

FROM_OUTSIDE = "$X comes from the environment"


def field(word: Argument) -> Field:
    """`$X`: one word that is not known; `${X*}`: none, one or several."""
    if isinstance(word, Block):
        return BlockValue(word, word.span)
    prefix = ""
    for part in word.parts:
        if isinstance(part, Parameter):
            return Value(None, prefix=prefix, why=FROM_OUTSIDE, many=part.name.endswith("*"))
        assert isinstance(part, Literal)
        prefix += part.text
    return known(prefix)


def fields(line: str) -> tuple[Field, ...]:
    script = parse(line.encode())
    assert script.problems == ()
    (command,) = script.body
    assert isinstance(command, Command)
    return tuple(field(word) for word in command.words)


def peeled(line: str) -> Peel:
    found = peel(fields(line))
    assert found is not None
    return found


def shown(rest: tuple[Field, ...]) -> list[str]:
    return [
        "{}" if isinstance(each, BlockValue) else "?" if each.text is None else each.text for each in rest
    ]


TABLE = r"""
exec nginx -g x                                => execs nginx -g x
exec -a name cmd -x                            => execs cmd -x
exec -c -l cmd                                 => execs cmd
exec -cl cmd                                   => execs cmd
exec -claname cmd                              => execs cmd
exec -- cmd                                    => execs cmd
exec $X -f                                     => execs ? -f
exec ${X*} -f                                  => execs ? -f
command nginx                                  => execs nginx
command -p nginx                               => execs nginx
builtin exec nginx                             => execs exec nginx
env nginx                                      => execs nginx
env -i nginx                                   => execs nginx
env - A=b nginx                                => execs nginx
env -u X -uY A=b C= nginx -x                   => execs nginx -x
env -C /srv --unset=Z nginx                    => execs nginx
env --chdir /srv -- nginx                      => execs nginx
env -S "A=b nginx -x" y                        => execs nginx -x y
env "-Snginx 'a b'"                            => execs nginx "a b"
env A=$X nginx                                 => execs nginx
env A=${X*} nginx                              => execs nginx
/usr/bin/env -iv nginx                         => execs nginx
s6-env -i A=b nginx                            => execs nginx
nice nginx                                     => execs nginx
nice -n 5 nginx                                => execs nginx
nice -n5 nginx                                 => execs nginx
nice -5 nginx -10                              => execs nginx -10
nice --5 nginx                                 => execs nginx
nice --adjustment=5 nginx                      => execs nginx
nice --adj 5 nginx                             => execs nginx
nice -n $X nginx                               => execs nginx
nice -n ${X*} nginx                            => execs nginx
nice -n$X nginx                                => execs nginx
nice /opt/$X -x                                => execs ? -x
s6-nice -n 5 nginx                             => execs nginx
ionice -c2 -n7 nginx                           => execs nginx
ionice -c 3 -t nginx                           => execs nginx
ionice --class idle nginx                      => execs nginx
chrt -f 10 nginx                               => execs nginx
chrt --rr --reset-on-fork 10 nginx             => execs nginx
taskset -c 0,1 nginx                           => execs nginx
taskset 0x3 nginx                              => execs nginx
stdbuf -oL -e0 nginx                           => execs nginx
stdbuf --output=L nginx                        => execs nginx
choom -n 100 -- nginx                          => execs nginx
chroot /srv nginx                              => execs nginx
chroot --userspec=www:www /srv nginx           => execs nginx @www:www
chroot --userspec www $X nginx                 => execs nginx @www
s6-chroot /srv nginx                           => execs nginx
setpriv --reuid=www --regid www --init-groups nginx => execs nginx @www
setpriv --reuid $X --clear-groups --nnp nginx  => execs nginx @?
setpriv --reset-env nginx                      => execs nginx
su-exec www:www nginx -x                       => execs nginx -x @www:www
su-exec ${X*} nginx                            => execs nginx @?
gosu www nginx                                 => execs nginx @www
gosu $X nginx                                  => execs nginx @?
setuser www nginx                              => execs nginx @www
setuidgid www nginx                            => execs nginx @www
envuidgid www nginx                            => execs nginx
envdir ./env nginx                             => execs nginx
setlock -nX /run/l nginx                       => execs nginx
softlimit -m 1000 -o100 nginx                  => execs nginx
pgrphack nginx                                 => execs nginx
argv0 nginx name -x                            => execs nginx -x
chpst -u u:g -n 5 nginx                        => execs nginx @u:g
chpst -P -e ./env -u:1:2 -b name nginx -P      => execs nginx -P @:1:2
chpst -/ /srv -l /run/l -m 9 -012v nginx       => execs nginx
chpst -U www -u $X nginx                       => execs nginx @?
chpst -u ${X*} nginx                           => execs nginx @?
nohup nginx -x                                 => execs nginx -x
nohup $X -x                                    => execs ? -x
nohup ${X*}                                    => execs ?
setsid nginx                                   => detaches nginx
setsid -c nginx                                => detaches nginx
setsid -w nginx                                => waits nginx
setsid --wait nginx                            => waits nginx
setsid --fork nginx                            => detaches nginx
setsid -fw nginx                               => waits nginx
unshare -m --propagation slave nginx           => execs nginx
unshare -mpf nginx                             => waits nginx
unshare --fork --pid --mount-proc nginx        => waits nginx
unshare --kill-child -r nginx                  => waits nginx
nsenter -t 1 -m nginx                          => execs nginx
nsenter -t 1 -p nginx                          => waits nginx
nsenter -t 1 -a -F nginx                       => execs nginx
nsenter --target=1 --net=/run/n nginx          => execs nginx
prlimit -n1024 --core=0 nginx                  => execs nginx
prlimit --nofile=1:2 nginx                     => execs nginx
numactl --interleave=all nginx                 => execs nginx
numactl -i all -N 0 -- nginx                   => execs nginx
cgexec -g cpu:x --sticky nginx                 => execs nginx
ip netns exec blue nginx                       => execs nginx
ip -4 vrf exec blue nginx                      => execs nginx
catchsegv nginx                                => waits nginx
linux32 -R nginx                               => execs nginx
setarch x86_64 -R nginx                        => execs nginx
setarch --addr-no-randomize nginx              => execs nginx
eatmydata -- nginx                             => execs nginx
faketime -f "+1d" nginx                        => waits nginx
fakeroot -- nginx                              => waits nginx
fakeroot -i f -s f nginx                       => waits nginx
xvfb-run -a -s "-screen 0" nginx               => waits nginx
xvfb-run --server-args="-screen 0" nginx       => waits nginx
dbus-run-session -- nginx                      => waits nginx
dbus-launch --exit-with-session nginx          => execs nginx
authbind --deep nginx                          => execs nginx
proxychains4 -q nginx                          => execs nginx
valgrind --tool=memcheck --leak-check=full nginx => execs nginx
strace -f -o /x nginx                          => waits nginx
time -p nginx                                  => waits nginx
flock -n /run/l nginx -x                       => waits nginx -x
flock --no-fork /run/l nginx                   => execs nginx
flock /run/l -c "nginx -x"                     => waits sh -c "nginx -x"
timeout 10 nginx                               => waits nginx
timeout -k 5 10 nginx                          => waits nginx
timeout --foreground -s KILL 10 nginx          => waits nginx
timeout --signal=KILL $X nginx                 => waits nginx
tini -- nginx                                  => waits nginx
tini -g -s nginx                               => waits nginx
/usr/bin/tini -e 143 -- nginx                  => waits nginx
tini-static nginx                              => waits nginx
s6wrap --quiet --prepend=web --args nginx -e    => waits nginx -e
docker-init -- nginx                           => waits nginx
dumb-init nginx                                => waits nginx
dumb-init --rewrite 15:3 -c -- nginx           => waits nginx
catatonit -- nginx                             => waits nginx
/sbin/my_init --quiet -- nginx                 => waits nginx
su www -c "nginx -x"                           => waits sh -c "nginx -x" @www
su -c "nginx -x" www                           => waits sh -c "nginx -x" @www
su - www -s /bin/bash -c nginx                 => waits /bin/bash -c nginx @www
su -l www --shell=/bin/bash --command nginx    => waits /bin/bash -c nginx @www
su -c nginx                                    => waits sh -c nginx @root
su $X -c nginx                                 => waits sh -c nginx @?
su - ${X*} -c nginx                            => waits sh -c nginx @?
su www -c nginx -- a b                         => waits sh -c nginx a b @www
su www script                                  => waits sh script @www
runuser -u www -- nginx -x                     => waits nginx -x @www
runuser -u www nginx                           => waits nginx @www
runuser www -c nginx                           => waits sh -c nginx @www
sudo nginx                                     => waits nginx @root
sudo -u www nginx                              => waits nginx @www
sudo -EHu www -- nginx                         => waits nginx @www
sudo -n --user=www -g www A=b nginx            => waits nginx @www
sudo -b nginx                                  => detaches nginx @root
doas -u www nginx                              => waits nginx @www
doas -n nginx                                  => waits nginx @root
daemonize -p /run/x.pid -u www /usr/sbin/nginx -x => detaches /usr/sbin/nginx -x @www
daemon -n x -u www -- nginx                    => detaches nginx @www
daemon --foreground -r nginx                   => waits nginx
daemon --name=x --output=/l nginx              => detaches nginx
start-stop-daemon --start --exec /nginx        => execs /nginx
start-stop-daemon --start --exec /nginx -- -x  => execs /nginx -x
start-stop-daemon -S -x /nginx -a /other -c www:g -- -x => execs /other -x @www:g
start-stop-daemon -S -b -m -p /run/x.pid -x /nginx => detaches /nginx
start-stop-daemon --start --background --chuid www --exec /nginx => detaches /nginx @www
start-stop-daemon --start --quiet --pidfile /run/p --exec $X -- ${X*} => execs ? ?
busybox nginx -x                               => execs nginx -x
busybox sh -c x                                => execs sh -c x
toybox nice nginx                              => execs nice nginx
with-contenv bash /run.sh                      => execs bash /run.sh
/command/s6-setuidgid www nginx                => execs nginx @www
s6-setuidgid www nginx                         => execs nginx @www
s6-setuidgid $X nginx                          => execs nginx @?
s6-setuidgid ${X*} nginx                       => execs nginx @?
s6-setuidgid www ${X*}                         => execs ? @www
s6-applyuidgid -u 1000 -g 1000 -G 1,2 nginx    => execs nginx @1000
s6-applyuidgid -U nginx                        => execs nginx @?
s6-envuidgid -D 1:2 www nginx                  => execs nginx
s6-envdir -fn -- /env nginx                    => execs nginx
s6-softlimit -m 100000 -o 100 nginx            => execs nginx
s6-setlock -n -t 100 /run/l nginx              => execs nginx
s6-setsid -b nginx                             => execs nginx
s6-notifyoncheck -d -n 5 -w 100 -c "nc -z" nginx -d => execs nginx -d
s6-notifyoncheck -d -3 5 -s 300 nginx          => execs nginx
s6-notify-fd-from-socket -f nginx              => execs nginx
s6-permafailon 60 5 1-255 nginx                => execs nginx
s6-sleep -m 100 nginx                          => execs nginx
s6-maximumtime -k 100 nginx                    => waits nginx
s6-fghack nginx                                => waits nginx
fghack nginx                                   => waits nginx
s6-background-watch -t 5 /run/x.pid nginx      => waits nginx
s6-fdholder-retrieve -D /s id nginx            => execs nginx
s6-svlisten1 -U /run/service/a nginx           => waits nginx
s6-svlisten -u { /run/service/a } nginx        => waits nginx
s6-ipcserver-socketbinder -b 5 /s nginx        => execs nginx
s6-ipcserver-access -v1 -i rules nginx         => execs nginx
s6-ipcserver -1 -c 5 /s handler -x             => serves handler -x
s6-ipcserverd -1 handler                       => serves handler
s6-ipcclient /s nginx                          => execs nginx
s6-tcpserver -c 5 0.0.0.0 80 handler           => serves handler
s6-tcpserver4 0 80 handler                     => serves handler
s6-tcpserver4-socketbinder 0 80 nginx          => execs nginx
s6-tlsserver -K 5 -e 0 443 handler             => unknown
s6-tlsserver -K 5 0 443 handler                => serves handler
s6-ucspitlsd -Z handler                        => execs handler
tcpserver -vRHl0 -u 1 0 80 handler             => serves handler
tcpsvd -v -c 5 -u www 0 80 handler             => serves handler
udpsvd -v 0 53 handler                         => serves handler
cd /srv nginx                                  => execs nginx
execline-cd $X nginx                           => execs nginx
umask 022 nginx                                => execs nginx
posix-umask 022 nginx                          => execs nginx
fdmove -c 2 1 nginx                            => execs nginx
fdmove 1 2 nginx                               => execs nginx
fdswap 1 2 nginx                               => execs nginx
fdclose 3 nginx                                => execs nginx
fdblock -n 3 nginx                             => execs nginx
fdreserve 3 nginx                              => execs nginx
redirfd -w 1 /log nginx                        => execs nginx
redirfd -rnb 0 /fifo nginx                     => execs nginx
piperw 5 6 nginx                               => execs nginx
heredoc -d 0 text nginx                        => execs nginx
emptyenv -p nginx                              => execs nginx
envfile -i /f nginx                            => execs nginx
export A b nginx                               => execs nginx
unexport A nginx                               => execs nginx
importas -i A B nginx $A                       => execs nginx ?
importas -ui A B nginx                         => execs nginx
importas -D x A B nginx                        => execs nginx
importas -S A nginx                            => execs nginx
define A b nginx                               => execs nginx
elglob -0 A * nginx                            => execs nginx
elgetopt ab: nginx                             => execs nginx
elgetpositionals -P 1 nginx                    => execs nginx
multidefine "a b" { A B } nginx                => execs nginx
multisubstitute { define A b } nginx           => execs nginx
backtick -n A { hostname } nginx               => execs nginx
withstdinas A nginx                            => execs nginx
getpid A nginx                                 => execs nginx
getcwd -E A nginx                              => execs nginx
foreground { a } nginx                         => execs nginx
foreground { a }                               => execs
background -d { a } nginx                      => execs nginx
if -n -t { a } nginx                           => execs nginx
ifelse { a } { b } nginx                       => execs nginx
ifthenelse { a } { b } { c } nginx             => execs nginx
case x { a { b } "c.*" { d } } nginx           => execs nginx
pipeline { a } nginx                           => execs nginx
tryexec { a } nginx                            => execs nginx
wait { } nginx                                 => execs nginx
trap { SIGTERM { a } } nginx                   => waits nginx
forx A { 1 2 } nginx                           => waits nginx
forbacktickx -p A { ls } nginx                 => waits nginx
forstdin A nginx                               => waits nginx
loopwhilex -x 1 nginx                          => waits nginx
shift -n 1 nginx                               => execs nginx
ifte { a } { b } nginx                         => unknown nginx
newrelic-admin run-program nginx               => execs nginx
bundle exec unicorn -D                         => execs unicorn -D
poetry run gunicorn                            => execs gunicorn
uv run --no-sync gunicorn                      => waits gunicorn
wait-for-it.sh db:5432 -t 30 -- nginx          => execs nginx
nice ${X*} nginx                               => unknown
nice $X nginx                                  => unknown
nice -$X nginx                                 => unknown
nice -Q nginx                                  => unknown
env $X nginx                                   => unknown
chpst ${X*} nginx                              => unknown
chpst -u www ${X*} nginx                       => unknown
timeout ${X*} nginx                            => unknown
chroot ${X*} nginx                             => unknown
s6-envuidgid ${X*} nginx                       => unknown
start-stop-daemon --start ${X*} --exec /nginx  => unknown
"""
ROWS = [line.split("=>") for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(("line", "expected"), [(a.strip(), b.strip()) for a, b in ROWS])
def test_what_is_behind_a_program(line: str, expected: str) -> None:
    found = peeled(line)
    command, _, user = expected.partition(" @")
    effect, *rest = shlex.split(command)
    assert (found.effect.value, shown(found.rest)) == (effect, rest)
    assert (shown((found.user,)) if found.user else []) == ([user] if user else [])
    assert found.wrapper.name == fields(line)[0].text.rpartition("/")[2]  # type: ignore[union-attr]
    assert found.wrapper.effect == effect


@pytest.mark.parametrize(
    "line",
    [
        "nginx -g x",
        "bashio x",
        "sh -c x",
        "execlineb -c x",
        "s6-log t /l",
        "s6-svwait -u /s",
        "s6-sudo /s x",
        "svlogd /l",
        "multilog t /l",
        "$X nginx",
        "${X*}",
        "{ a } b",
        "env",
        "env A=b",
        "nice -n 5",
        "nice --help",
        "exec -a",
        "command -v nginx",
        "ionice -p 5",
        "taskset -p 5",
        "prlimit --pid 5",
        "su",
        "su - www",
        "sudo -l nginx",
        "s6-setuidgid www",
        "start-stop-daemon --stop --exec /nginx",
        "start-stop-daemon --status --pidfile /p",
        "start-stop-daemon --exec /nginx",
        "daemon --stop -n x",
        "ip addr add x",
        "bundle install x",
        "busybox --list",
        "foreground a nginx",
        "if x then y",
        "wait 5 nginx",
        "trap x TERM",
        "dumb-init --version",
    ],
)
def test_what_loads_no_chain(line: str) -> None:
    assert peel(fields(line)) is None


@pytest.mark.parametrize("line", ["", "{ a }"])
def test_no_program_at_all(line: str) -> None:
    assert peel(fields(line) if line else ()) is None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("nice ${X*} nginx", f"where the command behind nice begins cannot be told: {FROM_OUTSIDE}"),
        ("chpst -u a $X nginx", f"where the command behind chpst begins cannot be told: {FROM_OUTSIDE}"),
        ("nice -Q nginx", "s6kit does not know the option -Q of nice"),
        ("timeout --fore --odd 5 nginx", "s6kit does not know the option --odd of timeout"),
        ("ifte { a } { b } c", "ifte decides at run time what it becomes"),
    ],
)
def test_unknown_says_why(line: str, why: str) -> None:
    assert peeled(line).why == why


def environment(line: str) -> list[tuple[str, str | None]]:
    return [(name, shown((value,))[0] if value else None) for name, value in peeled(line).environment]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("env -u X -uY A=b C=d=e nginx", [("X", None), ("Y", None), ("A", "b"), ("C", "d=e")]),
        ("env --unset=X nginx", [("X", None)]),
        ('env -S "A=b nginx"', [("A", "b")]),
        ("env A=$X nginx", [("A", "?")]),
        ("sudo A=b nginx", [("A", "b")]),
        ("export A b nginx", [("A", "b")]),
        ("unexport A nginx", [("A", None)]),
        ("importas -u A B nginx", [("B", None)]),
        ("importas A B nginx", []),
        ("backtick A { b } nginx", [("A", "?")]),
        ("backtick -E A { b } nginx", []),
        ("s6-envuidgid www nginx", [("UID", "?"), ("GID", "?")]),
        ("chpst -U www nginx", [("UID", "?"), ("GID", "?")]),
        ("chpst -u www nginx", []),
    ],
)
def test_the_environment_of_the_rest(line: str, expected: list[tuple[str, str | None]]) -> None:
    assert environment(line) == expected


@pytest.mark.parametrize(
    ("line", "forgets"),
    [
        ("env -i nginx", True),
        ("env - nginx", True),
        ("env nginx", False),
        ("exec -c nginx", True),
        ("exec -l nginx", False),
        ("emptyenv nginx", True),
        ("emptyenv -p nginx", True),
        ("emptyenv -P nginx", False),
        ("with-contenv nginx", True),
        ("setpriv --reset-env nginx", True),
    ],
)
def test_whether_the_environment_is_forgotten(line: str, forgets: bool) -> None:
    assert peeled(line).forgets is forgets


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("cd /srv nginx", ("/srv", None)),
        ("env -C /srv nginx", ("/srv", None)),
        ("start-stop-daemon -S -d /srv -x nginx", ("/srv", None)),
        ("chroot /srv nginx", (None, None)),
        ("chpst -/ /srv -e /env nginx", (None, "/env")),
        ("s6-envdir /env nginx", (None, "/env")),
    ],
)
def test_directories(line: str, expected: tuple[str | None, ...]) -> None:
    found = peeled(line)
    assert tuple(value and value.text for value in (found.directory, found.envdir)) == expected


def bound(value: Value | None) -> str | None:
    return None if value is None else value.text if value.text is not None else "*" if value.many else "?"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("define A b x", [("A", "b", "")]),
        ('define A "b c" x', [("A", "b c", "")]),
        ('define -s A "b c" x', [("A", "*", "")]),
        ("define -s A b x", [("A", "b", "")]),
        ("importas A B x", [("A", None, "B")]),
        ("importas -D d A B x", [("A", "d", "B")]),
        ("importas -uSD d A x", [("A", "d", "A")]),
        ("importas -sCu A B x", [("A", "*", "")]),
        ("elglob A * x", [("A", "*", "")]),
        ("multidefine x { A B } x", [("A", "?", ""), ("B", "?", "")]),
        (
            "multisubstitute { define A b importas -D d C D elglob E * importas -i F F } x",
            [("A", "b", ""), ("C", "d", "D"), ("E", "*", ""), ("F", None, "F")],
        ),
        ("backtick -E A { b } x", [("A", "?", "")]),
        ("backtick A { b } x", []),
        ("forx -E A { 1 } x", [("A", "?", "")]),
        ("export A b x", []),
    ],
)
def test_bindings(line: str, expected: list[tuple[str, str | None, str]]) -> None:
    bindings: tuple[Binding, ...] = peeled(line).bindings
    assert [(each.name, bound(each.value), each.source) for each in bindings] == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("foreground { a b } x", [(Role.BEFORE, "a")]),
        ("if { a } x", [(Role.BEFORE, "a")]),
        ("backtick V { a } x", [(Role.BEFORE, "a")]),
        ("background { a } x", [(Role.BACKGROUND, "a")]),
        ("ifelse { a } { b } x", [(Role.BEFORE, "a"), (Role.INSTEAD, "b")]),
        ("ifthenelse { a } { b } { c } x", [(Role.BEFORE, "a"), (Role.BEFORE, "b"), (Role.BEFORE, "c")]),
        ("case v { r { a } s { b } } x", [(Role.INSTEAD, "a"), (Role.INSTEAD, "b")]),
        ("pipeline { a } x", [(Role.WRITER, "a")]),
        ("pipeline -r { a } x", [(Role.WRITER, "a")]),
        ("pipeline -dw { a } x", [(Role.READER, "a")]),
        ("tryexec -a n { a } x", [(Role.INSTEAD, "a")]),
        ("multisubstitute { define A b } x", [(Role.BINDS, "define")]),
        ("trap { TERM { a } } x", []),
        ("forx V { a } x", []),
        ("wait { 1 } x", []),
        ("x-unknown { a }", None),
    ],
)
def test_blocks(line: str, expected: list[tuple[Role, str]] | None) -> None:
    found = peel(fields(line))
    got = found and [(part.role, shown(fields_of(part.block))[0]) for part in found.parts]
    assert got == expected


def fields_of(block: BlockValue) -> tuple[Field, ...]:
    return tuple(field(word) for word in block.block.words)


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("nice -n 5 nginx -x", ("-n", "5")),
        ("s6-setuidgid www nginx", ()),
        ("timeout -k 5 10 nginx", ("-k", "5")),
        ("start-stop-daemon -S -b -x $X -- -f", ("-S", "-b", "-x")),
        ("s6-notifyoncheck -d -n5 nginx -d", ("-d", "-n5")),
    ],
)
def test_the_options_of_a_program(line: str, options: tuple[str, ...]) -> None:
    assert peeled(line).wrapper.options == options


@pytest.mark.parametrize("name", names())
def test_every_row_can_be_read_and_names_what_is_known(name: str) -> None:
    meanings = set(
        "user directory root envdir unset split default program startas shell envuser execs waits detaches"
        " forgets keeps ends starts autoimport unexport splits same reader name value key source"
        " word A=b".split()
    )
    for row in rows(name):
        assert row.effect in list(Effect)
        for stage in row.stages:
            assert {meaning for _, meaning in stage.options.values()} <= meanings | {""}
            assert {word for word in stage.words if word[0] not in "{'"} <= meanings


ODD = [
    "-",
    "--",
    "-n",
    "-n5",
    "--user=",
    "-u",
    "-S",
    "a b '",
    "A=b",
    "$X",
    "${X*}",
    "-u$X",
    "--x=$X",
    "{ a }",
    "5",
]


@given(st.sampled_from(names()), st.lists(st.sampled_from(ODD), max_size=6))
def test_whatever_stands_behind_a_program_is_read(name: str, words: list[str]) -> None:
    argv = fields(" ".join([name, *(word if word[0] in "${" else f'"{word}"' for word in words)]))
    found = peel(argv)
    if found is not None:
        assert (found.effect is Effect.UNKNOWN) == bool(found.why)
        assert found.rest or found.parts or found.effect is Effect.UNKNOWN


# What the programs really do to the pid. `#`: only as root.
REAL = """
env -i PATH=/usr/bin:/bin
nice -n 5
nice -5
ionice -c 3
chrt -o 0
stdbuf -oL
setpriv --no-new-privs
choom -n 0 --
prlimit -n100
linux64
nohup
setsid
setsid -w
setsid -f
setsid -f -w
timeout 60
timeout --foreground -k 5 60
flock .
flock --no-fork .
fakeroot
busybox env
busybox setsid
start-stop-daemon --start --pidfile /nowhere --startas /usr/bin/env --
start-stop-daemon -S -b -C -p /nowhere -a /usr/bin/env --
chpst -P
chpst -n 1 -e .
s6-setsid
s6-setsid -b
s6-envdir .
s6-softlimit -o 100
s6-setlock lock
s6-setlock -t 60000 lock
s6-permafailon 1 2 3
s6-ipcserver-socketbinder socket
s6-envuidgid root
# s6-setuidgid root
# s6-applyuidgid -u 0
# chpst -u root
# chroot /
# runuser -u root --
cd .
umask 022
fdmove -c 2 1
redirfd -w 5 file
fdblock 0
fdreserve 3
heredoc 5 abc
piperw 5 6
emptyenv -p
export A b
define A b
importas -D x A A
elglob g *
getpid A
exec -a sh
foreground { true }
background { true }
if { true }
ifelse { false } { true }
ifthenelse { true } { true } { true }
case x { y { false } }
backtick A { true }
pipeline { true }
tryexec { /nowhere }
multisubstitute { define A b }
wait { }
trap { TERM { true } }
loopwhilex -x 7
forx -o 0 A { 1 }
"""
PATHS = ["/usr/lib/execline/bin", "/command", "/usr/local/sbin", "/usr/sbin", "/sbin"]
PROBE = ["sh", "-c", "echo $$; read x; exit 7"]


def quoted(words: tuple[Argument, ...], depth: int = 0) -> list[str]:
    """Blocks as execline's programs get them."""
    argv: list[str] = []
    for word in words:
        if isinstance(word, Block):
            argv += [*quoted(word.words, depth + 1), " " * depth]
        else:
            text = "".join(part.text if isinstance(part, Literal) else "$" for part in word.parts)
            argv.append(" " * depth + text)
    return argv


def observed(argv: list[str], expected: Effect, where: Path) -> Effect:
    """How the program that `argv` starts with runs the probe behind it."""
    path = os.pathsep.join([*PATHS, os.environ["PATH"]])
    process = subprocess.Popen(
        argv + PROBE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # as under s6-supervise
        cwd=where,
        env={"PATH": path, "LC_ALL": "C"},
        text=True,
    )
    assert process.stdin and process.stdout
    try:
        if int(process.stdout.readline()) == process.pid:
            return Effect.EXECS
        if expected is Effect.DETACHES:  # it ends while the probe still waits for its line
            process.wait(120)
            return Effect.DETACHES
        process.stdin.close()
        return Effect.WAITS if process.wait(120) == 7 else Effect.DETACHES
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(120)


@pytest.mark.parametrize("line", REAL.strip().splitlines())
def test_a_program_really_does_so(line: str, tmp_path: Path) -> None:
    if line.startswith("#") and os.geteuid() != 0:
        pytest.skip("only root may")
    line = line.lstrip("# ")
    program = line.split()[0]
    if not any(shutil.which(program, path=path) for path in (os.environ["PATH"], *PATHS)):
        assert os.environ.get("CI") != "true", f"{program} is not installed"
        pytest.skip(f"{program} is not installed")
    (command,) = parse(line.encode()).body
    assert isinstance(command, Command)
    expected = effect_of(line)
    assert observed(quoted(command.words), expected, tmp_path) == expected


def effect_of(line: str) -> Effect:
    """What all the programs in front of the probe do together."""
    rest, effect = (*fields(line), *map(known, PROBE)), Effect.EXECS
    while rest != tuple(map(known, PROBE)):
        found = peel(rest)
        assert found is not None
        rest, effect = found.rest, found.effect if effect is Effect.EXECS else effect
    return effect
