"""The manifest as text: a service more, a service less, and every other byte as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s6kit.config import parse
from s6kit.document import Document
from s6kit.errors import Fatal
from s6kit.project import yamledit
from s6kit.project.manifest import forget, named, record
from s6kit.scaffold.options import LONG

VALUES = {"skeleton": "nginx", "link": ["mysql", "redis:6380"], "ssl": True, "stop-timeout": 5000}
RICH = """\
# The image of the shop.  Two spaces, and a tab:\t.

root:   "image/rootfs"   # quoted, for no reason

# What runs in it.
services:
    # the front
    web:   {skeleton: nginx, ssl: true}

    jobs:   # what cron did before
        command:
          - /opt/jobs
          - '--workers'
          - "4"         # as many as cores
        env: [A=1,   "B=two words that make a line which is a good deal longer than eighty columns are"]
    # left out: mail

# How it is checked.
lint:
    ignore:   [SK207,SK211]
    per-path-ignore:
        'etc/s6/legacy/**': SK203   # until the move
    select:
      -   SK1
      - "SK2"
# the end
"""
ADDED = """\
    cache:
        skeleton: nginx
        link: [mysql, redis:6380]
        ssl: true
        stop-timeout: 5000
"""


def said(data: bytes) -> dict[str, dict[str, Any]]:
    """The services that a file records."""
    found = parse(Document(data, "s6kit.yaml"), Path("s6kit.yaml"))
    return {each.name: dict(each.values) for each in found.services}


def test_a_rich_file() -> None:
    at = RICH.index("\n# How it is checked.")
    done = record(RICH.encode(), "cache", VALUES)
    assert done.decode() == RICH[:at] + ADDED + RICH[at:]
    assert said(done)["cache"] == VALUES
    assert forget(done, "cache").decode() == RICH


def test_a_service_of_a_rich_file_is_forgotten() -> None:
    start, end = RICH.index("    jobs:"), RICH.index("    # left out")
    assert forget(RICH.encode(), "jobs").decode() == RICH[:start] + RICH[end:]
    line = "    web:   {skeleton: nginx, ssl: true}\n"
    assert forget(RICH.encode(), "web").decode() == RICH.replace(line, "")


def test_a_service_of_a_rich_file_changes() -> None:
    values = said(RICH.encode())["jobs"]
    assert record(RICH.encode(), "jobs", values) == RICH.encode()
    done = record(RICH.encode(), "jobs", {"env": ["A=2"], "log": True, "command": values["command"]})
    start = RICH.index("        env:")
    line = RICH[start : RICH.index("\n", start) + 1]
    assert done.decode() == RICH.replace(line, "        env: [A=2]\n        log: true\n")
    done = record(RICH.encode(), "web", {"skeleton": "nginx", "user": "www"})
    assert done.decode() == RICH.replace("{skeleton: nginx, ssl: true}", "{skeleton: nginx, user: www}")
    done = record(RICH.encode(), "jobs", {"command": ["x"], "env": values["env"]})
    start, end = RICH.index("        command:\n"), RICH.index("        env:")
    assert done.decode() == RICH[:start] + RICH[end:].replace(
        "    # left", "        command: [x]\n    # left"
    )


WEB = "web:\n{0}skeleton: nginx\n"
FORMS = [
    ("nothing", "", "services:\n  web:\n    skeleton: nginx\n"),
    ("a comment", "# x\n", "# x\nservices:\n  web:\n    skeleton: nginx\n"),
    ("no final newline", "root: a", "root: a\nservices:\n  web:\n    skeleton: nginx"),
    (
        "no final newline behind services",
        "services:\n  a: {}\nroot: a",
        "services:\n  a: {}\n  web:\n    skeleton: nginx\nroot: a",
    ),
    ("blank lines behind", "root: a\n\n\n", "root: a\nservices:\n  web:\n    skeleton: nginx\n\n\n"),
    (
        "a document's marks",
        "---\nroot: a\n...\n",
        "---\nroot: a\nservices:\n  web:\n    skeleton: nginx\n...\n",
    ),
    ("CRLF", "root: a\r\nlint:\r\n", "root: a\r\nlint:\r\nservices:\r\n  web:\r\n    skeleton: nginx\r\n"),
    ("a byte order mark", "\ufeffroot: a\n", "\ufeffroot: a\nservices:\n  web:\n    skeleton: nginx\n"),
    ("one column", "services:\n a:\n  user: b\n", "services:\n a:\n  user: b\n web:\n  skeleton: nginx\n"),
    ("all further in", "  root: a\n", "  root: a\n  services:\n    web:\n      skeleton: nginx\n"),
    ("in brackets", "services: {a: {user: b}}\n", "services: {a: {user: b}, web: {skeleton: nginx}}\n"),
    ("empty brackets", "services: {}\n", "services: {web: {skeleton: nginx}}\n"),
    ("all in brackets", "{root: a}\n", "{root: a, services: {web: {skeleton: nginx}}}\n"),
    (
        "brackets on lines",
        "services: {\n  a: {user: b}, # one\n}\n",
        "services: {\n  a: {user: b}, web: {skeleton: nginx}, # one\n}\n",
    ),
    (
        "a comment instead of services",
        "services:\n  # none yet\n",
        "services:\n  web:\n    skeleton: nginx\n  # none yet\n",
    ),
    (
        "an anchor",
        "services: &all\n  a: &a\n    user: b\n  c: *a\n",
        "services: &all\n  a: &a\n    user: b\n  c: *a\n  web:\n    skeleton: nginx\n",
    ),
    (
        "a text of several lines",
        "services:\n  a:\n    env:\n    - |+\n      A=1\n\n",
        "services:\n  a:\n    env:\n    - |+\n      A=1\n\n  web:\n    skeleton: nginx\n",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), [form[1:] for form in FORMS], ids=[form[0] for form in FORMS])
def test_forms(before: str, after: str) -> None:
    assert record(before.encode(), "web", {"skeleton": "nginx"}).decode() == after
    assert forget(after.encode(), "web").decode() == before


@pytest.mark.parametrize(
    ("offset", "lines"),
    [("", "lint:\n  ignore:\n  - SK1\n"), ("  ", "root: a\n"), ("   ", "lint:\n  ignore:\n     - SK1\n")],
)
def test_a_list_that_does_not_fit_has_the_dashes_of_the_file(offset: str, lines: str) -> None:
    words = [f"word-{number}" for number in range(20)]
    done = record(lines.encode(), "web", {"command": words})
    items = "".join(f"    {offset}- {word}\n" for word in words)
    assert done.decode() == f"{lines}services:\n  web:\n    command:\n{items}"
    assert said(done) == {"web": {"command": words}}


@pytest.mark.parametrize(
    "text",
    [
        "services: *x\n",
        "x: &x {b: {}}\nservices: *x\n",
        "services: [a]\n",
        "- a\n",
        "services:\n  ? a\n  : user: b\n",
        "services: ~\n",
        "a: [\n",
    ],
)
def test_forms_that_are_left_alone(text: str) -> None:
    with pytest.raises(Fatal, match=r"^unable to record web in s6kit\.yaml: .*; edit the file by hand$"):
        record(text.encode(), "web", {"skeleton": "nginx"})


def test_what_is_not_there_cannot_be_forgotten() -> None:
    for text in ("", "services:\n", "services:\n  a: {}\n", "services: []\n"):
        with pytest.raises(Fatal, match=r"^unable to take web out of s6kit\.yaml: "):
            forget(text.encode(), "web")


def test_a_comment_in_brackets_is_not_lost() -> None:
    with pytest.raises(Fatal, match="a comment stands in the way"):
        forget(b"services: {\n  a: {}, # one\n  web: {}\n}\n", "web")


def test_a_comment_keeps_an_empty_mapping() -> None:
    for text in ("services: # ours\n{}root: a\n", "services:\n  # ours\n{}root: a\n"):
        done = forget(text.format("  web: {}\n").encode(), "web")
        assert done.decode() == text.format("")


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(Fatal, match="there is text in it that is not UTF-8"):
        record(b"# \xff\n", "web", VALUES)
    words = {"command": ["\udcff", "a\nb", "\x1b", "\u2028", "\x85", " x "]}
    done = record(b"", "web", words)
    assert yamledit.read(done.decode()) == {"services": {"web": words}}
    assert len(done.splitlines()) == 3


def test_the_root() -> None:
    assert named(b"", "rootfs") == b"root: rootfs\n"
    assert named(b"lint: {}\n", ".") == b"lint: {}\nroot: .\n"
    assert named(b"root: a # b\n", "c") == b"root: a # b\n"
    done = record(named(b"", "true"), "web", VALUES)
    assert parse(Document(done, "s6kit.yaml"), Path("x/s6kit.yaml")).root == Path("x/true")
    with pytest.raises(Fatal, match=r"^unable to record the root in s6kit\.yaml: "):
        named(b"[a]\n", "rootfs")


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
NAMES = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.@:+-]{0,8}", fullmatch=True)
OPTIONS = st.dictionaries(
    st.sampled_from(LONG),
    WORDS | st.booleans() | st.integers() | st.lists(WORDS, max_size=20),
    min_size=1,
    max_size=4,
)
COMMENT = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "Zs")), max_size=20).map(
    "# {}".format
)


@st.composite
def manifests(draw: st.DrawFn) -> str:
    """A file with services of any indentation, comments and blank lines between, other keys around."""
    deep, deeper = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    top = [
        [line]
        for line in draw(st.lists(st.sampled_from(["root: a", "x: {y: [b, c]}", "z: 'd'"]), unique=True))
    ]
    block = ["services:"]
    for name in draw(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, unique=True)):
        block += [
            " " * draw(st.sampled_from([0, deep])) + line for line in draw(st.lists(COMMENT, max_size=2))
        ]
        block.append(f"{' ' * deep}{name}:")
        block += [
            f"{' ' * (deep + deeper)}{key}: {value}" for key, value in (("user", "'u'"), ("link", "[a,  b]"))
        ]
        block += [""] * draw(st.integers(0, 2))
    parts = draw(st.permutations([*top, block]))
    lines = [line for part in parts for line in (*draw(st.lists(COMMENT | st.just(""), max_size=2)), *part)]
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    return ending.join(lines) + draw(st.sampled_from(["", ending, ending * 2]))


@given(manifests(), NAMES.filter(lambda name: name not in "abc"), OPTIONS)
def test_recorded_and_forgotten_is_as_it_was(text: str, name: str, values: dict[str, Any]) -> None:
    done = record(text.encode(), name, values)
    found = yamledit.read(done.decode())
    assert found["services"][name] == values
    assert forget(done, name) == text.encode()
    before = iter(done.splitlines())
    assert all(line in before for line in text.encode().splitlines())


@given(manifests(), st.sampled_from("abc"), OPTIONS)
def test_what_is_recorded_anew_leaves_the_others(text: str, name: str, values: dict[str, Any]) -> None:
    done = record(text.encode(), name, values)
    expected = yamledit.read(text)
    expected["services"][name] = values
    assert yamledit.read(done.decode()) == expected
    assert record(done, name, values) == done
    assert done.count(b"#") >= text.count("#")
