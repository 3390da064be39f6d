"""The programs that run the rest of their command line: one row a program (or several names for one).

A row is `names | effect | usage`; a line that starts with a blank goes on with the row above. The usage
lists, in the order of the command line:

- `-ab` options without an argument, `-c:d:` with one, `-e?` with one only where it is attached, `-#` a number
  (`nice -5`); `--long`, `--long:`, `--long?` likewise, `--*` any. They may come in groups between words.
- `=meaning` behind options. What their argument is: `user`, `directory`, `root`, `envdir`, `unset` (a
  variable), `split` (env -S), `default` (of a variable), `program` and `startas` (the rest is its arguments),
  `shell` (a string for `sh -c`), `envuser` (UID and GID are set to that account's). What they do: `execs`,
  `waits`, `detaches`; `forgets` empties the environment, `keeps` does not; `ends`: nothing is started,
  `starts`: nothing is started without it; `autoimport`, `unexport`, `splits`, `same`, `reader`: execline's.
- words by what they are: a meaning as above; `name` and `value` of a variable; `key`, `value` and `source` of
  execline's `$key`; `word`: of no interest; `'a,b'`: a word that must be there, one of these; `A=b`: any
  number of assignments.
- `{role}` blocks, `{}` one of no interest.
- `!forgets`: always so; `~`: an unknown word here is the command; `...`: options may stand behind words too.

Sources: the manual pages (s6 2.11 to 2.15, execline 2.9, s6-networking 2.8, coreutils 9, util-linux 2.38,
runit 2.1.2, daemontools 0.76, …) and running them: tests/test_chain.py does so with what is installed.
"""

from __future__ import annotations

import re
from dataclasses import field
from functools import cache

from s6kit.dataclass import dataclass
from s6kit.regex import regex

TABLE = """
exec           | execs    | -a: -c=forgets -l ~
command        | execs    | -p -vV=ends ~
builtin        | execs    | ~
env, genv      | execs    | -i=forgets -=forgets -u:=unset -C:=directory -S:=split -v -0
                            --ignore-environment=forgets --unset:=unset --chdir:=directory
                            --split-string:=split --debug --null --ignore-signal? --default-signal?
                            --block-signal? --list-signal-handling A=b
s6-env         | execs    | -i=forgets A=b
nice           | execs    | -n: -# --adjustment:
s6-nice        | execs    | -n: -Ii
ionice         | execs    | -c: -n: -t -p:P:u:=ends --class: --classdata: --ignore --pid:=ends --pgid:=ends
                            --uid:=ends
chrt           | execs    | -bdfiorRav -m=ends -p=ends -T: -P: -D: --batch --deadline --fifo --idle --other
                            --rr --reset-on-fork --all-tasks --verbose --max=ends --pid=ends
                            --sched-runtime: --sched-period: --sched-deadline: word
taskset        | execs    | -ac -p=ends --all-tasks --cpu-list --pid=ends word
stdbuf         | execs    | -i:o:e: --input: --output: --error:
choom          | execs    | -n: -p:=ends --adjust: --pid:=ends
chroot         | execs    | --userspec:=user --groups: --skip-chdir root
s6-chroot      | execs    | root
s6-pivotchroot | execs    | word root
setpriv        | execs    | -d=ends --dump=ends --nnp --no-new-privs --ambient-caps: --inh-caps:
                            --bounding-set: --ruid:=user --euid:=user --reuid:=user --rgid: --egid: --regid:
                            --clear-groups --keep-groups --init-groups --groups: --securebits: --pdeathsig:
                            --ptracer: --selinux-label: --apparmor-profile: --landlock-access:
                            --landlock-rule: --seccomp-filter: --reset-env=forgets
su-exec, setuser | execs    | user
gosu           | execs    | user
setuidgid      | execs    | user
envuidgid      | execs    | envuser
envdir         | execs    | envdir
setlock        | execs    | -nNxX word
softlimit      | execs    | -a:c:d:f:l:m:o:p:r:s:t:
pgrphack       | execs    |
argv0          | execs    | program word
chpst, s6-alias-chpst | execs    | -vP012 -V=ends -u:=user -U:=envuser -b: -e:=envdir -/:=root -C:=directory
                            -n: -l:L: -m:d:o:p:f:c:r:t:s:
fghack         | waits    |
setsid         | detaches | -c -f=detaches -w=waits --ctty --fork=detaches --wait=waits
nohup          | execs    |
unshare        | execs    | -muinpUCT -rc -f=waits -R:=root -w:=directory -S:=user -G: --mount? --uts?
                            --ipc? --net? --pid? --user? --cgroup? --time? --fork=waits --map-user:
                            --map-group: --map-root-user --map-current-user --map-auto --map-users:
                            --map-groups: --kill-child?=waits --mount-proc? --mount-binfmt? --propagation:
                            --setgroups: --keep-caps --root:=root --wd:=directory --setuid:=user --setgid:
                            --monotonic: --boottime: --load-interp: -l:
nsenter        | execs    | -a=waits -t: -m?u?i?n?C?U?T? -p?=waits -S:=user -G: -r?w?eZ -W: -F=execs
                            --all=waits --target: --mount? --uts? --ipc? --net? --pid?=waits --cgroup?
                            --user? --time? --setuid:=user --setgid: --preserve-credentials --root? --wd?
                            --wdns: --env --no-fork=execs --follow-context --keep-caps --user-parent
                            --join-cgroup
prlimit        | execs    | -p:=ends -o: -c?d?e?f?i?l?m?n?q?r?s?t?u?v?x?y? --pid:=ends --output:
                            --noheadings --raw --verbose --core? --data? --nice? --fsize? --sigpending?
                            --memlock? --rss? --nofile? --msgqueue? --rtprio? --stack? --cpu? --nproc? --as?
                            --locks? --rttime?
numactl        | execs    | -alb -i:p:P:C:N:m:w: -Hs=ends --all --localalloc --balancing --interleave:
                            --weighted-interleave: --preferred: --preferred-many: --physcpubind:
                            --cpunodebind: --membind: --hardware=ends --show=ends
cgexec         | execs    | -g: -b --sticky
ip             | execs    | -4 -6 -n: 'netns' 'exec' word
ip             | execs    | -4 -6 'vrf' 'exec' word
catchsegv      | waits    |
linux32, linux64, i386, x86_64 | execs    | -BFILRSTXZ3v --32bit --fdpic-funcptrs --short-inode
                            --addr-compat-layout --addr-no-randomize --whole-seconds --sticky-timeouts
                            --read-implies-exec --mmap-page-zero --3gb --4gb --uname-2.6 --verbose
                            --list=ends
setarch        | execs    | 'linux32,linux64,i386,i486,i586,i686,x86_64,aarch64,armv7l,armv8l,uname26'
                            -BFILRSTXZ3v --32bit --fdpic-funcptrs --short-inode --addr-compat-layout
                            --addr-no-randomize --whole-seconds --sticky-timeouts --read-implies-exec
                            --mmap-page-zero --3gb --4gb --uname-2.6 --verbose --list=ends
setarch        | execs    | -BFILRSTXZ3v --32bit --fdpic-funcptrs --short-inode --addr-compat-layout
                            --addr-no-randomize --whole-seconds --sticky-timeouts --read-implies-exec
                            --mmap-page-zero --3gb --4gb --uname-2.6 --verbose --list=ends
eatmydata      | execs    |
faketime       | waits    | -fm -p: --exclude-monotonic --date-prog: word
fakeroot       | waits    | -l:s:i:f:b: -u --lib: --faked: --unknown-is-real --fd-base:
xvfb-run       | waits    | -al -e:f:n:p:s:w: --auto-servernum --listen-tcp --error-file: --auth-file:
                            --server-num: --xauth-protocol: --server-args: --wait:
dbus-run-session | waits    | --config-file: --dbus-daemon:
dbus-launch    | execs    | --exit-with-session --exit-with-x11 --close-stderr --config-file: --autolaunch:
                            --auto-syntax --sh-syntax --csh-syntax --binary-syntax
authbind       | execs    | --deep --depth:
proxychains, proxychains4 | execs    | -q -f:
torsocks, tsocks, torify | execs    |
trickle        | execs    | -sv -d:u:w:t:l:n:
aa-exec        | execs    | -dvi -p:n: --debug --verbose --immediate --profile: --namespace:
systemd-cat    | execs    | -t:p: --identifier: --priority: --stderr-priority: --level-prefix:
valgrind       | execs    | -qdv --*
strace         | waits    | -fFiqrtTvxyzZCcdhkwn -D=execs -a:e:o:O:p:s:S:u:E:P:b:I:X:U: --*
time, gtime    | waits    | -apvq -o:f: --append --portability --verbose --quiet --output: --format:
flock          | waits    | -sxeuno -w:E: -F=execs --shared --exclusive --unlock --nonblock --nb --timeout:
                            --wait: --conflict-exit-code: --close --no-fork=execs --verbose word -sxeuno
                            -c:=shell -F=execs --command:=shell
chronic        | waits    | -ve
unbuffer       | waits    | -p
timeout, gtimeout | waits    | -fpv -k:s: --foreground --preserve-status --verbose --kill-after: --signal:
                            word
tini, tini-static, docker-init | waits    | -vwsgh -l=ends -p:e: --version=ends
s6wrap         | waits    | --*
dumb-init      | waits    | -cv -hV=ends -r: --single-child --verbose --rewrite:
catatonit      | waits    | -g -hLVP=ends
my_init        | waits    | --skip-startup-files --skip-runit --no-kill-all-on-exit --no-main-command
                            --enable-insecure-key --quiet --timeout:
runuser, su    | waits    | -lfmpPh -=word -c:=shell -s:=program -g:G:w:T: -u:=user --login --fast
                            --preserve-environment --pty --no-pty --command:=shell --session-command:=shell
                            --shell:=program --group: --supp-group: --whitelist-environment: --user:=user
                            ...
sudo           | waits    | -ABEHknNPSis -b=detaches -eKlvV=ends -u:=user -g:p:C:T:R:h:r:t:U: -D:=directory
                            --user:=user --group: --prompt: --chdir:=directory --chroot:=root --host:
                            --role: --type: --close-from: --command-timeout: --askpass --bell
                            --background=detaches --preserve-env? --set-home --login --shell
                            --non-interactive --preserve-groups --stdin --edit=ends --list=ends
                            --validate=ends --remove-timestamp=ends --reset-timestamp A=b
doas           | waits    | -ns -L=ends -C:=ends -u:=user -a:
daemonize      | detaches | -av -c:=directory -e:E:o:p:l: -u:=user
daemon         | detaches | -v?d?p? -f=waits -iUScBrV -C:n:P:F:m:e:a:A:L:M:l:b:o:O:E: -N -u:=user -R:=root
                            -D:=directory -X:=shell --verbose? --debug? --config: --noconfig --name:
                            --command:=shell --pidfiles: --pidfile: --user:=user --chroot:=root
                            --chdir:=directory --umask: --env: --inherit --unsafe --safe --core --nocore
                            --respawn --acceptable: --attempts: --delay: --limit: --idiot --foreground=waits
                            --pty? --bind --errlog: --dbglog: --output: --stdout: --stderr: --ignore-eof
                            --read-eof --running=ends --restart=ends --stop=ends --signal:=ends --list=ends
start-stop-daemon | execs    | -S=starts -KT=ends -bmCtqvo -b=detaches -x:=program -a:=startas -c:=user
                            -d:=directory -r:=root -p:n:u:g:s:N:P:I:k:O:R:e:1:2:w: -i --start=starts
                            --stop=ends --status=ends --background=detaches --exec:=program
                            --startas:=startas --chuid:=user --chdir:=directory --chroot:=root --pid:
                            --ppid: --pidfile: --name: --user: --group: --signal: --nicelevel: --procsched:
                            --iosched: --umask: --output: --retry: --env: --stdout: --stderr: --wait:
                            --notify-await --notify-timeout: --make-pidfile --remove-pidfile --no-close
                            --interpreted --progress --test --quiet --verbose --oknodo
busybox        | execs    | --list=ends --list-full=ends --install=ends
toybox         | execs    |
with-contenv   | execs    | !forgets
s6-setuidgid   | execs    | user
s6-applyuidgid | execs    | -z -U=envuser -u:=user -g:G:
s6-envuidgid   | execs    | -iugBn -D: envuser
s6-envdir, justc-envdir | execs    | -IinfL -c: envdir
s6-softlimit   | execs    | -hH -a:c:d:f:l:m:o:P:p:r:s:t:
s6-setlock     | execs    | -nNrw -t:d: word
s6-setsid      | execs    | -sbfgiIq -d:
s6-notifyoncheck | execs    | -d -3:s:T:t:w:n:c:
s6-notify-fd-from-socket | execs    | -f -3:t:
s6-notify-socket-from-fd | execs    | -fk -d:t:
s6-permafailon | execs    | word word word
s6-sleep       | execs    | -m word
s6-maximumtime | waits    | -0abikqtx12 word
seekablepipe   | execs    | word
s6-fghack      | waits    |
s6-background-watch | waits    | -t:d: word
s6-fdholder-retrieve | execs    | -D -t: word word
s6-fdholder-getdump | execs    | -t: word
s6-svlisten1   | waits    | -uUdDrR -t: word
s6-svlisten    | waits    | -uUdDrRao -t: {}
s6-ftrig-listen1 | waits    | -t: word word
s6-ftrig-listen | waits    | -ao -t: {}
s6-sudod       | waits    | -012d -t:
s6-ipcclient   | execs    | -qQv -p:l: word
s6-ipcserver-socketbinder | execs    | -DdMmB -b:a: word
s6-ipcserver-access | execs    | -Ee -v:l:i:x:
s6-connlimit   | execs    |
s6-ipcserver   | serves   | -qQvDd1UPp -c:C:b:a:u:g:G: word
s6-ipcserverd  | serves   | -1Pp -v:c:C:
s6-tcpclient   | execs    | -qQv46dDrRhHnN -t:l:T:i:p: word word
s6-tcpserver-socketbinder, s6-tcpserver4-socketbinder, s6-tcpserver6-socketbinder | execs    | -DdMmB -b:
                            word word
s6-tcpserver-access | execs    | -WwDdHhRrPp -v:l:B:t:i:x:
s6-tcpserver, s6-tcpserver4, s6-tcpserver6 | serves   | -qQvDd1U -c:C:b:u:g:G: word word
s6-tcpserverd, s6-tcpserver4d, s6-tcpserver6d | serves   | -1 -v:c:C:
s6-tlsclient   | execs    | -qQv46dDrRhHnNSsJjYyZz -t:l:T:i:p:K:k: word word
s6-tlsserver   | serves   | -qQv1USsJjYyZzWwDdHhRrPpL -c:C:b:G:g:u:l:B:t:i:x:K:k: word word
s6-tlsc        | execs    | -SsJjYyZz -v:K:k:6:7:
s6-tlsd        | execs    | -SsJjYyZz -v:K:k:
s6-ucspitlsc   | execs    | -SsJjYyZz -v:K:k:6:7:
s6-ucspitlsd   | execs    | -SsJjYyZz -v:K:k:
tcpclient      | execs    | -vqQhHrRdD -i:p:l:T:t: word word
tcpserver      | serves   | -vqQhHrR1UXpPoOdD -x:t:u:g:l:b:B:c: word word
tcpsvd, udpsvd, sslsvd | serves   | -hpEv -c:C:b:u:l:i:x:t:U:/:Z:K: word word
cd, execline-cd | execs    | directory
posix-cd       | execs    | -LP directory
umask, execline-umask | execs    | word
posix-umask    | execs    | -S word
fdmove         | execs    | -c word word
fdswap         | execs    | word word
fdclose        | execs    | word
fdblock        | execs    | -n word
fdreserve      | execs    | word
redirfd        | execs    | -rwuaxnNbfeEv word word
piperw         | execs    | word word
heredoc        | execs    | -d word word
emptyenv       | execs    | -pl -coP=keeps !forgets
envfile        | execs    | -iI word
export         | execs    | name value
export-array   | execs    | -d: name {}
unexport       | execs    | unset
importas       | execs    | -iNnCc -D:=default -u=unexport -s=splits -S=same -d: key source
define         | execs    | -NnCc -s=splits -d: key value
elglob         | execs    | -vwme0n -s -d: key word
multidefine    | execs    | -0rNnCc -d: word {keys}
multisubstitute | execs    | {binds}
elgetopt       | execs    | -D: word
elgetpositionals | execs    | -P:
backtick       | execs    | -iIxNne -D: -E=autoimport name {before}
withstdinas    | execs    | -iINne -D: -E=autoimport name
getcwd         | execs    | -e -E=autoimport name
getpid         | execs    | -eP -p -E=autoimport name
foreground     | execs    | {before}
background     | execs    | -d {background}
if             | execs    | -nXt -x: {before}
ifelse         | execs    | -nX {before} {instead}
ifthenelse     | execs    | -Xs {before} {before} {before}
ifte           | unknown  | -Xn {instead} {instead}
case           | execs    | -sSeEnNi word {arms}
pipeline       | execs    | -dr -w=reader {writer}
tryexec        | execs    | -ncl -a: {instead}
runblock       | unknown  | -Pr -n: word
shift          | execs    | -n:b:
wait           | execs    | -Iiaor -t: {}
trap           | waits    | -x {}
forx, justc-forx | waits    | -ep -E=autoimport -P:o:x: name {}
forbacktickx   | waits    | -epNnCc0 -E=autoimport -P:o:x:d: name {before}
forstdin       | waits    | -epNnCc0 -E=autoimport -P:o:x:d: name
loopwhilex     | waits    | -n -o:x:
newrelic-admin | execs    | 'run-program'
ddtrace-run    | execs    | -dipv
opentelemetry-instrument | execs    | --*
bundle         | execs    | 'exec' --keep-file-descriptors --gemfile:
rbenv, pyenv   | execs    | 'exec'
poetry, pipenv | execs    | 'run'
uv             | waits    | 'run' -q -p: --no-sync --frozen --locked --no-dev --active --isolated --with:
                            --extra: --group: --python: --project: --directory:=directory
conda          | waits    | 'run' -n:p: --name: --prefix: --no-capture-output --live-stream --cwd:=directory
npx            | waits    | -yq -p: --yes --no-install --no --package:
wait-for-it, wait-for-it.sh, wait-for, wait-for.sh | execs    | word -qs -t: --strict --quiet --timeout:
"""

NONE, NEEDED, ATTACHED = "", ":", "?"  # an option's argument

_CLUSTER = regex(r"-((?:[^-=][:?]?)*)(?:=(\w+))?")
_LETTER = regex(r"([^:?])([:?]?)")
_LONG = regex(r"--([\w.*-]+)([:?]?)(?:=(\w+))?")


@dataclass(slots=True)
class Stage:
    """A group of options, and the words behind it; an option is its argument and its meaning."""

    options: dict[str, tuple[str, str]] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Row:
    """One row of the table."""

    effect: str
    stages: list[Stage] = field(default_factory=lambda: [Stage()])
    marks: set[str] = field(default_factory=set)
    started: bool = False
    """Whether it takes an option to start anything."""


@cache
def rows(name: str) -> tuple[Row, ...]:
    """The rows of a program; empty where it loads no chain."""
    return tuple(_row(effect, usage) for effect, usage in _index().get(name, ()))


@cache
def _index() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for line in re.sub(r"\n +", " ", TABLE.strip()).splitlines():
        names, effect, usage = line.split("|", 2)
        for name in names.split(","):
            found.setdefault(name.strip(), []).append((effect.strip(), usage))
    return found


def names() -> tuple[str, ...]:
    """Every program of the table, sorted."""
    return tuple(sorted(_index()))


def _row(effect: str, usage: str) -> Row:
    row = Row(effect)
    for token in usage.split():
        if token[0] in "!~" or token == "...":
            row.marks.add(token)
        elif token[0] == "-":
            if row.stages[-1].words:
                row.stages.append(Stage())
            row.stages[-1].options.update(_options(token))
        else:
            row.stages[-1].words.append(token)
    row.started = any(meaning == "starts" for _, meaning in row.stages[0].options.values())
    return row


def _options(token: str) -> dict[str, tuple[str, str]]:
    if long := _LONG.fullmatch(token):
        return {"--" + long[1]: (long[2], long[3] or "")}
    cluster = _CLUSTER.fullmatch(token)
    if cluster is None:
        raise ValueError(f"no options: {token}")
    if not cluster[1]:
        return {"-": (NONE, cluster[2] or "")}
    return {"-" + letter: (mark, cluster[2] or "") for letter, mark in _LETTER.findall(cluster[1])}
