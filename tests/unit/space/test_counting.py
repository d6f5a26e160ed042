from __future__ import annotations

import warnings
from itertools import islice

import pytest

from optuna_sweep.config import SweepConfig
from optuna_sweep.config.parameters import (
    Beta,
    Categorical,
    Constant,
    Distribution,
    Integers,
    LogNormal,
    LogUniform,
    Normal,
    Parameter,
    Uniform,
)
from optuna_sweep.space import Declared
from tests.unit.space.blocks import parameter

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its models are written in pydantic 1's way
    from sweeps.grid_search import grid_search_next_runs


@pytest.mark.parametrize(
    ("distribution", "size"),
    [
        (Constant([1, 2]), 1),
        (Categorical((1, True, "1")), 3),
        (Categorical((1, 2, 3), (0.5, 0.0, 0.5)), 2),
        (Integers(-2, 2), 5),
        (Integers(0, 10, step=4), 3),
        (Uniform(0.0, 1.0, step=0.1), 11),
        (Uniform(0.0, 1.0, q=0.25), 5),
        (Uniform(0.15, 0.65, q=0.1), 5),  # 0.2 to 0.6: nothing but a bound is as near to 0.1 or 0.7
        (Uniform(0.1, 0.9, q=0.25), 5),  # 0.1 is nearest to 0, and 0.9 to 1
        (LogUniform(1.0, 10.0, q=3), 4),
        (Beta(2.0, 2.0, q=0.5), 3),
        (Uniform(3.0, 3.0), 1),
        (Uniform(0.0, 1.0), None),
        (LogUniform(0.1, 1.0), None),
        (Normal(0.0, 1.0, q=1), None),
        (LogNormal(0.0, 1.0, q=0.5), None),
        (Beta(2.0, 2.0), None),
    ],
)
def test_a_parameter_has_so_many_values(distribution: Distribution, size: int | None) -> None:
    assert Declared([parameter("x", distribution)]).size() == size


CONDITIONAL = (
    parameter("kind", Categorical(("a", "b", "c"))),
    parameter("a.depth", Integers(1, 4), kind=["a"]),
    parameter("b.width", Categorical((8, 16)), kind=["b", "c"]),
    parameter("b.bias", Categorical((True, False)), **{"b.width": [16]}),
    parameter("seed", Integers(0, 2)),
)


def test_points_are_as_many_as_the_size_and_all_different() -> None:
    space = Declared(CONDITIONAL)
    points = list(space.points())
    assert len(points) == space.size() == (4 + 3 + 3) * 3
    assert len({space.key(point) for point in points}) == len(points)


def test_a_large_space_is_counted_without_being_listed() -> None:
    many = [parameter(f"p{number}", Categorical(tuple(range(10)))) for number in range(40)]
    space = Declared([*many, *CONDITIONAL])
    assert space.size() == 10**40 * 30
    assert len(list(islice(space.points(), 100))) == 100


def test_the_last_parameter_changes_fastest() -> None:
    space = Declared([parameter("x", Categorical((1, 2))), parameter("y", Categorical(("a", "b")))])
    assert [(point["x"], point["y"]) for point in space.points()] == [(1, "a"), (1, "b"), (2, "a"), (2, "b")]


def test_a_space_is_infinite_only_where_its_endless_parameter_exists() -> None:
    never = parameter("rate", Uniform(0.0, 1.0), kind=["d"])
    sometimes = parameter("rate", Uniform(0.0, 1.0), kind=["a"])
    kind = parameter("kind", Categorical(("a", "b")))
    assert Declared([kind, never]).size() == 2
    assert Declared([kind, sometimes]).size() is None


def test_the_points_of_an_infinite_space_cannot_be_listed() -> None:
    with pytest.raises(ValueError, match="without end"):
        Declared([parameter("x", Uniform(0.0, 1.0))]).points()


def test_a_space_of_constants_has_one_point() -> None:
    space = Declared([parameter("x", Constant(1)), parameter("y.z", Constant(None))])
    assert space.size() == 1
    assert list(space.points()) == [{"x": 1, "y": {"z": None}}]


def test_a_grid_over_a_quantised_range_is_wandbs() -> None:
    block = [
        parameter("tenths", Uniform(0.2, 0.6, q=0.1)),
        parameter("evens", Uniform(0, 6, q=2)),
        parameter("one", Uniform(1.0, 1.0, q=0.5)),
    ]
    points = list(Declared(block, weighted=False).points())
    assert sorted({point["tenths"] for point in points}) == [0.2, 0.3, 0.4, 0.5]
    assert sorted({point["evens"] for point in points}) == [0, 2, 4]
    assert {point["one"] for point in points} == {1.0}


def test_nine_thousand_points_are_listed_once_each() -> None:
    sizes = {"a": 16, "b": 12, "c": 8, "d": 6}
    block: list[Parameter] = [parameter(name, Integers(1, size)) for name, size in sizes.items()]
    space = Declared(block)
    assert len({space.key(point) for point in space.points()}) == space.size() == 9_216


def test_a_grid_is_gone_through_in_wandbs_order() -> None:
    block = {
        "z": {"values": [2, 1]},
        "b": {"parameters": {"y": {"values": ["u", [1]]}, "a": {"min": 0, "max": 1}}},
        "a": {"values": [0.5, None]},
        "k": {"value": 3},
        "q": {"distribution": "q_uniform", "min": 0.0, "max": 1.0, "q": 0.5},
    }
    config = SweepConfig.parse({"method": "grid", "parameters": block})
    theirs = grid_search_next_runs([], {"method": "grid", "parameters": block}, n=40)
    wanted = [{name: entry["value"] for name, entry in run.config.items()} for run in theirs if run]
    assert list(Declared(config.parameters, weighted=False).points()) == wanted
    assert len(wanted) == 32
