"""When a sweep starts nothing new."""

from __future__ import annotations

from typing import Any

import pytest

from optuna_sweep.config import Metric, StopEntry
from optuna_sweep.outcomes import Completed, Failed, Proposal, Pruned
from optuna_sweep.stopping import Stop, StopRules

LOSS = Metric(name="loss")
ACCURACY = Metric(name="accuracy", minimize=False)


def rules(*metrics: Metric, run_cap: int | None = None, started: int = 0, **stop: Any) -> StopRules:
    entry = StopEntry.model_validate({"max_consecutive_failures": 10, **stop})
    return StopRules(run_cap=run_cap, metrics=metrics or (LOSS,), stop=entry, started=started)


def run(trial: int) -> Proposal:
    return Proposal(run_id=f"s-{trial}", trial=trial, name="", parameters={})


def tell(stop: StopRules, *values: float) -> Stop | None:
    for value in values:
        stop.trial_told(Completed((value,)))
    return stop.ruling(0)


def test_without_a_rule_there_is_no_end() -> None:
    stop = rules()
    for trial in range(1000):
        stop.run_started(run(trial))
    assert tell(stop, *[0.5] * 1000) is None


def test_the_cap_counts_runs_of_earlier_schedulers_too() -> None:
    stop = rules(run_cap=3, started=2)
    assert stop.ruling(0) is None
    stop.run_started(run(2))
    assert stop.ruling(0) == Stop("run_cap", "run_cap of 3 is reached")


def test_a_run_that_died_without_a_trace_does_not_count() -> None:
    stop = rules(run_cap=1)
    stop.run_started(run(0))
    stop.run_void()
    assert stop.ruling(0) is None


def test_trials_are_counted_once_however_many_runs_they_take() -> None:
    stop = rules(trials=2)
    stop.trial_known(0)
    for _ in range(3):
        stop.run_started(run(0))
    assert stop.ruling(0) is None
    stop.run_started(run(1))
    assert stop.ruling(0) == Stop("stop.trials", "2 trials were started")


def test_a_timeout_ends_the_sweep_when_it_is_over() -> None:
    stop = rules(timeout=60)
    assert stop.ruling(59.9) is None
    assert stop.ruling(60) == Stop("stop.timeout", "60 seconds are over")


@pytest.mark.parametrize(
    ("metric", "before", "reached"),
    [(LOSS, 0.21, 0.2), (ACCURACY, 0.19, 0.2), (LOSS, 0.3, -4.0), (ACCURACY, 0.0, 0.9)],
)
def test_a_target_is_reached_from_its_own_side(metric: Metric, before: float, reached: float) -> None:
    stop = rules(Metric(name=metric.name, minimize=metric.minimize, target=0.2))
    assert tell(stop, before) is None
    ruling = tell(stop, reached)
    assert ruling == Stop("metric.target", f"{metric.name} reached its target 0.2 with {reached:.6g}")


def test_a_target_of_zero_is_a_target() -> None:
    assert tell(rules(Metric(name="loss", target=0.0)), 0.0) is not None


def test_the_target_of_the_settings_goes_before_the_metrics() -> None:
    stop = rules(Metric(name="loss", target=0.5), target=0.1)
    assert tell(stop, 0.3) is None
    ruling = tell(stop, 0.1)
    assert ruling is not None and ruling.rule == "stop.target"


def test_several_objectives_reach_no_target() -> None:
    stop = rules(Metric(name="loss", target=0.5), ACCURACY)
    stop.trial_told(Completed((0.1, 0.9)))
    assert stop.ruling(0) is None


def test_a_value_that_breaks_a_constraint_reaches_no_target_and_is_no_better_one() -> None:
    stop = rules(target=0.5, patience=2)
    stop.trial_told(Completed((0.1,), feasible=False))
    assert stop.ruling(0) is None
    stop.trial_told(Completed((0.1,), feasible=False))
    assert stop.ruling(0) == Stop("stop.patience", "2 trials in a row brought no better value")


def test_patience_counts_trials_without_a_better_value_in_a_row() -> None:
    stop = rules(patience=2)
    assert tell(stop, 0.5, 0.6, 0.4, 0.4) is None
    ruling = tell(stop, 0.9)
    assert ruling == Stop("stop.patience", "2 trials in a row brought no better value")


def test_a_pruned_trial_is_one_without_a_better_value() -> None:
    stop = rules(patience=1)
    tell(stop, 0.5)
    stop.trial_told(Pruned(3, "step 3"))
    assert stop.ruling(0) is not None


def test_failures_in_a_row_are_forgotten_with_a_trial_that_does_not_fail() -> None:
    stop = rules(max_consecutive_failures=2)
    for outcome in (Failed("a"), Completed((0.5,)), Failed("b"), Pruned(0, "c"), Failed("d")):
        stop.trial_told(outcome)
    assert stop.ruling(0) is None
    stop.trial_told(Failed("no memory"))
    ruling = stop.ruling(0)
    assert ruling is not None and ruling.failed
    assert ruling.reason == "2 trials failed in a row, the last one because: no memory"


def test_failures_all_in_all_are_not_forgotten() -> None:
    stop = rules(max_failures=2)
    for outcome in (Failed("a"), Completed((0.5,)), Failed("no memory")):
        stop.trial_told(outcome)
    ruling = stop.ruling(0)
    assert ruling == Stop(
        "stop.max_failures", "2 trials failed, the last one because: no memory", failed=True
    )


def test_the_first_rule_that_ended_the_sweep_stays_the_reason() -> None:
    stop = rules(Metric(name="loss", target=0.5), run_cap=1)
    first = tell(stop, 0.4)
    stop.run_started(run(0))
    assert tell(stop, 0.1) is first


def test_a_terminator_is_asked_after_each_trial_that_brought_something() -> None:
    asked: list[int] = []

    def terminate() -> bool:
        asked.append(len(asked))
        return len(asked) == 2

    stop = StopRules(run_cap=None, metrics=(LOSS,), terminate=terminate)
    assert tell(stop, 0.5) is None
    ruling = tell(stop, 0.4)
    assert ruling is not None and ruling.rule == "stop.terminator"
