"""Writing: everything or nothing, whatever is in the way."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from s6kit.errors import Fatal
from s6kit.model import DictTree, File, Link
from s6kit.write import Change, check, write
from tests.examples import HOME


def everything(root: Path) -> dict[str, str | None]:
    """Path -> content, mode or link target."""
    found: dict[str, str | None] = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file():
            found[name] = f"{path.stat().st_mode & 0o777:o} {path.read_text()}"
        else:
            found[name] = None
    return found


TREE = DictTree(
    {
        "etc/s6/web/run": File(b"new", True),
        "etc/s6/web/data/x": File(b"x"),
        "etc/s6/web/finish": Link("/bin/true"),
    }
)
WRITTEN = {
    "etc": None,
    "etc/s6": None,
    "etc/s6/web": None,
    "etc/s6/web/data": None,
    "etc/s6/web/data/x": "644 x",
    "etc/s6/web/finish": "-> /bin/true",
    "etc/s6/web/run": "755 new",
}


def test_writing(tmp_path: Path) -> None:
    write(Change(tmp_path, TREE))
    assert everything(tmp_path) == WRITTEN


@pytest.mark.parametrize("path", ["etc/s6/web/run", "etc/s6/web/data/x", "etc/s6/web/finish"])
@pytest.mark.parametrize("kind", ["file", "link", "directory"])
def test_what_is_there_is_left_alone(path: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / path).parent.mkdir(parents=True)
    if kind == "file":
        (tmp_path / path).write_text("old")
    elif kind == "link":
        (tmp_path / path).symlink_to("nowhere")
    else:
        (tmp_path / path).mkdir()
    before = everything(tmp_path)
    with pytest.raises(Fatal, match=rf"^unable to write .*/{path}: it is there already; --force"):
        write(Change(tmp_path, TREE))
    assert everything(tmp_path) == before


def test_a_service_that_is_there(tmp_path: Path) -> None:
    check(tmp_path, "etc/s6/web")
    (tmp_path / "etc/s6/web").mkdir(parents=True)
    with pytest.raises(Fatal, match="it is there already; --force"):
        check(tmp_path, "etc/s6/web")
    check(tmp_path, "etc/s6/web", replace=True)


def test_force_keeps_what_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "etc/s6/web").mkdir(parents=True)
    (tmp_path / "etc/s6/web/run").write_text("old")
    (tmp_path / "etc/s6/web/vars").write_text("A=1")
    (tmp_path / "etc/s6/web/link").symlink_to("nowhere")
    (tmp_path / "etc/s6/web/finish").symlink_to("run")
    write(Change(tmp_path, TREE, replace=True))
    assert everything(tmp_path) == WRITTEN | {
        "etc/s6/web/vars": "644 A=1",
        "etc/s6/web/link": "-> nowhere",
    }


def test_force_keeps_modes_but_for_the_executable_bits(tmp_path: Path) -> None:
    (tmp_path / "etc/s6/web/data").mkdir(parents=True)
    for name, mode in (("run", 0o640), ("data/x", 0o711)):
        (tmp_path / "etc/s6/web" / name).write_text("old")
        (tmp_path / "etc/s6/web" / name).chmod(mode)
    write(Change(tmp_path, TREE, replace=True))
    assert everything(tmp_path) == WRITTEN | {"etc/s6/web/data/x": "600 x", "etc/s6/web/run": "750 new"}


def test_a_narrow_umask_makes_no_difference(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write(Change(tmp_path, TREE))
    finally:
        os.umask(before)
    assert everything(tmp_path) == WRITTEN
    assert {path.stat().st_mode & 0o777 for path in tmp_path.rglob("*") if path.is_dir()} == {0o755}


def test_force_does_not_touch_a_running_service(tmp_path: Path) -> None:
    (tmp_path / "etc/s6/web/supervise").mkdir(parents=True)
    os.mkfifo(tmp_path / "etc/s6/web/supervise/control")
    with pytest.raises(Fatal, match="is the service running"):
        check(tmp_path, "etc/s6/web", replace=True)


@pytest.mark.parametrize("replace", [False, True])
def test_nothing_is_written_out_of_the_root(replace: bool, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "root/etc").mkdir(parents=True)
    (tmp_path / "root/etc/s6").symlink_to("../../out")
    with pytest.raises(Fatal, match="a link on the way leads out of"):
        write(Change(tmp_path / "root", TREE, replace=replace))
    assert everything(tmp_path / "out") == {}


def test_a_link_in_the_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "etc/s6").mkdir(parents=True)
    (tmp_path / "etc/s6/web").symlink_to("..")
    with pytest.raises(Fatal, match="it is no directory"):
        check(tmp_path, "etc/s6/web", replace=True)


@pytest.mark.parametrize("path", ["/x", "../x", "a/../x", "a//x", "./x", "a/."])
def test_a_path_that_is_none(path: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not inside a root"):
        write(Change(tmp_path, gone=(path,)))
    assert everything(tmp_path) == {}


def test_links_on_the_way_inside_the_root(tmp_path: Path) -> None:
    (tmp_path / "srv/s6").mkdir(parents=True)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/s6").symlink_to("../srv/s6")
    write(Change(tmp_path, TREE))
    assert everything(tmp_path / "srv") == {
        path.removeprefix("etc/"): what for path, what in WRITTEN.items() if path != "etc"
    }
    write(Change(tmp_path, gone=("etc/s6/web/run", "etc/s6/web/finish", "etc/s6/web/data/x")))
    assert everything(tmp_path) == {"etc": None, "etc/s6": "-> ../srv/s6"}


def test_a_root_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "root").write_text("")
    with pytest.raises(Fatal, match=r"^unable to write .*/root/etc/s6/web/data/x: Not a directory$"):
        write(Change(tmp_path / "root", TREE))
    assert everything(tmp_path) == {"root": "644 "}


def test_a_failure_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(Fatal, match="No space left on device"):
        write(Change(tmp_path, TREE))
    assert everything(tmp_path) == {}


def start(root: Path) -> None:
    """What is there before CHANGES."""
    for name, text in {
        "s6kit.yaml": "old",
        "rootfs/etc/web.conf": "old",
        "rootfs/etc/d/gone": "gone",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "rootfs/etc/d/link").symlink_to("gone")
    (root / "rootfs/etc/link").symlink_to("d")
    (root / "rootfs/etc/empty").mkdir()


def changes(root: Path) -> tuple[Change, ...]:
    over = {"etc/web.conf": File(b"new"), "etc/link": File(b"file", True)}
    return (
        Change(root, DictTree({"s6kit.yaml": File(b"new")}), replace=True),
        Change(root / "rootfs", TREE),
        Change(root / "rootfs", DictTree(over), ("etc/d/gone", "etc/d/link", "etc/none"), replace=True),
        Change(root, DictTree({".s6kit/rendered/etc/web.conf": File(b"new")})),
    )


CHANGED = {
    ".s6kit": None,
    ".s6kit/rendered": None,
    ".s6kit/rendered/etc": None,
    ".s6kit/rendered/etc/web.conf": "644 new",
    "rootfs": None,
    "rootfs/etc/empty": None,
    "rootfs/etc/link": "755 file",
    "rootfs/etc/web.conf": "644 new",
    "s6kit.yaml": "644 new",
} | {f"rootfs/{path}": what for path, what in WRITTEN.items()}


def test_several_changes(tmp_path: Path) -> None:
    start(tmp_path)
    write(*changes(tmp_path))
    assert everything(tmp_path) == CHANGED


def test_a_file_system_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    start(tmp_path)
    write(*changes(tmp_path))
    assert everything(tmp_path) == CHANGED
    with pytest.raises(Fatal, match="it is there already"):
        write(Change(tmp_path, DictTree({"s6kit.yaml": File(b"newer")})))
    assert everything(tmp_path) == CHANGED


CALLS = ("mkdir", "rename", "replace", "link", "symlink", "chmod", "chown")


@pytest.mark.parametrize("links", [True, False])
def test_a_failure_at_any_call_leaves_everything_as_it_was(
    links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first call fails, then the second, and so on, until nothing is left to fail."""
    failed = 0
    for at in range(1000):
        root = tmp_path / str(at)
        start(root)
        before, left = everything(root), [at]
        with monkeypatch.context() as patch:
            for name in CALLS:
                patch.setattr(os, name, failing(getattr(os, name), left, links or name != "link"))
            try:
                write(*changes(root))
            except Fatal as error:
                assert "No space left on device" in str(error)
                failed += 1
        if left[0] >= 0:
            assert everything(root) == CHANGED
            break
        assert everything(root) in (before, CHANGED)
    assert failed > 20


def failing(call: Callable[..., Any], left: list[int], works: bool) -> Callable[..., Any]:
    """The call, which fails once when nothing is left of the count."""

    def wrapped(*arguments: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] == -1:
            raise OSError(errno.ENOSPC, "No space left on device")
        if not works:
            raise OSError(errno.EPERM, "Operation not permitted")
        return call(*arguments, **named)

    return wrapped


def test_what_cannot_be_taken_back_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    start(tmp_path)
    (tmp_path / "x").mkdir()
    over = DictTree({"s6kit.yaml": File(b"new"), "x": File(b"")})
    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(Fatal, match=r"unable to take everything back: .*; what was there is in ") as caught:
        write(Change(tmp_path, over, replace=True))
    kept = Path(str(caught.value).rpartition(" is in ")[2])
    assert [path.read_text() for path in kept.iterdir()] == ["old"]


INTERRUPTED = """
import os, signal, sys
from pathlib import Path
from s6kit.write import write
from tests.test_write import changes
name, number = sys.argv[2], int(sys.argv[3])
call = getattr(os, name)
def interrupted(*arguments, **named):
    os.kill(os.getpid(), number)
    return call(*arguments, **named)
setattr(os, name, interrupted)
try:
    write(*changes(Path(sys.argv[1])))
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("name", ["mkdir", "link", "rmdir"])
def test_signals_wait(name: str, number: signal.Signals, tmp_path: Path) -> None:
    """While it is made ready, while it takes its place, and while what is left of that is removed."""
    start(tmp_path)
    command = [sys.executable, "-c", INTERRUPTED, str(tmp_path), name, str(int(number))]
    done = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=False)
    expected = (0, "interrupted\n") if number is signal.SIGINT else (-number, "")
    assert (done.returncode, done.stdout, done.stderr) == (*expected, "")
    assert everything(tmp_path) == CHANGED


def test_different_services_at_once(tmp_path: Path) -> None:
    """Nothing is there, so that all of them make the same directories."""
    trees = [DictTree({f"etc/s6/{n}/run": File(b"x"), f"etc/d/{n}": File(b"x")}) for n in range(16)]
    together = threading.Barrier(len(trees))

    def one(tree: DictTree) -> None:
        together.wait()
        write(Change(tmp_path, tree))

    threads = [threading.Thread(target=one, args=(tree,)) for tree in trees]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    files = {path for path, what in everything(tmp_path).items() if what is not None}
    assert files == {path for n in range(16) for path in (f"etc/s6/{n}/run", f"etc/d/{n}")}
    assert not list(tmp_path.rglob(".s6kit.*"))


def test_the_same_service_at_once(tmp_path: Path) -> None:
    won: list[int] = []
    together = threading.Barrier(8)

    def one(number: int) -> None:
        tree = {"etc/s6/web/run": File(str(number).encode()), f"etc/s6/web/{number}": File(b"")}
        together.wait()
        try:
            write(Change(tmp_path, DictTree(tree)))
        except Fatal:
            return
        won.append(number)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert everything(tmp_path / "etc/s6/web") == {"run": f"644 {won[0]}", str(won[0]): "644 "}


def test_directories_that_are_left_empty_go(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    write(Change(tmp_path / "root", TREE))
    (tmp_path / "root/etc/s6/web/vars").write_text("A=1")
    write(Change(tmp_path / "root", gone=("etc/s6/web/run", "etc/s6/web/data/x")))
    left = {"etc": None, "etc/s6": None, "etc/s6/web": None, "etc/s6/web/finish": "-> /bin/true"}
    assert everything(tmp_path / "root") == left | {"etc/s6/web/vars": "644 A=1"}
    (tmp_path / "root/etc/s6/web/vars").unlink()
    write(Change(tmp_path / "root", gone=("etc/s6/web/finish",)))
    assert everything(tmp_path) == {"root": None}


def test_only_files_and_links_are_removed(tmp_path: Path) -> None:
    write(Change(tmp_path, TREE))
    with pytest.raises(Fatal, match=r"^unable to remove .*/etc/s6/web: it is no regular file$"):
        write(Change(tmp_path, gone=("etc/s6/web/run", "etc/s6/web")))
    assert everything(tmp_path) == WRITTEN
