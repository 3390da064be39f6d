"""Findings about configuration that a Dockerfile copies from outside the root."""

from __future__ import annotations

from pathlib import Path

import pytest

from s6kit.cli import main
from tests.planted import plant

REPOSITORY = """
Dockerfile
    FROM debian
    COPY conf/redis.conf /etc/redis/redis.conf
    COPY rootfs /
conf/redis.conf
    port 6379
    daemonize yes
rootfs/etc/s6/cache/run (executable)
    #!/bin/sh
    exec redis-server /etc/redis/redis.conf
"""
TEXT = """\
{run}:2:6: error SK202 daemonizing-configuration
  2 | exec redis-server /etc/redis/redis.conf
    |      ^^^^^^^^^^^^
  redis-server forks away because of "daemonize yes" in conf/redis.conf, which
  is copied to /etc/redis/redis.conf: s6 loses sight of it and starts it again
  every second
  help: run redis-server … --daemonize no
  note: {file}:2:1: decided here
    2 | daemonize yes
      | ^^^^^^^^^^^^^

1 error in 1 service
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The top of a work tree, shown as wide as the text above."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    (tmp_path / ".git").mkdir()
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What `lint` says."""
    main(("lint", *arguments))
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("directory", "path", "run", "file"),
    [
        (".", ".", "rootfs/etc/s6/cache/run", "conf/redis.conf"),
        (".", "rootfs/etc/s6", "rootfs/etc/s6/cache/run", "conf/redis.conf"),
        ("rootfs", ".", "etc/s6/cache/run", "../conf/redis.conf"),
        ("rootfs/etc", "s6/cache/run", "s6/cache/run", "../../conf/redis.conf"),
    ],
)
def test_a_finding_shows_the_line_that_decides(
    directory: str,
    path: str,
    run: str,
    file: str,
    here: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(plant(here, REPOSITORY) / directory)
    assert told(capsys, path) == TEXT.format(run=run, file=file)


def test_paths_are_absolute_where_they_are_given_so(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(here, REPOSITORY)
    said = " ".join(told(capsys, f"{here}/rootfs").split())
    assert said.startswith(f"{here}/rootfs/etc/s6/cache/run:2:6: error SK202 daemonizing-configuration")
    assert f" note: {here}/conf/redis.conf:2:1: decided here " in said


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("daemonize yes", ["SK202"]),
        ("# s6kit: ignore[SK202] another file is mounted there\n    daemonize yes", []),
        ("# s6kit: ignore[SK201]\n    daemonize yes", ["SK202"]),
        ("daemonize no", []),
    ],
)
def test_a_comment_in_it_silences(
    line: str, codes: list[str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(here, REPOSITORY.replace("daemonize yes", line))
    found = told(capsys, "--format", "concise", "rootfs").splitlines()
    assert [each.split()[2] for each in found] == codes


@pytest.mark.parametrize(
    ("arguments", "configuration", "count"),
    [
        (["--exclude", "conf"], "{}", 0),
        (["--exclude", "conf/*.conf"], "{}", 0),
        (["--exclude", "other"], "{}", 1),
        ([], "{exclude: [conf/redis.conf]}", 0),
        ([], "{per-path-ignore: {conf: SK202}}", 0),
        ([], "{per-path-ignore: {conf/redis.conf: SK2}}", 0),
        ([], "{per-path-ignore: {conf: SK201, other: SK202}}", 1),
    ],
)
def test_it_may_be_left_alone(
    arguments: list[str],
    configuration: str,
    count: int,
    here: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant(here, f"{REPOSITORY}s6kit.yaml\n    lint: {configuration}\n")
    said = "1 error in 1 service\n" if count else "1 service, nothing to report\n"
    for directory, path in ((".", "rootfs"), (".", "."), ("rootfs", ".")):
        if directory == "." or not arguments:  # the words of a command line are paths from where it is typed
            monkeypatch.chdir(here / directory)
            assert told(capsys, *arguments, path).endswith(said)


TWICE = """
Dockerfile
    COPY conf/ /etc/nginx/
conf/nginx.conf
    events {}
    daemon off;
rootfs/etc/s6/web/run (executable)
    #!/bin/sh
    exec nginx -g 'daemon off;'
"""


def test_a_directive_that_is_repeated_in_it(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(here, TWICE)
    assert told(capsys, "--quiet").splitlines() == [
        "rootfs/etc/s6/web/run:2:12: error SK209 repeated-foreground-directive",
        "  2 | exec nginx -g 'daemon off;'",
        "    |            ^^",
        "  `nginx` is told twice to stay in front, and refuses to start",
        "  help: take it out of the command line, or out of the configuration",
        "  note: conf/nginx.conf:2:1: decided here",
        "    2 | daemon off;",
        "      | ^^^^^^^^^^",
        "",
    ]


@pytest.mark.parametrize(
    ("copied", "expected"),
    [
        ("COPY scripts/* /usr/bin/", ""),
        (
            "COPY scripts/* /opt/",
            "rootfs/etc/s6/disk/run:2:1: warning SK210 run-that-returns run does its work and ends: "
            "s6 runs it again every second\n",
        ),
    ],
)
def test_a_program_that_the_image_has_from_here_need_not_end(
    here: Path, capsys: pytest.CaptureFixture[str], copied: str, expected: str
) -> None:
    plant(
        here,
        f"Dockerfile\n    FROM debian\n    {copied}\n    COPY rootfs /\n"
        "scripts/mount\n    mount.script | tee /log\n"
        "rootfs/etc/s6/disk/run (executable)\n    #!/bin/sh\n    exec mount\n",
    )
    assert told(capsys, "--format", "concise", ".") == expected
