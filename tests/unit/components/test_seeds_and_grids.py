from __future__ import annotations

import optuna

from optuna_sweep import components
from optuna_sweep.components import Seed, build_sampler
from optuna_sweep.components.enumeration import grid_of
from optuna_sweep.config import Component
from optuna_sweep.config.parameters import (
    Categorical,
    Constant,
    Integers,
    Uniform,
)
from tests.unit.components.complaints import space, suggested


def test_the_seed_goes_into_samplers_at_any_depth() -> None:
    nested = Component(
        type="PartialFixedSampler", args={"fixed_params": {"y": 1}, "base_sampler": {"type": "RandomSampler"}}
    )
    plain = Component(type="RandomSampler")
    assert suggested(build_sampler(plain, Seed(3))) == suggested(build_sampler(plain, Seed(3)))
    assert suggested(build_sampler(nested, Seed(3))) == suggested(build_sampler(plain, Seed(3)))
    assert suggested(build_sampler(plain, Seed(3))) != suggested(build_sampler(plain, Seed(4)))


def test_a_seed_among_the_args_comes_first() -> None:
    own = Component(type="RandomSampler", args={"seed": 9})
    assert suggested(build_sampler(own, Seed(3))) == suggested(build_sampler(own, Seed(4)))


def test_each_trial_has_a_seed_of_its_own_where_the_sampler_allows_it() -> None:
    assert Seed(3, 1).of("TPESampler") == Seed(3, 1).of("TPESampler") != Seed(3, 2).of("TPESampler")
    assert Seed(3, 1).of("GridSampler") == Seed(3, 2).of("GridSampler") == 3
    assert Seed(None, 1).of("TPESampler") is None


def test_a_grid_sampler_takes_its_grid_from_the_parameters() -> None:
    grid = space(x=Categorical((1, "a", None)), y=Integers(1, 3), c=Constant(5))
    assert grid_of(grid) == {"x": [1, "a", None], "y": [1, 2, 3]}
    sampler = build_sampler(Component(type="GridSampler"), Seed(), grid)
    study = optuna.create_study(sampler=sampler)
    seen = [grid.suggest(study.ask()) for _ in range(9)]
    assert len({(point["x"], point["y"]) for point in seen}) == 9


def test_a_grid_sampler_over_a_continuous_range_is_told() -> None:
    problems = components.sampler_problems(Component(type="GridSampler"), space=space(x=Uniform(0, 1)))
    assert [str(problem) for problem in problems] == [
        "scheduler.settings.sampler: GridSampler: a finite space: Give search_space, or use values"
    ]


def test_a_grid_that_optuna_would_have_to_list_is_told_before_it_fills_the_memory() -> None:
    huge = space(x=Integers(1, 10**6), y=Integers(1, 10**6))
    (problem,) = components.sampler_problems(Component(type="GridSampler"), space=huge)
    assert str(problem) == (
        "scheduler.settings.sampler: GridSampler over 1000000000000 points: at most 100000, because it lists"
        " all of them at once: Remove it: `method: grid` walks any finite space"
    )
