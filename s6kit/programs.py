"""Programs that are no daemons: those that soon end, and those that only stay."""

from __future__ import annotations

from collections.abc import Sequence

from s6kit.regex import regex

BUILTINS = frozenset(
    """: . [ [[ alias bg break builtin caller cd command compgen complete continue declare dirs disown echo
    enable eval exec exit export false fc fg getopts hash help history jobs kill let local logout
    mapfile popd printf pushd pwd read readarray readonly return set shift shopt source suspend test
    times trap true type typeset ulimit umask unalias unset wait""".split()
)

ENDERS = BUILTINS | frozenset(
    """addgroup adduser apk apt apt-get arch awk base64 basename bashio::log.info blkid bunzip2 bzip2 cat
    chattr chgrp chmod chown chpasswd cksum clear cmp comm cp createdb createuser csplit curl cut
    date dd delgroup deluser df diff dig dirname dpkg dpkg-reconfigure du egrep env envsubst expand expr
    factor fgrep file find fmt fold free getconf getent getfacl git gpasswd gpg grep groupadd groupdel
    groupmod groups
    gunzip gzip head hostid hostname hostnamectl iconv id ifconfig insmod install ip ip6tables iptables
    iptables-restore jo join jq killall last ldconfig link ln locale locale-gen localedef logger
    logname ls lsof lsmod md5sum mkdir mkfifo mknod mkpasswd mktemp modprobe mount mountpoint mv
    mysqladmin mysql_install_db mariadb-install-db netstat newaliases nl nmap nproc nslookup numfmt
    od paste patch pathchk pgrep pip pip3 pkill pr printenv prlimit ps psql pwgen readlink
    realpath rename renice rev rm rmdir s6-chmod s6-chown s6-cat s6-cut s6-dumpenv s6-echo s6-env s6-false
    s6-grep s6-head s6-hiercopy s6-hostname s6-linkname s6-ln s6-ls s6-mkdir s6-mkfifo s6-mknod
    crontab lsiown openssl rsync run-parts s6-svwait xargs
    s6-mount s6-ps s6-quote s6-rc s6-rc-bundle s6-rename s6-rmrf s6-sleep s6-sort s6-svc s6-svok
    s6-svscanctl
    s6-svstat s6-swapoff s6-swapon s6-sync s6-tai64nlocal s6-test s6-touch s6-true s6-umount s6-uname
    s6-update-symlinks sed seq setcap setfacl sha1sum sha256sum sha512sum shred shuf size sleep sort
    split ssh-keygen stat strings stty sum sv svok svstat sync sysctl tac tar tee touch tr true truncate
    ts tsort tty tzselect ulimit umount uname unexpand uniq unlink unxz unzip update-ca-certificates
    update-alternatives uptime useradd userdel usermod users uuidgen wc wget which who whoami xz
    yes yq zcat zip zstd s6-background-check s6-svperms s6-permafailon s6-exit s6-dumpenv s6-unquote
    with-contenv-dump redis-cli sqlite3 wait-for-it wait-for-it.sh wait-for dockerize update-exim4.conf halt
    poweroff reboot shutdown a2disconf a2dismod a2dissite a2enconf a2enmod a2ensite certbot dropdb dropuser
    htpasswd initdb mariadb mariadb-admin mariadb-check mariadb-dump mysql mysqlcheck mysqldump
    mysql_tzinfo_to_sql mysql_upgrade pg_dump pg_isready pg_restore phpdismod phpenmod ssh-keyscan
    update-locale xmllint xmlstarlet postalias postconf postmap""".split()
)

# Those that end whatever they are told, and are met most.
ALWAYS_END = frozenset(
    """addgroup adduser apk apt-get bashio::log.debug bashio::log.error bashio::log.fatal bashio::log.info
    bashio::log.trace bashio::log.warning chgrp chmod chown cp curl date echo envsubst find getent
    grep groupadd groupmod id install ln ls mkdir mkfifo mktemp mount mv rm rmdir s6-chown s6-echo
    s6-mkdir s6-touch sed sync sysctl touch useradd usermod""".split()
)

LOGGERS = frozenset(
    """awk cat cronolog gawk grep logger logutil-service mawk multilog perl rotatelogs s6-format-filter s6-log
    s6-tai64n sed svlogd tai64n tee tr ts""".split()
)
"""What reads the output of a service, and keeps it or passes it on."""

SHELLS = frozenset("sh bash dash ash ksh mksh zsh rbash yash".split())


RUNNERS = frozenset("java node nodejs npm npx perl php python python2 python3 ruby sleep tail yarn".split())
"""Programs whose names nobody gives to a function."""

_INSTALLED = regex(r"/(?:usr/|usr/local/)?s?bin/([^/]+)|/command/([^/]+)")


def _name(words: Sequence[str | None]) -> str:
    """The program: its name for the path that a distribution gives it; empty where that is not known."""
    first = (words[0] if words else None) or ""
    found = _INSTALLED.fullmatch(first) if first[:1] == "/" else None
    return found[1] or found[2] if found else first


def parks(words: Sequence[str | None]) -> bool:
    """Whether the command only stays, to keep a service up that has nothing to do."""
    name = _name(words)
    if name in ("sleep", "s6-sleep"):
        amount = (words[1] if len(words) == 2 else None) or ""
        return amount in ("infinity", "inf") or (amount.rstrip("smhd").isdigit() and len(amount) > 4)
    if name == "tail":
        follows = any((word or "").startswith(("-f", "-F", "--f")) for word in words[1:])
        return follows and "/dev/null" in words[1:]
    return name in ("s6-pause", "pause")


def reads(words: Sequence[str | None]) -> bool:
    """Whether the command reads its input until that ends: what a logger does that s6 or runsv feeds."""
    name = _name(words)
    if name == "tail":
        return not ends(words)
    if name not in ("cat", "logger"):
        return name in ("tee", "ts")
    operands = [word for word in words[1:] if word is None or not word.startswith("-")]
    return len(operands) <= (sum(word in _LOGGER for word in words[1:]) if name == "logger" else 0)


def awaits(words: Sequence[str], started: Sequence[str | None]) -> bool:
    """Whether the command ends when what was `started` does: `tail --pid`, `inotifywait` on a file of its."""
    name = _name(words)
    if name == "inotifywait":
        files = {word for word in words[1:] if word.startswith("/")}
        return not {"-m", "--monitor"} & set(words) and bool(files & set(started))
    return name == "tail" and any(word.startswith("--pid") for word in words[1:])


_TOLD = frozenset("stop abort kill shutdown quit graceful-stop --stop --shutdown -stop".split())
_ENDING = frozenset("TERM KILL INT QUIT 15 9 2 3".split())


def asks(words: Sequence[str | None]) -> bool:
    """Whether the command answers if a process is still there: `kill -0 $pid`, `pgrep nginx`."""
    name = _name(words)
    if name in ("kill", "pkill", "killall"):
        return "-0" in words[1:2]
    if name in ("test", "[", "[["):
        return any((word or "").startswith("/proc/") for word in words[1:])
    return name in ("pgrep", "pidof", "ps", "jobs")


def stops(words: Sequence[str | None]) -> bool:
    """Whether the command makes a program end that was started before: `kill $pid`, `mysqladmin shutdown`."""
    if _name(words) not in ("kill", "killall", "pkill"):
        return any(word in _TOLD for word in words[1:])
    signals = [word[1:].removeprefix("SIG") for word in words[1:] if word and word.startswith("-")]
    return all(signal in _ENDING or signal.islower() for signal in signals)


_LOGGER = frozenset("-t --tag -p --priority -n --server -P --port -u --socket -f --file --id".split())


def ends(words: Sequence[str | None]) -> bool:
    """Whether the command is known to do a job and end."""
    name = _name(words)
    if name == "tail":
        return not parks(words) and not any(
            (word or "-f").startswith(("-f", "-F", "--follow")) for word in words[1:]
        )
    if name == "confd":
        return any(word in ("-onetime", "--onetime") for word in words)
    if name == "openssl":
        return "s_server" not in words
    if name in ("git", "rsync") and ("daemon" in words or "--daemon" in words):
        return False
    return (name in ENDERS and not parks(words)) or name.startswith("bashio::")
