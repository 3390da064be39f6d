"""What `setup` does when it is run: variables, links, certificates, templates; in every shell."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s6kit.model import File
from s6kit.scaffold.files import scaffold
from s6kit.scaffold.options import options
from s6kit.scaffold.skeleton import BASE, home, load
from s6kit.write import EXECUTABLE, PLAIN

SHELLS = (("dash",), ("bash", "--posix"), ("busybox", "sh"))
# The commands that tell who this container is, and what it can find.
OURSELVES = {
    "uname": "echo web1",
    "hostname": "echo '10.0.0.9 fd00::9 '",
    "getent": 'case $2 in mysql) echo "10.0.0.5 mysql" ;; self) echo "10.0.0.9 self" ;; '
    'both) echo "10.0.0.5 both"; echo "fd00::9 both" ;; loop) echo "127.0.1.1 loop" ;; *) exit 2 ;; esac',
    "s6-svc": 'echo "s6-svc $*" >>told',
}


class Place:
    """A service directory whose `/private` and `/etc` are directories of the test's."""

    def __init__(self, path: Path, templates: Mapping[str, bytes] | None = None, **values: object) -> None:
        self.path, self.directory = path, path / "etc/s6/web"
        asked = options("web", {"command": ["daemon"], **{k.replace("_", "-"): v for k, v in values.items()}})
        tree = next(scaffold(load(home(), BASE), asked, templates or {}, {"mysql": 3306}))
        for name, entry in tree.entries.items():
            if isinstance(entry, File):
                target = path / name
                target.parent.mkdir(parents=True, exist_ok=True)
                text = entry.data.decode()
                if name.endswith(("/setup", "/run")):
                    text = text.replace(" /private/", f" {path}/private/").replace("/etc/", f"{path}/etc/")
                    text = text.replace('"/private/', f'"{path}/private/')
                target.write_text(text)
                target.chmod(EXECUTABLE if entry.executable else PLAIN)
        (path / "bin").mkdir()
        for name, body in OURSELVES.items():
            (path / "bin" / name).write_text(f"#!/bin/sh\n{body}\n")
            (path / "bin" / name).chmod(EXECUTABLE)

    def run(self, shell: tuple[str, ...], environment: Mapping[str, str], then: str) -> tuple[int, str]:
        """The exit code and the output of `setup`, sourced, and what stands behind it."""
        if shutil.which(shell[0]) is None:
            pytest.skip(f"no {shell[0]} here")
        done = subprocess.run(
            [*shell, "-c", f"exec 2>&1; . ./setup || exit 1; {then}"],
            cwd=self.directory,
            env={"PATH": f"{self.path}/bin:{os.environ['PATH']}", **environment},
            stdout=subprocess.PIPE,
            check=False,
            timeout=300,
        )
        return done.returncode, done.stdout.decode(errors="replace").replace(str(self.path), "")


LINKS: tuple[tuple[str, dict[str, str], str], ...] = (
    ("mysql", {}, "mysql:3306"),
    ("mysql", {"LINK_BY_NAME": "0"}, ":3306"),
    ("mysql", {"MYSQL_HOST": "db.example.org"}, "db.example.org:3306"),
    ("mysql", {"MYSQL_HOST": "127.0.0.1"}, "127.0.0.1:3306"),
    ("mysql", {"MYSQL_HOST": "web1"}, "mysql:3306"),
    ("mysql", {"MYSQL_SERVICE_HOST": "10.0.0.7", "MYSQL_SERVICE_PORT": "3308"}, "10.0.0.7:3308"),
    ("mysql", {"MYSQL_SERVICE_HOST": "10.0.0.9"}, ":3306"),
    ("mysql", {"MYSQL_PORT": "tcp://10.0.0.7:3307", "MYSQL_PORT_3307_TCP_ADDR": "10.0.0.7"}, "10.0.0.7:3307"),
    ("mysql", {"MYSQL_PORT_3309_TCP_ADDR": "10.0.0.7"}, "10.0.0.7:3309"),
    ("mysql", {"MYSQL_HOST": "a", "MYSQL_PORT": "3310"}, "a:3310"),
    ("mysql", {"MYSQL_HOST": "a", "MYSQL_SERVICE_HOST": "b"}, "a:3306"),
    ("mysql", {"MYSQL_HOST": "a", "MYSQL_PORT": "none"}, "a:3306"),
    ("mysql:3311", {}, "mysql:3311"),
    ("nobody", {}, ":"),
    ("nobody:80", {}, ":80"),
    ("web1", {}, ":"),
    ("self", {}, ":"),
    ("both", {}, ":"),
    ("loop", {}, ":"),
)


@pytest.mark.parametrize("shell", SHELLS, ids=lambda words: words[0])
@pytest.mark.parametrize(("link", "environment", "expected"), LINKS)
def test_links(
    link: str, environment: dict[str, str], expected: str, shell: tuple[str, ...], tmp_path: Path
) -> None:
    name = link.partition(":")[0].upper()
    place = Place(tmp_path, link=[link])
    then = f'env | grep -E "^{name}_(HOST|PORT)=" | sort | cut -d= -f2 | paste -sd:'
    assert place.run(shell, environment, then) == (0, f"{expected}\n")


@pytest.mark.parametrize("shell", SHELLS, ids=lambda words: words[0])
@pytest.mark.parametrize(
    ("environment", "files", "expected"),
    [
        ({}, {}, (0, "[][it's $1]\n")),
        ({"A": "x", "B": "y z"}, {}, (0, "[x][y z]\n")),
        ({"A": "x"}, {"private/web/vars": "A=1\n"}, (0, "[1][it's $1]\n")),
        ({}, {"private/web/vars": "A=1\nB=2\n", "etc/s6/web/vars": "B='3 4'\n"}, (0, "[1][3 4]\n")),
        (
            {},
            {"private/web/vars": "A='1\n"},
            (1, "web: unable to read /private/web/vars: not readable, or a syntax error\n"),
        ),
    ],
)
def test_variables(
    environment: dict[str, str],
    files: dict[str, str],
    expected: tuple[int, str],
    shell: tuple[str, ...],
    tmp_path: Path,
) -> None:
    place = Place(tmp_path, env=["A", "B=it's $1"])
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert place.run(shell, environment, 'sh -c \'printf "[%s][%s]\\n" "$A" "$B"\'') == expected


@pytest.mark.parametrize("shell", SHELLS, ids=lambda words: words[0])
def test_a_required_variable(shell: tuple[str, ...], tmp_path: Path) -> None:
    place = Place(tmp_path, require=["TOKEN"], template=["a:/etc/a"], templates={"a": b"x"})
    assert place.run(shell, {}, "echo on") == (1, "web: TOKEN is not set\n")
    assert (place.directory / "told").read_text() == "s6-svc -O .\n"
    assert not (tmp_path / "etc/a").exists()
    assert place.run(shell, {"TOKEN": "1"}, "echo on") == (0, "on\n")


@pytest.mark.parametrize("shell", SHELLS, ids=lambda words: words[0])
def test_certificates(shell: tuple[str, ...], tmp_path: Path) -> None:
    place = Place(tmp_path, ssl=True)
    (tmp_path / "private/ssl").mkdir(parents=True)
    (tmp_path / "private/ssl/cert.pem").write_text("cert")
    assert place.run(shell, {}, "echo on") == (1, "web: /private/ssl/key.pem is missing\n")
    assert not (tmp_path / "etc/ssl").exists()
    (tmp_path / "private/ssl/key.pem").write_text("key")
    told = "web: /private/ssl/ca.pem is missing; going on without it\non\n"
    assert place.run(shell, {}, "echo on") == (0, told)
    made = {
        path.name: (path.read_text(), path.stat().st_mode & 0o777)
        for path in (tmp_path / "etc/ssl/web").iterdir()
    }
    assert made == {"cert.pem": ("cert", 0o644), "key.pem": ("key", 0o600)}
    (tmp_path / "private/ssl/ca.pem").write_text("ca")
    assert place.run(shell, {}, "echo on") == (0, "on\n")


TEMPLATE = b'listen ${PORT};\nname "${NAME}" # ${HOME} $NAME ${NAMES} "\\"${NAME}"\n${EMPTY}end'


@pytest.mark.parametrize("shell", SHELLS, ids=lambda words: words[0])
def test_templates(shell: tuple[str, ...], tmp_path: Path) -> None:
    place = Place(
        tmp_path, env=["PORT=80", "NAME", "EMPTY"], template=["in/web.conf:/etc/web.conf"],
        templates={"in/web.conf": TEMPLATE},
    )  # fmt: skip
    environment = {"NAME": 'a "b" \\c; é%', "HOME": "/x"}
    target = tmp_path / "etc/web.conf"
    assert place.run(shell, environment, "echo on") == (0, "on\n")
    first = target.read_bytes()
    assert first.decode() == (
        'listen 80;\nname "a \\"b\\" \\\\c; é%" # ${HOME} $NAME ${NAMES} "\\"a \\"b\\" \\\\c; é%"\nend\n'
    )
    assert place.run(shell, environment, "echo on") == (0, "on\n")
    assert target.read_bytes() == first
    assert place.run(shell, {"NAME": "x\ny"}, "echo on") == (
        1, "web: unable to write /etc/web.conf: NAME holds a line break, $ or `\n",
    )  # fmt: skip
    assert place.run(shell, {"PORT": "80; evil"}, "echo on") == (
        1, "web: unable to write /etc/web.conf: PORT is no plain word; only double quotes could hold it\n",
    )  # fmt: skip
    assert target.read_bytes() == first, "a start that fails leaves what was there"
    assert place.run(shell, {"PORT": "81", "WEB_SKIP_SETUP": "1"}, "echo on") == (0, "on\n")
    assert target.read_bytes() == first
    assert place.run(shell, {"PORT": "81", "WEB_SKIP_SETUP": "0"}, "echo on") == (0, "on\n")
    assert target.read_bytes().startswith(b"listen 81;\n")


@settings(max_examples=60)
@given(value=st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=40))
def test_no_value_becomes_syntax(value: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """In quotes it arrives as it is, or is refused; bare it is a plain word, or is refused."""
    place = Place(
        tmp_path_factory.mktemp("place"), env=["V"], template=["q:/etc/q", "b:/etc/b"],
        templates={"q": b'"${V}"\n', "b": b"${V}\n"},
    )  # fmt: skip
    code, told = place.run(("dash",), {"V": value}, "echo on")
    quoted, bare = place.path / "etc/q", place.path / "etc/b"
    plain = bool(value.isascii() and all(c.isalnum() or c in "_.,:/@+=~-" for c in value))
    assert (code, told.count("\n")) == (0 if plain else 1, 1)
    if quoted.exists():
        inner = quoted.read_bytes().decode()[1:-2]
        assert re.sub(r"\\(.)", r"\1", inner) == value
        assert not re.search(r'(?<!\\)(\\\\)*"', inner)
        assert not set(value) & set("\n$`")
    assert bare.exists() is plain


def test_execline_gets_what_setup_exports(tmp_path: Path) -> None:
    if shutil.which("execlineb") is None:
        pytest.skip("no execline here")
    place = Place(tmp_path, env=["A=1 2"], shell="execline", command=["sh", "-c", 'echo "[$A]"'])
    done = subprocess.run(
        [place.directory / "run"], cwd=place.directory, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "[1 2]\n", "")
