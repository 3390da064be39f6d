"""logrotate rotates by its own directory; files are sent on where a logstash is."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.image.engine import container, derived, until

LOGS = """
etc/logrotate.s6/greeter
    /var/log/greeter.log {
    }
etc/logrotate.d/other
    /var/log/other.log {
    }
var/log/greeter.log
    hello
var/log/other.log
    hello
var/lib/logrotate/status
    logrotate state -- version 2
    "/var/log/greeter.log" 2020-1-1-0:0:0
    "/var/log/other.log" 2020-1-1-0:0:0
"""
# What logstash's tcp input is here: it writes down what comes.
LOGSTASH = """
etc/s6/logstash/run (executable)
    #!/bin/sh
    exec perl -MIO::Socket::INET -e '
        $s = IO::Socket::INET->new(LocalPort => 5043, Listen => 5, ReuseAddr => 1) or die "$@";
        open my $out, ">", "/tmp/came"; $out->autoflush(1);
        while (my $c = $s->accept) { while (<$c>) { print $out $_ } }'
var/log/a.log
"""


def test_logrotate_rotates_by_its_own_directory(base: str) -> None:
    with derived(base, LOGS) as image, container(image) as it:
        it.up()
        assert it.run("s6-svc -a /etc/s6/logrotate").returncode == 0  # now, and not in the night
        until(lambda: it.says("cat /var/log/greeter.log.1"), f"an old file:\n{it.log}")
        assert it.says("cat /var/log/greeter.log.1") == "hello"
        assert it.says("cat /var/log/greeter.log") == ""
        assert it.says("ls /var/log/other.log*") == "/var/log/other.log"  # what packages bring is left out
        it.up()  # snooze waits for the next night


def test_without_logstash_nothing_is_sent_and_all_is_well(base: str) -> None:
    with container(base) as it:
        it.up()
        until(lambda: it.says("s6-svstat -o up,wantedup /etc/s6/logforward") == "false false", "it rests")
        assert it.health() == (0, "")


def test_files_are_sent_to_logstash(base: str, show: Callable[[str], None]) -> None:
    options = ("--read-only", "--tmpfs", "/run", "--tmpfs", "/var/lib/logforward", "--tmpfs", "/var/log")
    told = (
        "--env",
        "LOGSTASH_HOST=127.0.0.1",
        "--env",
        "LOG_FILE_PATH=/var/log/*.log",
        "--env",
        "LOG_FILE_TYPE=web",
    )
    with derived(base, LOGSTASH) as image, container(image, *options, *told) as it:
        it.up()
        it.run("echo 'say \"hello\"' >>/var/log/a.log")
        until(lambda: it.says("cat /tmp/came"), f"a line at logstash:\n{it.log}")
        line = it.says("head -n 1 /tmp/came")
        show(f"logforward: {line}")
        came = json.loads(line)
        assert (came["message"], came["type"], came["path"]) == ('say "hello"', "web", "/var/log/a.log")
