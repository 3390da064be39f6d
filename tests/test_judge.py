"""The knowledge base on command lines, words that cannot be known, files that are not there."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

import pytest

from s6kit.daemons.context import Context
from s6kit.daemons.judge import judge
from s6kit.model import DictTree, Entry, File, Link
from s6kit.text import Span
from s6kit.value import Value, known
from s6kit.verdict import Place, Stay, Verdict

F, D, U = Stay.FOREGROUND, Stay.DAEMONIZES, Stay.UNKNOWN


def words(text: str) -> tuple[Value, ...]:
    """A command line; `$MANY`: any number of unknown words; what stands behind `$` in a word is unknown."""
    values = []
    for word in shlex.split(text):
        if word == "$MANY":
            values.append(Value(None, why="$MANY comes from the environment", many=True))
        elif "$" in word:
            values.append(Value(None, prefix=word.partition("$")[0], why="$X is set nowhere"))
        else:
            values.append(known(word))
    return tuple(values)


def verdict(
    command: str,
    files: Mapping[str, str] | None = None,
    around: str = "",
    environment: Mapping[str, str] | None = None,
    directory: str | None = "/",
) -> Verdict | None:
    tree = DictTree({path: File(text.encode()) for path, text in (files or {}).items()})
    values = {name: known(value) for name, value in (environment or {}).items()}
    context = Context(tree, values, directory, lambda pattern: bool(pattern.search(around.encode())))
    return judge(words(command), context)


WORDS = [
    # bare, and the words that decide
    ("sshd", D),
    ("sshd -D", F),
    ("/usr/sbin/sshd -De", F),
    ("sshd -eD -p 22", F),
    ("sshd -p -D", D),
    ("sshd -- -D", D),
    ("memcached -m 64", F),
    ("memcached -vd", D),
    ("memcached -m 64 --daemon", D),
    ("memcached -ud", F),
    ("php-fpm -F -D", D),
    ("php-fpm -D -F", F),
    ("php-fpm81 -F", F),
    ("php-fpm7.4 -RF", F),
    ("haproxy -D -db", D),
    ("haproxy -db -D", D),
    ("haproxy -W -db -f /none", F),
    ("haproxy -dM -db", F),
    ("apache2 -DFOREGROUND", F),
    ("apache2 -D FOREGROUND -k start", F),
    ("apache2 -D SSL", D),
    ("apache2 -k start", D),
    ("httpd -D FOREGROUND", F),
    ("apachectl start", D),
    ("apachectl -D FOREGROUND", F),
    ("apache2-foreground", F),
    ("rsyslogd -n", F),
    ("rsyslogd -dn", F),
    ("rsyslogd -f -n", D),
    ("supervisord -nc /etc/x", F),
    ("dnsmasq -k", F),
    ("dnsmasq --keep-in-foreground --user=x", F),
    ("redis-server", F),
    ("redis-server --port 6379 --save 60 1", F),
    ("redis-server --port 6379 --daemonize yes", D),
    ("redis-server --daemonize no", F),
    ("tor -f /none --RunAsDaemon 0", F),
    ("service nginx start", D),
    ("/etc/init.d/cron start", D),
    ("systemctl restart nginx", D),
    # jobs that end
    ("nginx -t", U),
    ("nginx -s reload", U),
    ("sshd -t", U),
    ("apache2 -k stop", U),
    ("php-fpm -t", U),
    ("php-fpm", U),  # the official image has a file that keeps it in front
    ("php-fpm8.2", D),
    ("ntpd -n -g u ntp:ntp", U),
    ("systemctl stop nginx", U),
    # programs of one name
    ("crond", D),
    ("crond -f", F),
    ("crond -n", F),
    ("crond -b", D),
    ("crond -d 8", D),
    ("crond -fd 8", F),
    ("busybox crond -f", F),
    ("busybox crond", D),
    ("busybox httpd -f -p 80", F),
    ("httpd -f -p 80 -h /www", F),
    # interpreters
    ("python3 /usr/bin/supervisord -n", F),
    ("python3.11 -u -m supervisord --nodaemon", F),
    ("sh /etc/init.d/cron start", D),
    # words that cannot be known
    ("sshd $MANY", U),
    ("sshd -D $MANY", F),
    ("sshd $MANY -D", F),
    ("sshd $X", U),
    ("sshd -p $X", D),
    ("sshd -o$X", D),
    ("sshd -D$X", F),
    ("sshd -$X", U),
    ("memcached $MANY", U),
    ("memcached -m $X", F),
    ("memcached -d $MANY", D),
    ("memcached -m $MANY", U),
    ("nginx $MANY", U),
    ("nginx -c $X", U),
    ("nginx -g $X", U),
    ("nginx -g 'daemon off; $X'", F),
    ("nginx -g 'daemon off;' $MANY", U),
    ("redis-server $X", U),
    ("redis-server --daemonize $X", U),
    ("haproxy -f $X", U),
    ("php-fpm --nodaem", U),
    # words as the programs themselves take them
    ("dnsmasq --keep-in -C /dev/null", F),
    ("dnsmasq --servers-file --no-daemon", D),
    ("dnsmasq -3 -k", D),
    ("memcached --da", D),
    ("xinetd -- -dontfork", F),
    ("memcached -- -d", F),
    ("apache2 -DFOREGROUND", F),
    ("apache2 -D foreground", D),
    ("haproxy -Dx", D),
    ("tor -RunAsDaemon 1", D),
    ("clamd --foreground=no -F", D),
    ("clamd -F --foreground=no", F),
    ("xinetd --dontfork", D),
    ("minidlnad -vS", D),
    ("minidlnad -Sv", F),
    ("syslog-ng -r", F),
    ("pdns_server --daemon=NO", D),
    ("pdns_server --daemon=no", F),
    ("rabbitmq-server -detached", D),
    ("apache2 -D $X", U),
    ("apache2-foreground $MANY", F),
]


@pytest.mark.parametrize(("command", "stay"), WORDS, ids=[command for command, _ in WORDS])
def test_words(command: str, stay: Stay) -> None:
    answer = verdict(command)
    assert answer is not None
    assert answer.stay is stay, answer


@pytest.mark.parametrize("command", ["unheard-of -d", "$X -D", "python3 app.py", "sh -c nginx"])
def test_nobody_knows(command: str) -> None:
    assert verdict(command) is None


NGINX = "etc/nginx/nginx.conf"
FILES = [
    ("nginx", {NGINX: "daemon off;\nhttp {}\n"}, F),
    ("nginx", {NGINX: "http {}\n daemon\n  'off' ;\n"}, F),
    ("nginx", {NGINX: "http { daemon off; }"}, D),
    ("nginx", {NGINX: "# daemon off;\nuser x;"}, D),
    ("nginx", {NGINX: "daemon {{ x }};"}, U),
    ("nginx", {NGINX: "daemon ${DAEMON};"}, U),
    ("nginx", {NGINX: "include x/*.conf;", "etc/nginx/x/a.conf": "daemon off;"}, F),
    ("nginx", {NGINX: "http { include x/*.conf; }", "etc/nginx/x/a.conf": "daemon off;"}, D),
    ("nginx", {NGINX: "include nginx.conf;"}, D),
    ("nginx -c nginx.conf", {NGINX: "daemon off;"}, F),
    ("nginx -p /srv -c n.conf", {"srv/n.conf": "daemon off;"}, F),
    ("redis-server /r.conf", {"r.conf": "daemonize yes"}, D),
    ("redis-server /r.conf --daemonize no", {"r.conf": "daemonize yes"}, F),
    ("redis-server /r.conf", {"r.conf": "include /s.conf", "s.conf": "daemonize yes"}, D),
    ("redis-server r.conf", {"r.conf": "port 1"}, F),
    ("haproxy -f /h", {"h": "global\n daemon\ndefaults\n mode http\n"}, D),
    ("haproxy -f /h", {"h": "global\n # daemon\ndefaults\n mode http\n"}, F),
    ("haproxy -f /h -f /i", {"h": "defaults\n", "i": "global\n\tdaemon\n"}, D),
    ("haproxy -f /d", {"d/a.cfg": "defaults\n", "d/b.cfg": "global\n\tdaemon\n"}, D),
    ("haproxy -db -f /h", {"h": "global\n daemon\n"}, F),
    ("supervisord -c /s", {"s": "[supervisord]\nnodaemon=true ; so\n"}, F),
    ("supervisord -c /s", {"s": "[program:x]\nnodaemon=true\n"}, D),
    ("supervisord", {"etc/supervisor/supervisord.conf": "[supervisord]\nnodaemon = true\n"}, F),
    ("php-fpm8.2", {"etc/php/8.2/fpm/php-fpm.conf": "[global]\ndaemonize = no\n"}, F),
    ("php-fpm", {"etc/php/8.2/fpm/php-fpm.conf": "[global]\ndaemonize = no\n"}, F),
    (
        "php-fpm",
        {
            "usr/local/etc/php-fpm.conf": "[global]\ninclude=etc/php-fpm.d/*.conf\n",
            "usr/local/etc/php-fpm.d/zz.conf": "[global]\ndaemonize = no\n",
        },
        F,
    ),
    ("unbound", {"etc/unbound/unbound.conf": "server:\n  do-daemonize: no # so\n"}, F),
    ("unbound", {"etc/unbound/unbound.conf": "remote-control:\n  do-daemonize: no\n"}, D),
    ("dnsmasq", {"etc/dnsmasq.conf": "keep-in-foreground\n"}, F),
    ("dnsmasq", {"etc/dnsmasq.conf": "#keep-in-foreground\n"}, D),
    ("dnsmasq", {"etc/dnsmasq.conf": "conf-dir=/d/,*.c\n", "d/a.c": "keep-in-foreground"}, F),
    ("dnsmasq", {"etc/dnsmasq.conf": "conf-dir=/d/,*.c\n", "d/a.x": "keep-in-foreground"}, D),
    ("dnsmasq", {"etc/dnsmasq.conf": "conf-dir=/d,.b,.x\n", "d/a.x": "keep-in-foreground"}, D),
    ("dnsmasq", {"etc/dnsmasq.conf": "conf-dir=/d,.b\n", "d/a.x~": "keep-in-foreground"}, D),
    ("dnsmasq", {"etc/dnsmasq.conf": "conf-dir=/d,*.b,*.x\n", "d/a.x": "keep-in-foreground"}, F),
    ("tor", {"etc/tor/torrc": "RunAsDaemon 1\n"}, D),
    ("tor", {"etc/tor/torrc": "RunAsDaemon 1\n/RunAsDaemon\n"}, F),
    ("stunnel /s", {"s": "\ufeffforeground = yes\n[x]\n"}, F),
    ("supervisord -c /s", {"s": "[supervisord]\npidfile = /p\n  nodaemon = true\n"}, D),
    ("kamailio -f /k", {"k": 'include_file "/l"\n', "l": "debug=2; fork=no\n"}, F),
    ("kamailio -f /k", {"k": "#!ifdef X\nfork=no\n#!endif\n"}, U),
    ("monit -c /m", {"m": "set log /l set daemon 30 set init\n"}, F),
    ("monit -c /m", {"m": "set daemon 30\ninclude /d/*\n", "d/a": "SET INIT"}, F),
    ("gmond -c /g", {"g": "globals {\n// daemonize = no\n}\n"}, D),
    ("prosody --config /p", {"p": "--[[\ndaemonize = true\n]]\n"}, U),
    ("unicorn --DAEMON", {}, D),
    ("node - x", {}, U),
    ("node x -", {}, F),
    ("dtach -n /s rtorrent", {}, D),
    ("dtach -N /s rtorrent -n", {}, F),
    ("pulseaudio --start --daemonize=no", {}, D),
    ("pulseaudio", {"etc/pulse/daemon.conf": "; daemonize = no\ndaemonize = yes\n"}, D),
    ("munin-node --foregr", {}, F),
    ("dbus-daemon --config-file /b", {"b": "<busconfig><!-- <fork/> x --></busconfig>"}, F),
    (
        "dbus-daemon --config-file /b",
        {"b": "<busconfig><include>c</include></busconfig>", "c": "<busconfig><fork/></busconfig>"},
        D,
    ),
    ("uwsgi /srv/a.yml", {"srv/a.yml": "uwsgi:\n  daemonize: /l\n"}, D),
    ("mongod -f /m", {"m": "processManagement: {fork: true}\n"}, D),
    ("redis-server --save --daemonize yes", {}, D),
    ("apache2", {"etc/apache2/apache2.conf": "Include c/*.x\n", "etc/apache2/c/y.x": "Define FOREGROUND"}, F),
    ("apache2 -C 'Define FOREGROUND'", {}, F),
    ("haproxy -Ws -f /h", {"h": "global\n daemon#x\n"}, F),
    ("haproxy -f /h", {"h": "global\n daemon#x\n"}, D),
    ("haproxy -f /h", {"h": "global\n .if defined(X)\n  daemon\n .endif\n"}, U),
    ("gunicorn -c /g app", {"g": "x = daemon = True\n"}, U),
    ("tor -f /t --runasdaemon 0", {"t": "runasdaemon 1\n"}, F),
    ("tor -f /t RunAsDaemon 0", {"t": "RunAsDaemon 1"}, F),
    ("tor RunAsDaemon 1 -f /t", {"t": ""}, D),
    ("stunnel /s", {"s": "Foreground = YES\n[x]\n"}, F),
    ("stunnel /s", {"s": "[x]\nforeground = yes\n"}, D),
    ("vsftpd -obackground=YES /v", {"v": "background=NO\n"}, F),
    ("vsftpd /v /w", {"v": "background=YES\n", "w": "background=NO\n"}, F),
    ("dnsmasq", {"etc/dnsmasq.conf": "keep-in-foreground # so\n"}, F),
    ("prosody --config /p", {"p": 'daemonize = true;\nVirtualHost "x"\n'}, D),
    ("prosody --config /p", {"p": 'daemonize = false;\nVirtualHost "x"\ndaemonize = true\n'}, F),
    ("pdns_server --config-dir=/p", {"p/pdns.conf": "daemon=no\n"}, F),
    ("pdns_server --config-dir=/p", {"p/pdns.conf": "daemon=No\n"}, D),
    ("pdns_server --config-dir=/p", {"p/pdns.conf": 'daemon="no"\n'}, D),
    ("turnserver -c /t", {"t": "daemon\n"}, D),
    ("turnserver -c /t --daemon=no", {"t": "daemon\n"}, F),
    ("aria2c --conf-path=/a", {"a": "Daemon=true\n"}, F),
    ("munin-node -config /m", {"m": "background 0 # no\nsetsid 0\n"}, D),
    ("clamd -c /c", {"c": "Foreground yes\nForeground no\n"}, F),
    ("pure-ftpd /p", {"p": "Daemonize yes\nDaemonize no\n"}, D),
    ("gunicorn -c /g app", {"g": "daemon = True\n"}, D),
    ("gunicorn -c /g app", {"g": "Daemon = True\n"}, F),
    ("gunicorn -c /g app", {"g": "if x:\n    daemon = True\n"}, U),
    ("redis-server /r.conf", {"r.conf": '"daemonize" yes\n'}, D),
    ("tor -f /t --defaults-torrc /d", {"t": "", "d": "RunAsDaemon 1\n"}, D),
    ("unbound -c /u", {"u": 'server: pidfile: "" do-daemonize: no\n'}, F),
]


@pytest.mark.parametrize(("command", "files", "stay"), FILES)
def test_files(command: str, files: dict[str, str], stay: Stay) -> None:
    answer = verdict(command, files)
    assert answer is not None
    assert answer.stay is stay, answer
    assert answer.certain


ABSENT = [
    ("nginx", "/etc/nginx/nginx.conf", '"daemon off;" in /etc/nginx/nginx.conf'),
    ("nginx -c /x.conf", "/x.conf", '"daemon off;" in /x.conf'),
    ("php-fpm8.1", "/etc/php/8.1/fpm/php-fpm.conf", '"daemonize = no" in /etc/php/8.1/fpm/php-fpm.conf'),
    ("supervisord", "/etc/supervisord.conf", '"nodaemon = true" in /etc/supervisord.conf'),
    ("dnsmasq", "/etc/dnsmasq.conf", '"keep-in-foreground" in /etc/dnsmasq.conf'),
    ("unbound", "/etc/unbound/unbound.conf", '"do-daemonize: no" in /etc/unbound/unbound.conf'),
]


@pytest.mark.parametrize(("command", "absent", "line"), ABSENT)
def test_absent_file_of_a_daemon_that_forks(command: str, absent: str, line: str) -> None:
    answer = verdict(command)
    assert answer is not None
    assert (answer.stay, answer.certain, answer.absent) == (D, False, absent)
    assert answer.remedy.startswith(f"{line} would keep it in front")


@pytest.mark.parametrize("command", ["redis-server /r.conf", "haproxy -f /h", "tor", "vsftpd", "tor -f /t"])
def test_absent_file_of_a_daemon_that_stays(command: str) -> None:
    answer = verdict(command)
    assert answer is not None
    assert answer.stay is U


AROUND = [
    ("nginx", {}, 'RUN echo "daemon off;" >> /etc/nginx/nginx.conf', U),
    ("nginx", {NGINX: "user x;"}, 'RUN echo "\\ndaemon off;" >> /etc/nginx/nginx.conf', U),
    ("nginx", {NGINX: "user x;"}, "daemon ${MODE};", U),
    ("nginx", {NGINX: "user x;"}, "user daemon; sendfile off;", D),
    ("nginx -g 'daemon on;'", {}, "daemon off;", D),
    ("redis-server /r", {"r": "daemonize yes"}, "sed -i 's/daemonize yes/daemonize no/' /r", U),
    ("redis-server /r", {"r": "daemonize yes"}, "daemonize yes", D),
    ("php-fpm", {}, "sed -i 's/;daemonize\\s*=\\s*yes/daemonize = no/g' x", U),
    ("haproxy -f /h", {"h": "global\n daemon\n"}, "sed -i /daemon/d /h", U),
    ("haproxy -f /h", {"h": "global\n daemon\n"}, "a daemon", D),
    ("dnsmasq", {}, "echo keep-in-foreground >> /etc/dnsmasq.conf", U),
    ("dnsmasq", {}, "#keep-in-foreground", D),
    ("sshd", {}, "daemon off", D),
]


@pytest.mark.parametrize(("command", "files", "around", "stay"), AROUND)
def test_what_lies_around(command: str, files: dict[str, str], around: str, stay: Stay) -> None:
    answer = verdict(command, files, around)
    assert answer is not None
    assert answer.stay is stay, answer


def test_a_line_of_configuration_is_the_place() -> None:
    answer = verdict("redis-server /etc/r.conf", {"etc/r.conf": "# é\ndaemonize yes\n"})
    assert answer == Verdict(
        D,
        'redis-server forks away because of "daemonize yes" in /etc/r.conf',
        "redis",
        place=Place("etc/r.conf", Span(5, 18)),
        remedy="run redis-server … --daemonize no",
    )


def test_a_word_is_the_place() -> None:
    spans = {"memcached": Span(5, 14), "-u": Span(15, 17), "x": Span(18, 19), "-d": Span(20, 22)}
    command = tuple(known(word, span) for word, span in spans.items())
    assert judge(command, Context(DictTree({}))) == Verdict(
        D,
        'memcached forks away because of "-d"',
        "memcached",
        (Span(20, 22),),
        remedy="run memcached without -d",
    )


def test_the_word_that_is_sure_is_the_reason() -> None:
    command = (known("snmpd"), Value(None, many=True), known("-f"))
    answer = judge(command, Context(DictTree({})))
    assert answer is not None
    assert (answer.stay, answer.because) == (F, 'snmpd stays in front because of "-f"')


def test_foreground_said_twice() -> None:
    answer = verdict("nginx -g 'daemon off;'", {NGINX: "user x;\ndaemon off;"})
    assert answer is not None
    assert (answer.stay, answer.repeated, answer.place) == (F, True, Place(NGINX, Span(8, 18)))


@pytest.mark.parametrize("text", ["user x;", "#daemon off;", "http { daemon off; }"])
def test_foreground_said_once(text: str) -> None:
    answer = verdict("nginx -g 'daemon off;'", {NGINX: text})
    assert answer is not None
    assert (answer.stay, answer.repeated, answer.place) == (F, False, None)


def test_a_default_that_is_assumed_is_named() -> None:
    command = (known("sshd"), Value("-D", assumed=("OPTS",)))
    answer = judge(command, Context(DictTree({})))
    assert answer is not None
    assert (answer.stay, answer.because) == (F, 'sshd stays in front because of "-D" (the default of $OPTS)')


def test_a_wrapper_says_so() -> None:
    answer = verdict("apachectl start")
    assert answer is not None
    assert (answer.stay, answer.wrapper, answer.daemon) == (D, True, "apachectl")


@pytest.mark.parametrize(
    ("entries", "stay"),
    [
        ({"usr/sbin/httpd": Link("/bin/busybox")}, F),
        ({"usr/sbin/httpd": Link("../../bin/busybox")}, F),
        ({"usr/bin/httpd": Link("/opt/busybox")}, F),
        ({"usr/sbin/httpd": Link("/opt/httpd")}, U),
        ({}, U),
    ],
)
def test_the_tree_tells_programs_of_one_name_apart(entries: dict[str, Entry], stay: Stay) -> None:
    answer = judge(words("httpd -c /c -f -h"), Context(DictTree(entries)))
    assert answer is not None
    assert answer.stay is stay, answer
