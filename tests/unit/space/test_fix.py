from __future__ import annotations

from typing import Any

import pytest

from optuna_sweep.config.parameters import (
    Beta,
    Categorical,
    Constant,
    Distribution,
    Integers,
    LogNormal,
    LogUniform,
    Normal,
    Uniform,
)
from optuna_sweep.errors import TrialError
from optuna_sweep.space import Declared
from tests.unit.space.blocks import PLAIN, WARPED, parameter, study_of


@pytest.mark.parametrize(
    ("distribution", "value"),
    [
        (Normal(0.0, 1.0), 0.37),
        (Normal(0.0, 1.0), 8.0),
        (Normal(1e6, 1e-3), 1e6 + 1e-3),
        (LogNormal(0.0, 1.0), 1e-3),
        (Beta(2.0, 5.0), 1.0),
        (Beta(0.5, 0.5), 1e-9),
        (Beta(2.0, 2.0, q=0.1), 0.3),
        (Uniform(0.0, 1.0, q=0.25), 0.75),
        (Normal(0.0, 1.0, q=1), -8),
        (Categorical(([1], {"a": 1}, None), (0.2, 0.2, 0.6)), {"a": 1}),
        (Categorical((1, True), (0.5, 0.5)), True),
        (Categorical(("x", [2])), [2]),
        (Integers(0, 10, step=5), 10),
        (Uniform(0.0, 1.0, step=0.1), 0.3),
        (LogUniform(1e-5, 1.0), 3e-4),
    ],
)
def test_a_trial_gets_exactly_the_point_that_was_enqueued(distribution: Distribution, value: Any) -> None:
    space = Declared([parameter("x.y", distribution), parameter("other", Uniform(0.0, 1.0))])
    study = study_of(space)
    study.enqueue_trial(space.fix({"x": {"y": value}}))
    config = space.suggest(study.ask())
    assert config["x"]["y"] == value
    assert type(config["x"]["y"]) is type(value)
    assert space.suggest(study.ask())["other"] != config["other"]


def test_a_point_may_use_dotted_names_and_leave_parameters_to_the_sampler() -> None:
    space = Declared([*WARPED, *PLAIN])
    study = study_of(space)
    study.enqueue_trial(space.fix({"optimizer.lr": 0.001, "layers": 3.0, "seed": None}))
    config = space.suggest(study.ask())
    assert config["optimizer"] == {"lr": 0.001}
    assert (config["layers"], type(config["layers"])) == (3, int)


def test_every_point_of_a_space_can_be_fixed() -> None:
    space = Declared(
        [
            parameter("kind", Categorical(("a", ["b"]), (0.9, 0.1))),
            parameter("depth", LogUniform(1.0, 9.0, q=2), kind=[["b"]]),
        ]
    )
    study = study_of(space)
    points = list(space.points())
    for point in points:
        study.enqueue_trial(space.fix(point))
    assert [space.suggest(study.ask()) for _ in points] == points


@pytest.mark.parametrize(
    ("point", "faults"),
    [
        ({"layers": 9}, ["layers: 9: a whole number from 1 to 8"]),
        ({"layers": True}, ["layers: True: a whole number from 1 to 8"]),
        ({"layers": 2.5}, ["layers: 2.5: a whole number from 1 to 8"]),
        ({"dropout": 0.25}, ["dropout: 0.25: a number from 0.0 to 0.5 in steps of 0.1"]),
        ({"optimizer": {"lr": "1e-3"}}, ["optimizer.lr: '1e-3': a number from 1e-05 to 0.1"]),
        ({"layout": [9]}, ['layout: [9]: one of [8], [8, 16], {"kernel": 3}']),
        ({"seed": 1}, ["seed: 1: one of null"]),
        ({"beta": 1.5}, ["beta: 1.5: a number from 0.0 to 1.0"]),
        ({"beta": float("nan")}, ["beta: nan: a number from 0.0 to 1.0"]),
        ({"whole": 12}, ["whole: 12: a whole number from 0 to 96 in steps of 8"]),
        (
            {"layers": 0, "beta": -1},
            ["beta: -1: a number from 0.0 to 1.0", "layers: 0: a whole number from 1 to 8"],
        ),
    ],
)
def test_a_point_outside_is_refused_with_every_fault(point: dict[str, Any], faults: list[str]) -> None:
    with pytest.raises(TrialError) as refusal:
        Declared([*WARPED, *PLAIN]).fix(point)
    assert str(refusal.value).splitlines() == faults


def test_a_stranger_among_the_parameters_is_named() -> None:
    space = Declared([parameter("model.size", Integers(1, 2)), parameter("lr", Uniform(0.0, 1.0))])
    with pytest.raises(TrialError) as refusal:
        space.fix({"lr": 0.5, "model": {"depth": 3}, "rate": {"a": 1}})
    assert str(refusal.value).splitlines() == [
        "model.depth: is no parameter; there are: model.size, lr",
        "rate: is no parameter; there are: model.size, lr",
    ]


def test_a_parameter_of_another_branch_is_refused() -> None:
    space = Declared(
        [
            parameter("optimizer", Categorical(("sgd", "adam"))),
            parameter("momentum", Uniform(0.0, 1.0), optimizer=["sgd"]),
        ]
    )
    with pytest.raises(TrialError) as refusal:
        space.fix({"optimizer": "adam", "momentum": 0.9})
    assert str(refusal.value) == "momentum: 0.9: does not exist where optimizer is 'adam'"
    assert space.fix({"momentum": 0.9}) == {"momentum": 0.9}


def test_a_value_without_probability_is_refused() -> None:
    space = Declared([parameter("x", Categorical(("a", "b"), (1.0, 0.0)))])
    with pytest.raises(TrialError, match="a value with a probability above 0"):
        space.fix({"x": "b"})


def test_a_parameter_that_only_has_a_constant_is_not_enqueued() -> None:
    assert Declared([parameter("x", Constant(3))]).fix({"x": 3}) == {}
