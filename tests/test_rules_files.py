"""The rules on files: exactly what is found in which tree, and all that must stay silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from s6kit.analysis import Analysis
from s6kit.lint import lint
from s6kit.locate.roots import locate
from s6kit.selection import Selection
from tests.memory import diagnostics
from tests.planted import plant

FILES = Selection(select=("SK1",))
RC = "etc/s6-overlay/s6-rc.d/a"
WEB = "(executable)\n    #!/bin/sh\n    exec web\n"


def found(text: str) -> list[str]:
    """`CODE severity path`, in order."""
    return [f"{d.code} {d.severity.value} {d.finding.path}" for d in diagnostics(text, FILES)]


LOUD: list[tuple[str, str, list[str]]] = [
    (
        "a service linked twice is told once",
        "etc/sv/a/run\n    #!/bin/sh\netc/service/a -> /etc/sv/a\n",
        ["SK101 error etc/sv/a/run"],
    ),
    (
        "a common run is told once",
        "etc/s6/.c/run\n    #!/bin/sh\netc/s6/a/run -> ../.c/run\netc/s6/b/run -> ../.c/run\n",
        ["SK101 error etc/s6/.c/run"],
    ),
    (
        "finish of a supervised service",
        f"etc/s6/a/run {WEB}etc/s6/a/finish\n    #!/bin/sh\n",
        ["SK101 warning etc/s6/a/finish"],
    ),
    (
        "what s6-notifyoncheck asks",
        f"etc/s6/a/run {WEB}etc/s6/a/data/check\n    #!/bin/sh\n",
        ["SK101 warning etc/s6/a/data/check"],
    ),
    (
        "what s6-svscan runs",
        f"etc/s6/a/run {WEB}etc/s6/.s6-svscan/finish\n    #!/bin/sh\n",
        ["SK101 warning etc/s6/.s6-svscan/finish"],
    ),
    ("Phusion's init scripts", "etc/my_init.d/10-a\n    #!/bin/sh\n", ["SK101 error etc/my_init.d/10-a"]),
    (
        "services.d under s6-overlay 3",
        "etc/services.d/a/run\n    #!/command/with-contenv sh\n",
        ["SK101 error etc/services.d/a/run"],
    ),
    ("a directory called run", "etc/s6/a/run/x\n", ["SK102 error etc/s6/a/run"]),
    ("a socket called run", "etc/s6/a/run (socket)\n", ["SK102 error etc/s6/a/run"]),
    (
        "a device behind a link",
        "etc/s6/a/run -> ../../../dev/x\ndev/x (device)\n",
        ["SK102 error etc/s6/a/run"],
    ),
    ("an unreadable run", "etc/s6/a/run (unreadable: Permission denied)\n", ["SK102 warning etc/s6/a/run"]),
    ("a longrun without run", f"{RC}/type\n    longrun\n", [f"SK102 error {RC}"]),
    ("no run in a whole root", "/ (complete)\netc/services.d/a/down\n", ["SK102 error etc/services.d/a"]),
    ("a byte order mark", "etc/s6/a/run (executable)\n    \ufeff#!/bin/sh\n", ["SK103 error etc/s6/a/run"]),
    ("a blank before it", "etc/s6/a/run (executable)\n     #!/bin/sh\n", ["SK103 error etc/s6/a/run"]),
    (
        "an empty first line",
        "etc/s6/a/run (executable)\n    #!\n    exec web\n",
        ["SK103 error etc/s6/a/run"],
    ),
    (
        "options of python",
        "etc/s6/a/run (executable)\n    #!/usr/bin/python3 -u -B\n",
        ["SK103 error etc/s6/a/run"],
    ),
    (
        "a comment on the first line",
        "etc/s6/a/run (executable)\n    #!/bin/sh -e # strict\n",
        ["SK103 error etc/s6/a/run"],
    ),
    (
        "something before it in a cont-init script",
        "etc/cont-init.d/a (executable)\n\n    #!/bin/bash\n",
        ["SK103 error etc/cont-init.d/a"],
    ),
    (
        "the script behind up",
        f"{RC}/type\n    oneshot\n{RC}/up\n    /b\nb (executable)\n    true\n",
        ["SK103 error b"],
    ),
    ("an s6-rc type from Windows", f"{RC}/type (escaped)\n    bundle\\r\n", [f"SK104 error {RC}/type"]),
    (
        "a sourced file from Windows",
        f"etc/s6/a/run {WEB}etc/s6/a/setup (escaped)\n    X=1\\r\n",
        ["SK104 error etc/s6/a/setup"],
    ),
    (
        "an execline script from Windows",
        "etc/s6/a/run (executable, escaped)\n    #!/bin/execlineb\\r\n    web\\r\n",
        ["SK104 error etc/s6/a/run"],
    ),
    (
        "a circle of two",
        f"etc/s6/a/run {WEB}etc/s6/a/finish -> end\netc/s6/a/end -> finish\n",
        ["SK106 error etc/s6/a/finish"],
    ),
    ("a service that is a circle", f"etc/s6/a/run {WEB}etc/s6/b -> b\n", ["SK106 error etc/s6/b"]),
    (
        "a link through a file",
        f"etc/s6/a/run {WEB}etc/s6/a/finish -> run/finish\n",
        ["SK106 error etc/s6/a/finish"],
    ),
    (
        "a link to a root that is not there",
        "/ (complete)\netc/s6/a/run -> /opt/a\n",
        ["SK106 error etc/s6/a/run"],
    ),
    (
        "down in an s6-rc longrun",
        f"{RC}/type\n    longrun\n{RC}/down\n{RC}/run\n    #!/bin/sh\n",
        [f"SK107 warning {RC}/down"],
    ),
    (
        "a misnamed run is not missing, too",
        "etc/s6/a/Run (executable)\n    #!/bin/sh\n",
        ["SK108 error etc/s6/a/Run"],
    ),
    (
        "finish.sh",
        f"etc/s6/a/run {WEB}etc/s6/a/finish.sh (executable)\n    #!/bin/sh\n",
        ["SK108 warning etc/s6/a/finish.sh"],
    ),
    (
        "a number with a blank",
        f"etc/s6/a/run {WEB}etc/s6/a/notification-fd (escaped)\n    3\\x20\n",
        ["SK109 error etc/s6/a/notification-fd"],
    ),
    (
        "a signal out of range",
        f"etc/s6/a/run {WEB}etc/s6/a/down-signal\n    99\n",
        ["SK109 error etc/s6/a/down-signal"],
    ),
    (
        "a FIFO for a number",
        f"etc/s6/a/run {WEB}etc/s6/a/timeout-kill (fifo)\n",
        ["SK109 error etc/s6/a/timeout-kill"],
    ),
    ("a type with a blank", f"{RC}/type (escaped)\n    bundle\\x20\n", [f"SK109 error {RC}/type"]),
    (
        "a time-out of a oneshot",
        f"{RC}/type\n    oneshot\n{RC}/up\n    true\n{RC}/timeout-up\n    1.5\n",
        [f"SK109 error {RC}/timeout-up"],
    ),
    ("a very long name", f"etc/s6/{'a' * 252}/run {WEB}", [f"SK110 error etc/s6/{'a' * 252}"]),
]


@pytest.mark.parametrize(("text", "expected"), [t[1:] for t in LOUD], ids=[t[0] for t in LOUD])
def test_what_is_found(text: str, expected: list[str]) -> None:
    assert found(text) == expected


SILENT: list[tuple[str, str]] = [
    ("a binary", "etc/s6/a/run (executable, escaped)\n    \\x7fELF\\x02\\x00\\r\n"),
    ("far too long for a script", "etc/s6/a/run (executable, size 104857600)\n    no shebang\n"),
    ("run is a link to a binary out of sight", "etc/s6/a/run -> /usr/bin/web\n"),
    ("a parked service", "etc/s6/a/run (executable)\n    #!/bin/sh\n    exec sleep infinity\n"),
    ("setup is sourced", f"etc/s6/a/run {WEB}etc/s6/a/setup\n    X=1\n"),
    ("modes that s6-rc-compile sets", f"{RC}/type\n    longrun\n{RC}/run\n    #!/bin/sh\n"),
    (
        "modes that s6-overlay 2 may set",
        "etc/services.d/a/run\n    #!/usr/bin/with-contenv sh\n"
        "etc/cont-init.d/b\n    #!/usr/bin/with-contenv sh\n",
    ),
    ("run beside a oneshot's up", f"{RC}/type\n    oneshot\n{RC}/up\n    true\n{RC}/run\n    anything\n"),
    (
        "up and down are no scripts",
        f"{RC}/type\n    oneshot\n{RC}/up\n    mkdir -p /run/a\n{RC}/down\n    rmdir /run/a\n",
    ),
    ("type without a final newline", f"{RC}/type (no final newline)\n    bundle\n{RC}/contents.d/b\n"),
    ("a type that the base image has", f"{RC}/dependencies.d/b\n"),
    ("an interpreter with an argument", "etc/s6/a/run (executable)\n    #!/usr/bin/with-contenv bashio\n"),
    ("a path as an argument", "etc/s6/a/run (executable)\n    #!/command/with-contenv /usr/bin/bash\n"),
    ("env without a blank", "etc/s6/a/run (executable)\n    #!/usr/bin/env bashio\n"),
    (
        "an interpreter of its own",
        "etc/s6/a/run (executable)\n    #!./a\n    x\netc/s6/a/a (executable)\n    #!/bin/sh\n",
    ),
    ("a template's interpreter", "etc/s6/a/run (executable)\n    #!@BIN@/execlineb -P\n    web\n"),
    ("node with two words", "etc/s6/a/run (executable)\n    #!/usr/bin/node --a --b\n"),
    ("dot names", f"etc/s6/a/run {WEB}etc/s6/.git/x\netc/s6/.b/finish\n"),
    ("what runit makes", f"etc/sv/a/run {WEB}etc/sv/a/supervise -> /run/runit/supervise.a\n"),
    ("a base image's service made to stay down", "etc/service/cron/down\n"),
    ("a logger for a base image's service", f"etc/sv/a/log/run {WEB}"),
    ("settings beside run", f"etc/sv/a/run {WEB}etc/sv/a/conf\n    X=1\netc/sv/a/env/X\n    1\n"),
    ("an absolute link in a part of a root", f"etc/s6/a/run {WEB}etc/s6/a/finish -> /bin/true\n"),
    ("a relative link into what is not here", f"etc/s6/a/run {WEB}etc/s6/a/finish -> ../../../bin/true\n"),
    ("a number and a remark", f"etc/s6/a/run {WEB}etc/s6/a/timeout-kill\n    5000\n    five seconds\n"),
    ("an empty flag and a full one", f"etc/s6/a/run {WEB}etc/s6/a/down\netc/s6/a/flag-newpidns\n    yes\n"),
    ("a signal in small letters", f"etc/s6/a/run {WEB}etc/s6/a/down-signal\n    sigquit\n"),
    ("names that s6 takes", f'"etc/s6/a b/run" {WEB}etc/s6/a@1/run {WEB}etc/s6/A.b_c/run {WEB}'),
    (
        "a text that is told apart",
        f"etc/s6/a/run {WEB}etc/s6/a/run.orig\netc/s6/a/running\netc/s6/a/notify\n",
    ),
]


@pytest.mark.parametrize("text", [t[1] for t in SILENT], ids=[t[0] for t in SILENT])
def test_silence(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "message", "help_"),
    [
        (
            "etc/sv/a/run\n    #!/bin/sh\n",
            "run is not executable: runsv says `unable to start ./run: access denied`, again and again",
            "chmod +x etc/sv/a/run; in git also: git update-index --chmod=+x etc/sv/a/run",
        ),
        (
            "etc/s6/a/run (executable)\n    #!/bin/bash -e -u\n",
            "run gives bash `-e -u`, which the kernel hands over as one word, blanks and all",
            "write #!/usr/bin/env -S bash -e -u",
        ),
        (
            f"etc/s6/a/run {WEB}etc/s6/a/timeout-kill\n    5s\n",
            "timeout-kill is `5s`, no plain number: s6-supervise says so once and goes on with its default:"
            " it never sends SIGKILL",
            "write digits alone: milliseconds from the request to stop to SIGKILL; 0 waits for ever",
        ),
        (
            "etc/s6-overlay/s6-rc.d/a/type\n    Long-Run\netc/s6-overlay/s6-rc.d/a/run\n    #!/bin/sh\n",
            "type is `Long-Run`, none of longrun, oneshot, bundle: s6-rc-compile stops there, and no service"
            " of the whole image starts",
            "write longrun",
        ),
        (
            f"etc/s6/a/run {WEB}etc/s6/a/notifcation_fd\n    3\n",
            "notifcation_fd means nothing to s6-supervise, which reads notification-fd",
            "mv etc/s6/a/notifcation_fd etc/s6/a/notification-fd",
        ),
    ],
)
def test_messages(text: str, message: str, help_: str) -> None:
    assert [(d.finding.message, d.finding.help) for d in diagnostics(text, FILES)] == [(message, help_)]


@pytest.mark.parametrize(
    ("dockerfile", "expected"),
    [
        ("FROM x", ["SK101 error etc/s6/a/run"]),
        ("RUN chmod +x /etc/s6/*/run", []),
        ("COPY --chmod=755 rootfs /", []),
    ],
)
def test_what_a_dockerfile_repairs_is_not_reported(
    dockerfile: str, expected: list[str], tmp_path: Path
) -> None:
    plant(tmp_path, f"rootfs/etc/s6/a/run\n    #!/bin/sh\nDockerfile\n    {dockerfile}\n")
    [root] = locate([str(tmp_path)])
    got = [f"{d.code} {d.severity.value} {d.finding.path}" for d in lint(root, Analysis(root), FILES)]
    assert got == expected


@pytest.mark.parametrize(
    ("dockerfile", "expected"),
    [
        ("COPY supervised /opt/supervised", ["SK101 error supervised/a/run"]),
        ("ADD supervised/ /etc/service/\n    RUN chmod -c +x /etc/service/*/run", []),
        ("ADD supervised/ /etc/service/\n    RUN chmod +x /etc/s6/*/run", ["SK101 error supervised/a/run"]),
        ("COPY supervised/a/run /etc/s6/a/run\n    RUN chmod +x /etc/s6/a/run", []),
        ('COPY ["./supervised", "/etc/s6"]\n    RUN find /etc/s6/. -name run | xargs chmod 755', []),
        ("COPY supervised /etc/services.d\n    ENV S6_OVERLAY_VERSION=2.1.0.2", []),
        (
            "COPY supervised /etc/services.d\n    ENV S6_OVERLAY_VERSION=3.1.0.1",
            ["SK101 error supervised/a/run"],
        ),
        ("COPY --from=build /src/supervised/ /etc/s6-overlay/s6-rc.d/", []),
        ("COPY $DIR/supervised /etc/s6-overlay/s6-rc.d", ["SK101 error supervised/a/run"]),
    ],
)
def test_what_is_copied_to_another_place_is_repaired_there(
    dockerfile: str, expected: list[str], tmp_path: Path
) -> None:
    script = "#!/bin/sh\n    exec s6-setuidgid a web"
    plant(tmp_path, f"supervised/a/run\n    {script}\nDockerfile\n    {dockerfile}\n")
    [root] = locate([str(tmp_path)])
    got = [f"{d.code} {d.severity.value} {d.finding.path}" for d in lint(root, Analysis(root), FILES)]
    assert got == expected


@pytest.mark.parametrize(
    ("dockerfile", "expected"),
    [
        ("ARG S6_OVERLAY_VERSION=3.2.0.2", ["SK101 error etc/services.d/a/run"]),
        ("ARG S6_OVERLAY_VERSION=v2.2.0.3", []),
        ("FROM crazymax/alpine-s6:3.20-2.2.0.3", []),
        ("FROM base", []),
    ],
)
def test_the_version_of_s6_overlay_decides(dockerfile: str, expected: list[str], tmp_path: Path) -> None:
    plant(tmp_path, f"rootfs/etc/services.d/a/run\n    #!/bin/sh\nDockerfile\n    {dockerfile}\n")
    [root] = locate([str(tmp_path)])
    got = [f"{d.code} {d.severity.value} {d.finding.path}" for d in lint(root, Analysis(root), FILES)]
    assert got == expected


@pytest.mark.parametrize(
    "body",
    ["if true\\r\n    then x\\r\n    fi\\r", "exec web\\r\n    \\r"],
)
def test_what_carriage_returns_do_is_said_once(body: str) -> None:
    text = f"etc/s6/a/run (executable, escaped)\n    #!/bin/sh\n    {body}\n"
    found = diagnostics(text, Selection())
    assert [(d.code, d.finding.path) for d in found] == [("SK104", "etc/s6/a/run")]


@pytest.mark.parametrize(
    ("dockerfile", "codes"),
    [
        ("RUN dos2unix /etc/s6/a/run", []),
        ("RUN for f in /etc/s6/*/run; do dos2unix $f; done", []),
        ("RUN find /etc/s6 -type f -exec dos2unix {} +", []),
        ("RUN find / -name run | xargs sed -i 's/\\\\r$//'", []),
        ("RUN apk add dos2unix", ["SK104"]),
        ("RUN dos2unix /etc/s6/b/run", ["SK104"]),
        ("RUN sed -i 's/\\\\r$//' /etc/web.conf", ["SK104"]),
        ("RUN sed -i 's/\\\\r$//' /etc/s6/*/run", []),
        ("RUN sed -i s/x/y/ /etc/s6/a/run", ["SK104"]),
    ],
)
def test_what_a_dockerfile_converts_is_not_reported(
    dockerfile: str, codes: list[str], tmp_path: Path
) -> None:
    files = "rootfs/etc/s6/a/run (executable, escaped)\n    #!/bin/sh\\r\n    exec web\\r\n"
    plant(tmp_path, f"{files}Dockerfile (escaped)\n    {dockerfile}\n")
    [root] = locate([str(tmp_path)])
    assert [d.code for d in lint(root, Analysis(root), FILES)] == codes


@pytest.mark.parametrize(
    ("dockerfile", "command", "codes"),
    [
        ("FROM debian", "su web -c web", ["SK207"]),
        ("FROM debian", "doas -u web web", ["SK207"]),
        ("FROM alpine:3.20", "su web -c web", []),
        ("FROM x\n    RUN apk --no-cache add web", "su web -c web", []),
        ("FROM alpine:3.20", "doas -u web web", []),
        ("FROM alpine:3.20", "sudo -u web web", ["SK207"]),
    ],
)
def test_what_changes_the_user_without_a_child(
    dockerfile: str, command: str, codes: list[str], tmp_path: Path
) -> None:
    script = f"#!/bin/sh\n    exec {command}"
    plant(
        tmp_path,
        f"rootfs/etc/s6/a/run (executable)\n    {script}\nDockerfile\n    {dockerfile}\n",
    )
    [root] = locate([str(tmp_path)])
    assert [d.code for d in lint(root, Analysis(root), Selection())] == codes


def test_an_empty_finish_is_a_warning_whatever_its_mode() -> None:
    text = f"etc/s6/a/run {WEB}etc/s6/a/finish{{0}}\n    \n"
    for bits in ("", " (executable)"):
        found = diagnostics(text.format(bits).replace("\n    \n", "\n"), FILES)
        assert [(d.code, d.severity.value, d.finding.path) for d in found] == [
            ("SK103", "warning", "etc/s6/a/finish")
        ]


@pytest.mark.parametrize(("place", "who"), [("etc/s6", "s6"), ("etc/services.d", "s6"), ("etc/sv", "runit")])
@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("exec memcached -d", "{} loses sight of it and starts it again every second"),
        (
            "memcached",
            "the shell stays between {} and `memcached`: signals reach the shell, never the program",
        ),
        ("memcached | cat", "the shell stays between {} and `memcached`, one end of a pipeline"),
        ("exec sudo memcached", "`sudo` stays between {} and `memcached`, and signals go to it"),
        (
            "exec mysqld_safe",
            "`mysqld_safe` stays as the parent of the daemon, and {}'s signals go to it instead",
        ),
        ("mkdir /x", "run does its work and ends: {} runs it again every second"),
    ],
)
def test_who_watches_is_named(script: str, message: str, place: str, who: str) -> None:
    [found] = diagnostics(f"{place}/a/run (executable)\n    #!/bin/bash\n    {script}\n", Selection())
    assert found.finding.message.removeprefix('memcached forks away because of "-d": ') == message.format(who)
