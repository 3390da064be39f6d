"""Trees to measure on: a mix of layouts and scripts like that of public image repositories."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

PLAIN = """\
#!/bin/sh
# {name}: kept by the platform team
exec 2>&1
[ -f ./setup ] && . ./setup
mkdir -p /run/{name} /var/lib/{name}
chown -R {name}: /run/{name}
exec s6-setuidgid {name} {daemon}
"""

CONTENV = """\
#!/usr/bin/with-contenv bash
# shellcheck shell=bash

declare -a options
PORT="${{{upper}_PORT:-{port}}}"
CONFIG=/etc/{name}/{name}.conf
options+=(--port "$PORT")
options+=(--config "$CONFIG")

if [[ -n "${{{upper}_DEBUG:-}}" ]]; then
    options+=(--verbose)
fi

if [[ ! -f "$CONFIG" ]]; then
    echo "[{name}] no configuration in $CONFIG, writing the default" >&2
    mkdir -p "$(dirname "$CONFIG")"
    sed -e "s/@PORT@/$PORT/" "/defaults/{name}.conf" > "$CONFIG"
fi

for directory in cache data log; do
    mkdir -p "/var/lib/{name}/$directory"
    chown abc:abc "/var/lib/{name}/$directory"
done

cd /opt/{name} || exit 1
exec s6-setuidgid abc {daemon} "${{options[@]}}"
"""

BASHIO = """\
#!/usr/bin/with-contenv bashio
# vim: ft=bash
declare log_level
declare -a arguments

case "$(bashio::config 'log_level')" in
    trace|debug) log_level=debug ;;
    warning) log_level=warn ;;
    *) log_level=info ;;
esac

arguments=("--log-level" "${{log_level}}")
if bashio::config.true 'ssl'; then
    arguments+=(--cert "/ssl/$(bashio::config 'certfile')" --key "/ssl/$(bashio::config 'keyfile')")
fi

bashio::net.wait_for {port} localhost 900
bashio::log.info "Starting {name}..."
exec /usr/local/bin/{name} "${{arguments[@]}}"
"""

EXECLINE = """\
#!/command/execlineb -P
with-contenv
fdmove -c 2 1
if {{ mkdir -p /run/{name} }}
importas -D {port} port PORT
s6-notifyoncheck -d -n 300
s6-setuidgid {name}
{daemon}
"""

LOG = """\
#!/bin/sh
exec s6-setuidgid log s6-log -b n20 s1000000 t /var/log/{name}
"""

RUNIT = """\
#!/bin/sh
[ -r ./conf ] && . ./conf
: ${{OPTS:=-v}}
exec 2>&1
exec chpst -u {name}:{name} {daemon} $OPTS
"""

FINISH = """\
#!/bin/sh
[ "$1" -eq 256 ] && echo "{name}: killed by signal $2" >&2
exit 0
"""

DAEMONS = (
    "nginx -g 'daemon off;'",
    "rsyslogd -n",
    "redis-server /etc/redis/redis.conf",
    "memcached -u memcache",
    "sshd -D -e",
    "php-fpm -F",
    "dnsmasq -k",
    "/opt/app/server --listen 8080",
    "node /opt/app/index.js",
    "python3 -m app",
    "cron -f",
    "rsyslogd",
)

LAYOUTS = (
    ("etc/s6", PLAIN),
    ("etc/s6", PLAIN),
    ("etc/services.d", CONTENV),
    ("etc/s6-overlay/s6-rc.d", CONTENV),
    ("etc/s6-overlay/s6-rc.d", BASHIO),
    ("etc/services.d", EXECLINE),
    ("etc/sv", RUNIT),
)


def write(root: Path, services: int) -> list[Path]:
    """Write a tree of `services` services below `root`; returns the scripts that a shell reads."""
    shells: list[Path] = []
    for number in range(services):
        for path, text in _service(number):
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            if text.startswith("#!"):
                file.chmod(0o755)
            if text.startswith("#!") and "execlineb" not in text:
                shells.append(file)
    return shells


def _service(number: int) -> Iterator[tuple[str, str]]:
    directory, template = LAYOUTS[number % len(LAYOUTS)]
    name = f"service-{number}"
    words = {
        "name": name,
        "upper": f"SERVICE_{number}",
        "port": str(1024 + number),
        "daemon": DAEMONS[number % len(DAEMONS)],
    }
    place = f"{directory}/{name}"
    yield f"{place}/run", template.format(**words)
    if directory.endswith("s6-rc.d"):
        yield f"{place}/type", "longrun\n"
        yield f"{place}/dependencies.d/base", ""
    if number % 3 == 0:
        yield f"{place}/finish", FINISH.format(**words)
    if directory == "etc/sv" or (directory == "etc/s6" and number % 2):
        yield f"{place}/log/run", LOG.format(**words)
