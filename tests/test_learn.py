"""`daemons learn`: options out of help texts, and a knowledge file out of what was seen."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from s6kit.cli.learn import learn
from s6kit.daemons.context import Context
from s6kit.daemons.judge import judge
from s6kit.daemons.learn import Option, Tried, candidates, knowledge, options
from s6kit.daemons.load import load_user, parse
from s6kit.dataclass import replace
from s6kit.errors import Fatal
from s6kit.model import DictTree
from s6kit.observation import Fate, Observation, Stop
from s6kit.probe.observe import observe_all
from s6kit.probe.run import Run
from s6kit.value import known
from s6kit.verdict import Stay

HELP = """\
Usage: tellerd [-q|--quiet] [--nofork] FILE
  -D, --daemon             run in the background
  -F\t\tStay in the foreground.
  -b <addr>                bind; not for daemons behind a proxy
  -c, --config=FILE        read FILE
      --log[=FILE]         log it
  -p, --port <num>  port
  -h, --help               this text
Detach it with -D - or not.
"""


def test_options_of_a_help_text() -> None:
    assert list(options(HELP)) == [
        Option(("-q", "--quiet"), False, ""),
        Option(("--nofork",), False, ""),
        Option(("-D", "--daemon"), False, "run in the background"),
        Option(("-F",), False, "Stay in the foreground."),
        Option(("-b",), True, "bind; not for daemons behind a proxy"),
        Option(("-c", "--config"), True, "read FILE"),
        Option(("--log",), True, "log it"),
        Option(("-p", "--port"), True, "port"),
        Option(("-h", "--help"), False, "this text"),
    ]
    assert candidates(HELP) == ("--nofork", "-D", "-F")
    assert candidates("") == ()


def seen(fate: Fate, stop: Stop | None = None) -> Observation:
    return Observation("", "", fate, stop=stop, watched=5.02)


def test_the_file() -> None:
    tried = [
        Tried("", ("/opt/tellerd", "x y"), seen(Fate.DAEMONIZED)),
        Tried("--nofork", ("/opt/tellerd", "--nofork", "x y"), seen(Fate.EXITED)),
        Tried("-D", ("/opt/tellerd", "-D", "x y"), seen(Fate.DAEMONIZED)),
        Tried("-F", ("/opt/tellerd", "-F", "x y"), seen(Fate.FOREGROUND, Stop(0.1, "SIGTERM", False))),
    ]
    text = knowledge(tried, HELP, {"package": "none"})
    assert (
        text
        == """\
daemon: tellerd
title: "learned from runs of tellerd"
programs: [tellerd]
bare: daemonizes
options: {short: "qDFb:c:p:h", long: "quiet nofork daemon config= log= port= help"}
foreground: [-F]
daemonizes: [-D, --daemon]
remedy: "tellerd -F 'x y'"
stop: {signal: TERM, source: it was seen to end}
evidence:
  - {package: none, run: "/opt/tellerd 'x y'", observed: daemonized, by: probe}
  - {package: none, run: "/opt/tellerd --nofork 'x y'", observed: exited, by: probe}
  - {package: none, run: "/opt/tellerd -D 'x y'", observed: daemonized, by: probe}
  - {package: none, run: "/opt/tellerd -F 'x y'", observed: foreground, watched: "5", by: probe}
"""
    )
    assert parse(text.encode(), "tellerd.yaml")["programs"] == ["tellerd"]


DAEMON = """\
import os, sys, time
if "--help" in sys.argv:
    print("tellerd\\n  -f, --front   stays in the foreground")
    sys.exit()
if "-f" not in sys.argv and os.fork():
    os._exit(0)
time.sleep(1000)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_a_program_is_learned_and_known_from_then_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the one that stays is not waited for."""

    def patient(runs: Sequence[Run], jobs: int) -> Iterator[tuple[Run, Observation]]:
        return observe_all([replace(each, settle=0.5 if "-f" in each.argv else 60) for each in runs], jobs)

    monkeypatch.setattr("s6kit.cli.learn.observe_all", patient)
    monkeypatch.setattr("s6kit.cli.learn.HELP_TAKES", 60)
    program = tmp_path / "tellerd"
    program.write_text(f"#!{sys.executable} -S\n{DAEMON}")
    program.chmod(0o755)
    file = tmp_path / "tellerd.yaml"
    file.write_text(learn([str(program), "--port=1"], 3))
    told = sorted(capsys.readouterr().err.splitlines())
    assert told == [f"{program} --port=1: daemonized", f"{program} -f --port=1: foreground"]
    context = Context(DictTree({}), knowledge=load_user([file]))
    for words, stay in ((["-f"], Stay.FOREGROUND), (["--front"], Stay.FOREGROUND), ([], Stay.DAEMONIZES)):
        answer = judge(tuple(known(word) for word in ("tellerd", *words)), context)
        assert answer is not None
        assert answer.stay is stay


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        ([], "unable to learn: no command is given: s6kit daemons learn -- COMMAND…"),
        (["no-such-program"], "unable to learn no-such-program: no such program"),
    ],
)
def test_what_cannot_be_learned(argv: list[str], reason: str) -> None:
    with pytest.raises(Fatal) as caught:
        learn(argv, 1.0)
    assert str(caught.value) == reason
