"""What copies of the shell do: pipelines, what is put in the background, parentheses."""

from __future__ import annotations

from s6kit.dataclass import replace
from s6kit.flow.state import State
from s6kit.flow.walk import READS, SHELL_WAITS, WRITTEN_DOWN, Walk, from_shell
from s6kit.flow.watch import questions
from s6kit.outcome import BACKGROUND, BECOMES, EXITS, PIPELINE, UNKNOWN, WAITS, Outcome
from s6kit.programs import LOGGERS
from s6kit.script import Background, Group, Pipeline


class Jobs(Walk):
    """The statements that the shell forks for."""

    __slots__ = ()

    def pipeline(self, pipeline: Pipeline, state: State) -> list[State]:
        stages = [self.inside((stage,), state) for stage in pipeline.stages]
        for number, outcomes in enumerate(stages):
            for outcome in outcomes:
                if number and outcome.why == READS:
                    continue  # what writes to it has ended
                if outcome.kind in (BECOMES, WAITS, UNKNOWN):
                    why = WRITTEN_DOWN if not number and _written_down(stages[1:]) else outcome.why
                    swapped = outcome.kind is BECOMES
                    end = replace(outcome, kind=PIPELINE, swapped=swapped, why=why)
                    return self.foreground([end if outcome.command else outcome], state)
        return self.foreground([Outcome(EXITS, span=pipeline.span)], state)

    def background(self, statement: Background, state: State) -> list[State]:
        if questions((statement.body,), state.functions):
            self.shared.noticed = True
        jobs: list[Outcome] = []
        for outcome in self.inside((statement.body,), state):
            if outcome.kind in (BECOMES, WAITS, PIPELINE) and outcome.command:
                swapped = outcome.kind is BECOMES
                jobs.append(replace(outcome, kind=BACKGROUND, swapped=swapped, why="", fate=None))
            elif outcome.kind is BACKGROUND:
                jobs.append(replace(outcome, fate=None))
        state.jobs += tuple(jobs)
        state.pids = {**state.pids, None: tuple(jobs)}
        return [state]

    def group(self, group: Group, state: State) -> list[State]:
        if not group.subshell:
            return self.statements(group.body, [state])
        found = self.inside(group.body, state)
        return self.foreground(
            [replace(from_shell(o, SHELL_WAITS), swapped=o.kind is BECOMES) for o in found], state
        )


def _written_down(stages: list[list[Outcome]]) -> bool:
    """Whether all that follows in a pipeline only edits and keeps what it reads."""
    return bool(stages) and all(outcome.program in LOGGERS for stage in stages for outcome in stage)
