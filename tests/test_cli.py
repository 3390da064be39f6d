"""The command line: exit codes, streams, what each command prints."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from operator import attrgetter
from pathlib import Path

import pytest

from s6kit import __version__
from s6kit.cli import main, output
from s6kit.rules import REGISTRY
from s6kit.selection import Selection
from tests.examples import HOME
from tests.planted import plant

CLEAN = """
rootfs/etc/s6/web/run (executable)
    #!/bin/sh
    exec nginx -g 'daemon off;'
"""
BROKEN = """
rootfs/etc/s6/web/run (executable)
    #!/bin/sh
    nginx -g 'daemon off;'
"""
LINE = (
    "rootfs/etc/s6/web/run:2:1: error SK203 unexecuted-daemon "
    "the shell stays between s6 and `nginx`: signals reach the shell, never the program\n"
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "S6KIT_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    code = main(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def program(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The real thing."""
    home = str(Path(__file__).parent.parent)
    return subprocess.run(
        [sys.executable, "-m", "s6kit", *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": home, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_clean(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(here, CLEAN)
    assert told(capsys, "lint") == (0, "1 service, nothing to report\n", "")


def test_findings(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(here, BROKEN)
    assert told(capsys, "lint", "--format", "concise") == (1, LINE, "")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--failure-threshold", "error"], 1),
        (["--failure-threshold", "info"], 1),
        (["--ignore", "SK203"], 0),
        (["--select", "SK9"], 0),
        (["--select", "SK2,SK9", "--ignore", "SK203"], 0),
        (["rootfs"], 1),
        (["rootfs/etc/s6"], 1),
        (["rootfs/etc/s6/web"], 1),
        (["rootfs/etc/s6/web/run"], 1),
        (["."], 1),
        (["--exclude", "nothing"], 1),
    ],
)
def test_exit_codes(here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int) -> None:
    plant(here, BROKEN)
    found = told(capsys, "lint", *arguments)
    assert (found[0], found[2]) == (code, "")


@pytest.mark.parametrize(
    ("arguments", "beginning"),
    [
        (["lint", "nowhere"], "s6kit: fatal: unable to find nowhere: No such file or directory"),
        (["lint", "empty"], "s6kit: fatal: unable to find services in empty: "),
        (["lint", "--select", "SK999"], "s6kit: fatal: unable to select rules: no rule is called 'SK999'"),
        (["lint", "--ignore", "x"], "s6kit: fatal: unable to select rules: no rule is called 'X'"),
        (["lint", "--config", "none.yaml"], "s6kit: fatal: unable to read none.yaml: No such file"),
        (["lint", "--config", "bad.yaml"], "s6kit: fatal: unable to read bad.yaml:1:1: unknown key 'lnit'"),
        (
            ["lint", "--isolated", "--config", "bad.yaml"],
            "s6kit: fatal: unable to use --config and --isolated",
        ),
        (["lint", "--output", "none/x", "rootfs"], "s6kit: fatal: unable to write none/x: "),
        (["lint", "--format", "xml"], "Usage: s6kit lint"),
        (["lint", "--nonsense"], "Usage: s6kit lint"),
        (["nonsense"], "Usage: s6kit"),
        (["new"], "Usage: s6kit new"),
        (["new", "../x", "--", "a"], "s6kit: fatal: unable to scaffold '../x': "),
        (
            ["new", "ngin"],
            "s6kit: fatal: unable to scaffold ngin: no skeleton is called that (the nearest: nginx",
        ),
        (
            ["new", "x", "--skeleton", "ngin"],
            "s6kit: fatal: unable to find the skeleton 'ngin': the nearest are nginx",
        ),
        (["new", "web", "--", "a"], "s6kit: fatal: unable to write rootfs/etc/s6/web: it is there already"),
        (["new", "x", "--root", "no/ne", "--", "a"], "s6kit: fatal: unable to write into no/ne: "),
        (
            ["new", "x", "--", "memcached", "-d"],
            "s6kit: fatal: unable to scaffold x: it would not lint clean: SK201 ",
        ),
        (["rule", "SK999"], "s6kit: fatal: unable to show SK999: no rule is called that"),
        (
            ["daemons", "ngix"],
            "s6kit: fatal: unable to describe ngix: nothing is known of it; did you mean nginx",
        ),
    ],
)
def test_what_the_user_can_mend(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], beginning: str
) -> None:
    plant(here, CLEAN + "empty/\nbad.yaml\n    lnit: {}\n")
    before = sorted(here.rglob("*"))
    code, out, err = told(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(beginning)
    assert sorted(here.rglob("*")) == before


def test_an_error_of_ours(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_: object) -> None:
        raise KeyError("x")

    plant(here, CLEAN)
    monkeypatch.setattr(Selection, "rules", crash)
    code, out, err = told(capsys, "lint")
    assert (code, out) == (3, "")
    lines = err.splitlines()
    assert lines[0] == "s6kit: internal error: KeyError: 'x'"
    assert lines[1].startswith("  at ") and lines[1].endswith(" in crash")
    assert lines[2] == "  This is a mistake in s6kit, not in your tree; S6KIT_DEBUG=1 shows all of it."
    assert len(lines) == 3
    monkeypatch.setenv("S6KIT_DEBUG", "1")
    assert told(capsys, "lint")[2].startswith("Traceback (most recent call last):\n")


def test_interrupted(here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    plant(here, CLEAN)
    monkeypatch.setattr(Selection, "rules", interrupt)
    assert told(capsys, "lint") == (130, "", "")


def test_the_default_root(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(here, BROKEN.replace("rootfs/", "image/"))
    assert told(capsys, "lint", "--format", "concise")[1] == LINE.replace("rootfs/", "image/")
    (here / "s6kit.yaml").write_text("root: image\n")
    assert told(capsys, "lint", "--format", "concise")[1] == LINE.replace("rootfs/", "image/")
    (here / "s6kit.yaml").write_text("root: none\n")
    assert told(capsys, "lint")[2].startswith("s6kit: fatal: unable to find ")


def test_the_configuration_and_the_command_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(here, BROKEN)
    (here / "s6kit.yaml").write_text("lint: {ignore: [SK203]}\n")
    assert told(capsys, "lint")[0] == 0
    assert told(capsys, "lint", "--ignore", "SK9")[0] == 1
    assert told(capsys, "lint", "--isolated")[0] == 1
    (here / "other.yaml").write_text("lint: {per-path-ignore: {rootfs/etc/s6/web: [SK2]}}\n")
    assert told(capsys, "lint", "--config", "other.yaml")[0] == 0
    (here / "s6kit.yaml").write_text("lint: {select: [SK9]}\n")
    assert told(capsys, "lint", "rootfs/etc/s6/web/run")[0] == 0
    assert told(capsys, "lint", "--select", "SK2")[0] == 1


def test_two_configurations_in_one_run(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(here, BROKEN.replace("rootfs", "a/rootfs") + BROKEN.replace("rootfs", "b/rootfs"))
    (here / "a/s6kit.yaml").write_text("lint: {ignore: [SK203]}\n")
    code, out, _ = told(capsys, "lint", "--format", "concise", "a/rootfs", "b/rootfs")
    assert (code, out) == (1, LINE.replace("rootfs", "b/rootfs"))


def test_output_to_a_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(here, BROKEN)
    assert told(capsys, "lint", "--format", "concise", "--output", "found.txt") == (1, "", "")
    assert (here / "found.txt").read_text() == LINE
    assert sorted(path.name for path in here.iterdir()) == ["found.txt", "rootfs"]


def test_output_to_a_link(here: Path) -> None:
    """What leads elsewhere, as /dev/stdout does, is written through, and stays."""
    plant(here, BROKEN)
    (here / "stdout").symlink_to("/proc/self/fd/1")
    (here / "link").symlink_to("found.txt")
    for name in ("stdout", "link"):
        assert program("lint", "--format", "concise", "--output", name, cwd=here).returncode == 1
    with (here / "said.txt").open("w") as said:
        words = [sys.executable, "-m", "s6kit", "lint", "--format", "concise", "--output", "stdout"]
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(HOME)}
        assert subprocess.run(words, cwd=here, env=env, stdout=said, check=False).returncode == 1
    assert [(here / name).is_symlink() for name in ("stdout", "link")] == [True, True]
    assert [(here / name).read_text() for name in ("found.txt", "said.txt")] == [LINE, LINE]


@pytest.mark.parametrize("step", ["_write", "Path.replace"])
def test_an_interrupt_while_a_file_is_written(
    step: str, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(here, BROKEN)
    (here / "found.txt").write_text("old")
    done = attrgetter(step)(output)

    def interrupted(*arguments: object) -> None:
        signal.raise_signal(signal.SIGINT)
        done(*arguments)

    monkeypatch.setattr(f"s6kit.cli.output.{step}", interrupted)
    assert told(capsys, "lint", "--format", "concise", "--output", "found.txt") == (130, "", "")
    assert (here / "found.txt").read_text() == LINE
    assert sorted(path.name for path in here.iterdir()) == ["found.txt", "rootfs"]


def test_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(here, BROKEN)
    code, out, _ = told(capsys, "lint", "--format", "json", "rootfs")
    found = json.loads(out)
    assert (code, found["version"], found["services"], len(found["diagnostics"])) == (1, 1, 1, 1)
    assert found["diagnostics"][0]["path"] == "rootfs/etc/s6/web/run"


def test_statistics(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(here, CLEAN)
    _, out, _ = told(capsys, "lint", "--statistics")
    assert out.splitlines() == [
        "     1 of 1 run script resolved to a command (100 %)",
        "     1 outcomes foreground",
        "",
        "1 service, nothing to report",
    ]


def test_show_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(here, CLEAN.replace("exec nginx", "exec s6-setuidgid www nginx"))
    code, out, _ = told(capsys, "show", "--format", "json")
    found = json.loads(out)
    because = found["services"][0]["outcomes"][0].pop("because")
    assert "daemon off" in because
    assert (code, found) == (
        0,
        {
            "version": 1,
            "services": [
                {
                    "name": "web",
                    "path": "rootfs/etc/s6/web",
                    "layout": "s6",
                    "kind": "longrun",
                    "user": "www",
                    "outcomes": [
                        {
                            "kind": "becomes",
                            "command": ["nginx", "-g", "daemon off;"],
                            "line": 2,
                            "verdict": "foreground",
                        }
                    ],
                }
            ],
        },
    )


@pytest.mark.parametrize("columns", ["60", "80", "160"])
def test_show(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    plant(here, CLEAN + "rootfs/etc/s6/web/finish -> /bin/true\n")
    monkeypatch.setenv("COLUMNS", columns)
    code, out, _ = told(capsys, "show")
    assert code == 0
    assert max(len(line) for line in out.splitlines()) <= int(columns)
    for word in ("web", "s6", "foreground", "/bin/true", "daemon"):
        assert word in out
    assert "\x1b" not in out


def test_show_tells_services_of_one_name_apart(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(here, CLEAN.replace("rootfs/", "a/") + CLEAN.replace("rootfs/", "b/"))
    monkeypatch.setenv("COLUMNS", "160")
    code, out, _ = told(capsys, "show", ".")
    assert (code, [line.split()[0] for line in out.splitlines()[3:5]]) == (
        0,
        ["a/etc/s6/web", "b/etc/s6/web"],
    )


def test_new(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "rootfs").mkdir()
    code, out, err = told(capsys, "new", "nginx")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "rootfs/etc/s6/nginx",
        "├── data",
        "│   ├── nginx.conf",
        "│   └── render.awk",
        "├── down-signal",
        "├── finish -> /bin/true",
        "├── run",
        "└── setup",
        "",
        "Next",
        "  it becomes         nginx -g 'daemon off;'",
        "  check it           s6kit lint rootfs",
        "  keep it            commit s6kit.yaml and .s6kit/rendered, for s6kit sync",
        "  in the Dockerfile  RUN apt-get update && apt-get install -y \\",
        "                         --no-install-recommends nginx-light",
        "                     COPY rootfs/ /",
        "                     VOLUME /var/www/html",
        "                     EXPOSE 80 443",
    ]
    assert told(capsys, "lint") == (0, "1 service, nothing to report\n", "")


def test_new_takes_the_command_that_the_tree_needs(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(here, "rootfs/etc/nginx/nginx.conf\n    daemon off;\n    events {}\n")
    assert told(capsys, "new", "nginx")[0] == 0
    assert (here / "rootfs/etc/s6/nginx/run").read_text().endswith("\nexec nginx\n")


def test_new_with_a_command(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = told(capsys, "new", "web", "--user", "www", "--", "/opt/web", "--user", "$x")
    assert (code, err) == (0, "")
    run = (here / "etc/s6/web/run").read_text()
    assert run.endswith('\nexec s6-setuidgid www /opt/web --user "\\$x"\n')


def test_new_dry_run(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = told(capsys, "new", "web", "--dry-run", "--", "/opt/web")
    assert code == 0
    assert out.splitlines()[:7] == [
        "etc/s6/web",
        "├── finish -> /bin/true",
        "├── run",
        "└── setup",
        "",
        "etc/s6/web/finish -> /bin/true",
        "etc/s6/web/run (executable)",
    ]
    assert "    exec /opt/web" in out.splitlines()
    assert list(here.iterdir()) == []


def test_new_force(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "new", "web", "--", "/opt/one")
    assert told(capsys, "new", "web", "--", "/opt/two")[0] == 2
    assert told(capsys, "new", "web", "--force", "--", "/opt/two")[0] == 0
    assert (here / "etc/s6/web/run").read_text().endswith("\nexec /opt/two\n")


def test_rule(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = told(capsys, "rule", "unexecuted-daemon")
    assert code == 0
    assert out.startswith("# SK203 unexecuted-daemon\n\nSeverity: error. Since 0.1.0.\n")
    code, out, _ = told(capsys, "rule")
    assert [line.split()[0] for line in out.splitlines()[::2]] == sorted(REGISTRY)
    code, out, _ = told(capsys, "rule", "--format", "json")
    assert [rule["code"] for rule in json.loads(out)["rules"]] == sorted(REGISTRY)
    assert "\x1b[" in told(capsys, "rule", "SK203", "--color")[1]


def test_daemons(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = told(capsys, "daemons")
    assert code == 0
    assert any(line.startswith("nginx ") for line in out.splitlines())
    code, out, _ = told(capsys, "daemons", "nginx", "--format", "json")
    assert [daemon["daemon"] for daemon in json.loads(out)["daemons"]] == ["nginx"]
    assert told(capsys, "daemons", "nginx")[1].startswith("nginx: ")


def test_the_program(here: Path) -> None:
    plant(here, BROKEN)
    done = program("--version", cwd=here)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"s6kit {__version__}\n", "")
    done = program("lint", "--format", "concise", cwd=here)
    assert (done.returncode, done.stdout, done.stderr) == (1, LINE, "")
    done = program("lint", "nowhere", cwd=here)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "s6kit: fatal: unable to find nowhere: No such file or directory\n"
    done = program(cwd=here)
    assert done.returncode == 2
    assert "Usage: s6kit" in done.stdout + done.stderr


def test_colours_of_the_program(here: Path) -> None:
    plant(here, BROKEN)
    assert "\x1b[" in program("lint", cwd=here, FORCE_COLOR="1").stdout
    assert "\x1b[" not in program("lint", cwd=here).stdout
    assert "\x1b[" not in program("lint", cwd=here, FORCE_COLOR="1", NO_COLOR="1").stdout
    assert "\x1b[" in program("lint", "--color", cwd=here, NO_COLOR="1").stdout
    assert "\x1b[" not in program("show", cwd=here).stdout
    assert "\x1b[" in program("show", cwd=here, FORCE_COLOR="1").stdout


def test_a_reader_that_goes_away(here: Path) -> None:
    plant(here, BROKEN)
    reading, writing = os.pipe()
    os.close(reading)
    home = str(Path(__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-m", "s6kit", "lint"],
        cwd=here,
        env={"PYTHONPATH": home},
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


def test_names_that_are_no_text(here: Path) -> None:
    directory = here / "rootfs/etc/s6/a\n\udcff\x1b"
    directory.mkdir(parents=True)
    (directory / "run").write_text("#!/bin/sh\nnginx -g 'daemon off;'\n")
    (directory / "run").chmod(0o755)
    shown = "rootfs/etc/s6/a\\n\\xff\\x1b/run"
    done = program("lint", "--select", "SK203", "--format", "concise", cwd=here)
    assert done.stdout == LINE.replace("rootfs/etc/s6/web/run", shown)
    found = json.loads(program("lint", "--select", "SK203", "--format", "json", cwd=here).stdout)
    assert found["diagnostics"][0]["path"] == "rootfs/etc/s6/a\n\\xff\x1b/run"
    assert "a\\n\\xff\\x1b" in program("show", cwd=here).stdout


@pytest.mark.parametrize("command", ["lint", "show", "new", "sync", "remove", "rule", "daemons"])
def test_help(here: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    code, out, err = told(capsys, command, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"Usage: s6kit {command} ")
