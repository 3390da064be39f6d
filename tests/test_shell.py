"""The shell reader: structure, spans, problems, totality."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from s6kit.script import (
    AndOr,
    Arithmetic,
    Assignment,
    Background,
    Case,
    Command,
    For,
    Function,
    Group,
    If,
    Literal,
    Not,
    Opaque,
    Parameter,
    Part,
    Pipeline,
    Problem,
    Redirect,
    Statement,
    Substitution,
    While,
    Word,
)
from s6kit.shell import parse
from s6kit.text import Span


def show_part(part: Part) -> str:
    if isinstance(part, Literal):
        return f"'{part.text}'" if part.quoted else part.text
    mark = '"' if part.quoted else ""
    if isinstance(part, Substitution):
        return f"{mark}$({show_all(part.body)}){mark}"
    if isinstance(part, Opaque):
        return f"{mark}<{part.why}>{mark}"
    index = f"[{show_word(part.index)}]" if part.index else ""
    operand = f" {show_word(part.operand)}" if part.operand else ""
    replacement = f" {show_word(part.replacement)}" if part.replacement else ""
    op = f" {part.op}" if part.op else ""
    return f"{mark}${{{part.name}{index}{op}{operand}{replacement}}}{mark}"


def show_word(word: object) -> str:
    assert isinstance(word, Word)
    return "".join(map(show_part, word.parts)) or "_"


def show_assignment(assignment: Assignment) -> str:
    index = f"[{show_word(assignment.index)}]" if assignment.index else ""
    name = assignment.name + index + ("+=" if assignment.append else "=")
    if assignment.value is None:
        return assignment.name
    if isinstance(assignment.value, tuple):
        return f"{name}({' '.join(map(show_word, assignment.value))})"
    return name + show_word(assignment.value)


def show_redirect(redirect: Redirect) -> str:
    fd = "" if redirect.fd is None else str(redirect.fd)
    return f"{fd}{redirect.op}{show_word(redirect.target)}"


def show_command(command: Command) -> str:
    pieces = [*map(show_word, command.words)]
    if command.assignments:
        pieces.append("{" + " ".join(map(show_assignment, command.assignments)) + "}")
    pieces += map(show_redirect, command.redirects)
    return f"[{' '.join(pieces)}]"


def show_group(group: Group) -> str:
    name = "subshell" if group.subshell else "group"
    return f"({' '.join([name, show_all(group.body), *map(show_redirect, group.redirects)])})"


def show_if(statement: If) -> str:
    branches = " ".join(f"{show_all(b.condition)} => {show_all(b.body)}" for b in statement.branches)
    return f"(if {branches}{' else ' + show_all(statement.otherwise) if statement.otherwise else ''})"


def show_case(case: Case) -> str:
    arms = " ".join(
        f"{'|'.join(map(show_word, arm.patterns))}) {show_all(arm.body)}{arm.ending}" for arm in case.arms
    )
    return f"(case {show_word(case.subject)} {arms})"


def show_for(loop: For) -> str:
    items = "-" if loop.items is None else f"({' '.join(map(show_word, loop.items))})"
    return f"(for {loop.name or '-'} {items} {show_all(loop.body)})"


def show_while(loop: While) -> str:
    return f"({'until' if loop.until else 'while'} {show_all(loop.condition)} {show_all(loop.body)})"


SHOW: dict[type, Callable[[Any], str]] = {
    Command: show_command,
    Pipeline: lambda s: f"(pipe {' '.join(map(show, s.stages))})",
    Not: lambda s: f"(not {show(s.body)})",
    AndOr: lambda s: f"({s.op} {show(s.left)} {show(s.right)})",
    Background: lambda s: f"(& {show(s.body)})",
    Group: show_group,
    If: show_if,
    Case: show_case,
    While: show_while,
    For: show_for,
    Function: lambda s: f"(function {s.name} {show_all(s.body)})",
    Arithmetic: lambda s: "(arithmetic)",
}


def show(statement: Statement) -> str:
    return SHOW[type(statement)](statement)


def show_all(body: tuple[Statement, ...]) -> str:
    return " ".join(map(show, body))


CASES = [
    # words
    ("exec nginx -g 'daemon off;'", "[exec nginx -g 'daemon off;']"),
    ("a 'b'\"c\"d", "[a 'b''c'd]"),
    ("echo \"\" ''", "[echo '' '']"),
    (r'echo a\ b \* "x\"y\z\$"', "[echo a' 'b '*' 'x\"y\\z$']"),
    ("echo a\\\nb \\\n c", "[echo ab c]"),
    ('echo "a\\\nb"', "[echo 'ab']"),
    (r"echo $'a\tb\x41\'\101\u00e9'", "[echo 'a\tbA'Aé']"),
    ('echo $"hi"', "[echo 'hi']"),
    ('echo $ a$ "$" $%', "[echo $ a$ '$' $%]"),
    ("echo a#b #c", "[echo a#b]"),
    ("echo é '日本'", "[echo é '日本']"),
    ("ls *.c ~/x [ab]? {}", "[ls *.c ~/x [ab]? {}]"),
    # parameters
    (
        "echo $a $1 $10 $@ $* $# $? $$ $! $0 $-",
        "[echo ${a} ${1} ${1}0 ${@} ${*} ${#} ${?} ${$} ${!} ${0} ${-}]",
    ),
    ('echo "$a" "$@"', '[echo "${a}" "${@}"]'),
    (
        "echo ${10} ${#} ${##} ${#a} ${#@} ${#-} ${!x}",
        "[echo ${10} ${#} ${# length} ${a length} ${@ length} ${- length} ${x indirect}]",
    ),
    ("echo ${a:-b} ${a-b} ${a:=b} ${a=b}", "[echo ${a :- b} ${a - b} ${a := b} ${a = b}]"),
    ("echo ${a:+b} ${a+b} ${a:?b} ${a?b}", "[echo ${a :+ b} ${a + b} ${a :? b} ${a ? b}]"),
    ("echo ${a#b} ${a##*/} ${a%.*} ${a%%]*}", "[echo ${a # b} ${a ## */} ${a % .*} ${a %% ]*}]"),
    (
        "echo ${a/b/c} ${a//b} ${a//\\//-} ${a/#b/c} ${a/%b/}",
        "[echo ${a / b c} ${a // b} ${a // '/' -} ${a /# b c} ${a /% b _}]",
    ),
    ("echo ${a:1} ${a:1:2} ${a: -1}", "[echo ${a : 1} ${a : 1:2} ${a :  -1}]"),
    ("echo ${a^} ${a^^} ${a,} ${a,,} ${a@Q}", "[echo ${a ^ _} ${a ^^ _} ${a , _} ${a ,, _} ${a @ Q}]"),
    (
        "echo ${a[@]} ${a[0]} ${#a[@]} ${a[$i]} ${a[*]:1}",
        "[echo ${a[@]} ${a[0]} ${a[@] length} ${a[${i}]} ${a[*] : 1}]",
    ),
    (
        "echo ${!a[@]} ${!p@} ${!x:-y}",
        "[echo ${a[@] indirect} <a rare kind of expansion> <a rare kind of expansion>]",
    ),
    ('echo ${a:-"b c"} "${a:-it\'s}" ${a:-$b}', "[echo ${a :- 'b c'} \"${a :- 'it's'}\" ${a :- ${b}}]"),
    ("echo ${a:-${b:-c d}}", "[echo ${a :- ${b :- c d}}]"),
    ("echo ${a:-}", "[echo ${a :- _}]"),
    ("echo \"${a%'x'}\"", "[echo \"${a % 'x'}\"]"),
    # substitutions, opaque parts
    ("a=$(id -u)", "[{a=$([id -u])}]"),
    ('echo "$(a "b c" | d)"', "[echo \"$((pipe [a 'b c'] [d]))\"]"),
    ("echo `a \\`b\\` c`", "[echo $([a $([b]) c])]"),
    ("echo $(<file)", "[echo $([<file])]"),
    ("echo $( (a); b)", "[echo $((subshell [a]) [b])]"),
    ("echo $((a); (b))", "[echo $((subshell [a]) (subshell [b]))]"),
    ("echo $(case $a in x) b;; esac)", "[echo $((case ${a} x) [b];;))]"),
    ("echo $((1 + (2 * 3))) x$((10#$a))", "[echo <an arithmetic result> x<an arithmetic result>]"),
    ("echo $[1+2]", "[echo <an arithmetic result>]"),
    (
        "diff <(a) >(b c)",
        "[diff <the name of a pipe to another program> <the name of a pipe to another program>]",
    ),
    ("ls !(a|b) x@(c)", "[ls <an extended pattern> x<an extended pattern>]"),
    (
        "mkdir a/{b,c} {1..3} {a} {a..b..2}",
        "[mkdir a/<a brace expansion> <a brace expansion> {a} <a brace expansion>]",
    ),
    ("echo {a b} {'x y',z}", "[echo {a b} <a brace expansion>]"),
    ("echo " + "{" * 401, "[echo <a brace expansion>{]"),
    ("echo " + "{" * 399, f"[echo {'{' * 399}]"),
    # assignments
    ("a=1 b+=2 c= cmd d=3", "[cmd d=3 {a=1 b+=2 c=_}]"),
    ("a[0]=x a[$i]+=y", "[{a[0]=x a[${i}]+=y}]"),
    ("a=(b 'c d' # no\n e)", "[{a=(b 'c d' e)}]"),
    ("a=()", "[{a=()}]"),
    ("a=([k]=v [l]=w)", "[{a=<a list of values with keys>}]"),
    ("a={b,c}", "[{a={b,c}}]"),
    ('export A=b C "D=$e" -n', '[export -n {A=b C D="${e}"}]'),
    ("declare -A m=([a]=b); local x", "[declare -A {m=<a list of values with keys>}] [local {x}]"),
    ("expo\\\nrt A=b", "[export {A=b}]"),
    ("readonly -a L=(a b)\ntypeset -i n=1", "[readonly -a {L=(a b)}] [typeset -i {n=1}]"),
    ("HOME=/x exec cmd", "[exec cmd {HOME=/x}]"),
    # redirections
    ("exec 2>&1", "[exec 2>&1]"),
    ("exec 2>&1 cmd a", "[exec cmd a 2>&1]"),
    (">f cmd <in a >>b", "[cmd a >f <in >>b]"),
    ("a &>f; b &>>f; c >|f; d <>f; e >&2; f <&-", "[a &>f] [b &>>f] [c >|f] [d <>f] [e >&2] [f <&-]"),
    ('exec 9<>"$F" {n}>x', '[exec 9<>"${F}" 10>x]'),
    ('cat <<<"$a" b', '[cat b <<<"${a}"]'),
    ("cat <<E >f\na $b\nE\nc", "[cat <<'a '\"${b}\"'\n' >f] [c]"),
    ("cat <<'E'\na $b `\nE\nc", "[cat <<'a $b `\n'] [c]"),
    ("cat <<-E\n\ta\n\t\tb $(c)\n\tE\nd", "[cat <<-'a\nb '\"$([c])\"'\n'] [d]"),
    ("cat <<A <<B | d\na\nA\nb\nB\ne", "(pipe [cat <<'a\n' <<'b\n'] [d]) [e]"),
    ("cat <<E && b\nx; y &\nE\n", "(&& [cat <<'x; y &\n'] [b])"),
    ("cat <<E", "[cat <<_]"),
    ("> f", "[>f]"),
    # lists
    ("a | b |& c", "(pipe [a] [b] [c])"),
    ("a && b || c", "(|| (&& [a] [b]) [c])"),
    ("a && &>f", "(&& [a] [&>f])"),
    ("a | &>>f b", "(pipe [a] [b &>>f])"),
    ("a || b &", "(& (|| [a] [b]))"),
    ("a & b", "(& [a]) [b]"),
    ("! a | b && c", "(&& (not (pipe [a] [b])) [c])"),
    ("! &>f a; time &>>f b", "(not [a &>f]) [b &>>f]"),
    ("a |\n # c\n b &&\n\n d", "(&& (pipe [a] [b]) [d])"),
    ("time -p a | b", "(pipe [a] [b])"),
    ("coproc a b; coproc N { c; }", "(& [a b]) (& (group [c]))"),
    # compound commands
    ("{ a; b; } >f 2>&1", "(group [a] [b] >f 2>&1)"),
    ("(a; b) | c", "(pipe (subshell [a] [b]) [c])"),
    ("if a; then b; elif c; then d; else e; fi", "(if [a] => [b] [c] => [d] else [e])"),
    ("if a\nthen\n  b &\nfi >f; g", "(if [a] => (& [b])) [g]"),
    ("while a; do b; done | c", "(pipe (while [a] [b]) [c])"),
    ("until a\ndo b\ndone <f &", "(& (until [a] [b]))"),
    ("for i in a $b 'c'; do d; done", "(for i (a ${b} 'c') [d])"),
    (
        "for i do a; done; for i; do b; done; for i in; do c; done",
        "(for i - [a]) (for i - [b]) (for i () [c])",
    ),
    ("for ((i=0; i<r[n]; i++)); do a; done", "(for - - [a])"),
    ("for i in a; { b; }", "(for i (a) [b])"),
    ("select x in a b; do c; done", "(for x (a b) [c])"),
    (
        "case $a in b|'c') d ;; (e*) f ;& g) ;;& *) h; esac",
        "(case ${a} b|'c') [d];; e*) [f];& g) ;;& *) [h])",
    ),
    ("case a in esac", "(case a )"),
    ("case a in\n [0-9]) b\n;;\nesac", "(case a [0-9]) [b];;)"),
    (
        "f() { a; }\nfunction g { b; }\nfunction h() (c)\ni () if a; then b; fi",
        "(function f [a]) (function g [b]) (function h (subshell [c])) (function i (if [a] => [b]))",
    ),
    ("f::x-y()\n{\n a\n}", "(function f::x-y [a])"),
    ("f \\\n () { a; }; b", "(function f [a]) [b]"),
    ("((a++)); (( 1 )) && b", "(arithmetic) (&& (arithmetic) [b])"),
    ("((a); (b))", "(subshell (subshell [a]) (subshell [b]))"),
    # tests
    ('[ -z "$a" ] || b', '(|| [[ -z "${a}" ]] [b])'),
    ("[[ -z $a && ! ( $b == x* || c < d ) ]]", "[[[ -z ${a} && ! ( ${b} == x* || c < d ) ]]]"),
    ("[[ $a =~ ^(b|c)[0-9]+$ ]]", "[[[ ${a} =~ ^<a regular expression>[0-9]+$ ]]]"),
    ("[[ a == @(b|c) ]] >f", "[[[ a == <an extended pattern> ]] >f]"),
    ("[[ -f a &&\n -n b ]]", "[[[ -f a && -n b ]]]"),
    # words that are keywords only elsewhere
    ("echo if then fi } ! [[ time", "[echo if then fi } ! [[ time]"),
    ("iffy; done_x; case-x", "[iffy] [done_x] [case-x]"),
    ("# only\n\n # comments", ""),
    ("", ""),
    ("a\0b c", "[ab c]"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_structure(source: str, expected: str) -> None:
    script = parse(source.encode())
    assert (script.dialect, show_all(script.body), script.problems) == ("shell", expected, ())


PROBLEMS = [
    ("a\necho 'b\nc\n", "'", 7, "this quote is never closed", "[a]"),
    ('echo "b $(c)\n', '"', 5, "this quote is never closed", ""),
    ("echo `b\n", "`", 5, "this backquote is never closed", ""),
    ("echo $(b\n", "$(", 5, "this `$(` is never closed", ""),
    ('echo "${b\n"', "${", 6, "this `${` is never closed", ""),
    ("a; if b; then\n c\n", "if", 3, "this `if` has no `fi`", "[a]"),
    ("if b; c; fi", "if", 0, "this `if` has no `then`", ""),
    ("while a; do\n b\n", "do", 9, "this `do` has no `done`", ""),
    ("while a\n b\n", "while", 0, "this `while` has no `do`", ""),
    ("for i in a b\n b\ndone", "for", 0, "this `for` has no `do`", ""),
    ("while a; do if b; then c; done", "if", 12, "this `if` has no `fi`", ""),
    ("for i in a; {b,c}", "for", 0, "this `for` has no `do`", ""),
    ("case a in b) c ;;", "case", 0, "this `case` has no `esac`", ""),
    ("f() {\n a\n", "{", 4, "this `{` has no `}`", ""),
    ("(a", "(", 0, "this `(` is never closed", ""),
    ("a=(b c", "(", 2, "this parenthesis is never closed", ""),
    ("a; fi", "fi", 3, "this `fi` closes nothing: no `if` is open", "[a]"),
    ("a; done", "done", 3, "this `done` closes nothing: no `while` is open", "[a]"),
    ("a\n}", "}", 2, "this `}` closes nothing: no `{` is open", "[a]"),
    ("a )", ")", 2, "this `)` closes nothing: no `(` is open", "[a]"),
    ("a && ; b", "&&", 2, "a command is expected after this `&&`", ""),
    ("a |", "|", 2, "a command is expected after this `|`", ""),
    ("a\n; b", ";", 2, "a command is expected here", "[a]"),
    ("| a", "|", 0, "a command is expected here", ""),
    ("&& a", "&&", 0, "a command is expected here", ""),
    ("if then a; fi", "then", 3, "a command is expected here", ""),
    ("a & ; b", ";", 4, "a command is expected here", "(& [a])"),
    ("a ;; b", ";;", 2, "a command is expected here", "[a]"),
    ("echo a (b)", "(", 7, "a parenthesis has to be quoted here", ""),
    ("(a) b", "b", 4, "a `;` or a new line is expected here", "(subshell [a])"),
    ("a >", ">", 2, "a file name is expected after this `>`", ""),
    ("a 2> ; b", "2>", 2, "a file name is expected after this `>`", ""),
    ("exec >2>&1", ">", 5, "a file name is expected after this `>`", ""),
    ("[[ -f a", "[[", 0, "this `[[` has no `]]`", ""),
    ("[[ a =b ]]", "=b", 5, "an operator such as `==` or `-eq`, with spaces around it, is expected here", ""),
    ("[[ a == b c ]]", "c", 10, "a `&&`, a `||` or the closing `]]` is expected here", ""),
    ("[[ a == ]]", "]]", 8, "something to test is expected here", ""),
    ("f()", "f", 0, "the body of this function is missing", ""),
    (
        "if a\r\nthen b\r\nfi\r\n",
        "\r",
        4,
        "this line ends with a carriage return (CRLF), which the shell takes as part of the word",
        "",
    ),
]


@pytest.mark.parametrize(("source", "place", "at", "message", "read"), PROBLEMS)
def test_problem(source: str, place: str, at: int, message: str, read: str) -> None:
    script = parse(source.encode())
    start = len(source[:at].encode())
    assert source[at : at + len(place)] == place
    assert script.problems == (Problem(Span(start, start + len(place)), message),)
    assert show_all(script.body) == read


def nodes(value: object) -> Iterator[object]:
    if isinstance(value, tuple) and not isinstance(value, Span):
        for item in value:
            yield from nodes(item)
    elif dataclasses.is_dataclass(value):
        yield value


def children(node: object) -> Iterator[object]:
    for field in dataclasses.fields(node):  # type: ignore[arg-type]
        yield from nodes(getattr(node, field.name))


def check_spans(node: object, outer: Span) -> None:
    span = getattr(node, "span", outer)
    assert outer.start <= span.start <= span.end <= outer.end, (node, outer)
    here_document = isinstance(node, Redirect) and node.op in ("<<", "<<-")
    for child in () if here_document else children(node):
        check_spans(child, span)


def check(data: bytes) -> None:
    script = parse(data)
    whole = Span(0, len(data))
    for statement in script.body:
        check_spans(statement, whole)
    for problem in script.problems:
        check_spans(problem, whole)
    assert len(script.problems) <= 1


@pytest.mark.parametrize("source", [case[0] for case in CASES] + [case[0] for case in PROBLEMS])
def test_spans_nest(source: str) -> None:
    check(source.encode())


def test_spans_are_the_source() -> None:
    data = "é=1\nexec nginx -g 'daemon off;' \"x$y z\" a\\ b >é &\n".encode()
    (first, second) = parse(data).body
    assert data[slice(*first.span)] == "é=1".encode()
    assert isinstance(second, Background)
    assert data[slice(*second.span)].endswith(b"&")
    command = second.body
    assert isinstance(command, Command)
    literals = [
        data[slice(*part.span)].decode()
        for word in command.words
        if isinstance(word, Word)
        for part in word.parts
    ]
    assert literals == ["exec", "nginx", "-g", "daemon off;", "x", "$y", " z", "a", "\\ ", "b"]
    words = [data[slice(*word.span)].decode() for word in command.words]
    assert words == ["exec", "nginx", "-g", "'daemon off;'", '"x$y z"', "a\\ b"]
    assert data[slice(*command.redirects[0].span)] == ">é".encode()


def test_a_here_document_has_the_span_of_its_text() -> None:
    data = b"cat <<E\na $b\nE\nc\n"
    command = parse(data).body[0]
    assert isinstance(command, Command)
    target = command.redirects[0].target
    assert target is not None
    assert data[slice(*target.span)] == b"a $b\n"
    assert [data[slice(*part.span)] for part in target.parts] == [b"a ", b"$b", b"\n"]


def test_bytes_that_are_not_text_survive() -> None:
    assert parse(b"echo \xff").body == (
        Command(
            Span(0, 6),
            (
                Word(Span(0, 4), (Literal(Span(0, 4), "echo"),)),
                Word(Span(5, 6), (Literal(Span(5, 6), "\udcff"),)),
            ),
        ),
    )


def test_parameters_keep_their_whole_shape() -> None:
    (command,) = parse(b'"${a[1]:-b}"').body
    assert isinstance(command, Command)
    (word,) = command.words
    assert isinstance(word, Word)
    assert word.parts == (
        Parameter(
            Span(1, 11),
            "a",
            ":-",
            Word(Span(9, 10), (Literal(Span(9, 10), "b", True),)),
            None,
            Word(Span(5, 6), (Literal(Span(5, 6), "1"),)),
            True,
        ),
    )


@pytest.mark.parametrize(
    "source", ["{ " * 5000, "$(" * 5000, "$((" * 500, "((" * 500, "${a:-" * 5000, "! " * 5000, "`" * 5001]
)
def test_depth_is_no_reason_to_fail(source: str) -> None:
    check(source.encode())


def test_what_is_nested_too_deeply_is_left_out_without_a_problem() -> None:
    source = b"a; " + b"{ " * 50 + b"b; " + b"}; " * 50
    script = parse(source)
    assert (show_all(script.body), script.problems) == ("[a] (arithmetic)", ())
    assert script.body[1].span == Span(1, len(source))


TOKENS = st.sampled_from(
    "if then fi while do done case esac in { } ( ) (( )) [[ ]] $( ${ ` ' \" \\ | || & && ; ;; < > << <<- <<< "
    "a b=c $x ${x} -eq =~ ! \n # \t for function f() coproc time é 2> >& {a,b} $' @( ${x[ ${#".split(" ")
)


@given(st.binary(max_size=60))
@example(b"\x00")
@example(b"${\x00a}")
@example(b"\\")
@example(b"a\\")
@example(b"<<\\")
@example(b"$((\\")
@example(b"`\\")
@example(b"@(\\")
def test_any_bytes(data: bytes) -> None:
    check(data)


@given(st.lists(TOKENS, max_size=30), st.sampled_from([" ", ""]))
def test_any_tokens(tokens: list[str], between: str) -> None:
    check(between.join(tokens).encode())


@given(st.sampled_from([case[0] for case in CASES]), st.data())
def test_mutated_shell(source: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(start, len(source)))
    check((source[:start] + data.draw(TOKENS) + source[end:]).encode())
