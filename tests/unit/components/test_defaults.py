from __future__ import annotations

import optuna

from optuna_sweep import components
from optuna_sweep.components import Seed
from optuna_sweep.config.parameters import (
    Categorical,
    Uniform,
)
from tests.unit.components.complaints import space


def test_each_method_has_its_sampler() -> None:
    finite, endless = space(x=Categorical((1, 2))), space(x=Uniform(0, 1))
    names = {
        (method, size): type(components.default_sampler(method, Seed(1), made)).__name__
        for method in ("grid", "random", "bayes", "custom")
        for size, made in (("finite", finite), ("endless", endless))
    }
    assert names == {
        ("grid", "finite"): "PointsInOrder",
        ("grid", "endless"): "BruteForceSampler",
        ("random", "finite"): "RandomSampler",
        ("random", "endless"): "RandomSampler",
        ("bayes", "finite"): "TPESampler",
        ("bayes", "endless"): "TPESampler",
        ("custom", "finite"): "TPESampler",
        ("custom", "endless"): "TPESampler",
    }


def test_a_grid_is_not_pruned_unless_it_says_so() -> None:
    assert isinstance(components.default_pruner(None, "grid"), optuna.pruners.NopPruner)


def test_the_default_pruner_is_our_own() -> None:
    assert isinstance(components.default_pruner(None), components.TighteningPruner)
