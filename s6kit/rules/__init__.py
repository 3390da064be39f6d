"""The rules: one module each, and the registry that names them.

A rule's module holds its page as its docstring, `CODE`, `NAME`, `SEVERITY`, `SINCE`, the examples `BAD` and
`GOOD` as tree text, optionally `ENABLED = False`, and one generator `check(subject, analysis)`. What the
subject is, the annotation of that parameter says: `Service`, `ScanDir`, `Observed` for a service that was run
or, for what is said about suppressions, `Remark`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from s6kit.dataclass import dataclass
from s6kit.diagnostics import Finding, Severity

REGISTRY: Mapping[str, str] = {
    "SK101": "non_executable_run",
    "SK102": "missing_run",
    "SK103": "broken_shebang",
    "SK104": "carriage_return",
    "SK105": "missing_interpreter",
    "SK106": "dangling_link",
    "SK107": "stray_entry",
    "SK108": "misnamed_control_file",
    "SK109": "invalid_control_value",
    "SK110": "unusable_service_name",
    "SK201": "daemonizing_command",
    "SK202": "daemonizing_configuration",
    "SK203": "unexecuted_daemon",
    "SK204": "backgrounded_daemon",
    "SK205": "piped_daemon",
    "SK206": "detaching_wrapper",
    "SK207": "forking_privilege_drop",
    "SK208": "unreachable_code",
    "SK209": "repeated_foreground_directive",
    "SK210": "run_that_returns",
    "SK211": "unverified_command",
    "SK801": "observed_daemonizing",
    "SK802": "left_behind",
    "SK803": "ignores_stop_signal",
    "SK804": "never_ready",
    "SK805": "exits_at_once",
    "SK806": "restart_loop",
    "SK807": "stays_parent",
    "SK808": "contradicts_knowledge",
    "SK901": "unreadable_script",
    "SK902": "unused_suppression",
}
"""Codes and modules, one line a rule; a module is imported when its rule is asked for."""

SCOPES = ("Service", "ScanDir", "Observed", "Remark")


@dataclass(frozen=True)
class Rule:
    """One rule, as its module tells it. `scope` is one of SCOPES; `enabled`: runs unless told otherwise."""

    code: str
    name: str
    severity: Severity
    since: str
    page: str
    bad: tuple[str, ...]
    good: tuple[str, ...]
    enabled: bool
    scope: str
    check: Callable[[Any, Any], Iterable[Finding]]

    @property
    def summary(self) -> str:
        """The first paragraph of the page, on one line."""
        return " ".join(self.page.partition("\n\n")[0].split())


@cache
def rule(code: str) -> Rule:
    """The rule with this code; KeyError if there is none."""
    module = import_module(f"s6kit.rules.{REGISTRY[code]}")
    subject = next(iter(module.check.__annotations__.values()))
    scope = subject if isinstance(subject, str) else subject.__name__
    if code != module.CODE or scope not in SCOPES:
        raise ValueError(f"the module of {code} says {module.CODE}, and checks a {scope}")
    return Rule(
        module.CODE,
        module.NAME,
        module.SEVERITY,
        module.SINCE,
        (module.__doc__ or "").strip(),
        tuple(module.BAD),
        tuple(module.GOOD),
        getattr(module, "ENABLED", True),
        scope,
        module.check,
    )


def rules() -> tuple[Rule, ...]:
    """Every rule, by code."""
    return tuple(rule(code) for code in sorted(REGISTRY))


def find(word: str) -> Rule | None:
    """The rule with this code or name, in any case; None if there is none."""
    if word.upper() in REGISTRY:
        return rule(word.upper())
    module = word.lower().replace("-", "_")
    for code, name in REGISTRY.items():
        if name == module:
            return rule(code)
    return None
