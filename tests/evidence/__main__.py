"""Prove the knowledge base: `python -m tests.evidence [--check] [--jobs N] [DAEMON…]`, as root, on Debian.

Without names it takes every daemon that has a trial or evidence. Evidence is rewritten in the files (not with
`--check`). Exit code 1 where a run contradicts a file, or could not be set up.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

from s6kit.daemons.compile import KNOWN
from s6kit.daemons.load import load_file
from tests.evidence.proof import Planned, Proof, expected, plan, proof, unproven
from tests.evidence.rewrite import ordered, rewritten
from tests.evidence.runs import WATCHED, Seen, perform

SAMPLE = """
apache2 cron dnsmasq haproxy memcached nginx php-fpm redis rsyslogd socat sshd stunnel supervisord unbound
vsftpd
""".split()
"""What CI runs again each time: daemons that most images have, of each kind of proof."""
LEAVES = 60
"""Seconds that a daemon may take to leave, where it is expected to."""


def main(words: Sequence[str]) -> int:
    """Run, tell, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.evidence", description="prove knowledge files")
    parser.add_argument("daemons", nargs="*", metavar="DAEMON", help="files to prove (default: all)")
    parser.add_argument("--mark", action="store_true", help="run nothing, only write anew what is unproven")
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--sample", action="store_true", help="only the daemons that CI runs")
    parser.add_argument("--jobs", type=int, default=12, help="runs at a time")
    parser.add_argument("--watch", type=int, default=WATCHED, help="seconds that a daemon must stay")
    options = parser.parse_args(words)
    names = options.daemons or (
        SAMPLE if options.sample else sorted(path.stem for path in KNOWN.glob("*.yaml"))
    )
    if options.mark:
        _mark(names)
        return 0
    wrong = runs = 0
    for name, done, result in proven(names, options.jobs, options.watch):
        runs += done
        wrong += bool(result.contradictions or result.failures)
        _tell(name, done, result)
        if not options.check:
            _write(name, result.unproven, result.lines)
    print(f"{runs} runs of {len(names)} daemons; {wrong} daemons where something is wrong")
    return 1 if wrong else 0


def _mark(names: Sequence[str]) -> None:
    """Write `unproven` anew, where that changes it."""
    for name in names:
        raw = load_file(KNOWN / f"{name}.yaml")
        lines = raw.get("evidence", ())
        left = unproven(raw, lines)
        if left != raw.get("unproven", {}):
            _write(name, left, lines)


def _write(name: str, left: Mapping[str, str], lines: Iterable[Mapping[str, Any]]) -> None:
    path = KNOWN / f"{name}.yaml"
    path.write_text(rewritten(path.read_text("utf-8"), left, ordered(lines)), "utf-8")


def proven(names: Sequence[str], jobs: int, watch: int) -> Iterator[tuple[str, int, Proof]]:
    """Each daemon as soon as all of its runs are done: its name, how many there were, what they show."""
    raws: dict[str, dict[str, Any]] = {name: load_file(KNOWN / f"{name}.yaml") for name in names}
    plans = {name: plan(raw) for name, raw in raws.items()}
    results: dict[str, dict[int, Seen]] = defaultdict(dict)
    with ThreadPoolExecutor(jobs) as pool:
        futures = {
            pool.submit(_perform, raws[name], planned, watch): (name, at)
            for name in names
            for at, planned in enumerate(plans[name])
        }
        for future in as_completed(futures):
            name, at = futures[future]
            results[name][at] = future.result()
            if len(results[name]) == len(plans[name]):
                seen = [(planned, results[name][at]) for at, planned in enumerate(plans[name])]
                yield name, len(seen), proof(raws[name], seen, watch)


def _perform(raw: dict[str, Any], planned: Planned, watch: int) -> Seen:
    """One that is expected to leave is given the time for it: it is over as soon as it has left."""
    patience = max(watch, LEAVES) if expected(raw, planned) in ("daemonized", "exited") else watch
    return perform(planned.run, raw.get("stop", {}).get("signal", "TERM"), patience)


def _wrong(result: Proof) -> tuple[tuple[str, list[str]], ...]:
    return (
        ("contradicted", result.contradictions),
        ("failed", result.failures),
        ("not stopped", result.unstopped),
    )


def _tell(name: str, runs: int, result: Proof) -> None:
    proofs = sum(line.get("by") == "probe" for line in result.lines)
    print(f"{name}: {proofs} of {runs} runs are evidence", flush=True)
    for word, lines in _wrong(result):
        for line in lines:
            print(f"    {word}: {line}", flush=True)
    if result.unproven:
        print(f"    unproven: {', '.join(result.unproven)}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
