"""Three versions of a file become one: what happens in each case, and that nothing is lost."""

from __future__ import annotations

import os
import subprocess
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s6kit.errors import Fatal
from s6kit.model import Directory, Entry, File, Link, Special
from s6kit.project.difference import difference
from s6kit.project.merge import Step, What, merge, unsolved
from s6kit.project.mergefile import three_way
from tests.test_write import everything

A, B, C = File(b"a\n"), File(b"b\n"), File(b"c\n")
RUN, BRUN = File(b"a\n", True), File(b"b\n", True)
BINARY, OTHER = File(b"\0a"), File(b"\0b")
LINK, ELSEWHERE = Link("x"), Link("y")
FIFO = Special("fifo")
TEXT = File(b"1\n2\n3\n4\n5\n")
EDITED = File(b"0\n1\n2\n3\n4\n5\n")
NEWER = File(b"1\n2\n3\n4\n5\n6\n")
BOTH = File(b"0\n1\n2\n3\n4\n5\n6\n")
CONFLICT = File(b"<<<<<<< edited by hand\nb\n=======\nc\n>>>>>>> rendered by s6kit\n")
CONFLICTED = File(b"<<<<<<< edited by hand\nb\n||||||| x\n=======\nd\n>>>>>>> rendered by s6kit\n")


def one(old: Entry | None, there: Entry | None, new: Entry | None) -> Step | None:
    before, now, made = ({"x": entry} if entry is not None else {} for entry in (old, there, new))
    found = list(merge(["x"], before, now, made, three_way))
    assert len(found) <= 1
    assert all((step.path, step.before, step.old) == ("x", there, old) for step in found)
    return found[0] if found else None


CASES: list[tuple[str, Entry | None, Entry | None, Entry | None, What | None, Entry | None, Entry | None]] = [
    ("nothing anywhere", None, None, None, None, None, None),
    ("somebody's own", None, A, None, None, None, None),
    ("new", None, None, A, What.ADD, A, A),
    ("there already", None, A, A, What.RECORD, A, A),
    ("nothing changed", A, A, A, None, None, None),
    ("untouched", A, A, B, What.UPDATE, B, B),
    ("edited, nothing new", A, B, A, None, None, None),
    ("edited to the same", A, B, B, What.RECORD, B, B),
    ("edited in both", A, B, C, What.CONFLICT, CONFLICT, C),
    ("edited at other places", TEXT, EDITED, NEWER, What.MERGE, BOTH, NEWER),
    ("edited, with what is new in it", TEXT, BOTH, NEWER, What.RECORD, BOTH, NEWER),
    ("never rendered, and something else there", None, B, C, What.CONFLICT, CONFLICT, C),
    ("deleted", A, None, A, What.LEAVE_OUT, None, A),
    ("deleted, something new", A, None, B, What.LEAVE_OUT, None, B),
    ("no longer rendered, untouched", A, A, None, What.REMOVE, None, None),
    ("no longer rendered, edited", A, B, None, What.KEEP, B, None),
    ("no longer rendered, deleted", A, None, None, What.RECORD, None, None),
    ("no longer rendered, in conflict", A, CONFLICT, None, What.KEEP, CONFLICT, None),
    ("in conflict, nothing new", C, CONFLICT, C, What.UNSOLVED, CONFLICT, C),
    ("in conflict, something new", C, CONFLICT, A, What.UNSOLVED, CONFLICT, C),
    ("in conflict of another style", C, CONFLICTED, A, What.UNSOLVED, CONFLICTED, C),
    ("rendered with markers", CONFLICT, CONFLICT, A, What.UPDATE, A, A),
    ("mode, untouched", A, A, RUN, What.UPDATE, RUN, RUN),
    ("mode, edited", A, RUN, B, What.MERGE, File(b"b\n", True), B),
    ("mode, text edited", A, B, RUN, What.MERGE, File(b"b\n", True), RUN),
    ("mode of something else there", None, A, RUN, What.MERGE, RUN, RUN),
    ("mode in both, text in one", A, RUN, BRUN, What.MERGE, BRUN, BRUN),
    ("binary, untouched", BINARY, BINARY, OTHER, What.UPDATE, OTHER, OTHER),
    ("binary, edited", BINARY, OTHER, BINARY, None, None, None),
    ("binary, edited in both", BINARY, OTHER, File(b"\0c"), What.REFUSE, OTHER, File(b"\0c")),
    ("binary, text before", A, BINARY, B, What.REFUSE, BINARY, B),
    ("link, untouched", LINK, LINK, ELSEWHERE, What.UPDATE, ELSEWHERE, ELSEWHERE),
    ("link, becomes a file", LINK, LINK, A, What.UPDATE, A, A),
    ("link, replaced by a file", LINK, A, LINK, None, None, None),
    ("link, replaced by a file, and rendered anew", LINK, A, ELSEWHERE, What.REFUSE, A, ELSEWHERE),
    ("a file where a link should be", A, LINK, B, What.REFUSE, LINK, B),
    ("a directory in its place", A, Directory(), B, What.REFUSE, Directory(), B),
    ("a directory in its place, nothing new", A, Directory(), A, None, None, None),
    ("a FIFO in its place, no longer rendered", A, FIFO, None, What.KEEP, FIFO, None),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_every_case(
    case: tuple[str, Entry | None, Entry | None, Entry | None, What | None, Entry | None, Entry | None],
) -> None:
    _, old, there, new, what, after, kept = case
    step = one(old, there, new)
    if what is None:
        assert step is None
    else:
        assert step == Step("x", what, there, after, old, kept)


ENTRIES = (None, A, B, C, RUN, BINARY, LINK, ELSEWHERE, TEXT, EDITED, NEWER, CONFLICT)


def test_a_second_time_there_is_nothing_to_do() -> None:
    """After any step, the same again changes nothing; and what somebody has edited is never replaced."""
    for old, there, new in product(ENTRIES, repeat=3):
        step = one(old, there, new)
        after, kept = (step.after, step.kept) if step else (there, old)
        again = one(kept, after, new)
        assert again is None or not again.writes
        if there not in (None, old, new) and step:
            assert after is not None
            assert step.what not in (What.ADD, What.UPDATE, What.REMOVE)


def lines(*alphabets: str) -> st.SearchStrategy[bytes]:
    return st.lists(st.sampled_from([line for each in alphabets for line in each]), max_size=12).map(
        lambda found: "".join(f"{line}\n" for line in found).encode()
    )


@settings(max_examples=150)
@given(lines("abcdef"), lines("abcdef", "UVW"), lines("abcdef", "XYZ"))
def test_no_line_is_lost(old: bytes, there: bytes, new: bytes) -> None:
    """What only one of the two sides has added is in the outcome."""
    step = one(File(old), File(there), File(new))
    after = step.after if step else File(there)
    assert isinstance(after, File)
    before = {*old.splitlines()}
    added = ({*there.splitlines()} | {*new.splitlines()}) - before
    assert added <= {*after.data.splitlines()}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_markers_are_found_again(end: str) -> None:
    data, conflicts = three_way("x", f"a{end}".encode(), f"b{end}".encode(), f"c{end}".encode())
    assert conflicts
    assert data == CONFLICT.data.replace(b"\n", end.encode())
    assert unsolved(File(data))
    for line in data.splitlines(keepends=True)[:1] + data.splitlines(keepends=True)[-1:]:
        assert unsolved(File(line))
    assert not unsolved(File(b"=======\n<<<<<<< HEAD\n>>>>>>> main\n"))
    assert not unsolved(LINK)


def test_texts_without_a_final_newline() -> None:
    assert three_way("x", b"1\n2\n3\n4", b"0\n1\n2\n3\n4", b"1\n2\n3\n5") == (b"0\n1\n2\n3\n5", False)
    data, conflicts = three_way("x", b"a", b"b", b"c")
    assert (data, conflicts) == (CONFLICT.data, True)


def test_more_conflicts_than_an_exit_code_counts() -> None:
    old, there, new = (
        "".join(f"{n}{mark}\n" + "x\n" * 8 for n in range(300)).encode() for mark in ("", "b", "c")
    )
    data, conflicts = three_way("x", old, there, new)
    assert (data.count(b"<<<<<<< edited by hand\n"), conflicts) == (300, True)


def test_the_configuration_of_git_makes_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text(
        "[merge]\n\tconflictStyle = diff3\n[core]\n\tfsmonitor = false; touch x\n"
    )
    (tmp_path / ".gitconfig").write_text("[merge]\n\tconflictStyle = diff3\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    assert three_way("x", b"a\n", b"b\n", b"c\n") == (CONFLICT.data, True)


def test_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Fatal) as caught:
        three_way("etc/x", b"a\n", b"b\n", b"c\n")
    assert str(caught.value) == "unable to merge etc/x with git merge-file: No such file or directory"
    (tmp_path / "git").write_text("#!/bin/sh\necho broken >&2\nexit 255\n")
    (tmp_path / "git").chmod(0o755)
    with pytest.raises(Fatal) as caught:
        three_way("etc/x", b"a\n", b"b\n", b"c\n")
    assert str(caught.value) == "unable to merge etc/x with git merge-file: broken"


# Differences: git takes them.


def put(root: Path, name: str, entry: Entry | None) -> None:
    place = root / name
    place.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(entry, Link):
        place.symlink_to(entry.target)
    elif isinstance(entry, File):
        place.write_bytes(entry.data)
        place.chmod(0o755 if entry.executable else 0o644)


def applied(root: Path, name: str, before: Entry | None, after: Entry | None) -> None:
    """Let git apply the difference, and compare."""
    for directory, entry in (("is", before), ("wanted", after)):
        (root / directory).mkdir(parents=True)
        put(root / directory, name, entry)
    text = "".join(difference(name, before, after))
    environment = {"PATH": os.environ["PATH"], "GIT_CEILING_DIRECTORIES": str(root), "LC_ALL": "C"}
    if text:
        subprocess.run(
            ["git", "apply", "--whitespace=nowarn"],
            cwd=root / "is",
            env=environment,
            input=text.encode("utf-8", "surrogateescape"),
            check=True,
        )
    files = {path for path, what in everything(root / "wanted").items() if what is not None}
    assert {path: what for path, what in everything(root / "is").items() if what is not None} == {
        path: everything(root / "wanted")[path] for path in files
    }


@pytest.mark.parametrize("name", ["etc/x", "a b/c", 'q"x\\y', "é", "t\tx"])
def test_git_takes_what_is_written(name: str, tmp_path: Path) -> None:
    cases = (None, A, RUN, TEXT, EDITED, NEWER, LINK, ELSEWHERE, File(b""), File(b"a"), File(b"a\r\n\x0cb\r"))
    for number, (before, after) in enumerate(product(cases, repeat=2)):
        applied(tmp_path / str(number), name, before, after)


def test_a_difference() -> None:
    assert "".join(difference("etc/x", TEXT, File(BOTH.data, True))) == (
        "diff --git a/etc/x b/etc/x\nold mode 100644\nnew mode 100755\n--- a/etc/x\n+++ b/etc/x\n"
        "@@ -1,5 +1,7 @@\n+0\n 1\n 2\n 3\n 4\n 5\n+6\n"
    )
    assert "".join(difference("etc/x", A, LINK)) == (
        "diff --git a/etc/x b/etc/x\ndeleted file mode 100644\n"
        "--- a/etc/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"
        "diff --git a/etc/x b/etc/x\nnew file mode 120000\n"
        "--- /dev/null\n+++ b/etc/x\n@@ -0,0 +1 @@\n+x\n"
        "\\ No newline at end of file\n"
    )
    assert "".join(difference("x", BINARY, OTHER)) == (
        "diff --git a/x b/x\nBinary files a/x and b/x differ\n"
    )
    assert "".join(difference("x", None, BINARY)) == (
        "diff --git a/x b/x\nnew file mode 100644\nBinary files /dev/null and b/x differ\n"
    )
    assert "".join(difference("x", A, A)) == "".join(difference("x", None, None)) == ""
