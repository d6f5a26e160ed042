from __future__ import annotations

import json
from typing import Any

import optuna
import pytest

from optuna_sweep.config.parameters import (
    Beta,
    Categorical,
    Constant,
    Distribution,
    Integers,
    LogUniform,
    Normal,
    Parameter,
    Uniform,
)
from optuna_sweep.space import Declared
from tests.unit.space.blocks import parameter, study_of


def drawn(distribution: Distribution, count: int = 200) -> list[Any]:
    """Values of one parameter under a random sampler."""
    space = Declared([parameter("x", distribution)])
    study = study_of(space)
    return [space.suggest(study.ask())["x"] for _ in range(count)]


def test_the_config_is_nested_as_the_paths_are() -> None:
    space = Declared(
        [
            Parameter(path=("model", "head", "size"), distribution=Constant(3)),
            Parameter(path=("lr.peak",), distribution=Constant(0.1)),
            Parameter(path=("model", "name"), distribution=Constant("vit")),
        ]
    )
    config = space.suggest(study_of(space).ask())
    assert config == {"model": {"head": {"size": 3}, "name": "vit"}, "lr.peak": 0.1}


@pytest.mark.parametrize("value", [0, False, None, 0.0, [], {"a": [1]}, "None"])
def test_a_constant_is_in_every_config_and_never_in_the_study(value: Any) -> None:
    space = Declared([parameter("x", Constant(value))])
    trial = study_of(space).ask()
    config = space.suggest(trial)
    assert config == {"x": value}
    assert type(config["x"]) is type(value)
    assert trial.params == {}


def test_values_that_python_calls_equal_are_kept_apart() -> None:
    values = drawn(Categorical((1, True, 1.0, "1")))
    assert {json.dumps(value) for value in values} == {"1", "true", "1.0", '"1"'}


def test_lists_and_dicts_reach_the_run_as_they_are() -> None:
    values = drawn(Categorical(([64, 32], {"b": 1, "a": [None]}, "[64, 32]")))
    assert all(value in ([64, 32], {"b": 1, "a": [None]}, "[64, 32]") for value in values)
    assert {type(value) for value in values} == {list, dict, str}


def test_a_scalar_is_its_own_entry_beside_a_list() -> None:
    space = Declared([parameter("x", Categorical((None, 2, "a", [1])))])
    study = study_of(space)
    for _ in range(30):
        space.suggest(study.ask())
    assert {trial.params["x"] for trial in study.trials} == {None, 2, "a", "[1]"}


@pytest.mark.parametrize(
    ("distribution", "low", "high"),
    [
        (Integers(0, 7, step=3), 0, 6),
        (Integers(1, 1000, log=True), 1, 1000),
        (Uniform(0.0, 1.0, step=0.3), 0.0, 0.9),
        (Uniform(-1e-12, 1e-12), -1e-12, 1e-12),
        (LogUniform(1e-300, 1e-290), 1e-300, 1e-290),
        (LogUniform(0.3, 0.9, q=0.5), 0.5, 1.0),
        (Uniform(0, 10, q=4), 0, 8),
        (Uniform(0.5, 1.5, q=1), 1, 1),
        (Beta(0.01, 0.01), 0.0, 1.0),
        (Normal(5.0, 0.0), 5.0, 5.0),
        (Normal(0.0, 1e-3, q=0.1), 0.0, 0.0),
        (Uniform(2.0, 2.0), 2.0, 2.0),
        (Integers(3, 3), 3, 3),
    ],
)
def test_values_never_leave_their_support(distribution: Distribution, low: float, high: float) -> None:
    values = drawn(distribution)
    assert low <= min(values)
    assert max(values) <= high
    assert {type(value) for value in values} == {type(low)}


def test_multiples_of_a_quantum_are_written_as_people_write_them() -> None:
    assert set(drawn(Uniform(0.0, 0.7, q=0.1))) == {0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7}


def test_a_value_without_probability_is_never_drawn() -> None:
    assert set(drawn(Categorical(("a", "b", "c"), (0.5, 0.5, 0.0)))) == {"a", "b"}


def test_probabilities_do_not_count_where_every_point_is_visited() -> None:
    space = Declared([parameter("x", Categorical(("a", "b"), (0.99, 0.01)))], weighted=False)
    assert [point["x"] for point in space.points()] == ["a", "b"]
    assert not hasattr(space.wrap(optuna.storages.InMemoryStorage()), "plain")


def test_two_configs_are_one_point_whatever_the_training_code_added() -> None:
    space = Declared(
        [
            parameter("model.size", Integers(1, 9)),
            parameter("rate", Uniform(0.0, 1.0, q=0.1)),
            parameter("on", Categorical((1, True))),
        ]
    )
    config = {"model": {"size": 3}, "rate": 0.3, "on": True}
    added = {"rate": 3 * 0.1, "on": True, "model": {"size": 3.0, "depth": 4}, "host": "gpu-7"}
    assert space.key(config) == space.key(added)
    assert space.key(config) != space.key({**config, "on": 1})
    assert space.key(config) != space.key({**config, "rate": 0.4})


def test_a_config_from_elsewhere_has_a_key_too() -> None:
    space = Declared([parameter("x", Categorical(("a", [1]))), parameter("y", Uniform(0.0, 1.0, step=0.5))])
    assert space.key({"x": {"new": 1}, "y": "NaN"}) == space.key({"x": {"new": 1}, "y": "NaN"})
    assert space.key({"x": "a"}) != space.key({"x": "b"})
    assert space.key({"x": "a", "y": float("inf")}) != space.key({"x": "a"})


def test_two_parameters_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        Declared([parameter("a.b", Constant(1)), Parameter(path=("a.b",), distribution=Constant(2))])
