"""What is seen of a service in each layout."""

from __future__ import annotations

import pytest

from s6kit.layout import BY_NAME, ServiceKind
from s6kit.service import ScriptFile, Service, scan, service
from s6kit.treetext import parse


def one(layout: str, text: str, name: str = "x") -> Service:
    """The service `name` of the scan directory `d` in the tree `text`."""
    [found] = [s for s in scan(parse(text), BY_NAME[layout], "d").services if s.name == name]
    return found


def test_scripts() -> None:
    found = one(
        "s6", "d/x/run (executable)\n    r\nd/x/finish -> /bin/f\nbin/f\n    f\nd/x/setup\nd/x/data/check\n"
    )
    assert found.kind is ServiceKind.LONGRUN
    assert found.scripts == {
        "run": ScriptFile("d/x/run", "d/x/run", "run", b"r\n", True, 2),
        "finish": ScriptFile("d/x/finish", "bin/f", "finish", b"f\n", False, 2),
        "setup": ScriptFile("d/x/setup", "d/x/setup", "setup", b"", False, 0),
        "check": ScriptFile("d/x/data/check", "d/x/data/check", "check", b"", False, 0),
    }
    assert found.run == found.scripts["run"]


def test_a_logger_is_a_service() -> None:
    tree = parse("d/x/run\nd/x/log/run\nd/y/run\nd/.hidden/run\nd/file\n")
    assert [(s.name, s.path) for s in scan(tree, BY_NAME["runit"], "d").services] == [
        ("x", "d/x"),
        ("x/log", "d/x/log"),
        ("y", "d/y"),
    ]
    assert [s.name for s in scan(tree, BY_NAME["s6-rc"], "d").services] == ["x", "y"]


def test_a_linked_service_lies_where_it_lies() -> None:
    found = one("runit", "d/x -> ../sv/x\nsv/x/run\n")
    assert (found.path, found.scandir, found.name) == ("sv/x", "d", "x")
    assert list(scan(parse("d/x -> gone\nd/y -> y\n"), BY_NAME["runit"], "d").services) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("d/x/type\n    longrun\n", ServiceKind.LONGRUN),
        ("d/x/type (no final newline)\n    oneshot\n", ServiceKind.ONESHOT),
        ("d/x/type (escaped)\n    bundle\\r\n", ServiceKind.BUNDLE),
        ("d/x/type\n    lonrun\nd/x/run\n", ServiceKind.LONGRUN),
        ("d/x/up\n", ServiceKind.ONESHOT),
        ("d/x/contents.d/y\n", ServiceKind.BUNDLE),
        ("d/x/dependencies.d/y\n", ServiceKind.PART),
        ("d/x/finish\n", ServiceKind.PART),
    ],
)
def test_kind_in_an_s6_rc_source(text: str, kind: ServiceKind) -> None:
    assert one("s6-rc", text).kind is kind


@pytest.mark.parametrize(
    ("up", "target"),
    [
        ("/d/x/run", "d/x/run"),
        ("# told\n    /d/x/run", "d/x/run"),
        ("/command/with-contenv /d/x/run", "d/x/run"),
        ("foreground { /d/x/run } true", "d/x/run"),
        ("/usr/bin/elsewhere", None),
        ("bash /d/x/run", None),
        ("/d/x/run\n    /d/x/run", None),
        ("./run", None),
    ],
)
def test_the_script_behind_up(up: str, target: str | None) -> None:
    found = one("s6-rc", f"d/x/type\n    oneshot\nd/x/up\n    {up}\nd/x/run\n    #!/bin/sh\n")
    assert found.run is None
    assert {role: script.real for role, script in found.scripts.items()} == {
        "up": "d/x/up",
        **({"target": target} if target else {}),
    }


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("s6-envdir env daemon", {"A": "1", "B": "x y", "E": ""}),
        ("exec chpst -e ./env daemon", {"A": "1", "B": "x y", "E": ""}),
        ("exec chpst -u www -e ./env daemon", {"A": "1", "B": "x y", "E": ""}),
        ("exec daemon env", {}),
    ],
)
def test_environment(run: str, expected: dict[str, str]) -> None:
    env = "d/x/env/A\n    1\nd/x/env/B (escaped)\n    x y \\t\n    more\n"
    env += "d/x/env/E (escaped)\n    \\n\nd/x/env/none\n"
    assert one("s6", f"d/x/run\n    {run}\n{env}").environment == expected


def test_init_scripts() -> None:
    tree = parse("d/10-x\n    a\nd/20-y -> 10-x\nd/.keep\nd/sub/z\netc/rc.local\n")
    found = scan(tree, BY_NAME["my_init.d"], "d", ["etc/rc.local"])
    assert [(s.name, s.path, s.kind.value, s.scripts["init"].real) for s in found.services] == [
        ("10-x", "d/10-x", "init", "d/10-x"),
        ("20-y", "d/20-y", "init", "d/10-x"),
        ("rc.local", "etc/rc.local", "init", "etc/rc.local"),
    ]


def test_the_programs_of_s6_svscan() -> None:
    found = scan(
        parse("d/.s6-svscan/finish\n    x\nd/.s6-svscan/SIGTERM -> finish\nd/x/run\n"), BY_NAME["s6"], "d"
    )
    assert found.control is not None
    assert {n: s.real for n, s in found.control.scripts.items()} == {
        "SIGTERM": "d/.s6-svscan/finish",
        "finish": "d/.s6-svscan/finish",
    }
    assert scan(parse("d/x/run\n"), BY_NAME["s6"], "d").control is None


def test_nothing_that_is_no_file_is_a_script() -> None:
    found = service(
        parse("d/x/run (fifo)\nd/x/finish/\nd/x/setup -> setup\n"), BY_NAME["s6"], "d/x", "d", "x"
    )
    assert found.scripts == {}


def test_partial() -> None:
    assert one("s6", "d/x/run (size 99)\n    x\n").scripts["run"].partial
    assert not one("s6", "d/x/run\n    x\n").scripts["run"].partial
