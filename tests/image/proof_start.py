"""What runs, and as whom; what starts nothing."""

from __future__ import annotations

from collections.abc import Callable

from tests.image.engine import container, derived, until
from tests.image.services import TIDY, idle


def test_pid_1_is_s6_svscan_and_its_only_children_are_s6_supervise(
    base: str, show: Callable[[str], None]
) -> None:
    with derived(base, idle("one") + idle("two")) as image, container(image) as it:
        it.up()
        rows = it.processes()
        children = [args for _, above, args in rows if above == 1]
        show(f"PID 1: {rows[0][2]}; its children: {', '.join(sorted(children))}")
        assert rows[0] == (1, 0, "s6-svscan /etc/s6")
        assert {args.split()[0] for args in children} == {"s6-supervise"}
        assert {"s6-supervise one", "s6-supervise two"} <= set(children)


def test_arguments_are_a_command_that_runs_instead(base: str) -> None:
    with container(base, command=["sh", "-c", "echo pid $$; exit 3"]) as it:
        assert it.code() == 3
        assert it.log == "pid 1\n"


def test_a_rescan_finds_a_new_service_and_drops_an_old_one(base: str) -> None:
    with derived(base, idle("old")) as image, container(image) as it:
        it.up()
        it.run("cp -R /etc/s6/old /etc/s6/.new && rm -rf /etc/s6/.new/supervise /etc/s6/.new/event")
        it.run("mv /etc/s6/.new /etc/s6/new && mv /etc/s6/old /etc/s6/.old")
        it.podman("kill", "--signal", "HUP")
        until(lambda: it.says("s6-svstat -u /etc/s6/new") == "true", "new is up")
        until(lambda: "s6-supervise old" not in str(it.processes()), "old is gone")
        assert it.stop().code == 0


def test_200_services_are_up_healthy_and_stopped(base: str, show: Callable[[str], None]) -> None:
    many = "".join(idle(f"service-{number}") for number in range(200))
    with derived(base, many) as image, container(image) as it:
        it.up()
        until(lambda: sum(args == "sleep 1000000" for _, _, args in it.processes()) == 200, "200 sleep")
        assert it.health() == (0, "")
        ended = it.stop()
        show(f"200 services: stopped in {ended.seconds:.2f} s, exit code {ended.code}")
        assert ended.code == 0


def test_the_same_container_starts_again(base: str) -> None:
    with derived(base, TIDY) as image, container(image) as it:
        it.up()
        assert it.stop().code == 0
        it.podman("start")
        it.up()
        assert it.stop().code == 0
        assert it.log.count("tidy: started") == it.log.count("tidy: finished") == 2
