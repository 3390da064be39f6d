"""What is seen of programs that are run."""

from __future__ import annotations

import os
from pathlib import Path
from shlex import join
from time import monotonic
from typing import Any

import pytest

from s6kit.observation import Fate, Observation, Survivor, plain, recorded
from s6kit.probe.loop import KEPT, Loop
from s6kit.probe.observe import Event, observe
from s6kit.probe.run import ProbeError, Run
from tests.probe.daemon import ANOTHER, BOMB
from tests.probe.helpers import DEADLINE, ENV, apart, command

pytestmark = apart
LONG = DEADLINE  # what ends, or says that it is ready, is not waited for so long


def ran(*argv: str, **terms: Any) -> Observation:
    """What is seen of a command that ends by itself."""
    return observe(Run(argv, env=ENV, settle=LONG, **terms))


def stayed(*argv: str, settle: float = 0.0, timeout: float = LONG, **terms: Any) -> Observation:
    """What is seen of a command from when it says so on descriptor 3."""
    return observe(
        Run(argv, service="svc", env=ENV, settle=settle, timeout=timeout, **{"notification_fd": 3, **terms})
    )


def seen(way: str, **terms: Any) -> Observation:
    """What is seen of the daemon that goes this way, once it is where that leads."""
    return stayed(*command(way), **terms)


@pytest.mark.parametrize("way", ["stay", "close-all", "session"])
def test_what_stays(way: str) -> None:
    found = seen(way, settle=1.0)
    assert (found.outcome, found.command) == (Fate.FOREGROUND, command(way))
    assert (found.survivors, found.children, found.exit_code, found.signal) == ((), (), None, None)
    assert found.stop is not None
    assert (found.stop.signal, found.stop.killed) == ("SIGTERM", False)
    assert found.watched >= 1


@pytest.mark.parametrize("way", ["fork-once", "fork-twice", "detach", "fork-late"])
def test_what_leaves(way: str) -> None:
    found = ran(*command(way))
    assert (found.outcome, found.command, found.exit_code) == (Fate.DAEMONIZED, command(way), 0)
    assert [each.command for each in found.survivors] == [command(way)]
    assert found.stop is None
    assert found.watched < LONG


def test_it_ends_as_soon_as_it_is_sure() -> None:
    assert 0.7 <= ran(*command("fork-late")).watched < LONG


def test_one_that_becomes_another() -> None:
    found = seen("become")
    assert (found.outcome, found.command) == (Fate.FOREGROUND, ANOTHER)
    assert found.executable == os.path.realpath("/bin/sh")


def test_workers_that_their_master_ends() -> None:
    found = seen("workers")
    assert (found.outcome, found.survivors) == (Fate.FOREGROUND, ())
    assert [each.command for each in found.children] == [command("workers")] * 3


def test_a_grandchild_that_is_left() -> None:
    found = seen("grandchild")
    assert found.outcome is Fate.FOREGROUND
    assert [each.command for each in found.survivors] == [command("grandchild")]
    assert found.survivors == found.children


def test_one_that_the_signal_does_not_end() -> None:
    found = seen("stay", timeout=0.5, down_signal="SIGWINCH")
    assert found.stop is not None
    assert (found.stop.signal, found.stop.killed) == ("SIGKILL", True)
    assert found.stop.seconds >= 0.5


def test_the_services_own_patience() -> None:
    found = seen("ignore-term", timeout_kill=0.3)
    assert found.stop is not None
    assert (found.stop.signal, found.stop.killed) == ("SIGKILL", True)
    assert 0.3 <= found.stop.seconds < LONG


def test_the_services_own_signal() -> None:
    found = seen("ignore-term", down_signal="SIGINT")
    assert found.stop is not None
    assert (found.stop.signal, found.stop.killed) == ("SIGINT", False)


def test_one_that_takes_its_time_to_end() -> None:
    found = seen("slow-end")
    assert found.stop is not None
    assert (found.stop.signal, found.stop.killed) == ("SIGTERM", False)
    assert found.stop.seconds >= 0.5


def test_a_stop_goes_to_one_that_sleeps() -> None:
    found = stayed(*ANOTHER)
    assert found.stop is not None
    assert (found.outcome, found.stop.killed) == (Fate.FOREGROUND, False)


def test_late_readiness_is_waited_for() -> None:
    found = seen("ready-late", settle=0.1)
    assert (found.outcome, found.notifies) == (Fate.FOREGROUND, True)
    assert found.ready_after is not None
    assert found.ready_after >= 0.7


def test_readiness_that_never_comes() -> None:
    found = seen("never-ready", settle=0.1, timeout=0.5)
    assert (found.outcome, found.notifies, found.ready_after) == (Fate.FOREGROUND, True, None)
    assert found.watched >= 0.6


def test_readiness_on_another_descriptor() -> None:
    assert stayed("sh", "-c", "echo >&9; exec sleep 1000", notification_fd=9).ready_after is not None


@pytest.mark.parametrize(
    ("way", "code", "signal", "lived"),
    [("die", 7, None, 0), ("die-later", 8, None, 1), ("crash", None, "SIGSEGV", 0)],
)
def test_what_ends(way: str, code: int | None, signal: str | None, lived: float) -> None:
    found = ran(*command(way))
    assert (found.outcome, found.command) == (Fate.EXITED, command(way))
    assert (found.exit_code, found.signal, found.survivors, found.stop) == (code, signal, (), None)
    assert lived <= found.watched < LONG


@pytest.mark.parametrize(("way", "code", "signal"), [("die", 7, None), ("crash", None, "SIGSEGV")])
def test_what_ends_before_it_is_ready(way: str, code: int | None, signal: str | None) -> None:
    """What it has open is closed a while before it can be seen that it has ended."""
    found = seen(way)
    assert (found.outcome, found.exit_code, found.signal) == (Fate.EXITED, code, signal)
    assert (found.notifies, found.ready_after, found.stop) == (True, None, None)


def test_another_name_is_no_other_program() -> None:
    assert seen("rename").command == command("rename")


def test_many_children() -> None:
    found = ran(*command("bomb"))
    assert (found.outcome, len(found.survivors)) == (Fate.DAEMONIZED, BOMB)


def test_the_last_of_the_output_is_kept() -> None:
    found = seen("write")
    assert len(found.output_tail) == KEPT
    assert found.output_tail.endswith("line 029998\nline 029999\n")


def test_a_shell_that_stays() -> None:
    script = f"{join(command('stay'))}; :"
    found = stayed("sh", "-c", script)
    assert (found.outcome, found.command) == (Fate.FOREGROUND, ("sh", "-c", script))
    assert found.survivors == found.children == (Survivor(4, command("stay")),)


def test_where_memory_runs_out_it_is_the_first_to_go() -> None:
    found = ran("cat", "/proc/self/oom_score_adj")
    assert (found.outcome, found.output_tail) == (Fate.EXITED, "1000\n")


def test_where_it_listens() -> None:
    program = (
        "import os, signal, socket; s = socket.create_server(('127.0.0.1', 4711)); os.write(3, b'\\n');"
        " signal.pause()"
    )
    assert stayed(command("stay")[0], "-S", "-c", program).listens == ("tcp 127.0.0.1:4711",)


@pytest.mark.parametrize(
    ("argv", "code", "failure"),
    [
        (("no-such-program",), 127, "unable to execute no-such-program: No such file or directory"),
        (("/etc/passwd",), 126, "unable to execute /etc/passwd: Permission denied"),
    ],
)
def test_what_cannot_be_started(argv: tuple[str, ...], code: int, failure: str) -> None:
    found = ran(*argv)
    assert (found.outcome, found.exit_code, found.failure) == (Fate.EXITED, code, failure)


def test_where_nothing_can_be_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("s6kit.probe.observe.NEEDS", ("/proc/none",))
    with pytest.raises(ProbeError, match="unable to run anything here: there is no /proc/none"):
        seen("stay")


def test_the_user_is_another() -> None:
    found = ran("sh", "-c", "id -u; id -g; id -G", user="nobody")
    assert found.output_tail == "65534\n65534\n65534\n"


def test_a_user_that_nobody_knows() -> None:
    found = ran("true", user="nobody-at-all")
    assert found.failure == "unable to become user nobody-at-all: not in /etc/passwd"


def test_a_setup_comes_first() -> None:
    file = f"/tmp/said-{os.getpid()}"
    setup = ("sh", "-c", f"echo prepared; echo yes >{file}")
    found = ran("cat", file, setup=setup, root="/")
    assert (found.outcome, found.output_tail) == (Fate.EXITED, "yes\n")
    assert not Path(file).exists()


def test_a_setup_that_fails() -> None:
    with pytest.raises(ProbeError) as caught:
        ran("true", service="web", setup=("sh", "-c", "echo no room; exit 3"))
    assert str(caught.value) == "unable to set up web: it ended with exit code 3: no room"


@pytest.mark.parametrize(
    ("net", "expected"),
    [("private", "lo UNKNOWN\n"), ("none", "")],
)
def test_the_network(net: Any, expected: str) -> None:
    """Some kernels put tunnels into every network, which are down."""
    found = ran("sh", "-c", "ip -br link show up | tr -s ' ' | cut -d ' ' -f 1-2", net=net)
    assert (found.exit_code, found.output_tail) == (0, expected)


def test_the_network_of_the_machine() -> None:
    found = ran("readlink", "/proc/self/ns/net", net="host")
    assert found.output_tail.strip() == str(Path("/proc/self/ns/net").readlink())


def test_it_can_be_enough_to_know_whether_it_stays() -> None:
    found = seen("ignore-term", stop=False)
    assert (found.outcome, found.stop) == (Fate.FOREGROUND, None)


def test_what_happens_is_told(tmp_path: Path) -> None:
    """It becomes another when it has been seen as the first."""
    told: list[str] = []
    os.mkfifo(tmp_path / "go")

    def heard(_: Run, event: Event) -> None:
        told.append(event["event"])
        if told == ["started", "became"]:
            (tmp_path / "go").write_text("\n")

    script = f"read go <{tmp_path}/go; exec {join(ANOTHER)}"
    observe(Run(("sh", "-c", script), env=ENV, settle=0, timeout=LONG, notification_fd=3), heard)
    assert told == ["started", "became", "became", "stopping", "done"]


def test_whoever_looks_late_sees_what_was_in_time() -> None:
    """The watcher itself was kept from running until its deadline had passed."""
    watched, lifeline = os.pipe()
    loop, pid = Loop(watched), os.posix_spawnp("true", ["true"], ENV)
    loop.expect(pid)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert loop.until(monotonic(), lambda: loop.end(pid) is not None)
    assert not loop.until(monotonic(), lambda: loop.ready_at is not None)
    os.close(lifeline)


def test_an_observation_is_recorded_and_read_again() -> None:
    found = seen("grandchild")
    assert recorded(plain(found)) == found


def test_nothing_else_is_inherited() -> None:
    assert ran("sh", "-c", "ls /proc/self/fd; cat").output_tail == "0\n1\n2\n3\n"  # 3 is ls's own
    assert observe(Run(("env",), env={"A": "b"}, settle=LONG)).output_tail == "A=b\n"


def test_its_parent_is_not_pid_1() -> None:
    """Many a daemon takes itself for one already where that started it, and does not fork."""
    found = stayed("sh", "-c", f'[ "$PPID" != 1 ] && exec {join(ANOTHER)}')
    assert (found.outcome, found.command) == (Fate.FOREGROUND, ANOTHER)


@pytest.mark.parametrize("line", ["exit 3", "sleep 1000 & exit 3"])
def test_a_script_that_nobody_could_look_at(tmp_path: Path, line: str) -> None:
    """It has ended before the first look, now and then; the interpreter is told in any case."""
    (tmp_path / "run").write_text(f"#!/bin/sh -e\n{line}\n")
    (tmp_path / "run").chmod(0o755)
    for _ in range(5):
        found = observe(Run(("./run", "svc"), env=ENV, cwd=str(tmp_path), settle=LONG))
        assert (found.command, found.exit_code) == (("/bin/sh", "-e", "./run", "svc"), 3)


def test_what_a_shell_has_left_is_told_as_what_it_becomes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "run").write_text("#!/bin/sh\n{ sleep 0.5; exec sleep 1000; } &\n")
    (tmp_path / "run").chmod(0o755)
    monkeypatch.setattr("s6kit.probe.watch.LAGS", LONG)
    found = observe(Run(("./run", "svc"), env=ENV, cwd=str(tmp_path), settle=LONG))
    assert (found.outcome, found.command) == (Fate.DAEMONIZED, ("/bin/sh", "./run", "svc"))
    assert [each.command for each in found.survivors] == [("sleep", "1000")]
