"""s6kit.yaml: what it says, and where its mistakes are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s6kit.config import Config, Recorded, find, load, parse
from s6kit.document import Document
from s6kit.errors import ConfigError, Fatal

HERE = Path("s6kit.yaml")


def said(text: str) -> Config:
    return parse(Document(text.encode(), "s6kit.yaml"), HERE)


def test_everything() -> None:
    text = """\
root: image/rootfs
lint:
  select: [SK1, SK203]
  ignore: SK104
  exclude:
    - examples
    - "**/old"
  per-path-ignore:
    etc/s6/legacy: [SK203, SK9]
    "*.orig": SK901
  s6-version: 2.11.3.2
"""
    assert said(text) == Config(
        path=HERE,
        directory=Path(),
        root=Path("image/rootfs"),
        select=("SK1", "SK203"),
        ignore=("SK104",),
        exclude=("examples", "**/old"),
        per_path=(("etc/s6/legacy", ("SK203", "SK9")), ("*.orig", ("SK901",))),
        s6_version="2.11.3.2",
    )


def test_services() -> None:
    text = """\
skeletons: .
services:
  web:
    skeleton: nginx
    link: [mysql, "redis:6380"]
    ssl: true
    stop-timeout: 5000
    down: false
  job: {command: [/opt/job, "80"]}
  cron:
"""
    said_ = said(text)
    assert said_.skeletons == (Path(),)
    assert said_.services == (
        Recorded(
            "web",
            {
                "skeleton": "nginx",
                "link": ["mysql", "redis:6380"],
                "ssl": True,
                "stop-timeout": 5000,
                "down": False,
            },
            "s6kit.yaml:3:3",
        ),
        Recorded("job", {"command": ["/opt/job", "80"]}, "s6kit.yaml:9:3"),
        Recorded("cron", {}, "s6kit.yaml:10:3"),
    )


@pytest.mark.parametrize("text", ["", "# nothing\n", "lint:\n", "lint: {}\n", "lint:\n  select:\n", "---\n"])
def test_nothing(text: str) -> None:
    assert said(text) == Config(path=HERE, directory=Path())


def test_a_version_that_yaml_takes_for_a_number() -> None:
    assert said("lint: {s6-version: 2.11}").s6_version == "2.11"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lnit:\n  select: [SK1]\n", "1:1: unknown key 'lnit'; did you mean 'lint'?"),
        ("colour: red\n", "1:1: unknown key 'colour'; known are root, skeletons, services, lint"),
        ("service: {}\n", "1:1: unknown key 'service'; did you mean 'services'?"),
        ("skeletons: none\n", "1:12: no directory is called none"),
        ("skeletons: [., none]\n", "1:16: no directory is called none"),
        ("skeletons: {}\n", "1:12: expected text, found keys with values"),
        ("services: [web]\n", "1:11: expected keys with values, found a list"),
        ("services:\n  web: nginx\n", "2:8: expected keys with values, found text 'nginx'"),
        ("services:\n  7:\n", "2:3: expected a name, found '7' (put it in quotes)"),
        ("services:\n  a:\n    links: [b]\n", "3:5: unknown key 'links'; did you mean 'link'?"),
        (
            "services:\n  a:\n    name: b\n",
            "3:5: unknown key 'name'; known are command, skeleton, user, link, ssl, ssh, env, require, "
            "template, needs, log, notify-fd, essential, max-restarts, stop-signal, stop-timeout, down, "
            "setup, shell, set",
        ),
        (
            "services:\n  a/b:\n    ssl: true\n",
            "2:3: a service is named with letters, digits and any of _ . @ : "
            "+ -, begins with a letter, a digit or _, and has at most 251 of them",
        ),
        ("services:\n  a:\n    ssl: 'yes'\n", "3:10: ssl has to be true or false"),
        ("services:\n  a:\n    user: [b]\n", "3:11: user has to be text"),
        ("services:\n  a:\n    stop-timeout: soon\n", "3:19: stop-timeout has to be a number, not 'soon'"),
        (
            "services:\n  a:\n    max-restarts: 0\n",
            "3:19: --max-restarts has to be from 1 to 4096, as s6 remembers no more deaths",
        ),
        (
            "services:\n  a:\n    user: b\n    link: ['c d']\n",
            "4:11: --link 'c d': expected the name of a service, perhaps with :PORT behind",
        ),
        (
            "services:\n  a:\n    ssl: true\n    setup: false\n",
            "2:3: --ssl is the work of setup, which --no-setup leaves out",
        ),
        ("services:\n  a:\n    command: [b, 80]\n", "3:18: expected text, found '80' (put it in quotes)"),
        ("services:\n  a:\n    user:\n", "4:1: expected text, found nothing"),
        ("services:\n  a:\n    ssl: 1.5\n", "3:10: expected text, found '1.5' (put it in quotes)"),
        (
            "services:\n  a:\n  a:\n",
            '3:3: found duplicate key "a" with value "None" (original value: "None")',
        ),
        ("lint:\n  selct: [SK2]\n", "2:3: unknown key 'selct'; did you mean 'select'?"),
        ("lint: [SK2]\n", "1:7: expected keys with values, found a list"),
        ("lint: SK2\n", "1:7: expected keys with values, found text 'SK2'"),
        ("- lint\n", "1:1: expected keys with values, found a list"),
        ("root: [a]\n", "1:7: expected text, found a list"),
        ("root: 7\n", "1:7: expected text, found '7' (put it in quotes)"),
        ("root: ''\n", "1:7: expected text, found none"),
        ("root: true\n", "1:7: expected text, found 'true' (put it in quotes)"),
        ("7: a\n", "1:1: expected a name, found '7' (put it in quotes)"),
        ("lint:\n  select: [SK2, SK2O3]\n", "2:17: no rule is called 'SK2O3'; did you mean SK203?"),
        ("lint:\n  ignore:\n    - SK2\n    - {}\n", "4:7: expected text, found keys with values"),
        ("lint:\n  per-path-ignore: [SK2]\n", "2:20: expected keys with values, found a list"),
        (
            "lint:\n  per-path-ignore:\n    a: [E501]\n",
            "3:9: no rule is called 'E501'; `s6kit rule` lists them",
        ),
        ("lint:\n  s6-version: new\n", "2:15: expected a version such as 2.11.3.2, found 'new'"),
        ("lint:\n  daemons: [none/*.yaml]\n", "2:13: no file is called none/*.yaml"),
        ("root: a\nroot: b\n", '2:1: found duplicate key "root" with value "b" (original value: "a")'),
        ("root: [a\n", "2:1: expected ',' or ']', but got '<stream end>'"),
        ("root: a\n  lint: b\n", "2:7: mapping values are not allowed here"),
        ("root: *x\n", "1:7: found undefined alias 'x'"),
    ],
)
def test_mistakes_have_a_place(text: str, expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        said(text)
    assert str(caught.value) == f"unable to read s6kit.yaml:{expected}"


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(ConfigError, match=r"^unable to read x\.yaml:2:7: this is not UTF-8$"):
        Document(b"a: b\nroot: \xff\n", "x.yaml")


@given(st.binary(max_size=60))
def test_reading_is_total(data: bytes) -> None:
    try:
        parse(Document(data, "x.yaml"), HERE)
    except Fatal as error:
        assert str(error).startswith("unable to read x.yaml:")


def test_the_nearest_file_upward(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "s6kit.yaml").write_text("root: x\n")
    assert find(tmp_path / "a/b") == tmp_path / "s6kit.yaml"
    assert find(tmp_path / "a/b/not-there") == tmp_path / "s6kit.yaml"
    (tmp_path / "a/s6kit.yaml").write_text("root: y\n")
    assert find(tmp_path / "a/b") == tmp_path / "a/s6kit.yaml"
    assert load(tmp_path / "a/s6kit.yaml").root == tmp_path / "a/y"


def test_what_is_no_file_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "s6kit.yaml").write_text("root: x\n")
    (tmp_path / "a/s6kit.yaml").symlink_to("gone")
    with pytest.raises(Fatal) as caught:
        find(tmp_path / "a")
    assert str(caught.value) == f"unable to read {tmp_path}/a/s6kit.yaml: no file, or a link to none"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "s6kit.yaml")
    assert str(caught.value) == f"unable to read {tmp_path}/s6kit.yaml: No such file or directory"


def test_knowledge_files_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("")
    (tmp_path / "a.yaml").write_text("")
    document = Document(b"lint:\n  daemons: ['*.yaml']\n", "s6kit.yaml")
    assert parse(document, tmp_path / "s6kit.yaml").daemons == (tmp_path / "a.yaml", tmp_path / "b.yaml")
