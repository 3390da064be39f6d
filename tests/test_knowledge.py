"""Knowledge files: the schema with its errors, the compiled form, names, and files of a user's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from s6kit.daemons.compile import compiled, registry, sources
from s6kit.daemons.context import Context
from s6kit.daemons.facts import Does, decode
from s6kit.daemons.judge import judge
from s6kit.daemons.knowledge import COMPILED, REGISTRY, describe, names, shipped
from s6kit.daemons.load import load_user, parse
from s6kit.errors import KnowledgeError
from s6kit.model import DictTree
from s6kit.value import known
from s6kit.verdict import Stay

LEAST = "daemon: x\ntitle: t\nprograms: [x]\nbare: foreground\nsource: x(8)\n"


def test_the_compiled_form_is_that_of_the_files() -> None:
    raws = sources()
    assert COMPILED.read_text("ascii") == compiled(raws)
    assert REGISTRY.read_text("utf-8") == registry(raws)
    assert names() == tuple(raw["daemon"] for raw in raws)


@pytest.mark.parametrize("name", names())
def test_every_daemon_can_be_decoded(name: str) -> None:
    daemon = decode(shipped().raw(name))
    assert daemon.name == name
    assert daemon.options.letters is not None
    assert all(known.daemon.name for known in shipped().find(daemon.raw["programs"][0]))


ERRORS = [
    ("", "1:1: expected a mapping, with keys such as daemon, title, programs, bare"),
    ("daemon: x\n", '1:1: "title" is missing'),
    (
        LEAST.replace("source: x(8)\n", ""),
        '1:1: neither "evidence" nor "source" says where this is known from',
    ),
    (LEAST + "forground: [-F]\n", '6:1: unknown key "forground"; did you mean "foreground"?'),
    (
        LEAST.replace("bare: foreground", "bare: daemonises"),
        '4:7: unknown word "daemonises"; did you mean "daemonizes"?',
    ),
    (
        LEAST + "wins: nobody\n",
        '6:7: unknown word "nobody"; expected one of first, last, foreground, daemonizes',
    ),
    (LEAST + "options:\n  shrt: f\n", '7:3: unknown key "shrt"; did you mean "short"?'),
    (
        LEAST + "foreground:\n  - {word: -x, matches: '('}\n",
        "7:25: not a regular expression: missing ), unterminated",
    ),
    (LEAST + "config:\n  - {format: inni, keys: {}}\n", '7:14: unknown word "inni"; did you mean "ini"?'),
    (LEAST + "config:\n  - {format: ini}\n", '7:5: "keys" is missing'),
    (
        LEAST + "config:\n  - {format: ini, keys: {d: {no: leave}}}\n",
        '7:34: unknown word "leave"; did you mean "leaves"?',
    ),
    (LEAST + "stop: SIGTERM\n", '6:7: unknown word "SIGTERM"; did you mean "TERM"?'),
    (LEAST + "stop: none\n", '6:7: unknown word "none"; expected one of TERM, INT, QUIT'),
    (LEAST + "reload: nine\n", '6:9: unknown word "nine"; did you mean "none"?'),
    (LEAST + "reload: {how: x -s reload}\n", '6:9: "signal" is missing'),
    (
        LEAST + "stop: {signal: INT, how: x -s stop}\n",
        '6:21: unknown key "how"; known are signal, source',
    ),
    (LEAST + "title: again\n", '6:1: found duplicate key "title"'),
    ("a: [\n", "2:1: "),
    ("\tx", "1:1: found character"),
]


@pytest.mark.parametrize(("text", "error"), ERRORS)
def test_errors_name_the_place(text: str, error: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        parse(text.encode(), "x.yaml")
    assert str(caught.value).startswith(f"unable to read knowledge file x.yaml:{error}")


def test_not_utf8() -> None:
    with pytest.raises(KnowledgeError, match=r"^unable to read knowledge file x.yaml:2:1: not UTF-8$"):
        parse(b"daemon: x\n\xff\n", "x.yaml")


def test_clues_and_values_are_spelled_out() -> None:
    raw = parse(
        LEAST.encode()
        + b"""foreground: [-F, "--daemon=no|Off", {word: [-o, --opt], matches: a}]
config:
  - {format: ini, keys: {d: {no|0: foreground, true: daemonizes, unset: foreground}}}
""",
        "x.yaml",
    )
    assert raw["foreground"] == [
        {"names": ["-F"]},
        {"names": ["--daemon"], "values": ["no", "off"]},
        {"names": ["-o", "--opt"], "matches": "a"},
    ]
    assert raw["options"] == {"short": "Fo:", "long": ["daemon=", "opt="]}
    assert raw["config"][0]["keys"] == {
        "d": {"values": {"no": "foreground", "0": "foreground", "true": "daemonizes"}, "unset": "foreground"}
    }


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("HUP", {"signal": "HUP"}),
        ("none", {"signal": "none"}),
        (
            "{signal: none, how: x -s reload, source: x(8)}",
            {"signal": "none", "how": "x -s reload", "source": "x(8)"},
        ),
    ],
)
def test_a_daemon_may_have_no_reload_signal(written: str, told: dict[str, str]) -> None:
    assert parse(f"{LEAST}reload: {written}\n".encode(), "x.yaml")["reload"] == told


def test_files_of_ones_own_speak_first(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("daemon: own\ntitle: t\nprograms: [sshd, mine]\nbare: foreground\nsource: me\n")
    knowledge = load_user([own])
    context = Context(DictTree({}), knowledge=knowledge)
    for command, stay in (
        ("sshd", Stay.FOREGROUND),
        ("mine", Stay.FOREGROUND),
        ("memcached", Stay.FOREGROUND),
    ):
        answer = judge((known(command),), context)
        assert answer is not None
        assert answer.stay is stay
    assert judge((known("mine"),), Context(DictTree({}))) is None
    assert knowledge.names() == tuple(sorted((*names(), "own")))


def test_an_unreadable_file_of_ones_own(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"no\.yaml: No such file or directory$"):
        load_user([tmp_path / "no.yaml"])


def test_describe() -> None:
    by_name, by_program = describe("redis"), describe("valkey-server")
    assert by_name is not None
    assert by_name["bare"] == Does.FOREGROUND.value
    assert by_name == by_program
    assert describe("unheard-of") is None
