"""A read-only root, another user, no capabilities: it runs, or says what can't work and starts nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from tests.image.engine import container, derived
from tests.image.services import TIDY, idle

NO_ROOT = ("--user", "1000:1000")
READ_ONLY = ("--read-only", "--read-only-tmpfs=false", "--tmpfs", "/run")  # as docker does, without /tmp
NO_CAPABILITIES = ("--cap-drop", "ALL")

DROPPING = """
etc/s6/web/run (executable)
    #!/bin/sh
    exec s6-setuidgid nobody sleep 1000000
"""
NEEDY = idle("privileged") + "etc/s6/privileged/data/needs\n    root setuid\n"
PICKY = idle("picky") + "etc/s6/picky/data/needs\n    /tmp moonlight\n"


@pytest.fixture(scope="module")
def bare(base: str) -> Iterator[str]:
    """The image without its own services, some of which only root can run."""
    with derived(base, "", "RUN rm -rf /etc/s6/*") as image:
        yield image


@pytest.mark.parametrize(
    ("options", "scandir"),
    [
        (READ_ONLY, "/run/s6"),
        ((*READ_ONLY[:3], "/run:noexec"), "/run/s6"),
        (NO_ROOT, "/run/s6"),
        ((*NO_ROOT, *READ_ONLY[:3], "/run/s6:mode=1777", *NO_CAPABILITIES), "/run/s6"),
        ((*NO_ROOT, "-e", "S6KIT_SCANDIR=/tmp/here"), "/tmp/here"),
        (NO_CAPABILITIES, "/etc/s6"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_services_that_need_nothing_run(
    bare: str, show: Callable[[str], None], options: Sequence[str], scandir: str
) -> None:
    with derived(bare, TIDY + idle("two")) as image, container(image, *options) as it:
        it.up()
        assert it.processes()[0] == (1, 0, f"s6-svscan {scandir}")
        assert {args.split()[0] for _, above, args in it.processes() if above == 1} == {"s6-supervise"}
        assert it.health() == (0, "")
        ended = it.stop()
        show(f"{' '.join(options)}: s6-svscan {scandir}, exit code {ended.code}")
        assert ended.code == 0
        assert "tidy: finished" in it.log


NEEDS_ROOT = [
    "s6-entrypoint: /etc/s6/privileged needs root, and this is uid 1000",
    "s6-entrypoint: /etc/s6/privileged needs the capabilities SETUID and SETGID, to become another user",
    "s6-entrypoint: /etc/s6/web needs the capabilities SETUID and SETGID, to become another user",
]
UNABLE = (
    "s6-entrypoint: fatal: unable to start all that has to be up: "
    "give what is needed, or make a file `down` in those directories"
)


@pytest.mark.parametrize(
    ("options", "said"),
    [(NO_ROOT, NEEDS_ROOT), (NO_CAPABILITIES, NEEDS_ROOT[1:])],
    ids=["no root", "no caps"],
)
def test_what_cannot_work_is_said_and_nothing_starts(
    bare: str, options: Sequence[str], said: Sequence[str]
) -> None:
    with derived(bare, DROPPING + NEEDY + TIDY) as image, container(image, *options) as it:
        assert it.code() == 111
        assert it.log.splitlines() == [*said, UNABLE]


def test_a_place_that_a_service_needs(bare: str) -> None:
    with derived(bare, PICKY + TIDY) as image, container(image, *READ_ONLY) as it:
        assert it.code() == 111
        assert it.log.splitlines() == [
            "s6-entrypoint: /etc/s6/picky needs /tmp, which is not writable: mount a tmpfs there",
            "s6-entrypoint: /etc/s6/picky needs moonlight, of which nothing is known here",
            UNABLE,
        ]


def test_the_image_as_it_is_with_a_read_only_root(base: str) -> None:
    """cron needs /tmp, which podman's --read-only brings along."""
    with container(base, "--read-only", "--tmpfs", "/run") as it:
        it.up()
        assert it.processes()[0] == (1, 0, "s6-svscan /run/s6")
        assert it.stop().code == 0
    with container(base, *READ_ONLY) as it:
        assert it.code() == 111
        assert it.log.splitlines() == [
            "s6-entrypoint: /etc/s6/cron needs /tmp, which is not writable: mount a tmpfs there",
            UNABLE,
        ]


def test_what_is_down_needs_nothing(bare: str) -> None:
    down = DROPPING + NEEDY + "etc/s6/web/down\netc/s6/privileged/down\n"
    with derived(bare, down + TIDY) as image, container(image, *NO_ROOT) as it:
        it.up()
        assert it.stop().code == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            (*NO_ROOT, "-e", "S6KIT_SCANDIR=/opt/s6"),
            ["mkdir: cannot create directory '/opt/s6': Permission denied", "unable to make /opt/s6"],
        ),
        ((*READ_ONLY[:2],), ["unable to write into /run/s6: mount a tmpfs there"]),
        ((*NO_ROOT, "-e", "S6KIT_SCANDIR=/etc/s6"), ["unable to use /etc/s6 (/etc/s6 is not writable)"]),
        (
            (*NO_ROOT, "-e", "S6KIT_SCANDIR=/tmp"),
            ["unable to use /tmp: it is not empty, and no scan directory"],
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value[0], str) and value[0].startswith("-") else "",
)
def test_no_place_to_work_in(bare: str, options: Sequence[str], said: Sequence[str]) -> None:
    with derived(bare, TIDY, "RUN touch /tmp/something") as image, container(image, *options) as it:
        assert it.code() == 111
        assert len(it.log.splitlines()) == len(said)
        for line, part in zip(it.log.splitlines(), said, strict=True):
            assert part in line


def test_a_copy_is_made_anew_at_every_start(bare: str) -> None:
    """What an earlier start left there, as on a volume, does not come back."""
    options = (*NO_ROOT, "-e", "S6KIT_SCANDIR=/tmp/here")
    with derived(bare, TIDY) as image, container(image, *options) as it:
        it.up()
        it.run(
            "cp -R /tmp/here/tidy /tmp/here/stale && rm -r /tmp/here/stale/supervise /tmp/here/stale/event"
        )
        it.run("touch /tmp/here/tidy/down")
        assert it.stop().code == 0
        it.podman("start")
        it.up()
        assert [args for _, above, args in it.processes() if above == 1] == ["s6-supervise tidy"]
        assert it.stop().code == 0
