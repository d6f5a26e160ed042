"""No configuration twice."""

from __future__ import annotations

from typing import Any

import optuna
import pytest

from optuna_sweep.config.parameters import Categorical, Constant, Integers, Parameter, Uniform
from optuna_sweep.novelty import Novelty
from optuna_sweep.space import Declared
from tests.unit.space.blocks import study_of

SMALL = Declared(
    [
        Parameter(path=("a",), distribution=Integers(0, 1)),
        Parameter(path=("net", "b"), distribution=Categorical((False, 0, "0"))),
    ]
)
ENDLESS = Declared([Parameter(path=("x",), distribution=Uniform(0.0, 1.0))])


def config(a: Any, b: Any) -> dict[str, Any]:
    return {"a": a, "net": {"b": b}}


def test_a_configuration_is_new_until_it_was_run() -> None:
    novelty = Novelty(SMALL)
    assert novelty.is_new(config(0, "0"))
    novelty.add(config(0, "0"))
    assert not novelty.is_new(config(0, "0"))


@pytest.mark.parametrize("other", [False, 0])
def test_values_that_python_takes_for_equal_are_different_points(other: Any) -> None:
    novelty = Novelty(SMALL)
    novelty.add(config(0, 0 if other is False else False))
    assert novelty.is_new(config(0, other))


def test_a_finite_space_is_exhausted_by_its_last_point_and_not_before() -> None:
    novelty = Novelty(SMALL)
    for point in SMALL.points():
        assert not novelty.exhausted
        novelty.add(point)
        novelty.add(point)
    assert novelty.exhausted


def test_a_space_without_an_end_is_never_exhausted() -> None:
    novelty = Novelty(ENDLESS)
    for number in range(100):
        novelty.add({"x": number / 100})
    assert not novelty.exhausted


def test_a_space_of_constants_is_one_point() -> None:
    novelty = Novelty(Declared([Parameter(path=("epochs",), distribution=Constant(0))]))
    novelty.add({"epochs": 0})
    assert novelty.exhausted


def test_the_next_trial_after_a_repeat_is_steered_to_what_is_left() -> None:
    novelty, study = Novelty(SMALL), study_of(SMALL)
    points = list(SMALL.points())
    for point in points[:-1]:
        novelty.add(point)
    novelty.steer(study)
    assert SMALL.suggest(study.ask()) == points[-1]


def test_nobody_is_steered_in_a_space_without_an_end() -> None:
    study = study_of(ENDLESS)
    Novelty(ENDLESS).steer(study)
    assert not study.get_trials(states=(optuna.trial.TrialState.WAITING,))
