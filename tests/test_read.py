"""What is read of a disk, and what is never touched."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from pathlib import Path

import pytest

from s6kit.analysis import Analysis
from s6kit.locate.roots import locate
from s6kit.model import MAX_SCRIPT, Brought, Directory, File, Link, Resolved, Special, Tree, Unreadable
from s6kit.read import HEAD, DiskTree
from s6kit.service import Root
from s6kit.surroundings.modes import executes, repairs
from s6kit.text import Span
from s6kit.verdict import Place, Stay, Verdict
from tests.planted import plant


def test_entries(tmp_path: Path) -> None:
    plant(tmp_path, "a/run (executable)\n    x\na/conf\na/finish -> /bin/true\na/pipe (fifo)\na/empty/\n")
    tree = DiskTree(str(tmp_path))
    assert tree.entry("") == tree.entry("a") == Directory()
    assert tree.entry("a/run") == File(b"x\n", True)
    assert tree.entry("a/conf") == File(b"", False)
    assert tree.entry("a/finish") == Link("/bin/true")
    assert tree.entry("a/pipe") == Special("fifo")
    assert tree.entry("a/none") is None
    assert tree.entry("a/run/none") is None
    assert tree.links("a") == ("finish",)
    assert tree.links("") == ()
    assert tree.names("a") == ("conf", "empty", "finish", "pipe", "run")
    assert list(tree.walk()) == ["a", "a/conf", "a/empty", "a/finish", "a/pipe", "a/run"]


def test_a_socket_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("s")
        assert DiskTree(str(tmp_path)).entry("s") == Special("socket")


def test_devices_and_files_that_have_gone(tmp_path: Path) -> None:
    assert DiskTree("/dev").entry("null") == Special("character device")
    (tmp_path / "run").write_text("x")
    tree = DiskTree(str(tmp_path))
    assert tree.names("") == ("run",)
    (tmp_path / "run").unlink()
    assert tree.entry("run") == Unreadable("No such file or directory")


def test_a_link_that_took_a_file_s_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("x")
    tree = DiskTree(str(tmp_path))
    assert tree.names("") == ("run",)
    (tmp_path / "run").unlink()
    (tmp_path / "run").symlink_to("/etc/passwd")
    assert tree.entry("run") == Unreadable("Too many levels of symbolic links")


def test_links_stay_inside(tmp_path: Path) -> None:
    plant(tmp_path, "out/secret\nroot/etc/x\nroot/etc/on -> /etc/x\nroot/etc/abs -> /out/secret\n")
    plant(tmp_path, "root/etc/up -> ../../out/secret\n")
    tree = DiskTree(str(tmp_path / "root"))
    assert tree.resolve("etc/up") == Resolved("", None, "outside")
    assert tree.resolve("etc/abs") == Resolved("out", None, "missing", absolute=True)
    assert tree.resolve("etc/on") == Resolved("etc/x", File(b""), absolute=True)


def test_no_listing_goes_through_a_link(tmp_path: Path) -> None:
    plant(tmp_path, "out/etc/s6/a/run\nroot/etc/s6 -> ../../out/etc/s6\nroot/opt -> ../out/etc\n")
    tree = DiskTree(str(tmp_path / "root"))
    assert tree.names("etc/s6") == tree.names("etc/s6/a") == tree.names("opt") == tree.names("opt/s6") == ()
    assert tree.entry("opt/s6") is None
    assert tree.entry("etc/s6") == Link("../../out/etc/s6")


def test_big_files_are_read_in_part(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"a" * (MAX_SCRIPT + 5))
    (tmp_path / "binary").write_bytes(b"\x7fELF\0" + b"b" * 9000)
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(100 << 20)
    tree = DiskTree(str(tmp_path))
    sizes = {}
    for name in tree.names(""):
        entry = tree.entry(name)
        assert isinstance(entry, File)
        sizes[name] = (len(entry.data), entry.length)
    assert sizes == {"binary": (HEAD, 9005), "huge": (HEAD, 100 << 20), "text": (MAX_SCRIPT, MAX_SCRIPT + 5)}


def test_names_that_are_not_utf_8(tmp_path: Path) -> None:
    os.mkdir(os.fsencode(tmp_path) + b"/caf\xe9\n")  # noqa: PTH102
    assert DiskTree(str(tmp_path)).names("") == ("caf\udce9\n",)


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("etc/passwd\nbin/sh (executable)\n", True),
        ("etc/passwd\nbin -> usr/bin\nusr/bin/sh -> dash\nusr/bin/dash (executable)\n", True),
        ("etc/passwd\nbin/sh -> /gone\n", False),
        ("bin/sh\n", False),
        ("etc/passwd\n", False),
        ("", False),
    ],
)
def test_complete(text: str, complete: bool, tmp_path: Path) -> None:
    assert DiskTree(str(plant(tmp_path, text))).complete is complete


def git(directory: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.invalid")
    subprocess.run(["git", *identity, *arguments], cwd=directory, check=True, capture_output=True)


def bits(tree: Tree, *paths: str) -> list[bool | None]:
    return [file.executable if (file := tree.file(path)) else None for path in paths]


def test_the_index_knows_better_than_the_disk(tmp_path: Path) -> None:
    plant(tmp_path, "root/a (executable)\nroot/b\nroot/c (executable)\nroot/d\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "config", "core.fileMode", "false")
    git(tmp_path, "add", "root/a", "root/b")
    git(tmp_path, "update-index", "--chmod=-x", "root/a")
    git(tmp_path, "update-index", "--chmod=+x", "root/b")
    assert bits(DiskTree(str(tmp_path / "root")), "a", "b", "c", "d") == [False, True, True, False]
    assert bits(DiskTree(str(tmp_path)), "root/a", "root/b") == [False, True]


def test_a_hostile_repository_runs_nothing(tmp_path: Path) -> None:
    plant(tmp_path, f"evil (executable)\n    #!/bin/sh\n    touch {tmp_path}/ran\nrun\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "run")
    for key in ("core.fsmonitor", "core.pager", "pager.ls-files", "core.sshCommand", "alias.ls-files"):
        git(tmp_path, "config", key, f"{tmp_path}/evil")
    assert bits(DiskTree(str(tmp_path)), "run") == [False]
    assert not (tmp_path / "ran").exists()


def test_what_git_will_not_read_is_read_from_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, "run (executable)\n.git\n    nonsense\n")
    assert bits(DiskTree(str(tmp_path)), "run") == [True]
    monkeypatch.setenv("PATH", "/nonexistent")
    assert bits(DiskTree(str(tmp_path)), "run") == [True]


def around(tmp_path: Path, text: str, path: str = ".") -> Root:
    [root] = locate([str(plant(tmp_path, text) / path)])
    return root


SERVICE = "rootfs/etc/s6/x/run\n    #!/bin/sh\n    exec nginx\n"


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("Dockerfile", True),
        ("docker/nginx.Dockerfile", True),
        ("Containerfile.arm", True),
        ("rootfs/defaults/nginx.conf", True),
        ("rootfs/defaults/nginx.conf.sample", True),
        ("rootfs/etc/nginx/nginx.conf.tmpl", True),
        ("rootfs/etc/confd/templates/nginx.conf.tmpl", True),
        ("rootfs/etc/cont-init.d/10-nginx", True),
        ("rootfs/etc/s6/x/setup", True),
        ("rootfs/usr/local/bin/prepare", True),
        ("README.md", False),
        ("rootfs/etc/nginx/modules/daemon.conf", True),
        ("rootfs/etc/s6/y/run", False),
        ("docker/notes.txt", False),
        (".s6kit/rendered/etc/nginx/nginx.conf.tmpl", False),
        (".s6kit/rendered/Dockerfile", False),
    ],
)
def test_what_is_mentioned_around(file: str, said: bool, tmp_path: Path) -> None:
    root = around(tmp_path, f"{SERVICE}{file}\n    daemon off;\n")
    assert root.surroundings.mentions(re.compile(rb"daemon\s+off")) is said
    assert root.surroundings.mentions(re.compile(rb"daemon\s+on\b")) is False


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('echo "daemon off;" >> /etc/nginx/nginx.conf', True),
        ("cat <<E >/etc/nginx.conf\n    daemon off;\n    E\n    exec nginx", True),
        ("echo 'daemon off;' | tee -a /etc/nginx/x", True),
        ("sed -i 's/^#daemon off/daemon off/' $CONF", True),
        ("exec nginx -g 'daemon off;'", False),
        ("sed -i s/x/y/ /etc/nginx/x\n    exec nginx \\\n      -g 'daemon off;'", False),
        ("nginx -g 'daemon off;' >/dev/null", False),
    ],
)
def test_what_another_service_writes_is_mentioned(text: str, said: bool, tmp_path: Path) -> None:
    root = around(tmp_path, f"{SERVICE}rootfs/etc/s6/y/run\n    {text}\n")
    assert root.surroundings.mentions(re.compile(rb"daemon\s+off")) is said


@pytest.mark.parametrize(
    ("copy", "file"),
    [
        ("COPY nginx.conf /etc/nginx/nginx.conf", "nginx.conf"),
        ("COPY ./conf/nginx.conf /etc/nginx/", "conf/nginx.conf"),
        ("COPY conf/ /etc/nginx/", "conf/nginx.conf"),
        ("COPY conf /etc", "conf/nginx/nginx.conf"),
        ("COPY rest /", "rest/etc/nginx/nginx.conf"),
        ("COPY --chmod=644 other /etc/nginx/nginx.conf", "other"),
        ('ADD ["other", "/etc/nginx/nginx.conf"]', "other"),
        ("COPY x nginx.conf \\\n      /etc/nginx", "nginx.conf"),
        ("COPY *.conf /etc/nginx/", "nginx.conf"),
        ("COPY conf/n*.conf conf/x /etc/nginx", "conf/nginx.conf"),
        ("COPY nginx.conf /etc/nginx", "nginx.conf"),
        ("COPY . /etc/nginx", "nginx.conf"),
        ("COPY . /", "etc/nginx/nginx.conf"),
        ("COPY --chown=x:x --link ./ /etc/", "nginx/nginx.conf"),
        ('COPY ["a b/nginx.conf", "/etc/nginx/"]', "a b/nginx.conf"),
        ('COPY "other" /etc/nginx/nginx.conf', "other"),
        ("WORKDIR /etc\n    WORKDIR nginx\n    COPY nginx.conf .", "nginx.conf"),
        ("WORKDIR /etc/nginx/\n    COPY other ./nginx.conf", "other"),
        ("ARG D=conf\n    COPY $D/nginx.conf /etc/nginx/", "conf/nginx.conf"),
        ("ENV D=/etc/nginx\n    COPY other ${D}/nginx.conf", "other"),
        ("COPY ${D:-conf} /etc/nginx", "conf/nginx.conf"),
        (
            "FROM a AS b\n    COPY other /x/y\n    FROM c\n    COPY --from=b /x/y /etc/nginx/nginx.conf",
            "other",
        ),
        ("FROM a\n    COPY conf /x/nginx\n    FROM c\n    COPY --from=0 /x /etc", "conf/nginx.conf"),
        ("FROM a AS B\n    COPY nginx.conf /etc/nginx/\n    FROM b\n    COPY x /y", "nginx.conf"),
        (
            "FROM a AS b\n    COPY . /x\n    FROM b AS c\n    FROM d\n    COPY --from=c /x /etc/nginx",
            "nginx.conf",
        ),
        ("COPY x /etc/nginx/nginx.conf\n    COPY nginx.conf /etc/nginx/", "nginx.conf"),
        ("RUN rm /etc/nginx/*\n    COPY nginx.conf /etc/nginx/", "nginx.conf"),
        (
            "COPY nginx.conf /etc/nginx/\n    RUN chown x /etc/nginx/nginx.conf; rm /etc/nginx/*.default",
            "nginx.conf",
        ),
        (
            "COPY nginx.conf /etc/nginx/\n    RUN <<EOF\n    sed -i s/x/y/ /etc/other.conf\n    EOF",
            "nginx.conf",
        ),
    ],
)
@pytest.mark.parametrize("dockerfile", ["Dockerfile", "docker/Dockerfile"])
def test_what_a_dockerfile_brings_into_the_image(
    copy: str, file: str, dockerfile: str, tmp_path: Path
) -> None:
    root = around(tmp_path, f"{SERVICE}{dockerfile}\n    {copy}\n{file}\n    daemon off;\n")
    whole = File(b"daemon off;\n", False)
    assert root.surroundings.brought("etc/nginx/nginx.conf") == Brought(f"../{file}", file, whole)
    assert root.surroundings.beyond(f"../{file}") == whole
    assert root.surroundings.brought("etc/nginx/other.conf") is None
    [judged] = Analysis(root).outcomes(root.scandirs[0].services[0])
    said = (
        f'nginx stays in front because of "daemon off;" in {file}, which is copied to /etc/nginx/nginx.conf'
    )
    assert judged.verdict == Verdict(Stay.FOREGROUND, said, "nginx", place=Place(f"../{file}", Span(0, 10)))


def test_a_dockerfile_of_many_stages_is_soon_read(tmp_path: Path) -> None:
    """Each stage copies twice from the one before: so many ways are not followed."""
    steps = "".join(f"    FROM x\n    COPY --from={n} / /\n    COPY --from={n} / /\n" for n in range(200))
    root = around(tmp_path, f"{SERVICE}Dockerfile\n    FROM x\n    COPY . /\n{steps}etc/nginx/nginx.conf\n")
    assert root.surroundings.brought("etc/nginx/nginx.conf") is None


def test_what_lies_beyond_the_root_is_read_in_its_work_tree_alone(tmp_path: Path) -> None:
    text = f"{SERVICE}conf\n    x\nlink -> conf\nlinked -> ..\ndirectory/conf\n    y\n"
    plant(tmp_path, "conf\n    z\n")
    (tmp_path / "top").mkdir()
    beyond = around(tmp_path / "top", text).surroundings.beyond
    assert beyond("../conf") == File(b"x\n", False)
    assert beyond("../directory/conf") == File(b"y\n", False)
    for path in ("../link", "../linked/conf", "../directory", "../none", "../../conf", "../../top"):
        assert beyond(path) is None


OTHER = "    COPY other.conf /etc/nginx/nginx.conf\n"


def test_what_the_dockerfile_of_another_image_brings_counts_for_nothing(tmp_path: Path) -> None:
    text = f"{SERVICE}Dockerfile\n    FROM x\nother/Dockerfile\n{OTHER}other/other.conf\n    x\n"
    assert around(tmp_path, text).surroundings.brought("etc/nginx/nginx.conf") is None


@pytest.mark.parametrize(
    ("copy", "files"),
    [
        ("COPY --from=x nginx.conf /etc/nginx/", "nginx.conf\n"),
        ("COPY *.cfg /etc/nginx/", "nginx.conf\n"),
        ("COPY */nginx.conf /etc/nginx/", "x/nginx.conf\n"),
        ("COPY nginx.conf .", "nginx.conf\n"),
        ("FROM x\n    WORKDIR nginx\n    COPY nginx.conf .", "nginx.conf\n"),
        ("ARG D\n    COPY nginx.conf $D/", "nginx.conf\n"),
        ("COPY --parents nginx.conf /etc/nginx/", "nginx.conf\n"),
        ("COPY nginx.conf", "nginx.conf\n"),
        ("COPY [1, 2", "nginx.conf\n"),
        ("ADD nginx.conf.gz /etc/nginx/", "nginx.conf.gz\n"),
        ("FROM a AS b\n    COPY nginx.conf /etc/nginx/\n    FROM c", "nginx.conf\n"),
        ("FROM b\n    COPY --from=b /nginx.conf /etc/nginx/\n    FROM x AS b", "nginx.conf\n"),
        ("COPY nginx.conf /etc/nginx/\n    RUN sed -i 's/off/on/' /etc/nginx/nginx.conf", "nginx.conf\n"),
        ("COPY nginx.conf /etc/nginx/\n    RUN cd /etc/nginx && echo x >>nginx.conf", "nginx.conf\n"),
        ("COPY nginx.conf /etc/nginx/\n    RUN x; sed -i s/x/y/ /etc/nginx/*.conf", "nginx.conf\n"),
        ("COPY nginx.conf /etc/nginx/\n    RUN <<E\n    mv x /etc/nginx/nginx.conf\n    E", "nginx.conf\n"),
        ("COPY nginx.conf /etc/nginx/\n    ADD https://x/y /etc/nginx/nginx.conf", "nginx.conf\n"),
        ("COPY nginx.conf /etc/nginx/\n    COPY <<EOF /etc/nginx/nginx.conf\n    x\n    EOF", "nginx.conf\n"),
        ("COPY nginx.conf /etc/nginx/\n    COPY --from=x /a /etc/nginx/nginx.conf", "nginx.conf\n"),
        ("COPY nginx.conf /etc/nginx/$X", "nginx.conf\n"),
        ("COPY $X/nginx.conf /etc/nginx/", "nginx.conf\n"),
        ("COPY ../nginx.conf /etc/nginx/", "nginx.conf\n"),
        ("COPY nginx.conf /srv/", "nginx.conf\n"),
        ("COPY nginx.conf /etc/nginx/", "nginx.conf -> other\nother\n"),
        ("COPY conf /etc/nginx", "conf -> other\nother/nginx.conf\n"),
        ("COPY nginx.conf /etc/nginx/", "nginx.conf/x\n"),
        ("COPY nginx.conf /etc/nginx/", f"nginx.conf\nDockerfile.x\n{OTHER}other.conf\n    x\n"),
    ],
)
def test_what_a_dockerfile_may_bring_is_not_known(copy: str, files: str, tmp_path: Path) -> None:
    root = around(tmp_path, f"{SERVICE}Dockerfile\n    {copy}\n{files}")
    assert root.surroundings.brought("etc/nginx/nginx.conf") is None


def test_a_comment_mentions_nothing(tmp_path: Path) -> None:
    root = around(
        tmp_path, f"{SERVICE}Dockerfile\n    # daemon off;\nrootfs/defaults/x\n      ; daemon off;\n"
    )
    assert root.surroundings.mentions(re.compile(rb"daemon\s+off")) is False


@pytest.mark.parametrize(
    ("file", "text", "names"),
    [
        ("Dockerfile", "FROM x\n    ENV A=1 B='x y' \\\n      C=3\n    RUN D=4 true", "ABC"),
        ("Dockerfile", "FROM x\n    ENV A some words", "A"),
        ("rootfs/etc/cont-init.d/1", "echo 1 >/run/s6/container_environment/B", "B"),
        ("rootfs/etc/s6/y/run", "echo 1 >/run/s6/container_environment/B", ""),
    ],
)
def test_what_is_declared_around(file: str, text: str, names: str, tmp_path: Path) -> None:
    root = around(tmp_path, f"{SERVICE}{file}\n    {text}\n")
    assert [name for name in "ABCD" if root.surroundings.declares(name)] == list(names)


@pytest.mark.parametrize(
    ("file", "text", "value"),
    [
        ("Dockerfile", "ENV A=1", "1"),
        ("Dockerfile", "ENV B=2 A='x y' \\\n      C=3", "x y"),
        ("Dockerfile", 'ENV A="x \\"y\\" z"', 'x "y" z'),
        ("Dockerfile", "ENV A some words", "some words"),
        ("Dockerfile", "ARG V=15\n    ENV A=/opt/$V/bin", "/opt/15/bin"),
        ("Dockerfile", "ENV V=15\n    ENV A=${V}.1", "15.1"),
        ("Dockerfile", "ENV A=${V:-16}", "16"),
        ("Dockerfile", "ARG V\n    ENV A=$V", None),
        ("Dockerfile", "ENV A=$V", None),
        ("Dockerfile", "ENV A=1\n    FROM y\n    ENV A=2", None),
        ("Dockerfile", "ENV A=1\n    FROM y\n    ENV A=1", "1"),
        ("Dockerfile", "ENV A=", None),
        ("Dockerfile", "ARG A=1", None),
        ("Dockerfile", "RUN A=1 true", None),
        ("Dockerfile", "# ENV A=1", None),
        ("rootfs/etc/cont-init.d/1", "echo 1 >/run/s6/container_environment/A", None),
    ],
)
def test_what_the_image_sets_a_variable_to(file: str, text: str, value: str | None, tmp_path: Path) -> None:
    root = around(tmp_path, f"{SERVICE}{file}\n    {text}\n")
    assert root.surroundings.default("A") == value


def test_what_a_script_sets_too_is_not_sure(tmp_path: Path) -> None:
    writes = "rootfs/etc/cont-init.d/1\n    echo 1 >/run/s6/container_environment/A\n"
    root = around(tmp_path, f"{SERVICE}{writes}Dockerfile\n    ENV A=1 B=2\n")
    assert [root.surroundings.default(name) for name in "ABC"] == [None, "2", None]


def test_a_oneshot_s_run_is_a_script_around(tmp_path: Path) -> None:
    text = "etc/s6-overlay/s6-rc.d/{0}/type\n    {1}\netc/s6-overlay/s6-rc.d/{0}/run\n    {1}-says\n"
    root = around(tmp_path, text.format("a", "oneshot") + text.format("b", "longrun"))
    assert root.surroundings.mentions(re.compile(b"oneshot-says"))
    assert not root.surroundings.mentions(re.compile(b"longrun-says"))


def test_dockerfiles_are_not_reached_through_links(tmp_path: Path) -> None:
    root = around(tmp_path, f"{SERVICE}elsewhere/x\n    daemon off\nDockerfile -> elsewhere/x\n", "rootfs")
    assert not root.surroundings.mentions(re.compile(b"daemon off"))


REPAIRED = [
    "RUN chmod +x /etc/s6/x/run",
    "RUN chmod 755 /etc/s6/*/run /etc/s6/*/finish",
    "RUN find /build/etc/s6 -name run|xargs chmod 755",
    "RUN apt-get update && chmod -R a+x /etc/s6; true",
    "RUN chmod +x -R /etc",
    "RUN chmod --recursive 0755 /etc/s6/x",
    "RUN chmod \\\n  # why\n  +x \\\n  /etc/s6/x/run",
    "RUN chmod u=rwx,go=rx /etc/s6/x/run",
    "RUN chmod +x /etc/s6/{x,y}/run",
    "RUN chmod +x $DIR/x/run",
    'RUN for f in a b; do chmod +x "$f"; done',
    "RUN cd /etc/s6 && chmod +x x/run",
    "RUN find /etc/s6 -name run -exec chmod +x {} \\;",
    "RUN find /etc/s6 -type f -print0 | xargs -0 chmod 755",
    "COPY --chmod=755 rootfs /",
    "COPY --chown=0:0 --chmod=0755 ./rootfs/ /",
    'COPY --chmod=755 ["rootfs", "/"]',
    "COPY --chmod=755 rootfs/etc/s6 /etc/s6",
    "ADD --chmod=a+x . /",
    "copy --chmod=$MODE rootfs /",
]
UNREPAIRED = [
    "RUN chmod 644 /etc/s6/x/run",
    "RUN chmod -x /etc/s6/x/run",
    "RUN chmod +x /etc/s6/x",
    "RUN chmod +x /etc/s6/*",
    "RUN chmod +x /etc/s6/y/run",
    "RUN chmod +x /usr/bin/run",
    "RUN chmod a+rX -R /etc/s6",
    "RUN find /etc/s6 -name finish -exec chmod +x {} +",
    "RUN find /var -exec chmod +x {} +",
    "COPY --chmod=644 rootfs /",
    "COPY rootfs /",
    "COPY --chmod=755 entrypoint.sh /",
    "RUN chown 755 /etc/s6/x/run",
    "FROM alpine",
]


@pytest.mark.parametrize(
    ("text", "repaired"), [(t, True) for t in REPAIRED] + [(t, False) for t in UNREPAIRED]
)
def test_repairs(text: str, repaired: bool) -> None:
    assert repairs(text + "\n", "etc/s6/x/run", ["rootfs/etc/s6/x/run"]) is repaired


@pytest.mark.parametrize(
    ("mode", "does"),
    [
        ("755", True),
        ("0744", True),
        ("644", False),
        ("+x", True),
        ("a+rx", True),
        ("u+rwX", False),
        ("-x", False),
    ],
)
def test_executes(mode: str, does: bool) -> None:
    assert executes(mode) is does


@pytest.mark.parametrize(
    ("beside", "repaired"),
    [
        ("Dockerfile\n    RUN chmod +x /etc/s6/x/run\n", True),
        ("rootfs/etc/cont-init.d/10-modes\n    chmod +x /etc/s6/*/run\n", True),
        ("rootfs/etc/fix-attrs.d/10\n    /etc/s6 true root 0755 0755\n", True),
        ("rootfs/etc/fix-attrs.d/10\n    /etc/s6 true root 0644 0755\n", False),
        ("Dockerfile\n    RUN chmod +x /etc/s6/y/run\n", False),
        ("other/Dockerfile\n    RUN chmod +x /etc/s6/x/run\nDockerfile\n", True),
        ("README.md\n    chmod +x /etc/s6/x/run\n", False),
    ],
)
def test_repaired(beside: str, repaired: bool, tmp_path: Path) -> None:
    tree = around(tmp_path, SERVICE + beside).tree
    assert tree.repaired("etc/s6/x/run") is repaired


def test_the_dockerfile_next_to_the_root_decides(tmp_path: Path) -> None:
    text = "a/" + SERVICE + "a/Dockerfile\nb/Dockerfile\n    RUN chmod +x /etc/s6/x/run\n"
    git(tmp_path, "init", "-q")
    assert not around(tmp_path, text).tree.repaired("etc/s6/x/run")


@pytest.mark.parametrize(
    ("line", "repaired"),
    [
        ("ARG S6_OVERLAY_VERSION=v2.2.0.3", True),
        (
            "ADD https://example.invalid/s6-overlay/releases/download/v1.22.1.0/s6-overlay-amd64.tar.gz /tmp",
            True,
        ),
        ("ARG S6_OVERLAY_VERSION=3.1.6.2", False),
        ("ARG OTHER=2.2.0.3", False),
        ("", False),
    ],
)
def test_s6_overlay_2_sets_the_bit_itself(line: str, repaired: bool, tmp_path: Path) -> None:
    tree = around(tmp_path, f"etc/services.d/x/run\n    #!/bin/sh\nDockerfile\n    FROM x\n    {line}\n").tree
    assert tree.repaired("etc/services.d/x/run") is repaired
