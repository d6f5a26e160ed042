"""The stand-in that the loop is tested with keeps the promises that W&B Launch is held to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from optuna_sweep.launch import Ending, SweepState
from optuna_sweep.outcomes import Phase, Proposal, Row
from tests.contract.launch_contract import LaunchContract
from tests.contract.other_side import Reported
from tests.memory_launch import MemoryLaunch, Script, no_answer

NEVER = 1e9
SILENT = ("snapshot", "start_runs", "create_run", "enqueue", "stop_run", "known_runs")


class MemoryBench:
    """The other side of ``MemoryLaunch``: its runs' scripts are written while they run."""

    def __init__(self) -> None:
        self.launch = MemoryLaunch(lambda proposal: Script(start_after=NEVER))

    def report(self, run_id: str, *rows: Reported) -> None:
        run = self.launch.runs[run_id]
        before = run.script.rows if run.script.start_after == 0 else ()
        new = [(0.0, Row(step, dict(values))) for step, values in rows]
        run.script = Script(rows=[*before, *new], seconds=NEVER, start_after=0, stop_lag=NEVER)

    def end(self, run_id: str, phase: Phase) -> None:
        run = self.launch.runs[run_id]
        own = phase is not Phase.STOPPED
        run.script = replace(run.script, end=phase, seconds=0 if own else NEVER, stop_lag=0)

    def break_off(self, run: Proposal) -> None:
        self.launch.faults = no_answer("enqueue", first=1, last=1000)
        self.launch.start_runs([run])
        self.silence(False)

    def lose(self, run_id: str) -> None:
        self.launch.runs[run_id].script = Script(end=Phase.LOST, start_after=0)

    def delete(self, run_id: str) -> None:
        self.end(run_id, Phase.DELETED)

    def silence(self, silent: bool) -> None:
        self.launch.faults = no_answer(*SILENT, first=1, last=1000 if silent else 0)

    def wish(self, state: SweepState) -> None:
        self.launch.wish = state

    def stop_scheduler(self) -> None:
        self.launch.scheduler_stopped = True

    def queued(self) -> Sequence[str]:
        return [run_id for run_id, run in self.launch.runs.items() if run.queued is not None]

    def left_as(self, ending: Ending) -> bool:
        return self.launch.ended is ending


class TestMemoryLaunch(LaunchContract):
    @pytest.fixture
    def bench(self) -> MemoryBench:
        return MemoryBench()
