"""docs/endings.md: each row of its tables is played."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, get_args

import optuna
import pytest

from optuna_sweep.config import Metric, StopEntry
from optuna_sweep.config.parameters import Categorical, Parameter
from optuna_sweep.config.policies import EndingName
from optuna_sweep.launch import Ending, SweepState
from optuna_sweep.outcomes import Phase, Proposal
from optuna_sweep.search import Retry
from optuna_sweep.wandb_adapter.states import state_for_ending
from tests.memory_launch import Script, curve
from tests.sweeps_in_memory import Sweep, sweep
from tests.unit.docs.pages import tables

RUNS, SWEEPS = tables("endings.md")
GOOD = curve([0.5], every=40.0)
LONG = curve([5.0] * 60, every=10.0)


@dataclass(frozen=True)
class Case:
    """What the first run does; the runs after it are good."""

    script: Script
    at: float = 0.0
    act: Callable[[Sweep], None] | None = None
    options: dict[str, Any] = field(default_factory=dict)


def stop_first(run: Sweep) -> None:
    run.launch.stop_run("sweep-0000")


def come_back(run: Sweep) -> None:
    run.launch.runs["sweep-0000"].script = GOOD


CASES = {
    "finished, with the metric": Case(GOOD),
    "finished, without the metric": Case(Script(seconds=9)),
    "finished, and the metric is NaN": Case(curve([float("nan")])),
    "failed: exit code other than 0": Case(Script(end=Phase.FAILED, seconds=9)),
    "crashed, after it had logged something (out of memory, a dead machine)": Case(
        curve([0.5], end=Phase.CRASHED)
    ),
    "crashed, before it had logged anything": Case(Script(end=Phase.CRASHED, seconds=9)),
    "preempted, and Launch brought it back under the same id": Case(
        Script(end=Phase.PREEMPTED, seconds=9), at=60.0, act=come_back
    ),
    "preempted, and not back in half an hour": Case(Script(end=Phase.PREEMPTED, seconds=9)),
    "stopped by a person, after it had reported": Case(LONG, at=60.0, act=stop_first),
    "stopped by a person, before it had reported": Case(Script(seconds=900), at=60.0, act=stop_first),
    "stopped by the pruner": Case(LONG, options={"pruner": optuna.pruners.ThresholdPruner(upper=1.0)}),
    "stopped by `settings.stop.run_timeout`": Case(LONG, options={"stop": StopEntry(run_timeout=30)}),
    "deleted from W&B": Case(Script(end=Phase.DELETED, seconds=9)),
    "never started: its queue item failed": Case(Script(end=Phase.LOST)),
    "stuck: a launch agent took it two hours ago, and it never started": Case(
        Script(start_after=1e9, taken_after=9.0)
    ),
}
NEXT = {"the next trial starts": 2, "another trial takes its place under `run_cap`": 3}
"""How many trials a sweep with ``run_cap: 2`` has then."""


def play(case: Case, retry: Retry) -> Sweep:
    def script(proposal: Proposal) -> Script:
        return GOOD if proposal.trial or proposal.retry else case.script

    run = sweep(script, run_cap=2, workers=1, retry=retry, **case.options)
    if case.act is not None:
        act = case.act
        run.launch.at.append((case.at, lambda: act(run)))
    assert run.run() is Ending.FINISHED
    return run


def test_every_way_to_end_has_its_row() -> None:
    assert [row[0] for row in RUNS] == list(CASES)
    assert {row[4] for row in RUNS} - {""} == set(get_args(EndingName))


@pytest.mark.parametrize("row", RUNS, ids=lambda row: row[0])
def test_a_run_that_ends_like_this_is_told_what_the_page_says(row: list[str]) -> None:
    how, told, reason, next_, _ = row
    run = play(CASES[how], Retry())
    first = run.study.trials[0]
    assert first.state.name == told
    assert first.user_attrs.get("reason", "") == reason
    assert len(run.study.trials) == NEXT[next_]
    assert [number for number, _ in run.told].count(0) == 1


@pytest.mark.parametrize("row", RUNS, ids=lambda row: row[0])
def test_a_run_that_ends_like_this_is_tried_again_where_the_page_says(row: list[str]) -> None:
    how, told, _, _, word = row
    every_other = frozenset(Phase(name) for name in get_args(EndingName) if name != word)
    assert play(CASES[how], Retry(1, every_other)).study.trials[0].state.name == told
    if word:
        run = play(CASES[how], Retry(1, frozenset({Phase(word)})))
        assert run.states == ["COMPLETE", "COMPLETE"]
        assert "sweep-0000-r1" in run.launch.runs


def wish(state: SweepState) -> Callable[[Sweep], None]:
    def act(run: Sweep) -> None:
        run.launch.wish = state

    return act


def stop_scheduler(run: Sweep) -> None:
    run.launch.scheduler_stopped = True


def rule(**keys: Any) -> dict[str, Any]:
    return {"stop": StopEntry.model_validate(keys)}


TWO_POINTS = Parameter(path=("a",), distribution=Categorical((1, 2)))
FAILING = {"script": Script(end=Phase.FAILED, seconds=9)}
ENDS: dict[str, tuple[dict[str, Any], Callable[[Sweep], None] | None]] = {
    "`run_cap` is reached": ({"run_cap": 2}, None),
    "the search space is used up": (
        {"parameters": [Parameter(path=("a",), distribution=Categorical((1, 2)))]},
        None,
    ),
    "`stop.trials` are started": (rule(trials=2), None),
    "`stop.timeout` is over": (rule(timeout=100), None),
    "`metric.target` is reached": ({"metrics": [Metric(name="loss", target=0.6)]}, None),
    "`stop.target` is reached": (rule(target=0.6), None),
    "`stop.patience`: nothing better came": (rule(patience=2), None),
    "`stop.max_consecutive_failures`": (FAILING | rule(max_consecutive_failures=2), None),
    "`stop.max_failures`": (FAILING | rule(max_failures=2), None),
    "a person pauses it": ({}, wish(SweepState.PAUSED)),
    'a person stops it ("finish")': ({}, wish(SweepState.FINISHED)),
    "a person cancels it": ({}, wish(SweepState.CANCELED)),
    "a person stops the scheduler's run": ({}, stop_scheduler),
    "ctrl-C or SIGTERM": ({}, lambda run: run.loop.leave()),
}


def test_every_end_of_a_sweep_has_its_row() -> None:
    assert [row[0] for row in SWEEPS] == list(ENDS)


@pytest.mark.parametrize("row", SWEEPS, ids=lambda row: row[0])
def test_a_sweep_that_ends_like_this_is_left_as_the_page_says(row: list[str]) -> None:
    what, stopped_by, state, exit_code, _ = row
    options, act = ENDS[what]
    options = {"run_cap": None, **options}
    script = options.pop("script", GOOD)
    run = sweep(lambda proposal: script, **options)
    if act is not None:
        run.launch.at.append((60.0, lambda: act(run)))
    ending = run.run()
    assert (run.loop.stop.rule if run.loop.stop else "") == stopped_by
    assert state_for_ending(ending) == state
    assert int(ending is Ending.FAILED) == int(exit_code)
