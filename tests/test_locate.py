"""Which services are found under which path, and how their paths are shown."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from s6kit.errors import Fatal
from s6kit.locate.roots import locate
from tests.planted import plant

RUN = """(executable)
    #!/bin/sh
    exec daemon
"""


def found(*paths: str, exclude: Sequence[str] = ()) -> list[str]:
    """`layout path-as-shown` of every service, in the order of roots and scan directories."""
    return [
        f"{service.layout.name} {root.shown(service.path)}"
        for root in locate(paths, exclude=exclude)
        for scandir in root.scandirs
        for service in scandir.services
    ]


def runs(*paths: str) -> str:
    """A tree with these run scripts."""
    return "".join(f"{path} {RUN}" for path in paths)


ALL = (
    runs(
        "rootfs/etc/s6/a/run",
        "rootfs/etc/s6/a/log/run",
        "rootfs/etc/s6/b/run",
        "rootfs/etc/services.d/c/run",
        "rootfs/etc/cont-init.d/10-d",
        "rootfs/etc/s6-overlay/s6-rc.d/e/run",
    )
    + """
rootfs/etc/s6-overlay/s6-rc.d/e/type
    longrun
rootfs/etc/s6-overlay/s6-rc.d/user/contents.d/e
rootfs/etc/nginx/nginx.conf
rootfs/etc/s6/.s6-svscan/finish (executable)
rootfs/etc/s6/a/env/X
"""
)
EVERYTHING = [
    "s6 rootfs/etc/s6/a",
    "s6 rootfs/etc/s6/a/log",
    "s6 rootfs/etc/s6/b",
    "services.d rootfs/etc/services.d/c",
    "s6-rc rootfs/etc/s6-overlay/s6-rc.d/e",
    "s6-rc rootfs/etc/s6-overlay/s6-rc.d/user",
    "cont-init.d rootfs/etc/cont-init.d/10-d",
]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], EVERYTHING),
        (["rootfs"], EVERYTHING),
        (["rootfs/"], EVERYTHING),
        (["./rootfs"], EVERYTHING),
        (["rootfs/etc"], EVERYTHING),
        (["rootfs/etc/s6"], EVERYTHING[:3]),
        (["rootfs/etc/s6/a"], EVERYTHING[:2]),
        (["rootfs/etc/s6/a/run"], EVERYTHING[:1]),
        (["rootfs/etc/s6/a/env/X"], EVERYTHING[:1]),
        (["rootfs/etc/s6/a/log"], EVERYTHING[1:2]),
        (["rootfs/etc/s6/a/log/run"], EVERYTHING[1:2]),
        (["rootfs/etc/s6/.s6-svscan/finish"], EVERYTHING[:3]),
        (["rootfs/etc/nginx/nginx.conf"], EVERYTHING),
        (["rootfs/etc/s6-overlay"], EVERYTHING[4:6]),
        (["rootfs/etc/cont-init.d/10-d"], EVERYTHING[6:]),
        (["rootfs/etc/s6/b", "rootfs/etc/s6/a/log/run"], EVERYTHING[1:3]),
        (["rootfs/etc/s6/b/run", "rootfs"], EVERYTHING),
        (["rootfs", "rootfs"], EVERYTHING),
    ],
)
def test_a_path_means_what_is_under_it(
    given: list[str], expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, ALL)
    monkeypatch.chdir(tmp_path)
    assert found(*given or ["."]) == expected


PREFIXES = ["", "root/", "docker/root/", "install/", "images/x/rootfs/", "build.d/odd name/"]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_any_prefix(prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(tmp_path, f'"{prefix}etc/services.d/x/run" {RUN}')
    monkeypatch.chdir(tmp_path)
    assert found(".") == [f"services.d {prefix}etc/services.d/x"]


TREES: list[tuple[str, str, list[str]]] = [
    ("services by the directory's name", runs("image/services/x/run"), ["s6 image/services/x"]),
    ("a repository that is the scan directory", runs("x/run", "y/run"), ["s6 x", "s6 y"]),
    (
        "a logger is proof",
        runs("things/x/run", "things/x/log/run"),
        ["s6 things/x", "s6 things/x/log"],
    ),
    ("finish is proof", runs("things/x/run") + "things/x/finish -> /bin/true", ["s6 things/x"]),
    ("a supervisor's program is proof", "x/run (executable)\n    #!/bin/sh\n    s6-nuke d\n", ["s6 x"]),
    ("runit by chpst", "x/run (executable)\n    #!/bin/sh\n    exec chpst -u www daemon\n", ["runit x"]),
    ("runit by the name", runs("runit-services/x/run", "runit-services/y/run"), [
        "runit runit-services/x", "runit runit-services/y"
    ]),
    ("a supervisor's name and scripts without exec", "runit/x/run (executable)\n    #!/bin/sh\n    nginx\n", [
        "runit runit/x"
    ]),
    ("what lost its run", runs("sv/x/run") + "sv/y/finish -> x\nsv/conf/a\n", ["runit sv/x", "runit sv/y"]),
    ("s6-rc by type", "sources/x/type\n    oneshot\nsources/x/up\n    true\n", ["s6-rc sources/x"]),
    ("s6-rc in its own place", "etc/s6-rc/source/x/type\n    bundle\netc/s6-rc/source/x/contents.d/y\n", [
        "s6-rc etc/s6-rc/source/x"
    ]),
    ("nested in etc/s6", runs("etc/s6/services/x/run", "etc/s6/services/x/log/run"), [
        "s6 etc/s6/services/x", "s6 etc/s6/services/x/log"
    ]),
    (
        "a linked service counts once",
        runs("etc/sv/x/run") + "etc/service/x -> /etc/sv/x\netc/runit/runsvdir/default/x -> ../../../sv/x\n",
        ["runit etc/sv/x"],
    ),
    ("a link to elsewhere in the root", runs("opt/x/run") + "etc/service/y -> /opt/x\n", ["runit opt/x"]),
    (
        "a linked scan directory",
        runs("etc/runit/runsvdir/default/x/run")
        + "etc/runit/runsvdir/current -> default\netc/service -> /etc/runit/runsvdir/current\n",
        ["runit etc/runit/runsvdir/default/x"],
    ),
    (
        "a linked scan directory elsewhere in the root",
        runs("opt/web/x/run") + "etc/service -> /opt/web\n",
        ["runit opt/web/x"],
    ),
    (
        "links beside services",
        runs("service/x/run", "elsewhere/y/run") + "service/y -> ../elsewhere/y\nservice/z -> x/run\n",
        ["s6 service/x", "s6 elsewhere/y"],
    ),
    ("Phusion", runs("etc/my_init.d/10-x") + "etc/rc.local (executable)\n    #!/bin/sh\n", [
        "my_init.d etc/my_init.d/10-x", "my_init.d etc/rc.local"
    ]),
    ("what s6kit keeps", runs("etc/s6/x/run", ".s6kit/rendered/etc/s6/x/run", ".s6kit/x/y/run"), [
        "s6 etc/s6/x"
    ]),
    ("what s6kit keeps beside a root", runs("rootfs/etc/s6/x/run", ".s6kit/rendered/etc/s6/y/run"), [
        "s6 rootfs/etc/s6/x"
    ]),
    ("two roots", runs("a/etc/s6/x/run", "b/etc/s6/x/run"), ["s6 a/etc/s6/x", "s6 b/etc/s6/x"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [t[1:] for t in TREES], ids=[t[0] for t in TREES])
def test_services_are_found(
    text: str, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, text)
    monkeypatch.chdir(tmp_path)
    assert found(".") == expected


PLAIN = "(executable)\n    #!/bin/sh\n    make\n"
NOTHING: list[tuple[str, str]] = [
    ("source-to-image", f"3.6/s2i/bin/run {RUN}3.6/s2i/bin/assemble {RUN}"),
    ("source-to-image with one script", f"s2i/bin/run {RUN}"),
    ("a test beside its code", f"test/run {RUN}test/x.py\n"),
    ("a project with a script", f"Makefile\nrun {PLAIN}src/x.c\n"),
    ("one script that ends as another program", f"things/x/run {RUN}things/y/z\nthings/w/z\n"),
    ("benchmarks", f"bench/a/run {PLAIN}bench/b/run {PLAIN}"),
    ("projects side by side", f"a/run {RUN}a/Makefile\nb/run {RUN}b/package.json\n"),
    ("services of another kind", f"services/a/run {PLAIN}services/b/run {PLAIN}"),
    ("a file of no program", "services/x/run\n    notes\n"),
    ("a directory called run", "services/x/run/a\n"),
    ("a type of another kind", "x/type\n    longrun\nx/size\n"),
    ("version control", f".git/services/x/run {RUN}node_modules/services/x/run {RUN}"),
    ("what s6kit keeps", f".s6kit/rendered/etc/s6/x/run {RUN}.s6kit/rendered/etc/service/x/run {RUN}"),
    ("configuration of s6 without services", "etc/s6/config/a\n"),
    ("rc.local alone", f"etc/rc.local {RUN}"),
    ("nothing", "a/b\n"),
]


@pytest.mark.parametrize("text", [t[1] for t in NOTHING], ids=[t[0] for t in NOTHING])
def test_no_service_is_made_up(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(tmp_path, text)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Fatal) as caught:
        locate(["."])
    assert str(caught.value) == (
        "unable to find services in .: no etc/s6, etc/services.d, etc/s6-overlay/s6-rc.d, etc/s6-overlay/"
        "user-bundles.d,"
        " etc/service, etc/sv, etc/runit/sv, etc/cont-init.d, etc/cont-finish.d, etc/my_init.d,"
        " etc/my_init.pre_shutdown.d, etc/my_init.post_shutdown.d,"
        " and no other directory of services (NAME/run, or NAME/type) there"
    )


def test_a_file_of_no_service_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "notes.txt").write_text("nothing\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Fatal) as caught:
        locate(["notes.txt"])
    assert str(caught.value).startswith("unable to find services in notes.txt: no etc/s6, ")
    assert str(caught.value).endswith(
        ", and no other directory of services (NAME/run, or NAME/type) above it"
    )


def test_a_run_script_that_is_named_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(tmp_path, f"things/x/run {PLAIN}")
    monkeypatch.chdir(tmp_path)
    assert found("things/x/run") == ["s6 things/x"]
    assert found("things/x") == ["s6 things/x"]


def test_a_directory_called_service_that_is_named_is_one_of_services(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "x/run (executable)\n    #!/bin/sh\n    nginx\n"
    monkeypatch.chdir(plant(tmp_path, f"service/{script}parts/{script}"))
    assert found("service") == ["s6 service/x"]
    for path in (".", "parts"):
        with pytest.raises(Fatal):
            locate([path])


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Fatal) as caught:
        locate([f"{tmp_path}/x\ny"])
    assert str(caught.value) == f"unable to find {tmp_path}/x\\ny: No such file or directory"


def test_files_without_services_are_passed_over_beside_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, ALL + "README.md\ndocs/\n")
    monkeypatch.chdir(tmp_path)
    assert found("README.md", "rootfs/etc/s6/b/run") == ["s6 rootfs/etc/s6/b"]
    with pytest.raises(Fatal, match=r"^unable to find services in README.md: no etc/s6"):
        locate(["README.md"])
    with pytest.raises(Fatal, match=r"^unable to find services in docs: no etc/s6"):
        locate(["rootfs", "docs"])


def test_what_is_copied_to_a_place_of_services_is_one(tmp_path: Path) -> None:
    plain = "(executable)\n    #!/bin/bash\n    echo starting\n    daemon\n"
    plant(
        tmp_path,
        f"things/a/run {plain}things/b/run {plain}others/c/run {plain}"
        "Dockerfile\n    FROM x\n    ADD things /etc/service/\n    ADD others /opt/others/\n",
    )
    assert found(str(tmp_path)) == [f"runit {tmp_path}/things/{name}" for name in "ab"]


@pytest.mark.parametrize("name", ["service-disabled", "disabled", "unused_services", "sv.obsolete"])
def test_services_that_are_put_aside_are_none(name: str, tmp_path: Path) -> None:
    plant(tmp_path, runs("service/a/run", f"{name}/b/run", f"{name}/b/log/run"))
    assert found(str(tmp_path)) == [f"s6 {tmp_path}/service/a"]


@pytest.mark.parametrize(
    ("copied", "layout"),
    [
        ("COPY services /etc/service", "runit"),
        ("ADD ./services/ /etc/services.d/", "services.d"),
        ("COPY services/a/run /etc/services.d/a/run", "services.d"),
        ("COPY services/a /etc/sv/a", "runit"),
        ("COPY services /etc/s6", "s6"),
        ("COPY services /opt/services", "s6"),
        ("COPY services /etc/s6\n    COPY services /etc/service", "s6"),
        ("COPY x /etc/service", "s6"),
        ("COPY services $PLACE", "s6"),
        ("COPY services etc/service", "s6"),
        ("COPY services", "s6"),
    ],
)
def test_where_services_are_copied_to_is_their_layout(copied: str, layout: str, tmp_path: Path) -> None:
    plant(tmp_path, f"{runs('services/a/run')}Dockerfile\n    FROM x\n    {copied}\n")
    assert [one.split()[0] for one in found(str(tmp_path))] == [layout]


def test_a_dockerfile_means_the_trees_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(tmp_path, runs("a/rootfs/etc/s6/x/run", "b/rootfs/etc/s6/y/run") + "a/Dockerfile\n")
    monkeypatch.chdir(tmp_path)
    assert found("a/Dockerfile") == ["s6 a/rootfs/etc/s6/x"]


def test_absolute_paths_are_shown_absolute(tmp_path: Path) -> None:
    plant(tmp_path, ALL)
    assert found(f"{tmp_path}/rootfs/etc/s6/b") == [f"s6 {tmp_path}/rootfs/etc/s6/b"]
    [root] = locate([f"{tmp_path}/rootfs/etc/s6/b/run"])
    assert root.shown("etc/s6/b/run") == f"{tmp_path}/rootfs/etc/s6/b/run"
    assert root.shown("etc/nginx/nginx.conf") == f"{tmp_path}/rootfs/etc/nginx/nginx.conf"


def test_what_lies_outside_the_given_path_is_shown_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, ALL)
    monkeypatch.chdir(tmp_path)
    [root] = locate(["rootfs/etc/s6/b/run"])
    assert root.shown("etc/s6/b/run") == "rootfs/etc/s6/b/run"
    assert root.shown("etc/nginx/nginx.conf") == "rootfs/etc/nginx/nginx.conf"
    monkeypatch.chdir(tmp_path / "rootfs/etc/s6")
    [root] = locate(["b"])
    assert root.shown("etc/s6/b/run") == "b/run"
    assert root.shown("etc/nginx/nginx.conf") == "../nginx/nginx.conf"


def test_a_part_of_a_scan_directory_is_not_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(tmp_path, ALL)
    monkeypatch.chdir(tmp_path)
    assert [d.whole for root in locate(["rootfs"]) for d in root.scandirs] == [True] * 4
    assert [d.whole for root in locate(["rootfs/etc/s6/a"]) for d in root.scandirs] == [False]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["rootfs/etc/s6"], EVERYTHING[3:]),
        (["rootfs/etc/s6/*"], EVERYTHING[3:]),
        (["*.d"], EVERYTHING[:3]),
        (["a", "10-*"], EVERYTHING[2:6]),
        (["./rootfs/etc/s6/a/"], EVERYTHING[2:]),
        (["etc/s6"], EVERYTHING),
    ],
)
def test_exclude(
    patterns: list[str], expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, ALL)
    monkeypatch.chdir(tmp_path)
    assert found(".", exclude=patterns) == expected


def test_everything_excluded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(tmp_path, ALL)
    monkeypatch.chdir(tmp_path)
    for pattern in ("etc", "*.d", "rootfs"):
        with pytest.raises(Fatal, match=r"^unable to find services in .: .*, but for what is excluded$"):
            locate(["."], exclude=[pattern, "s6"])


def test_the_root_of_services_elsewhere_is_the_work_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, runs("image/services/x/run"))
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    monkeypatch.chdir(tmp_path / "image")
    [root] = locate(["services/x"])
    assert [s.path for d in root.scandirs for s in d.services] == ["image/services/x"]
    assert root.shown("image/services/x/run") == "services/x/run"
    assert root.shown("Dockerfile") == "../Dockerfile"


def test_a_place_that_links_out_of_the_root_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, runs("out/x/run", "root/etc/services.d/y/run") + "root/etc/s6 -> ../../out\n")
    monkeypatch.chdir(tmp_path)
    assert found("root") == ["services.d root/etc/services.d/y"]


def test_links_out_of_the_path_are_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(tmp_path, runs("outside/services/x/run") + "inside/a\ninside/services -> ../outside/services\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Fatal):
        locate(["inside"])
