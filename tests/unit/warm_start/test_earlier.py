"""How earlier runs and trials are read."""

from __future__ import annotations

import math
from typing import Any

import optuna
import pytest
from optuna.distributions import FloatDistribution

from optuna_sweep import constraints
from optuna_sweep.config import Constraint, Metric
from optuna_sweep.config.parameters import Uniform
from optuna_sweep.measure import Measure
from optuna_sweep.outcomes import Completed, Failed, Outcome, Phase, Pruned
from optuna_sweep.space import Declared
from optuna_sweep.warm_start.earlier import of_runs, of_trials
from tests.unit.space.blocks import parameter
from tests.unit.warm_start.searches import run

LOSS = Metric(name="loss")
MEASURE = Measure(metrics=(LOSS,))
SPACE = Declared([parameter("x", Uniform(0.0, 1.0))])


@pytest.mark.parametrize(
    ("phase", "outcome"),
    [
        (Phase.FINISHED, Completed((0.5,))),
        (Phase.STOPPED, Pruned(1, "somebody stopped it")),
        (Phase.FAILED, Failed("the training process failed")),
        (Phase.CRASHED, Failed("the training process stopped reporting")),
        (Phase.RUNNING, Failed("it has not ended")),
        (Phase.WAITING, Failed("it has not ended")),
    ],
)
def test_a_run_is_judged_as_if_it_were_of_this_sweep(phase: Phase, outcome: Outcome) -> None:
    (result,) = of_runs("old", [run(1, phase=phase)], MEASURE)
    assert result.outcome == outcome
    assert result.reports == {0: 1.0, 1: 0.5}


@pytest.mark.parametrize(("rule", "value"), [("last", 0.5), ("best", 0.5), ("mean_last_k", 0.75)])
def test_the_rule_of_this_sweep_decides_the_value(rule: Any, value: float) -> None:
    (result,) = of_runs("old", [run(1)], Measure(metrics=(LOSS,), rule=rule, k=2))
    assert result.outcome == Completed((value,))


def test_a_run_without_the_metric_says_so() -> None:
    (result,) = of_runs("old", [run(1)], Measure(metrics=(Metric(name="accuracy"),)))
    assert result.outcome == Failed("the run logged no 'accuracy'")


def test_metric_impute_is_for_earlier_runs_too() -> None:
    measure = Measure(metrics=(Metric(name="loss", impute="best"),))
    (result,) = of_runs("old", [run(1, 4.0, phase=Phase.CRASHED)], measure)
    assert result.outcome == Completed((1.0,))


def test_runs_come_oldest_first_in_whatever_order_they_were_given() -> None:
    given = [run(3), run(1), run(2)]
    assert [result.origin for result in of_runs("p/old", given, MEASURE)] == [
        f"p/old run old-000{number}" for number in (1, 2, 3)
    ]


def test_trials_keep_what_they_were_told() -> None:
    study = optuna.create_study()
    x = {"x": FloatDistribution(0.0, 1.0)}
    for told in (
        {"value": 0.25, "intermediate_values": {3: 0.5}},
        {"state": optuna.trial.TrialState.PRUNED, "intermediate_values": {3: 9.0}},
        {"state": optuna.trial.TrialState.FAIL, "user_attrs": {"reason": "it crashed"}},
        {"state": optuna.trial.TrialState.WAITING},
    ):
        study.add_trial(optuna.trial.create_trial(params={"x": 0.5}, distributions=x, **told))  # type: ignore[arg-type]
    results = list(of_trials("p/s:v0", study.trials, SPACE, MEASURE))
    assert [result.outcome for result in results] == [
        Completed((0.25,)),
        Pruned(3, "pruned"),
        Failed("fail: it crashed"),
        Failed("waiting"),
    ]
    assert results[0].origin == "p/s:v0 trial 0"
    assert results[0].searched == {"x"} and results[0].config == {"x": 0.5}
    assert results[0].reports == {3: 0.5}


def test_a_constraint_that_a_trial_knows_nothing_of_does_not_hold() -> None:
    bounds = (Constraint(metric="latency", max=5.0), Constraint(metric="size", max=1.0))
    study = optuna.create_study()
    trial = optuna.trial.create_trial(value=1.0)
    constraints.note(trial, {"latency <= 5": -2.0, "other": 1.0})
    study.add_trial(trial)
    (result,) = of_trials("s:v0", study.trials, SPACE, Measure(metrics=(LOSS,), constraints=bounds))
    assert result.constraints == {"latency <= 5": -2.0, "size <= 1": math.inf}
