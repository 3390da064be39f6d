"""Input that is broken or hostile, through the real command line: what is said, in bounded time and memory."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from time import sleep

import pytest

from tests.planted import plant

HOME = Path(__file__).parent.parent
MEMORY = 1 << 30  # bytes of address space, the interpreter's own included
PATIENCE = 300  # seconds: what hangs, hangs longer
NOWHERE = (
    "no etc/s6, etc/services.d, etc/s6-overlay/s6-rc.d, etc/s6-overlay/user-bundles.d, etc/service, etc/sv, "
    "etc/runit/sv, etc/cont-init.d, etc/cont-finish.d, etc/my_init.d, etc/my_init.pre_shutdown.d, "
    "etc/my_init.post_shutdown.d, and no other directory of services (NAME/run, or NAME/type) "
)
SOUND = """
rootfs/etc/s6/web/run (executable)
    #!/bin/sh
    exec nginx -g 'daemon off;'
"""
BOUND = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")  # root, as the modes of files have it
SECRET = "SECRET-THAT-LIES-OUTSIDE"


def s6kit(
    cwd: Path, *arguments: str | bytes, before: Sequence[str] = (), **environment: str
) -> tuple[int, str, str]:
    """Exit code, standard output, standard error; `before` starts it."""
    done = subprocess.run(
        [*before, sys.executable, "-m", "s6kit", *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(HOME), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def lint(cwd: Path, *arguments: str, before: Sequence[str] = ()) -> tuple[int, list[str]]:
    """Exit code and `path:line:column code` of every diagnostic; nothing goes to standard error."""
    code, out, err = s6kit(cwd, "lint", "--format", "json", *arguments, before=before)
    assert err == ""
    found = json.loads(out)["diagnostics"]
    return code, [f"{each['path']}:{each['line']}:{each['column']} {each['code']}" for each in found]


def fatal(cwd: Path, *arguments: str) -> str:
    """The one line that a refused command says; nothing is written anywhere."""
    before = sorted(map(str, cwd.rglob("*")))
    code, out, err = s6kit(cwd, *arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1 and err.startswith("s6kit: fatal: ")
    assert sorted(map(str, cwd.rglob("*"))) == before
    return err.removeprefix("s6kit: fatal: ").rstrip("\n")


def script(root: Path, data: bytes, name: str = "web") -> Path:
    """An executable run script in a service of that name."""
    run = root / "rootfs/etc/s6" / name / "run"
    run.parent.mkdir(parents=True)
    run.write_bytes(data)
    run.chmod(0o755)
    return run


# path that doesn't exist, or holds no service tree


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("none", "unable to find none: No such file or directory"),
        ("a\n\x1b[31m", "unable to find a\\n\\x1b[31m: No such file or directory"),
        ("empty", f"unable to find services in empty: {NOWHERE}there"),
        ("empty/file", f"unable to find services in empty/file: {NOWHERE}above it"),
        ("rootfs/etc/s6/web/run/x", "unable to find rootfs/etc/s6/web/run/x: No such file or directory"),
        ("dangling", f"unable to find services in dangling: {NOWHERE}above it"),
        ("/dev/null", f"unable to find services in /dev/null: {NOWHERE}above it"),
    ],
)
def test_no_such_path(tmp_path: Path, path: str, said: str) -> None:
    plant(tmp_path, SOUND + "empty/file\n    x\ndangling -> none\n")
    assert fatal(tmp_path, "lint", path) == said
    assert fatal(tmp_path, "show", path) == said


def test_one_path_that_is_not_there_among_others(tmp_path: Path) -> None:
    plant(tmp_path, SOUND)
    said = "unable to find none: No such file or directory"
    assert fatal(tmp_path, "lint", "rootfs", "none") == said
    assert fatal(tmp_path, "lint", "none", "rootfs") == said


# FIFO, socket, device, directory named `run`


@pytest.mark.parametrize("kind", ["fifo", "socket", "directory", "device"])
def test_what_is_never_opened(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    service = tmp_path / "rootfs/etc/s6/web"
    service.mkdir(parents=True)
    monkeypatch.chdir(service)
    if kind == "fifo":
        os.mkfifo("run")
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind("run")
    elif kind == "directory":
        Path("run").mkdir()
    else:
        Path("run").symlink_to("../../../dev/zero")
        (tmp_path / "rootfs/dev").mkdir()
        os.mkfifo(tmp_path / "rootfs/dev/zero")
    monkeypatch.undo()
    assert lint(tmp_path) == (1, ["rootfs/etc/s6/web/run:1:1 SK102"])
    assert lint(tmp_path, "rootfs/etc/s6/web/run") == (1, ["rootfs/etc/s6/web/run:1:1 SK102"])
    assert s6kit(tmp_path, "show", "--format", "json")[0] == 0


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("rootfs/etc/s6/web/type", ["rootfs/etc/s6/web/type:1:1 SK109"]),
        ("rootfs/etc/s6/web/notification-fd", ["rootfs/etc/s6/web/notification-fd:1:1 SK109"]),
        ("rootfs/etc/s6/web/finish", []),
        ("rootfs/etc/nginx/nginx.conf", []),
        ("rootfs/etc/passwd", []),
        ("Dockerfile", []),
        ("rootfs/Dockerfile", []),
        ("setup.sh", []),
        (".gitignore", []),
        (".git", []),
    ],
)
def test_a_fifo_in_the_place_of_a_file(tmp_path: Path, path: str, found: list[str]) -> None:
    plant(tmp_path, SOUND.replace(" -g 'daemon off;'", " -c /etc/nginx/nginx.conf -g 'daemon off;'"))
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(tmp_path / path)
    known = [each for each in lint(tmp_path)[1] if "SK101" not in each and "SK102" not in each]
    assert known == (found if path != "rootfs/etc/s6/web/type" else [])


# symlink loop, link out of the root


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ("rootfs/etc/s6/web/run -> run", ["web/run:1:1 SK106"]),
        (
            "rootfs/etc/s6/web/run -> other\nrootfs/etc/s6/web/other -> run",
            ["web/run:1:1 SK106"],
        ),
        ("rootfs/etc/s6/web/run -> ../../../../secret", ["web/run:1:1 SK106"]),
        ("rootfs/etc/s6/web/run -> ../../../../../../../../../../etc/passwd", ["web/run:1:1 SK106"]),
        ("rootfs/etc/s6/web/run -> /secret", []),
        ("rootfs/etc/s6/web/run -> /dev/zero", []),
        ("rootfs/etc/s6/web/run -> /etc/passwd", []),
    ],
)
def test_links(tmp_path: Path, links: str, found: list[str]) -> None:
    plant(tmp_path, f"secret (executable)\n    #!/bin/sh\n    {SECRET}\n{links}\n")
    code, shown = lint(tmp_path)
    assert (code, shown) == (int(bool(found)), [f"rootfs/etc/s6/{each}" for each in found])
    for arguments in (["lint"], ["lint", "rootfs/etc/s6/web"], ["show"], ["show", "--format", "json"]):
        assert SECRET not in "".join(s6kit(tmp_path, *arguments)[1:])


OUTSIDE = {
    "a service directory": "rootfs/etc/s6/web -> ../../../secret",
    "a scan directory": "rootfs/etc/s6 -> ../../secret",
    "a directory above it": "rootfs/etc -> ../secret",
    "a configuration": "rootfs/etc/nginx -> ../../secret/nginx",
    "a sourced file": "rootfs/etc/common -> ../../secret/common",
    "an environment": "rootfs/etc/s6/web/env -> ../../../../secret/env",
}


@pytest.mark.parametrize("link", OUTSIDE.values(), ids=OUTSIDE)
def test_nothing_outside_is_read(tmp_path: Path, link: str) -> None:
    """The same links with and without anything behind them: no answer may differ."""
    web = "#!/bin/sh\n    . /etc/common/all\n    exec nginx -c /etc/nginx/nginx.conf $X"
    secret = f"""
secret/web/run (executable)
    #!/bin/sh
    {SECRET}
secret/s6/web/run (executable)
    #!/bin/sh
    {SECRET}
secret/run (executable)
    #!/bin/sh
    {SECRET}
secret/nginx/nginx.conf
    daemon off; # {SECRET}
secret/common/all
    exec {SECRET}
secret/env/X
    {SECRET}
"""
    base = (
        f"rootfs/etc/s6/other/run (executable)\n    {web}\n" if "/etc/s6/" in link or "common" in link else ""
    )
    for name, more in (("with", secret), ("without", "")):
        (tmp_path / name).mkdir()
        plant(tmp_path / name, f"{base}{link}\n{more}rootfs/srv/s6/own/run (executable)\n    {web}\n")
    for arguments in (["lint", "rootfs"], ["show", "--format", "json", "rootfs"]):
        told = [s6kit(tmp_path / name, *arguments) for name in ("with", "without")]
        assert SECRET not in "".join(told[0][1:])
        if "scan" not in link and link not in list(OUTSIDE.values())[:3]:
            assert told[0] == told[1]


# binary or 100 MB `run`, invalid UTF-8, NUL bytes, no final newline, unreadable file

LONG = b"#!/bin/sh\n" + b"echo something to say\n" * 10_000
BYTES: dict[str, tuple[bytes, list[str]]] = {
    "an ELF": (b"\x7fELF\x02\x01\x01" + bytes(9) + os.urandom(5000), []),
    "nothing": (b"", ["1:1 SK103"]),
    "a NUL byte in a line": (b"#!/bin/sh\nexec a \0 b\n", []),
    "invalid UTF-8": (b"#!/bin/sh\nexec nginx -g 'daemon off;' # \xff\xfe\n", []),
    "invalid UTF-8 before a finding": (b"#!/bin/sh\n\xff=1; nginx -g 'daemon off;'\n", ["2:6 SK203"]),
    "no final newline": (b"#!/bin/sh\nexec nginx -g 'daemon off;'", []),
    "only a shebang": (b"#!/bin/sh", ["1:1 SK210"]),
    "10,000 lines": (LONG + b"exec nginx -g 'daemon off;'\n", []),
    "10,000 lines and a finding": (LONG + b"nginx -g 'daemon off;'\n", ["10002:1 SK203"]),
}


def test_bytes(tmp_path: Path) -> None:
    for name, (data, _) in BYTES.items():
        script(tmp_path, data, name)
    expected = [f"rootfs/etc/s6/{name}/run:{each}" for name in sorted(BYTES) for each in BYTES[name][1]]
    assert lint(tmp_path, "--ignore", "SK110") == (1, expected)
    assert s6kit(tmp_path, "show")[0] == 0


@pytest.mark.parametrize("head", [b"#!/bin/sh\nexec nginx -g 'daemon off;'\n#", b"\x7fELF\0", b""])
def test_a_run_of_100_megabytes(tmp_path: Path, head: bytes) -> None:
    run = script(tmp_path, head)
    os.truncate(run, 100 << 20)
    code, out, err = s6kit(tmp_path, "lint", "--format", "json")
    assert (code in (0, 1), json.loads(out)["services"], err) == (True, 1, "")
    assert s6kit(tmp_path, "show")[0] == 0


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    plant(tmp_path, SOUND + SOUND.replace("web", "own"))
    (tmp_path / "rootfs/etc/s6/web/run").chmod(0o311)
    (tmp_path / "rootfs/etc/s6/own").chmod(0)
    try:
        assert lint(tmp_path, before=BOUND if os.geteuid() == 0 else ()) == (
            1,
            ["rootfs/etc/s6/web/run:1:1 SK102"],
        )
    finally:
        (tmp_path / "rootfs/etc/s6/own").chmod(0o755)


# file names with newlines, escapes, invalid UTF-8


NAMES = {  # as it is, shown, in JSON
    "a\nb": ("a\\nb", "a\nb"),
    "a\x1b[31mb": ("a\\x1b[31mb", "a\x1b[31mb"),
    "a\udcffb": ("a\\xffb", "a\\xffb"),
    "a\u202eb": ("a\\u202eb", "a\u202eb"),
    "a\rb\tc": ("a\\rb\\tc", "a\rb\tc"),
    "é ü": ("é ü", "é ü"),
}


def test_names(tmp_path: Path) -> None:
    for name in NAMES:
        script(tmp_path, b"#!/bin/sh\nnginx -g 'daemon off;'\n", name)
    code, out, err = s6kit(tmp_path, "lint", "--format", "concise", "--select", "SK203", PYTHONUTF8="1")
    shown = sorted(line.split(" error ")[0] for line in out.splitlines())
    assert (code, err) == (1, "")
    assert shown == sorted(f"rootfs/etc/s6/{shown}/run:2:1:" for shown, _ in NAMES.values())
    found = json.loads(s6kit(tmp_path, "lint", "--format", "json", "--select", "SK203")[1])["diagnostics"]
    plain = {(f"rootfs/etc/s6/{plain}/run", plain) for _, plain in NAMES.values()}
    assert {(each["path"], each["service"]) for each in found} == plain
    rows = json.loads(s6kit(tmp_path, "show", "--format", "json")[1])["services"]
    assert {(f"{row['path']}/run", row["name"]) for row in rows} == plain
    assert "\x1b" not in s6kit(tmp_path, "show")[1] + s6kit(tmp_path, "lint")[1]


# syntax error in a script: SK901 at the place; the other rules still run


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#!/bin/sh\nif true; then\nnginx -g 'daemon off;'\n", ["2:1 SK901"]),
        ("#!/bin/sh\n)\n", ["2:1 SK901"]),
        ("#!/bin/sh\r\nif\r\n", ["1:10 SK104", "2:1 SK203"]),
        ("#!/bin/execlineb -P\nforeground { a\nb\n", ["2:12 SK901"]),
        ("#!/bin/execlineb -P\n}\n", ["2:1 SK901"]),
    ],
)
def test_syntax(tmp_path: Path, text: str, found: list[str]) -> None:
    script(tmp_path, text.encode())
    (tmp_path / "rootfs/etc/s6/web/notification-fd").write_text("three\n")
    expected = [f"rootfs/etc/s6/web/run:{each}" for each in found]
    assert lint(tmp_path) == (1, ["rootfs/etc/s6/web/notification-fd:1:1 SK109", *expected])


# broken s6kit.yaml or knowledge file: exit 2 with file:line:column; nothing half-done

YAML = {
    "root: [\n": "2:1: expected the node content, but found '<stream end>'",
    "lint:\n  selct: [SK1]\n": "2:3: unknown key 'selct'; did you mean 'select'?",
    "root: a\nroot: b\n": '2:1: found duplicate key "root" with value "b" (original value: "a")',
    "root: *a\n": "1:7: found undefined alias 'a'",
    "\x00": "1:1: unacceptable character #x0000: special characters are not allowed",
    "lint: &a {<<: *a}\n": "1:1: 'NoneType' object has no attribute 'add_referent' (AttributeError)",
    "lint: {ignore: !!bool x}\n": "1:1: 'x' (KeyError)",
    "!!omap [a: b]\n": "1:1: unknown key 'a'; known are root, skeletons, services, lint",
    'lint: {daemons: ["."]}\n': "1:18: no file is called .",
    'lint: {daemons: ["a/**b"]}\n': "1:18: no file is called a/**b",
    "[" * 100_000: "1:1: maximum recursion depth exceeded (RecursionError)",
    "lint: {daemons: [web.yaml]}\nroot: !x y\n": "2:7: expected text, found 'y' (put it in quotes)",
}


@pytest.mark.parametrize("text", YAML, ids=lambda text: text[:40].encode().hex())
def test_a_broken_configuration(tmp_path: Path, text: str) -> None:
    plant(tmp_path, SOUND)
    (tmp_path / "web.yaml").write_text("daemon: web\n")
    (tmp_path / "s6kit.yaml").write_text(text)
    assert fatal(tmp_path, "lint", "rootfs") == f"unable to read s6kit.yaml:{YAML[text]}"


@pytest.mark.parametrize("arguments", [["show"], ["new", "cron"], ["lint", "--output", "found"]])
def test_nothing_is_half_done(tmp_path: Path, arguments: list[str]) -> None:
    plant(tmp_path, SOUND + "s6kit.yaml\n    rooot: x\n")
    said = "unable to read s6kit.yaml:1:1: unknown key 'rooot'; did you mean 'root'?"
    assert fatal(tmp_path, *arguments) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1: expected a mapping"),
        ("daemon: web\n", '1:1: "title" is missing'),
        ("daemon: web\nprogams: [web]\n", '2:1: unknown key "progams"; did you mean "programs"?'),
        ("daemon: [\n", "2:1: "),
        ("daemon: &a {<<: *a}\n", "1:1: "),
    ],
)
def test_a_broken_knowledge_file(tmp_path: Path, text: str, said: str) -> None:
    plant(tmp_path, SOUND)
    (tmp_path / "web.yaml").write_text(text)
    (tmp_path / "s6kit.yaml").write_text("lint: {daemons: [web.yaml]}\n")
    assert f"web.yaml:{said}" in fatal(tmp_path, "lint")


def test_a_configuration_without_end(tmp_path: Path) -> None:
    plant(tmp_path, SOUND)
    (tmp_path / "s6kit.yaml").touch()
    os.truncate(tmp_path / "s6kit.yaml", 3 << 30)
    assert fatal(tmp_path, "lint") == "unable to read s6kit.yaml: it has more than 1048576 bytes"


# `new` over an existing service, a name that is none, an unwritable root

NAMED = (
    "a service is named with letters, digits and any of _ . @ : + -, begins with a letter, a digit or _, "
    "and has at most 251 of them"
)


@pytest.mark.parametrize("name", ["../x", ".x", "a/b", "", "..", "a b", "a\nb", "@x", "é"])
def test_new_with_a_name_that_is_none(tmp_path: Path, name: str) -> None:
    assert fatal(tmp_path, "new", name, "--", "/opt/x") == f"unable to scaffold {name!a}: {NAMED}"


@pytest.mark.parametrize(
    ("links", "arguments", "said"),
    [
        (
            SOUND,
            ["web"],
            "unable to write rootfs/etc/s6/web: it is there already; --force replaces what `new` writes",
        ),
        (
            "out/\nrootfs/etc -> ../out",
            ["web"],
            "unable to write rootfs/etc/s6/web: a link on the way leads out of rootfs",
        ),
        (
            "out/\nrootfs/etc/s6 -> ../../out",
            ["web"],
            "unable to write rootfs/etc/s6/web: a link on the way leads out of rootfs",
        ),
        (
            "rootfs/etc/s6 -> s6",
            ["web"],
            "unable to write rootfs/etc/s6/web: a link on the way leads out of rootfs",
        ),
        (
            "out/\nrootfs/etc/s6/web -> ../../../out",
            ["web", "--force"],
            "unable to replace rootfs/etc/s6/web: it is no directory",
        ),
        ("rootfs/etc\n    x", ["web"], "unable to write rootfs/etc/s6/web: Not a directory"),
        ("rootfs/", ["web", "--root", "a/b"], "unable to write into a/b: no such directory"),
        ("rootfs/", ["web", "--root", ""], "unable to write into '': no such directory"),
        ("file", ["web", "--root", "file"], "unable to write into file: no such directory"),
    ],
)
def test_new_where_nothing_can_be_written(
    tmp_path: Path, links: str, arguments: list[str], said: str
) -> None:
    plant(tmp_path, links)
    assert fatal(tmp_path, "new", *arguments, "--", "/opt/x") == said


def test_new_into_a_scan_directory_behind_a_link(tmp_path: Path) -> None:
    plant(tmp_path, "rootfs/srv/s6/\nrootfs/etc/s6 -> ../srv/s6\n")
    assert s6kit(tmp_path, "new", "web", "--", "/opt/x")[0] == 0
    assert sorted(path.name for path in (tmp_path / "rootfs/srv/s6/web").iterdir()) == [
        "finish",
        "run",
        "setup",
    ]


def test_words_that_are_no_text(tmp_path: Path) -> None:
    assert s6kit(tmp_path, "new", "web", "--", "/opt/x", b"a\xffb")[0] == 0
    assert (tmp_path / "etc/s6/web/run").read_bytes().endswith(b"\nexec /opt/x 'a\xffb'\n")


def test_many_new_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "s6kit", "new", "web", "--", "/opt/x"]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(HOME)}
    running = [
        subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(6)
    ]
    assert sorted(each.wait(PATIENCE) for each in running) == [0, 2, 2, 2, 2, 2]
    files = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if not path.is_dir()]
    kept = [f"etc/s6/web/{name}" for name in ("finish", "run", "setup")]
    assert sorted(files) == sorted([*kept, *(f".s6kit/rendered/{path}" for path in kept), "s6kit.yaml"])


def test_many_services_at_once(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(HOME)}
    (tmp_path / "s6kit.yaml").write_text("# ours\n")
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "s6kit", "new", f"web{number}", "--", "/opt/x"],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        for number in range(6)
    ]
    assert [each.wait(PATIENCE) for each in running] == [0] * 6
    lines = (tmp_path / "s6kit.yaml").read_text().splitlines()
    assert lines[:2] == ["# ours", "services:"]
    assert sorted(lines[2::2]) == [f"  web{number}:" for number in range(6)]
    assert lines[3::2] == ["    command: [/opt/x]"] * 6
    assert s6kit(tmp_path, "sync", "--check") == (0, "6 services, everything up to date\n", "")


# Outputs, signals, surroundings


@pytest.mark.parametrize("arguments", ["lint", "show --format json"])
def test_an_output_that_is_closed_or_full(tmp_path: Path, arguments: str) -> None:
    plant(tmp_path, SOUND)
    command = f"{sys.executable} -m s6kit {arguments}"
    for redirection, code, said in (
        (">&-", 0, b""),
        (">&- 2>&-", 0, b""),
        ("<&-", 0, b""),
        (">/dev/full", 2, b"s6kit: fatal: unable to write to standard output: No space left on device\n"),
        (">/dev/full 2>/dev/full", 2, b""),
    ):
        done = subprocess.run(
            ["sh", "-c", f"exec {command} {redirection}"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(HOME)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
        )
        assert (redirection, done.returncode, done.stderr) == (redirection, code, said)


@pytest.mark.parametrize(
    ("arguments", "expected"), [("--help", 0), ("lint --probe", 1), ("lint nowhere", 2), ("lint --nope", 2)]
)
def test_nobody_reads_what_it_says(tmp_path: Path, arguments: str, expected: int) -> None:
    script(tmp_path, b"#!/bin/sh\nnginx -g 'daemon off;'\n")
    script(tmp_path, b"#!/bin/sh\nexec unknown\n", "unknown")
    reading, writing = os.pipe()
    os.close(reading)
    for to in (writing, os.open("/dev/full", os.O_WRONLY)):
        command = [sys.executable, "-m", "s6kit", *arguments.split()]
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(HOME)}
        out = subprocess.DEVNULL if to != writing else to
        done = subprocess.run(command, cwd=tmp_path, env=env, stdout=out, stderr=to, check=False)
        os.close(to)
        assert done.returncode == expected


def test_an_output_that_does_not_wait() -> None:
    """Somebody who has it, too, has made it so: nothing is lost all the same."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    command = [sys.executable, "-m", "s6kit", "daemons", "--format", "json"]
    with subprocess.Popen(command, cwd=HOME, stdout=writing) as running, os.fdopen(reading) as out:
        os.close(writing)
        assert len(json.load(out)["daemons"]) > 100
    assert running.returncode == 0


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("rootfs", "unable to write rootfs: Is a directory"),
        ("none/x", "unable to write none/x: No such file or directory"),
        ("rootfs/etc/s6/web/run/x", "unable to write rootfs/etc/s6/web/run/x: Not a directory"),
        ("x" * 256, f"unable to write {'x' * 256}: File name too long"),
        ("/dev/full", "unable to write /dev/full: No space left on device"),
        ("", "unable to write '': Is a directory"),
    ],
)
def test_an_output_that_cannot_be_written(tmp_path: Path, output: str, said: str) -> None:
    plant(tmp_path, SOUND)
    assert fatal(tmp_path, "lint", "--output", output) == said


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "TERM": "dumb"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"COLUMNS": "20"},
        {"COLUMNS": "1"},
        {"COLUMNS": "0"},
        {"COLUMNS": "-5"},
        {"COLUMNS": "x"},
        {"COLUMNS": "99999999999"},
        {"PYTHONWARNINGS": "error"},
        {"PYTHONOPTIMIZE": "2"},
        {"GIT_DIR": "/nowhere", "GIT_WORK_TREE": "/", "GIT_INDEX_FILE": "/dev/zero"},
        {"HOME": "/nowhere"},
    ],
    ids=str,
)
def test_surroundings(tmp_path: Path, environment: dict[str, str]) -> None:
    script(tmp_path, "#!/bin/sh\nnginx -g 'daemon off;' # é\n".encode())
    code, out, err = s6kit(tmp_path, "lint", **environment)
    assert (code, out.split("\n")[0], err) == (
        1,
        "rootfs/etc/s6/web/run:2:1: error SK203 unexecuted-daemon",
        "",
    )
    code, out, err = s6kit(tmp_path, "show", **environment)
    assert (code, err) == (0, "")
    assert len(out) < 20_000


def test_a_hostile_repository_runs_nothing(tmp_path: Path) -> None:
    plant(tmp_path, SOUND)
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/it-ran\n")
    program.chmod(0o755)
    for name in ("hooks", "more"):
        (tmp_path / name).mkdir()
    for hook in ("post-index-change", "fsmonitor-watchman"):
        (tmp_path / "hooks" / hook).symlink_to(program)
    (tmp_path / "more/config").write_text(f"[core]\n\tfsmonitor = {program}\n")
    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "rootfs"], cwd=tmp_path, check=True)
    keys = (
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "core.askPass",
        "diff.external",
        "alias.ls-files",
    )
    lines = [f"[{k.split('.')[0]}]\n\t{k.split('.')[1]} = {program}\n" for k in keys]
    with (tmp_path / ".git/config").open("a") as config:
        config.write("".join(lines) + f"[core]\n\thooksPath = {tmp_path}/hooks\n")
        config.write(f'[include]\n\tpath = {tmp_path}/more/config\n[filter "x"]\n\tclean = {program}\n')
    (tmp_path / ".gitattributes").write_text("* filter=x diff=x\n")
    environment = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": "x"}
    assert s6kit(tmp_path, "lint") == (0, "1 service, nothing to report\n", "")
    assert s6kit(tmp_path, "lint", **environment)[0] == 0
    assert not (tmp_path / "it-ran").exists()


DOUBLES = "".join(f"ENV A{n}=$A{n - 1}$A{n - 1}\n" for n in range(1, 300))


@pytest.mark.parametrize("lines", [f"ENV A0=aaaaaaaa\n{DOUBLES}COPY $A299", f"COPY {'[' * 20_000}"])
def test_a_hostile_dockerfile(lines: str, tmp_path: Path) -> None:
    script(tmp_path, b"#!/bin/sh\nexec redis-server /etc/redis/redis.conf\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / "Dockerfile").write_text(f"FROM debian\n{lines} /etc/redis/redis.conf\n")
    assert lint(tmp_path) == (0, [])


def test_an_interrupt(tmp_path: Path) -> None:
    """Standard input of git is not ours to hold: a run that waits for it is interrupted in the middle."""
    plant(tmp_path, SOUND + ".git/HEAD (fifo)\n")
    (tmp_path / "bin").mkdir()
    slow = tmp_path / "bin/git"
    slow.write_text("#!/bin/sh\n: > started\nexec sleep 30\n")
    slow.chmod(0o755)
    running = subprocess.Popen(
        [sys.executable, "-m", "s6kit", "lint"],
        cwd=tmp_path,
        env={"PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "PYTHONPATH": str(HOME)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        while not (tmp_path / "started").exists() and running.poll() is None:
            sleep(0.01)
        os.killpg(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=PATIENCE)
    finally:
        if running.poll() is None:
            running.kill()
    assert (running.returncode, out, err) == (130, b"", b"")


# Scripts that grow, nest or repeat: bounded, and never an error of ours

DIGITS = "9" * 5000
GROWING = {
    "a value that doubles": "X=aaaa\n" + "X=$X$X\n" * 60 + "exec $X",
    "words that double": 'X="a b "\n' + "X=$X$X\n" * 40 + "exec $X",
    "an array that doubles": "X=(a b)\n" + 'X=("${X[@]}" "${X[@]}")\n' * 40 + 'exec "${X[@]}"',
    "arguments that double": "set -- a b\n" + 'set -- "$@" "$@"\n' * 50 + 'exec "$@"',
    "a replacement that doubles": "X=a\n" + "X=${X//a/aa}\n" * 60 + "exec $X",
    "a loop of loops": "".join(f"for i{i} in 1 2 3 4 5 6 7 8 9\ndo\n" for i in range(15))
    + "X=$X$i1\n"
    + "done\n" * 15
    + "exec foo $X",
    "functions that double": "".join(f"f{i}() {{ f{i + 1}; f{i + 1}; }}\n" for i in range(60)) + "f0\nexec a",
    "a function that calls itself": 'f() { f "$@" x; f "$@" y; }\nf a\nexec a',
    "questions, one in another": "".join(f"if a{i}; then\n" for i in range(300)) + "exec x\n" + "fi\n" * 300,
    "questions, one after another": "".join(f"if a{i}; then X=$X{i}; fi\n" for i in range(500)) + "exec a $X",
    "cases": "".join(f'case "$A{i}" in a) X=1$X;; b) X=2$X;; *) X=3$X;; esac\n' for i in range(200))
    + "exec $X",
    "substitutions": "exec " + "$(echo " * 2000 + "x" + ")" * 2000,
    "expansions": "exec " + "${A:-" * 3000 + "x" + "}" * 3000,
    "parentheses": "(" * 5000 + "x" + ")" * 5000,
    "braces": "exec x " + "{a,b}" * 40 + " {1..1000000000}",
    "patterns": "X="
    + "a" * 5000
    + "\ncase $X in "
    + "*a" * 50
    + "b) exec n;; esac\nexec ${X##"
    + "*a" * 30
    + "b}",
    "open substitutions": "$(" * 20_000,
    "open questions": "if x; then " * 5000,
    "it sources itself": ". ./run\n. ./run\nexec ./run",
    "it runs itself": './run; ./run a; exec "$0" "$@" x',
    "sh -c in sh -c": 'X="exec nginx"\n' + 'X="sh -c \\"$X\\""\n' * 30 + 'eval "$X"',
    "comments that silence": "# s6kit: ignore[SK203] x\n" * 20_000 + "exec a",
    "a comment that silences much": f"# s6kit: ignore[{'SK203,' * 50_000}] x\nexec a",
    "a chain of questions": " && ".join(f"a{i}" for i in range(1500)),
    "a test of tests": "[[ " + "( " * 1000 + "! " * 1000 + "a" + " )" * 1000 + " ]] && exec x",
    "a chain of programs": "exec " + "env " * 1500 + "x",
    "questions that each set a variable": "".join(f'if [ "$A{i}" ]; then X{i}=1; fi\n' for i in range(1500)),
    "large numbers": f"set -- a b\nshift {DIGITS}\nX=(a)\nexec a ${{X[{DIGITS}]}} ${{{DIGITS}}} {DIGITS}>b",
    "digits that are none": 'set -- a\nX=(a)\nif [ ² -eq 1 ]; then :; fi\nshift ²\nexec "${X[²]}"',
    "large offsets": f"X=abc\nexec a ${{X:{DIGITS}}} ${{X: -{DIGITS}}} ${{X:0:{DIGITS}}}",
}


GROWING_EXECLINE = {
    "a definition that doubles": "define a0 xx "
    + "".join(f"define a{i + 1} ${{a{i}}}${{a{i}}} " for i in range(60))
    + "x $a60",
    "blocks in blocks": "foreground { " * 1000 + "x" + " }" * 1000 + " y",
}


def test_scripts_that_grow(tmp_path: Path) -> None:
    for name, text in GROWING.items():
        script(tmp_path, f"#!/bin/bash\n{text}\n".encode(), name)
    for name, text in GROWING_EXECLINE.items():
        script(tmp_path, f"#!/bin/execlineb -P\n{text}\n".encode(), name)
    names = sorted([*GROWING, *GROWING_EXECLINE])
    code, out, err = s6kit(tmp_path, "lint", "--format", "json", "--select", "ALL", "--statistics")
    assert (code, json.loads(out)["services"], err) == (1, len(names), "")
    code, out, err = s6kit(tmp_path, "show", "--format", "json")
    assert (code, [row["name"] for row in json.loads(out)["services"]], err) == (0, names, "")


def test_control_values(tmp_path: Path) -> None:
    names = ("notification-fd", "timeout-kill", "max-death-tally", "down-signal")
    values = (DIGITS, "²", "-1", "٣", "0x3", "", "3 4", "\0", "x" * 100_000)
    expected = []
    for number, (name, value) in enumerate(product(names, values)):
        script(tmp_path, b"#!/bin/sh\nexec a\n", f"{number:02}")
        (tmp_path / f"rootfs/etc/s6/{number:02}/{name}").write_text(f"{value}\n")
        expected.append(f"rootfs/etc/s6/{number:02}/{name}:1:1: error SK109")
    code, out, err = s6kit(tmp_path, "lint", "--format", "concise")
    found = [line.replace("warning", "error").split(" invalid")[0] for line in out.splitlines()]
    assert (code, found, err) == (1, expected, "")
    assert max(map(len, out.splitlines())) < 500
