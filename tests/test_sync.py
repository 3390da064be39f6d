"""`sync`, `remove` and what `new` records, through the command line, on the disk, with the real git."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from s6kit.cli import main
from s6kit.scaffold import render
from s6kit.scaffold.options import Options
from tests.test_write import everything

NAMES = ("finish", "run", "setup")
FINISH, RUN, SETUP = (f"rootfs/etc/s6/web/{name}" for name in NAMES)
CLEAN = "1 service, everything up to date\n"
WORD = 8  # cells


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a service that `new` has written."""
    here = tmp_path / "here"
    (here / "rootfs").mkdir(parents=True)
    monkeypatch.chdir(here)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    assert main(["new", "web", "--", "/opt/web", "--port", "80"]) == 0
    return here


@pytest.fixture
def told(here: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    capsys.readouterr()
    return Told(capsys)


class Told:
    """Runs a command line: exit code, standard output, standard error."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err


def listed(*steps: tuple[str, str]) -> str:
    return "".join(f"{word.ljust(WORD)}  {path}\n" for word, path in steps)


def edit(path: str, old: str, new: str) -> str:
    """Replace a text that is there once; the whole text afterwards."""
    text = Path(path).read_text()
    assert text.count(old) == 1
    Path(path).write_text(text.replace(old, new))
    return Path(path).read_text()


def another(port: int = 81) -> None:
    """The manifest asks for something else."""
    edit("s6kit.yaml", "'80'", f"'{port}'")


def test_new_records(here: Path) -> None:
    assert (here / "s6kit.yaml").read_text() == (
        "root: rootfs\nservices:\n  web:\n    command: [/opt/web, --port, '80']\n"
    )
    assert everything(here / "rootfs") == everything(here / ".s6kit/rendered")
    assert sorted(path.name for path in here.iterdir()) == [".s6kit", "rootfs", "s6kit.yaml"]


def test_nothing_to_do(here: Path, told: Told) -> None:
    before = everything(here)
    assert told("sync") == told("sync", "web") == told("sync", "--check") == (0, CLEAN, "")
    assert told("sync", "--diff") == (0, "", "")
    assert everything(here) == before


def test_what_nobody_has_touched_is_updated(here: Path, told: Told) -> None:
    another()
    before = everything(here)
    planned = listed(("update", RUN))
    assert told("sync", "--check") == (1, planned + "\nout of date: run s6kit sync\n", "")
    code, out, err = told("sync", "--diff")
    assert (code, err) == (1, "")
    assert out == (
        f"diff --git a/{RUN} b/{RUN}\n--- a/{RUN}\n+++ b/{RUN}\n@@ -7,4 +7,4 @@\n"
        " # shellcheck source=/dev/null\n . ./setup || exit 1\n \n"
        "-exec /opt/web --port 80\n+exec /opt/web --port 81\n"
    )
    assert everything(here) == before
    assert told("sync") == (0, listed(("updated", RUN)), "")
    assert everything(here / "rootfs") == everything(here / ".s6kit/rendered")
    assert Path(RUN).read_text().endswith("\nexec /opt/web --port 81\n")
    assert Path(RUN).stat().st_mode & 0o777 == 0o755
    assert told("sync", "--check") == (0, CLEAN, "")


def test_the_difference_is_what_sync_does(here: Path, told: Told) -> None:
    edit("s6kit.yaml", "    command", "    log: true\n    essential: true\n    command")
    edit(SETUP, "#!/bin/sh\n", "#!/bin/sh\n# mine\n")
    shutil.copytree(here, here.parent / "copy", symlinks=True)
    out = told("sync", "--diff")[1]
    assert told("sync")[0] == 0
    subprocess.run(["git", "apply"], cwd=here.parent / "copy", input=out, text=True, check=True)
    assert everything(here.parent / "copy/rootfs") == everything(here / "rootfs")


def test_what_was_edited_is_merged(here: Path, told: Told) -> None:
    edited = edit(RUN, "exec 2>&1\n", "exec 2>&1\nulimit -n 4096\n")
    assert told("sync") == (0, CLEAN, "")
    another()
    assert told("sync", "--check")[:2] == (1, listed(("merge", RUN)) + "\nout of date: run s6kit sync\n")
    assert told("sync") == (0, listed(("merged", RUN)), "")
    assert Path(RUN).read_text() == edited.replace("80", "81")
    assert told("sync") == (0, CLEAN, "")
    assert Path(RUN).read_text() == edited.replace("80", "81")


def test_a_conflict(here: Path, told: Told) -> None:
    edited = edit(RUN, "--port 80", "--port 80 --verbose")
    another()
    solve = "edit what stands between <<<<<<< and >>>>>>>, then run s6kit sync again\n"
    assert told("sync") == (1, listed(("conflict", RUN)) + f"\n1 conflict: {solve}", "")
    head = edited.removesuffix("exec /opt/web --port 80 --verbose\n")
    both = (
        f"{head}<<<<<<< edited by hand\nexec /opt/web --port 80 --verbose\n=======\n"
        "exec /opt/web --port 81\n>>>>>>> rendered by s6kit\n"
    )
    assert Path(RUN).read_text() == both
    assert Path(RUN).stat().st_mode & 0o777 == 0o755
    edit("s6kit.yaml", "'81'", "'82'")
    unsolved = listed(("unsolved", RUN)) + f"\n1 unsolved: left as they are; {solve}"
    assert told("sync") == (1, unsolved, "")
    assert told("sync", "--check") == (1, unsolved, "")
    assert Path(RUN).read_text() == both
    Path(RUN).write_text(f"{head}exec /opt/web --port 81 --verbose\n")
    assert told("sync")[:2] == (1, listed(("conflict", RUN)) + f"\n1 conflict: {solve}")
    Path(RUN).write_text(f"{head}exec /opt/web --port 82 --verbose\n")
    assert told("sync") == told("sync", "--check") == (0, CLEAN, "")


def test_what_was_deleted_stays_deleted(here: Path, told: Told) -> None:
    Path(SETUP).unlink()
    said = listed(("left out", SETUP)) + "\n1 left out: deleted by hand: they stay deleted\n"
    assert told("sync") == told("sync", "--check") == (0, said + CLEAN, "")
    assert not Path(SETUP).exists()


def test_what_is_no_longer_rendered_goes(here: Path, told: Told) -> None:
    edit("s6kit.yaml", "    command", "    log: true\n    notify-fd: 3\n    command")
    log, notify = "rootfs/etc/s6/web/log/run", "rootfs/etc/s6/web/notification-fd"
    assert told("sync") == (0, listed(("added", log), ("added", notify)), "")
    Path(notify).write_text("4\n")
    edit("s6kit.yaml", "    log: true\n    notify-fd: 3\n", "")
    kept = listed(("removed", log), ("kept", notify)) + "\n1 kept: edited by hand: no longer looked after\n"
    assert told("sync") == (1, kept, "")
    assert Path(notify).read_text() == "4\n"
    assert not Path(log).parent.exists()
    assert told("sync") == (0, CLEAN, "")


def test_links_and_modes(here: Path, told: Told) -> None:
    Path(RUN).chmod(0o644)
    assert told("sync", "--check") == (0, CLEAN, "")  # an edit like any other
    another()
    assert told("sync") == (0, listed(("merged", RUN)), "")
    assert Path(RUN).stat().st_mode & 0o777 == 0o644
    assert Path(FINISH).readlink() == Path("/bin/true")
    edit("s6kit.yaml", "    command", "    max-restarts: 3\n    command")
    assert told("sync") == (0, listed(("updated", FINISH)), "")
    assert not Path(FINISH).is_symlink() and Path(FINISH).stat().st_mode & 0o777 == 0o755
    edit("s6kit.yaml", "    max-restarts: 3\n", "")
    assert told("sync") == (0, listed(("updated", FINISH)), "")
    assert Path(FINISH).readlink() == Path("/bin/true")
    Path(FINISH).unlink()
    Path(FINISH).write_text("mine\n")
    edit("s6kit.yaml", "    command", "    max-restarts: 3\n    command")
    refused = "\n1 refused: no texts that can be merged: yours stay, ours are in .s6kit/rendered\n"
    assert told("sync") == (1, listed(("refused", FINISH)) + refused, "")
    assert Path(FINISH).read_text() == "mine\n"
    assert (here / ".s6kit/rendered/etc/s6/web/finish").read_text().startswith("#!/bin/sh\n")
    assert told("sync") == (0, CLEAN, "")


def test_a_service_that_was_taken_out_of_the_manifest(here: Path, told: Told) -> None:
    edit(SETUP, "#!/bin/sh\n", "#!/bin/sh\n# mine\n")
    (here / "s6kit.yaml").write_text("root: rootfs\n")
    out = listed(("removed", FINISH), ("removed", RUN), ("kept", SETUP))
    assert told("sync") == (1, out + "\n1 kept: edited by hand: no longer looked after\n", "")
    assert [path.name for path in (here / "rootfs/etc/s6/web").iterdir()] == ["setup"]
    assert not (here / ".s6kit").exists()
    assert told("sync") == (0, "0 services, everything up to date\n", "")


def skeleton(place: Path, name: str, **files: str) -> None:
    """A skeleton of one's own with files right in etc."""
    (place / name / "etc").mkdir(parents=True)
    (place / name / "skeleton.yaml").write_text(f"title: {name}\ncommands: [/opt/{name}]\n")
    for file, text in files.items():
        (place / name / "etc" / file).write_text(text)


def test_a_manifest_written_by_hand(here: Path, told: Told) -> None:
    skeleton(here / "own", "tick", tick="1\n")
    more = "skeletons: own\nservices:\n  tick:\n  job: {command: [/opt/job], skeleton: generic}\n"
    edit("s6kit.yaml", "services:\n", more)
    files = [f"rootfs/etc/s6/{service}/{name}" for service in ("job", "tick") for name in NAMES]
    assert told("sync") == (0, listed(*(("added", path) for path in [*files, "rootfs/etc/tick"])), "")
    assert told("lint") == (0, "3 services, nothing to report\n", "")
    assert told("sync", "--check") == (0, "3 services, everything up to date\n", "")


def test_what_was_rendered_is_lost(here: Path, told: Told) -> None:
    """Without it, what is as it would be is recorded again, and the rest is shown."""
    shutil.rmtree(here / ".s6kit")
    edit(RUN, "--port 80", "--port 8080")
    recorded = [("recorded", f".s6kit/rendered/etc/s6/web/{name}") for name in ("finish", "setup")]
    code, out, _ = told("sync")
    assert code == 1
    assert out.startswith(listed(recorded[0], ("conflict", RUN), recorded[1]))
    assert Path(RUN).read_text().count("exec /opt/web") == 2


def test_some_services_only(here: Path, told: Told) -> None:
    assert told("new", "job", "--", "/opt/job", "--port", "1")[0] == 0
    another()
    edit("s6kit.yaml", "'1'", "'2'")
    job = "rootfs/etc/s6/job/run"
    planned = listed(("update", job)) + "\nout of date: run s6kit sync\n"
    assert told("sync", "job", "--check") == (1, planned, "")
    assert told("sync", "job") == (0, listed(("updated", job)), "")
    assert told("sync") == (0, listed(("updated", RUN)), "")


@pytest.mark.parametrize("command", ["sync", "remove"])
def test_a_service_that_nobody_knows(here: Path, told: Told, command: str) -> None:
    before = everything(here)
    said = f"s6kit: fatal: unable to {command} {{}}: s6kit.yaml records no such service; {{}}\n".format
    assert told(command, "wbe") == (2, "", said("wbe", "did you mean web?"))
    assert told(command, "x") == (2, "", said("x", "it records web"))
    assert everything(here) == before


@pytest.mark.parametrize("command", [["sync"], ["sync", "--check"], ["remove", "web"]])
def test_what_stops_it(here: Path, told: Told, command: list[str]) -> None:
    def fatal() -> str:
        before = everything(here)
        code, out, err = told(*command)
        assert (code, out) == (2, "")
        assert everything(here) == before
        return err.removeprefix("s6kit: fatal: ").rstrip("\n")

    (here / "s6kit.yaml").rename("away")
    assert fatal() == f"unable to {command[0]}: no s6kit.yaml is here or above; `s6kit new` makes one"
    (here / "s6kit.yaml").write_text("root: none\n")
    assert fatal() == "unable to find none, the root of s6kit.yaml: no such directory"
    (here / "s6kit.yaml").write_text("services:\n  web:\n    lnik: [x]\n")
    assert fatal() == "unable to read s6kit.yaml:3:5: unknown key 'lnik'; did you mean 'link'?"
    (here / "away").rename("s6kit.yaml")
    (here / "out").mkdir()
    shutil.move(here / "rootfs/etc", here / "out")
    (here / "rootfs/etc").symlink_to("../out/etc")
    assert "a link on the way leads out of rootfs" in fatal()


def test_services_that_cannot_be_rendered(here: Path, told: Told) -> None:
    edit("s6kit.yaml", "services:\n", "services:\n  nothing:\n")
    before = everything(here)
    code, out, err = told("sync")
    assert (code, out) == (2, "")
    assert err.startswith("s6kit: fatal: unable to scaffold nothing: no skeleton is called that ")
    assert err.endswith(" (s6kit.yaml:3:3)\n")
    assert everything(here) == before
    assert told("remove", "web")[0] == 0
    assert (here / "s6kit.yaml").read_text() == "root: rootfs\nservices:\n  nothing:\n"


def test_two_services_that_share_a_path(here: Path, told: Told) -> None:
    skeleton(here / "own", "a", shared="x\n")
    skeleton(here / "own", "b", shared="x\n")
    (here / "s6kit.yaml").write_text("skeletons: own\nservices: {a: , b: }\n")
    assert told("sync")[0] == 0
    assert (here / "rootfs/etc/shared").read_text() == "x\n"
    assert told("remove", "a")[0] == 0
    assert (here / "rootfs/etc/shared").read_text() == "x\n"
    assert told("remove", "b")[0] == 0
    assert not (here / "rootfs/etc/shared").exists()
    (here / "own/b/etc/shared").write_text("y\n")
    (here / "s6kit.yaml").write_text("skeletons: own\nservices: {a: , b: }\n")
    before = everything(here)
    said = "s6kit: fatal: unable to render a and b: they are not of one mind about /etc/shared\n"
    assert told("sync") == (2, "", said)
    assert everything(here) == before


def test_the_finish_of_two_essential_services(here: Path, told: Told) -> None:
    """The scan directory's own finish is theirs together, and goes with the last of them."""
    finish = here / "rootfs/etc/s6/.s6-svscan/finish"
    for name in ("a", "b"):
        assert told("new", name, "--essential", "--", f"/opt/{name}")[0] == 0
    assert told("sync", "--check") == (0, "3 services, everything up to date\n", "")
    assert told("remove", "a")[0] == 0
    assert finish.exists()
    assert told("sync", "--check") == (0, "2 services, everything up to date\n", "")
    assert told("remove", "b")[0] == 0
    assert not finish.exists()


def test_a_finish_of_ones_own(here: Path, told: Told) -> None:
    finish = here / "rootfs/etc/s6/.s6-svscan/finish"
    finish.parent.mkdir()
    finish.write_text("#!/bin/sh\n# mine\n")
    finish.chmod(0o755)
    assert told("new", "a", "--essential", "--", "/opt/a")[0] == 0
    assert told("sync", "--check") == (0, "2 services, everything up to date\n", "")
    assert told("remove", "a")[0] == 0
    assert finish.read_text() == "#!/bin/sh\n# mine\n"


def test_remove(here: Path, told: Told) -> None:
    removed = listed(("removed", FINISH), ("removed", RUN), ("removed", SETUP))
    assert told("remove", "web") == (0, removed, "")
    assert everything(here) == {"rootfs": None, "s6kit.yaml": "644 root: rootfs\n"}
    assert told("new", "web", "--", "/opt/web")[0] == 0


def test_remove_keeps_what_was_edited(here: Path, told: Told) -> None:
    edit(SETUP, "#!/bin/sh\n", "#!/bin/sh\n# mine\n")
    Path("rootfs/etc/s6/web/vars").write_text("A=1\n")
    out = listed(("removed", FINISH), ("removed", RUN), ("kept", SETUP))
    out += "\n1 kept: edited by hand: no longer looked after\n\nnot ours  rootfs/etc/s6/web/vars\n"
    assert told("remove", "web") == (1, out, "")
    assert sorted(path.name for path in Path(SETUP).parent.iterdir()) == ["setup", "vars"]
    assert (here / "s6kit.yaml").read_text() == "root: rootfs\n"
    assert not (here / ".s6kit").exists()


def test_remove_with_force(here: Path, told: Told) -> None:
    edit(SETUP, "#!/bin/sh\n", "#!/bin/sh\n# mine\n")
    Path(RUN).unlink()
    code, out, err = told("remove", "web", "--force")
    recorded = ("recorded", ".s6kit/rendered/etc/s6/web/run")
    assert (code, err) == (0, "")
    assert out == listed(("removed", FINISH), recorded, ("removed", SETUP))
    assert everything(here) == {"rootfs": None, "s6kit.yaml": "644 root: rootfs\n"}


def test_new_with_force(here: Path, told: Told) -> None:
    assert told("new", "web", "--log", "--force", "--", "/opt/web")[0] == 0
    edit(SETUP, "#!/bin/sh\n", "#!/bin/sh\n# mine\n")
    Path("rootfs/etc/s6/web/vars").write_text("A=1\n")
    assert told("new", "web", "--", "/opt/other")[0] == 2
    assert told("new", "web", "--force", "--", "/opt/other")[0] == 0
    assert sorted(path.name for path in Path(RUN).parent.iterdir()) == ["finish", "run", "setup", "vars"]
    assert "# mine" not in Path(SETUP).read_text()
    assert "    command: [/opt/other]\n" in (here / "s6kit.yaml").read_text()
    assert "log" not in (here / "s6kit.yaml").read_text()
    assert told("sync", "--check") == (0, CLEAN, "")


@pytest.mark.parametrize("isolated", [[], ["--isolated"]])
def test_somebody_else_is_faster(
    here: Path, told: Told, isolated: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes second finds it taken, though it was not when they began."""
    command = ["new", "late", *isolated, "--", "/opt/late"]
    real, codes = render.render, []

    def slow(asked: Options, workshop: render.Workshop) -> render.Rendered:
        monkeypatch.setattr(render, "render", real)
        codes.append(main(command))
        return real(asked, workshop)

    monkeypatch.setattr(render, "render", slow)
    code, _, err = told(*command)
    assert (code, codes) == (2, [0])
    assert "it is there already; --force replaces what `new` writes" in err
    assert sorted(path.name for path in (here / "rootfs/etc/s6/late").iterdir()) == [*NAMES]


def test_new_diff(here: Path, told: Told) -> None:
    edit(RUN, "--port 80", "--port 8080")
    before = everything(here)
    shutil.copytree(here, here.parent / "copy", symlinks=True)
    code, out, err = told("new", "web", "--diff", "--", "/opt/web", "--port", "90")
    assert (code, err) == (0, "")
    assert everything(here) == before
    assert "-exec /opt/web --port 8080\n+exec /opt/web --port 90\n" in out
    assert "-    command: [/opt/web, --port, '80']\n+    command: [/opt/web, --port, '90']\n" in out
    subprocess.run(["git", "apply"], cwd=here.parent / "copy", input=out, text=True, check=True)
    assert told("new", "web", "--force", "--", "/opt/web", "--port", "90")[0] == 0
    applied = everything(here.parent / "copy")
    assert {path: what for path, what in everything(here).items() if ".s6kit" not in path} == {
        path: what for path, what in applied.items() if ".s6kit" not in path
    }


def test_a_file_of_somebody_else_is_not_replaced(here: Path, told: Told) -> None:
    skeleton(here / "own", "x", **{"x.conf": "x\n"})
    edit("s6kit.yaml", "root: rootfs\n", "root: rootfs\nskeletons: own\n")
    (here / "rootfs/etc/x.conf").write_text("mine\n")
    before = everything(here)
    assert told("new", "x") == (
        2, "", "s6kit: fatal: unable to write rootfs/etc/x.conf: it is there already; "
        "--force replaces what `new` writes\n"
    )  # fmt: skip
    assert everything(here) == before
    (here / "rootfs/etc/x.conf").write_text("x\n")
    assert told("new", "x")[0] == 0


def test_new_diff_that_is_not_recorded(here: Path, told: Told) -> None:
    """What an earlier rendering had stays then, and so does the manifest."""
    assert told("new", "web", "--log", "--force", "--", "/opt/web")[0] == 0
    code, out, _ = told("new", "web", "--isolated", "--diff", "--", "/opt/other")
    assert code == 0
    assert [line for line in out.splitlines() if line[:2] in ("--", "++")] == [f"--- a/{RUN}", f"+++ b/{RUN}"]
    assert told("new", "web", "--isolated", "--force", "--", "/opt/other")[0] == 0
    assert Path("rootfs/etc/s6/web/log/run").exists()


def test_isolated_records_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "web", "--isolated", "--", "/opt/web"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["etc"]


@pytest.mark.parametrize(
    ("root", "manifest"),
    [(".", "root: .\n"), ("image", "root: image\n"), ("./image/", "root: image\n"), ("../x", "root: ../x\n")],
)
def test_the_root_of_a_new_manifest(
    root: str, manifest: str, here: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here.parent / "empty").mkdir()
    monkeypatch.chdir(here.parent / "empty")
    assert told("new", "web", "--root", root, "--", "/opt/web")[0] == 0
    assert Path("s6kit.yaml").read_text().startswith(manifest)
    assert told("sync", "--check") == (0, CLEAN, "")


def test_another_root_is_not_recorded(here: Path, told: Told) -> None:
    before = everything(here / ".s6kit"), (here / "s6kit.yaml").read_text()
    code, out, _ = told("new", "web", "--root", "other", "--", "/opt/web")
    assert code == 0
    said = "not recorded: s6kit.yaml is about another root; this one needs its own"
    assert f"  keep it            {said}\n" in out
    assert (here / "other/etc/s6/web/run").exists()
    assert (everything(here / ".s6kit"), (here / "s6kit.yaml").read_text()) == before


def test_a_manifest_further_up_is_about_more(here: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    (here.parent / "s6kit.yaml").write_text("lint: {ignore: [SK207]}\n")
    (here.parent / "sub/rootfs").mkdir(parents=True)
    monkeypatch.chdir(here.parent / "sub")
    code, out, _ = told("new", "web", "--", "/opt/web")
    assert code == 0
    assert "not recorded: ../s6kit.yaml is about another root; this one needs its own\n" in out
    assert (here.parent / "s6kit.yaml").read_text() == "lint: {ignore: [SK207]}\n"
    Path("s6kit.yaml").write_text("# mine\n")
    assert told("new", "job", "--root", "rootfs", "--", "/opt/job")[0] == 0
    text = "# mine\nservices:\n  job:\n    command: [/opt/job]\n"
    assert Path("s6kit.yaml").read_text() == text
    Path("s6kit.yaml").write_text("# mine\n")
    Path("other").mkdir()
    assert told("new", "job", "--root", "other", "--", "/opt/job")[0] == 0
    root, rest = "root: other\n", text.removeprefix("# mine\n")
    assert Path("s6kit.yaml").read_text() == f"# mine\n{root}{rest}"


def test_from_a_directory_below(here: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "docs").mkdir()
    (here / "docs/web.conf").write_text("listen 80\n")
    monkeypatch.chdir(here / "docs")
    assert told("new", "job", "--template", "web.conf:/etc/web.conf", "--", "/opt/job")[0] == 0
    assert "    template: [docs/web.conf:/etc/web.conf]\n" in (here / "s6kit.yaml").read_text()
    assert told("sync", "--check") == (0, "2 services, everything up to date\n", "")
    (here / "docs/web.conf").write_text("listen 81\n")
    data = "../rootfs/etc/s6/job/data/web.conf"
    assert told("sync") == (0, listed(("updated", data)), "")
    assert (here / "docs" / data).read_text() == "listen 81\n"
    monkeypatch.chdir(here)
    assert told("sync", "--check") == (0, "2 services, everything up to date\n", "")


def test_two_manifests_side_by_side(here: Path, told: Told) -> None:
    (here / "other").mkdir()
    (here / "other.yaml").write_text("root: other\n")
    assert told("new", "job", "--config", "other.yaml", "--", "/opt/job")[0] == 0
    assert everything(here / "other") == everything(here / ".s6kit/rendered-other.yaml")
    before = everything(here)
    assert told("sync") == told("sync", "--config", "other.yaml") == (0, CLEAN, "")
    assert everything(here) == before
    assert told("remove", "job", "--config", "other.yaml")[0] == 0
    assert told("sync") == (0, CLEAN, "")


def test_what_was_rendered_cannot_be_read(here: Path, told: Told) -> None:
    (here / ".s6kit/rendered").rename(here / "away")
    (here / ".s6kit/rendered").symlink_to("../away")
    before = everything(here)
    code, out, err = told("sync")
    assert (code, out) == (2, "")
    assert err.startswith("s6kit: fatal: unable to read .s6kit/rendered: ")
    assert everything(here) == before


def test_a_scan_directory_behind_a_link(here: Path, told: Told) -> None:
    (here / "rootfs/srv").mkdir()
    shutil.move(here / "rootfs/etc/s6", here / "rootfs/srv")
    (here / "rootfs/etc/s6").symlink_to("../srv/s6")
    assert told("sync", "--check") == (0, CLEAN, "")
    another()
    assert told("sync") == (0, listed(("updated", RUN)), "")
    assert (here / "rootfs/srv/s6/web/run").read_text().endswith("81\n")
    assert told("remove", "web")[0] == 0
    assert not (here / "rootfs/srv/s6").exists() or not list((here / "rootfs/srv/s6").iterdir())


def test_a_manifest_that_is_a_link(here: Path, told: Told) -> None:
    (here / "shared").mkdir()
    (here / "s6kit.yaml").rename("shared/s6kit.yaml")
    (here / "s6kit.yaml").symlink_to("shared/s6kit.yaml")
    assert told("new", "job", "--", "/opt/job")[0] == 0
    assert (here / "s6kit.yaml").is_symlink()
    assert "  job:\n" in (here / "shared/s6kit.yaml").read_text()


def test_a_crash_in_between(here: Path, told: Told) -> None:
    """Whatever of a change is missing, sync does it."""
    shutil.copytree(here, here.parent / "before", symlinks=True)
    another()
    assert told("sync")[0] == 0
    after = everything(here)
    shutil.rmtree(here / ".s6kit")
    shutil.copytree(here.parent / "before/.s6kit", here / ".s6kit", symlinks=True)
    assert told("sync") == (0, listed(("recorded", ".s6kit/rendered/etc/s6/web/run")), "")
    assert everything(here) == after
    assert told("remove", "web")[0] == 0
    removed = everything(here)
    shutil.copytree(here.parent / "before/.s6kit", here / ".s6kit", symlinks=True)
    told("sync")
    assert everything(here) == removed


def test_colours(here: Path, told: Told) -> None:
    another()
    assert told("sync", "--check", "--color")[1].startswith(f"\x1b[32mupdate  \x1b[0m  {RUN}\n")
    out = told("sync", "--diff", "--color")[1]
    assert "\x1b[31m-exec /opt/web --port 80\x1b[0m\n\x1b[32m+exec /opt/web --port 81\x1b[0m\n" in out
    assert "\x1b" not in told("sync", "--diff")[1]
