"""Knowledge files on disk, ours when they are compiled and a user's own when they are used."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from s6kit.daemons.check import Checker
from s6kit.daemons.facts import decode
from s6kit.daemons.knowledge import Knowledge, shipped
from s6kit.daemons.schema import daemon
from s6kit.document import LARGEST
from s6kit.errors import KnowledgeError


def load_file(path: Path, shown: str = "") -> dict[str, Any]:
    """The compiled form of one knowledge file; KnowledgeError, with its place, if it is not sound."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise KnowledgeError(
            f"unable to read knowledge file {shown or path}: {error.strerror or error}"
        ) from None
    if len(data) > LARGEST:
        raise KnowledgeError(f"unable to read knowledge file {shown or path}: more than {LARGEST} bytes")
    return parse(data, shown or str(path))


def parse(data: bytes, shown: str) -> dict[str, Any]:
    """The compiled form of a knowledge file that is already read; `shown` names it in errors."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - 34 ms that only compiling and users' own files are worth
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415

    check = Checker(shown)
    try:
        node = YAML(typ="rt").load(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start)
        raise check.fail((line, 0), "not UTF-8") from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise check.fail((mark.line, mark.column) if mark else (0, 0), str(error.problem)) from None
    except YAMLError as error:
        raise check.fail((0, 0), str(error).splitlines()[0]) from None
    except Exception as error:  # ruamel.yaml stumbles over tags and merges that make no sense
        reason = (str(error).splitlines() or [""])[0]
        raise check.fail((0, 0), f"{reason} ({type(error).__name__})") from None
    return daemon(check, node)


def load_user(paths: Iterable[Path]) -> Knowledge:
    """Our knowledge with the user's own files on top."""
    return shipped().layered([decode(load_file(path)) for path in paths])
