"""Correct patterns that a naive linter flags: every rule is on, and nothing may be said.

The numbers are those of the list that they were collected in; each was met in a public repository or
in the documentation of the programs.
"""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from s6kit.selection import Selection
from tests.memory import told

EVERY = Selection(select=("SK",))


def service(*lines: str, name: str = "svc", where: str = "etc/s6") -> str:
    """A service directory as tree text: run with these lines."""
    return f"{where}/{name}/run (executable)\n" + "".join(f"    {line}\n" for line in lines)


def sh(*lines: str) -> str:
    return service("#!/bin/sh", *lines)


def file(path: str, text: str) -> str:
    return f"{path}\n" + indent(dedent(text).strip("\n") + "\n", "    ")


NGINX = sh("exec nginx")
SILENT = {
    "1 daemon off in nginx.conf": NGINX + file("etc/nginx/nginx.conf", "daemon off;\nevents {}"),
    "1 daemon off in an include": NGINX
    + file("etc/nginx/nginx.conf", "include /etc/nginx/main.d/*.conf;\nevents {}")
    + file("etc/nginx/main.d/x.conf", "daemon off;"),
    "2 sshd -D": sh("exec /usr/sbin/sshd -D -e"),
    "2 postfix master -d": sh("exec /usr/lib/postfix/sbin/master -d"),
    "2 postfix start-fg": sh("exec postfix start-fg"),
    "2 dnsmasq -k": sh("exec dnsmasq -k"),
    "2 dnsmasq -d": sh("exec dnsmasq -d"),
    "2 unbound -d": sh("exec unbound -d -c /etc/unbound/unbound.conf"),
    "2 slapd -d 256": sh("exec slapd -d 256 -h ldap:///"),
    "2 squid -N -d 1": sh("exec squid -N -d 1"),
    "2 smbd -F": sh("exec smbd -F --no-process-group"),
    "2 cron -f": sh("exec cron -f"),
    "2 crond -f": sh("exec crond -f"),
    "2 rsyslogd -n": sh("exec rsyslogd -n"),
    "2 syslog-ng -F": sh("exec syslog-ng -F"),
    "2 php-fpm -F": sh("exec php-fpm8.2 -F"),
    "2 dbus-daemon --nofork": sh("exec dbus-daemon --system --nofork"),
    "2 clamd --foreground": sh("exec clamd --foreground"),
    "2 s6-notifyoncheck -d": sh("exec s6-notifyoncheck -d redis-server")
    + "etc/s6/svc/notification-fd\n    3\n",
    "2 java -D": sh("exec java -Dx=y -jar app.jar"),
    "2 httpd -DFOREGROUND": sh("exec httpd -DFOREGROUND"),
    "2 docker run -d": sh("exec dockerd"),
    "3 gitea": service(
        "#!/bin/bash",
        "[[ -f ./setup ]] && source ./setup",
        "pushd /app/gitea >/dev/null",
        "exec su-exec $USER /usr/local/bin/gitea web",
        "popd",
    )
    + file("etc/s6/svc/setup", "mkdir -p /data/gitea"),
    "3 a sourced setup needs no bit and no first line": sh(". ./setup", "exec redis-server")
    + file("etc/s6/svc/setup", "mkdir -p /data"),
    "4 finish that stops the container": sh("exec redis-server")
    + "etc/s6/svc/finish (executable)\n    #!/bin/bash\n    s6-svscanctl -t /etc/s6/\n",
    "4 finish that waits": sh("exec sshd -D")
    + "etc/s6/svc/finish (executable)\n    #!/bin/sh\n    sleep 3\n",
    "5 execline needs no exec": service(
        "#!/usr/bin/execlineb -P",
        "with-contenv",
        "foreground { mkdir -p /data }",
        "if { test -d /data }",
        "background { touch /data/started }",
        "s6-setuidgid app",
        "redis-server",
    ),
    "6 a oneshot's up is a path": "etc/s6-overlay/s6-rc.d/init-x/type\n    oneshot\n"
    "etc/s6-overlay/s6-rc.d/init-x/up\n    /etc/s6-overlay/s6-rc.d/init-x/run\n"
    "etc/s6-overlay/s6-rc.d/init-x/run (executable)\n    #!/bin/sh\n    mkdir -p /data\n",
    "7 sleep infinity": sh('if [ -z "$ON" ]; then exec sleep infinity; fi', "exec redis-server"),
    "7 s6-pause": sh("exec s6-pause"),
    "7 chpst pause": sh("exec chpst -b off pause"),
    "8 exec in each branch": sh(
        'case "$KIND" in',
        "a) exec redis-server ;;",
        "*) exec sshd -D ;;",
        "esac",
    ),
    "8 exec in a function": sh("start() {", '    exec "$@"', "}", "start redis-server"),
    "8 exec $@": sh('exec "$@"'),
    "8 exec of an array": service("#!/bin/bash", "cmd=(rsyslogd)", "cmd+=(-n)", 'exec "${cmd[@]}"'),
    "8 exec $CMD": sh("CMD='rsyslogd -n'", "exec $CMD"),
    "8 a command over lines": sh("exec rsyslogd \\", "    -n \\", "    -iNONE"),
    "8 comments and here-documents": sh(
        "# nginx & rsyslogd --daemonize; service x start",
        "cat >/tmp/x <<EOF",
        "service nginx start",
        "nginx &",
        "EOF",
        "exec redis-server",
    ),
    "9 a helper beside": sh("tail -F /var/log/x.log &", "exec redis-server"),
    "9 trap and wait": service(
        "#!/bin/bash", "redis-server &", "pid=$!", "trap 'kill $pid' TERM", "wait $pid"
    ),
    "9 ampersands that are none": sh("true && exec redis-server 2>&1 --url 'http://h/?a&b' >&2"),
    "10 s6-background-watch": sh("exec s6-background-watch /run/x.pid rsyslogd"),
    "10 s6-fghack": sh("exec s6-fghack rsyslogd"),
    "11 a database for a moment": "etc/cont-init.d/10-db (executable)\n    #!/bin/sh\n"
    "    mysqld_safe &\n    mysql </init.sql\n    mysqladmin shutdown\n",
    "11 a database for a moment in run": sh(
        "mysqld --daemonize", "mysql </init.sql", "mysqladmin -u root shutdown", "exec mysqld"
    ),
    "11 a daemon that goes away and comes back": sh("nginx", "nginx -s quit", "exec sshd -D"),
    "11 watched by its pid": sh("redis-server &", "while kill -0 $!; do sleep 1; done"),
    "12 finish that counts 256": sh("exec redis-server")
    + "etc/s6/svc/finish (executable)\n    #!/bin/sh\n    [ $1 -ne 0 ] && [ $1 -ne 256 ] && exec halt\n",
    "12 finish 125": sh("exec redis-server")
    + "etc/s6/svc/finish (executable)\n    #!/bin/sh\n    exit 125\n",
    "12 no finish": sh("exec redis-server"),
    "13 a type without a line end": "etc/s6-overlay/s6-rc.d/a/type (no final newline)\n    longrun\n"
    + service("#!/bin/sh", "exec redis-server", name="a", where="etc/s6-overlay/s6-rc.d")
    + "etc/s6-overlay/s6-rc.d/a/dependencies.d/base\n",
    "13 .gitkeep and directories with a dot": sh("exec redis-server")
    + "etc/s6/.gitkeep\netc/s6/.hidden/README\n    x\n",
    "14 with-contenv bashio": service("#!/usr/bin/with-contenv bashio", "exec redis-server"),
    "14 with-contenv bash": service("#!/command/with-contenv /usr/bin/bash", "exec redis-server"),
    "14 env bashio": service("#!/usr/bin/env bashio", "exec redis-server"),
    "15 a service outside every bundle": "etc/s6-overlay/s6-rc.d/a/type\n    longrun\n"
    + service("#!/bin/sh", "exec redis-server", name="a", where="etc/s6-overlay/s6-rc.d"),
    "15 a dependency of the base image": "etc/s6-overlay/s6-rc.d/a/type\n    longrun\n"
    + service("#!/bin/sh", "exec redis-server", name="a", where="etc/s6-overlay/s6-rc.d")
    + "etc/s6-overlay/s6-rc.d/a/dependencies.d/init-services\n",
    "16 user-bundles.d": "etc/s6-overlay/user-bundles.d/user/contents.d/a\n"
    "etc/s6-overlay/s6-rc.d/a/type\n    longrun\n"
    + service("#!/bin/sh", "exec redis-server", name="a", where="etc/s6-overlay/s6-rc.d"),
    "17 catalina.sh run": sh("exec catalina.sh run"),
    "17 supervisord -n": sh("exec supervisord -n"),
    "17 varnishd -F": sh("exec varnishd -F -a :80 -b localhost:8080"),
    "17 haproxy -db": sh("exec haproxy -db -f /etc/haproxy/haproxy.cfg"),
    "17 haproxy -W -db": sh("exec haproxy -W -db -f /etc/haproxy/haproxy.cfg"),
}


@pytest.mark.parametrize("trap", SILENT)
def test_a_trap_is_not_fallen_into(trap: str) -> None:
    assert told(SILENT[trap], EVERY) == []


LOUD = {
    "11 another daemon, and not for a moment": (
        sh("php-fpm -D", "exec nginx -g 'daemon off;'"),
        ["etc/s6/svc/run:2 SK201"],
    ),
    "11 started and watched": (
        sh("service opendkim start", "while kill -0 $(pidof opendkim); do sleep 1; done"),
        ["etc/s6/svc/run:2 SK206"],
    ),
    "a loop that reads what ends": (
        sh("find /x | while read -r f; do rm $f; done", "php-fpm -F"),
        ["etc/s6/svc/run:3 SK203"],
    ),
    "1 daemon off twice": (
        sh("exec nginx -g 'daemon off;'") + file("etc/nginx/nginx.conf", "daemon off;\nevents {}"),
        ["etc/s6/svc/run:2 SK209"],
    ),
    "2 php-fpm -D": (sh("exec php-fpm -D"), ["etc/s6/svc/run:2 SK201"]),
    "2 smbd -D": (sh("exec smbd -D"), ["etc/s6/svc/run:2 SK201"]),
    "2 memcached -d": (sh("exec memcached -d"), ["etc/s6/svc/run:2 SK201"]),
    "2 gunicorn -D": (sh("exec gunicorn -D app:app"), ["etc/s6/svc/run:2 SK201"]),
    "2 avahi-daemon -D": (sh("exec avahi-daemon -D"), ["etc/s6/svc/run:2 SK201"]),
    "2 mongod --fork": (sh("exec mongod --fork --logpath /x"), ["etc/s6/svc/run:2 SK201"]),
    "2 redis daemonize yes": (
        sh("exec redis-server /etc/redis.conf") + file("etc/redis.conf", "daemonize yes"),
        ["etc/s6/svc/run:2 SK202"],
    ),
    "3 su keeps": (sh("exec su git -c 'gitea web'"), ["etc/s6/svc/run:2 SK207"]),
    "9 no wait": (sh("redis-server &", "exec sleep infinity"), ["etc/s6/svc/run:2 SK204"]),
}


@pytest.mark.parametrize("trap", LOUD)
def test_the_other_side_of_a_trap_is_reported(trap: str) -> None:
    text, expected = LOUD[trap]
    assert told(text) == expected


SEED = {
    "nodejs: a chain without exec": (
        sh("cd /app", "s6-setuidgid node node server.js"),
        ["etc/s6/svc/run:3 SK203"],
    ),
    "elasticsearch through constants": (
        sh(
            "USER=elasticsearch",
            "DAEMON=/usr/share/elasticsearch/bin/elasticsearch",
            "OPTS='-Epath.conf=/etc/elasticsearch'",
            "exec s6-setuidgid $USER $DAEMON -- $OPTS",
        ),
        [],
    ),
    "rsyslogd -n": (sh("./setup", "exec rsyslogd -n"), []),
    "cron -f": (sh("exec cron -f"), []),
    "dovecot -F": (sh("exec dovecot -F"), []),
    "spampd --nodetach": (sh("exec spampd --nodetach --port=10025"), []),
    "nginx bare, daemon off in its configuration": (
        NGINX + file("etc/nginx/nginx.conf", "user www-data;\ndaemon off;\nevents {}"),
        [],
    ),
}


@pytest.mark.parametrize("name", SEED)
def test_the_scripts_that_this_project_descends_from(name: str) -> None:
    text, expected = SEED[name]
    assert told(text) == expected
