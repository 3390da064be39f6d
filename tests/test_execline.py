"""execline programs: the words that execlineb makes of them, and where they were written."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s6kit.execline import MAX_DEPTH, parse
from s6kit.script import Argument, Block, Command, Literal, Parameter, Script, Word
from s6kit.text import Span

EXECLINEB = shutil.which("execlineb")
needs_execlineb = pytest.mark.skipif(
    EXECLINEB is None and os.environ.get("CI") != "true", reason="execlineb is not installed"
)


def words_of(script: Script) -> tuple[Argument, ...]:
    if not script.body:
        return ()
    (command,) = script.body
    assert isinstance(command, Command)
    return command.words


def text_of(word: Word) -> str:
    """The word where nothing binds a name."""
    text = ""
    for part in word.parts:
        if isinstance(part, Parameter):
            assert part.operand is not None
            text += text_of(part.operand)
        else:
            assert isinstance(part, Literal)
            text += part.text
    return text


def argv_of(words: tuple[Argument, ...], depth: int = 0) -> list[bytes]:
    """The words as execlineb hands them on: a block is indented and closed by an empty word."""
    argv: list[bytes] = []
    for word in words:
        if isinstance(word, Block):
            argv += [*argv_of(word.words, depth + 1), b" " * depth]
        else:
            argv.append(b" " * depth + text_of(word).encode("utf-8", "surrogateescape"))
    return argv


def really(program: bytes, before: bytes = b"") -> list[bytes] | None:
    """What execlineb itself makes of `program`; None where it refuses."""
    done = subprocess.run(
        [EXECLINEB or "execlineb", "-Pc", before + rb'printf "%s\\0" ' + program],
        capture_output=True,
        check=False,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
    )
    if done.returncode == 100:
        return None
    assert done.returncode == 0, done.stderr
    return done.stdout.split(b"\0")[:-1]


ACCEPTED = [
    b"x",
    b"nginx -g daemon\\ off;",
    b'nginx -g "daemon off;" # comment "',
    b"x a#b #c\nd",
    b"x\ty\rz\x0bv\x0cf\x01one",
    b'x \\#y "#z"',
    b'x "" a"b c"d',
    b"x foo\\\nbar",
    b"x foo \\\nbar",
    b"x foo \\",
    b"x \\n\\t",
    b'x "a\\\nb"',
    b'x "\\a\\b\\t\\n\\v\\f\\r\\q\\"\\\\"',
    b'x "\\0x41g \\65 \\0101 \\101 \\0x4a4 \\1000"',
    b'x "\\0x41',
    b'x "\\65',
    b"{ a } b",
    b'{ a { b } "" } c',
    b"foreground { echo a } foreground { echo b } c",
    b"if { test -e x } ifelse { a } { b } c",
    b"{ \t} b",
    b'{ } }a a} {a a{ }# {"a"',
    b'x {} "{" "}" \\{ \\}',
    b"x \xff\xfe \xc3\xa9",
    b"#!/usr/bin/execlineb -P\nx",
    b"x $a ${b} $c/d ${} $ $$e ${f",
]

OPEN_QUOTE = "this quote is never closed, so the script can't be read"
OPEN_BLOCK = "this block is never closed by a } of its own"
NO_BLOCK = "this } closes no block"
DIGITS = r"\0 must go on with octal digits (\0101) or x and hexadecimal ones (\0x41)"
REFUSED = {
    b'x "abc': (Span(2, 3), OPEN_QUOTE),
    b'x a"': (Span(3, 4), OPEN_QUOTE),
    b'x "\\': (Span(2, 3), OPEN_QUOTE),
    b"x { a": (Span(2, 3), OPEN_BLOCK),
    b"x {": (Span(2, 3), OPEN_BLOCK),
    b"x { a b}": (Span(2, 3), f"{OPEN_BLOCK}; b}} is one word: put a blank before its brace"),
    b"x a }": (Span(4, 5), NO_BLOCK),
    b"x {a } b": (Span(5, 6), f"{NO_BLOCK}; {{a is one word, and opens none: put a blank after its brace"),
    b"x a\\": (Span(3, 4), "a backslash that ends the script must not touch a word"),
    b'x "\\08"': (Span(3, 5), DIGITS),
    b'x "\\0xg"': (Span(3, 5), DIGITS),
    b'x "\\0x0"': (Span(3, 7), r"\0x0 is no byte: it must stand for 1 to 255"),
    b'x "\\256"': (Span(3, 7), r"\256 is no byte: it must stand for 1 to 255"),
    b'x "\\0777"': (Span(3, 8), r"\0777 is no byte: it must stand for 1 to 255"),
}


@needs_execlineb
@pytest.mark.parametrize("program", ACCEPTED)
def test_the_words_are_those_of_execlineb(program: bytes) -> None:
    script = parse(program)
    assert script.problems == ()
    assert argv_of(words_of(script)) == really(program)


@needs_execlineb
@pytest.mark.parametrize("program", REFUSED)
def test_execlineb_refuses_what_has_a_problem(program: bytes) -> None:
    assert really(program) is None


@pytest.mark.parametrize("program", REFUSED)
def test_a_problem_says_where_and_what(program: bytes) -> None:
    (problem,) = parse(program).problems
    assert (problem.span, problem.message) == REFUSED[program]


@needs_execlineb
@settings(max_examples=60)
@given(st.lists(st.sampled_from([b"{ ", b"} ", b'"', b"\\n", b"a", b"0x4", b" ", b"#", b"\n", b"$b", b"${"])))
def test_any_program_is_read_as_by_execlineb(tokens: list[bytes]) -> None:
    program = b"x " + b"".join(tokens)
    script = parse(program)
    theirs = really(program)
    assert (theirs is None) == bool(script.problems)
    if theirs is not None:
        assert argv_of(words_of(script)) == theirs


@given(st.binary(max_size=60) | st.lists(st.sampled_from(list(b'{} \n"\\$ab01x#'))).map(bytes))
def test_any_bytes_are_read_and_every_span_lies_inside(data: bytes) -> None:
    script = parse(data)
    check_spans(words_of(script), 0, len(data))
    assert all(0 <= problem.span.start <= problem.span.end <= len(data) for problem in script.problems)


def check_spans(words: tuple[Argument, ...], start: int, end: int) -> None:
    for word in words:
        assert start <= word.span.start < word.span.end <= end
        if isinstance(word, Block):
            check_spans(word.words, word.span.start + 1, word.span.end)
        else:
            at = word.span.start
            for part in word.parts:
                assert at <= part.span.start <= part.span.end <= word.span.end
                at = part.span.end
        start = word.span.end


BOUND = {  # the value of A is "val"
    b"$A": "val",
    b"${A}b": "valb",
    b"$Ab": "$Ab",
    b"$A/x": "$A/x",
    b"\\$A": "val",
    b'"\\$A"': "val",
    b'"$"A': "val",
    b"$A$A": "valval",
    b"$$A": "$val",
    b"$A{x}": "val{x}",
    b"${A$A}": "${Aval}",
    b"$A\\\\x": "val\\x",
    b"\\\\$A": "$A",
    b"\\\\${A}": "${A}",
    b"\\\\\\\\$A": "\\val",
    b"\\\\\\\\\\\\$A": "\\$A",
    b"$B": "$B",
    b"${B}": "${B}",
    b"$": "$",
    b"${}": "${}",
    b"${A": "${A",
}


def bound_text(word: Word) -> str:
    return "".join(
        part.text if isinstance(part, Literal) else "val" if part.name == "A" else text_of(part.operand)  # type: ignore[union-attr, arg-type]
        for part in word.parts
    )


@pytest.mark.parametrize("word", BOUND)
def test_names_are_found_where_execline_puts_their_value(word: bytes) -> None:
    (found,) = words_of(parse(word))
    assert isinstance(found, Word)
    assert bound_text(found) == BOUND[word]


@needs_execlineb
@pytest.mark.parametrize("word", BOUND)
def test_execline_puts_its_value_there(word: bytes) -> None:
    assert really(word, b"define A val ") == [BOUND[word].encode()]


def test_a_script_has_exact_places() -> None:
    source = b'#!/bin/execlineb -P\nif { test -e "$a b" }\nx${c}y "z"'
    assert parse(source) == Script(
        "execline",
        (
            Command(
                Span(20, 52),
                (
                    literal(20, 22, "if"),
                    Block(
                        Span(23, 41),
                        (
                            literal(25, 29, "test"),
                            literal(30, 32, "-e"),
                            Word(Span(33, 39), (parameter(34, 38, "a b", "$a b"),)),
                        ),
                    ),
                    Word(
                        Span(42, 48),
                        (
                            Literal(Span(42, 43), "x", True),
                            parameter(43, 47, "c", "${c}"),
                            Literal(Span(47, 48), "y", True),
                        ),
                    ),
                    literal(49, 52, "z"),
                ),
            ),
        ),
    )


def literal(start: int, end: int, text: str) -> Word:
    return Word(Span(start, end), (Literal(Span(start, end), text, True),))


def parameter(start: int, end: int, name: str, stays: str) -> Parameter:
    return Parameter(Span(start, end), name, operand=literal(start, end, stays), quoted=True)


@pytest.mark.parametrize("source", [b"", b"\n", b"#!/bin/execlineb\n", b"# x", b" \\\n \\"])
def test_an_empty_program_has_no_body(source: bytes) -> None:
    assert parse(source, command=True) == Script("execline", ())


def test_a_nul_byte_ends_the_program() -> None:
    script = parse(b"a\0b {")
    assert script.body == (Command(Span(0, 1), (literal(0, 1, "a"),)),)
    assert [(p.span, p.message) for p in script.problems] == [
        (Span(1, 2), "execline stops reading at this NUL byte")
    ]


def test_a_command_line_of_a_oneshot_is_called_so() -> None:
    (problem,) = parse(b'x "', command=True).problems
    assert problem.message == "this quote is never closed, so the command line can't be read"


def test_blocks_deeper_than_anybody_writes_are_left_out() -> None:
    script = parse(b"{ " * 5000 + b"a " + b"} " * 5000)
    assert [(problem.span, problem.message) for problem in script.problems] == [
        (Span(2 * MAX_DEPTH, 2 * MAX_DEPTH + 1), "more than 100 blocks in one another are not read")
    ]
    assert repr(script).count("Block(") == MAX_DEPTH
