"""What a sweep gets that names no sampler and no pruner."""

from __future__ import annotations

import warnings

from optuna.exceptions import ExperimentalWarning
from optuna.pruners import BasePruner, NopPruner
from optuna.samplers import BaseSampler, BruteForceSampler, RandomSampler, TPESampler

from optuna_sweep import constraints
from optuna_sweep.components.enumeration import Enumerable, PointsInOrder
from optuna_sweep.components.hyperband import BandPruner, bands_of
from optuna_sweep.components.seeds import Seed
from optuna_sweep.components.tightening import TighteningPruner
from optuna_sweep.config import EarlyTerminate
from optuna_sweep.config.settings import MethodName


def default_sampler(
    method: MethodName, seed: Seed, space: Enumerable, *, constrained: bool = False
) -> BaseSampler:
    """The sampler that a sweep's ``method`` means.

    Args:
        method: ``grid`` visits each point once, in the order of W&B's own grid; where only the
            user's ``objective`` knows the points, in a random order. ``random`` is random, the
            others are Optuna's TPE.
        seed: For those that draw.
        space: The points of the grid.
        constrained: Whether trials will have constraints.
    """
    if method == "grid" and space.size() is not None:
        return PointsInOrder(space)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        if method == "grid":
            return BruteForceSampler(seed=seed.of("BruteForceSampler"))
        if method == "random":
            return RandomSampler(seed=seed.of("RandomSampler"))
        return TPESampler(seed=seed.of("TPESampler"), **(constraints.for_sampler() if constrained else {}))


def default_pruner(early_terminate: EarlyTerminate | None, method: MethodName = "custom") -> BasePruner:
    """The pruner that ``early_terminate`` means; ``TighteningPruner`` where the file has none.

    A grid without ``early_terminate`` is not pruned: who asks for every point wants to see it.
    """
    if early_terminate is None:
        return NopPruner() if method == "grid" else TighteningPruner()
    bands = bands_of(
        min_iter=early_terminate.min_iter,
        max_iter=early_terminate.max_iter,
        s=early_terminate.s,
        eta=early_terminate.eta,
    )
    return BandPruner(bands, eta=early_terminate.eta, strict=early_terminate.strict)
