"""What becomes of earlier results: a trial of this space, or a reason."""

from __future__ import annotations

from typing import Any

import optuna
import pytest

from optuna_sweep import constraints
from optuna_sweep.config.parameters import Categorical, Constant, Integers, Normal, Uniform
from optuna_sweep.outcomes import Completed, Failed, Outcome, Pruned
from optuna_sweep.space import Declared, SearchSpace
from optuna_sweep.warm_start.earlier import Earlier
from optuna_sweep.warm_start.importing import ORIGIN, Imported, import_all
from tests.unit.space.blocks import parameter, programmed, study_of

SPACE = Declared(
    [
        parameter("opt.name", Categorical(("sgd", "adam"))),
        parameter("opt.momentum", Uniform(0.0, 1.0), **{"opt.name": ["sgd"]}),
        parameter("y", Normal(0.0, 1.0)),
        parameter("layout", Categorical(([8], [8, 16]))),
        parameter("epochs", Constant(3)),
    ]
)
SGD = {"opt": {"name": "sgd", "momentum": 0.5}, "y": 0.25, "layout": [8, 16], "epochs": 3}
ADAM = {"opt": {"name": "adam"}, "y": -1.5, "layout": [8]}


def earlier(config: dict[str, Any], outcome: Outcome = Completed((0.5,)), **more: Any) -> Earlier:  # noqa: B008
    return Earlier(origin=more.pop("origin", "old run a"), config=config, outcome=outcome, **more)


def imported(*results: Earlier, space: SearchSpace = SPACE, **limits: Any) -> Imported:
    return import_all(results, space, **limits)


def why_not(result: Earlier, space: SearchSpace = SPACE) -> str:
    found = imported(result, space=space)
    assert not found.trials
    return found.lines[0].removeprefix("warm_start: old run a: not used: ")


@pytest.mark.parametrize("config", [SGD, ADAM], ids=["sgd", "adam"])
def test_a_trial_has_the_config_of_the_earlier_run_and_only_the_parameters_on_its_path(
    config: dict[str, Any],
) -> None:
    (trial,) = imported(earlier({**config, "added_by_training": 1})).trials
    study = study_of(SPACE)
    study.add_trial(trial)
    assert SPACE.config(study.trials[0]) == {**config, "epochs": 3}
    assert ("opt.momentum" in study.trials[0].params) == (config is SGD)


def test_samplers_see_the_value_and_the_reports() -> None:
    (trial,) = imported(earlier(SGD, reports={0: 2.0, 1: 0.5})).trials
    study = study_of(SPACE)
    study.add_trial(trial)
    assert study.best_value == 0.5
    assert study.trials[0].intermediate_values == {0: 2.0, 1: 0.5}
    assert study.trials[0].user_attrs == {ORIGIN: "old run a"}


def test_a_pruned_run_is_a_pruned_trial() -> None:
    found = imported(earlier(SGD, Pruned(1, "pruned"), reports={1: 4.0}))
    assert [trial.state for trial in found.trials] == [optuna.trial.TrialState.PRUNED]
    assert found.lines == ("warm_start: old run a: used as pruned",)


def test_the_line_of_a_used_run_has_its_values() -> None:
    assert imported(earlier(SGD, Completed((0.25, 3.0)))).lines == ("warm_start: old run a: used, 0.25, 3",)


def test_constraints_come_along() -> None:
    (trial,) = imported(earlier(SGD, constraints={"latency <= 5": -1.0})).trials
    assert constraints.of(trial) == {"latency <= 5": -1.0}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"layout": [9]}, "outside the space: layout: [9]: one of [8], [8, 16]"),
        ({"opt": {"name": "adam", "momentum": 0.5}}, "outside the space: opt.momentum: 0.5: does not exist"),
        ({"opt": {"name": "sgd"}}, "outside the space: it has no opt.momentum"),
        ({"epochs": 4}, "outside the space: epochs: 4"),
    ],
)
def test_a_run_outside_the_space_is_not_used_and_its_line_names_the_parameter(
    change: dict[str, Any], reason: str
) -> None:
    assert why_not(earlier({**SGD, **change})).startswith(reason)


def test_a_run_without_a_value_is_not_used_for_its_own_reason() -> None:
    assert why_not(earlier(SGD, Failed("the run logged no 'loss'"))) == "the run logged no 'loss'"


def test_a_trial_that_searched_more_than_this_space_does_is_not_used() -> None:
    assert (
        why_not(earlier(ADAM, searched=frozenset({"y", "lr"})))
        == "outside the space: lr: is not searched there"
    )


def test_of_two_runs_with_one_configuration_the_first_is_used() -> None:
    found = imported(earlier(SGD), earlier({**SGD, "host": "b"}, origin="old run b"))
    assert len(found.trials) == 1
    assert found.lines[1] == "warm_start: old run b: not used: the same configuration as old run a"


def test_there_are_no_more_trials_than_there_is_room() -> None:
    found = imported(earlier(SGD), earlier(ADAM, origin="old run b"), room=1)
    assert [trial.user_attrs[ORIGIN] for trial in found.trials] == ["old run a"]
    assert found.lines[1].endswith("not used: the runs of this sweep were started without it")


# Where only the user's function knows the space ---------------------------------------------


def branching(trial: Any) -> None:
    if trial.suggest_categorical("kind", ["linear", [1, 2]]) == "linear":
        trial.suggest_float("slope", 0.0, 1.0)
    else:
        trial.suggest_int("depth", 1, 4)


@pytest.mark.parametrize("config", [{"kind": "linear", "slope": 0.5}, {"kind": [1, 2], "depth": 4}])
def test_a_function_is_asked_for_the_path_that_the_run_took(config: dict[str, Any]) -> None:
    space = programmed(branching)
    (trial,) = imported(earlier({**config, "host": "a"}), space=space).trials
    assert space.config(trial) == config


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"kind": "linear", "slope": 7.0}, "outside the space: slope: 7.0: is not in FloatDistribution"),
        ({"kind": "linear"}, "outside the space: it has no slope"),
        ({"kind": "round"}, "objective(trial) cannot suggest it: ValueError: 'round' not in"),
    ],
)
def test_a_run_that_the_function_cannot_suggest_is_not_used(config: dict[str, Any], reason: str) -> None:
    assert why_not(earlier(config), programmed(branching)).startswith(reason)


def test_integers_that_wandb_gave_back_as_numbers_with_a_point_are_integers() -> None:
    space = Declared([parameter("n", Integers(1, 8))])
    (trial,) = imported(earlier({"n": 4.0}), space=space).trials
    assert trial.params == {"n": 4} and isinstance(trial.params["n"], int)
