"""From W&B's distributions to domains.

Optuna's own distributions are used where it has them, so that its samplers see integers,
logarithms and categories for what they are. ``inv_log_uniform`` is one of those: W&B draws
the logarithm of 1/x uniformly, which makes the logarithm of x uniform too.
"""

from __future__ import annotations

import math
from typing import assert_never

from optuna_sweep.config.parameters import (
    Beta,
    Categorical,
    Distribution,
    Integers,
    InvLogUniform,
    LogNormal,
    LogUniform,
    Normal,
    Uniform,
)
from optuna_sweep.config.parameters import Constant as ConstantDistribution
from optuna_sweep.space.categories import OneOf
from optuna_sweep.space.choices import Choices
from optuna_sweep.space.curves import Bell, Curve, Exponential, Hill, Straight, exponential
from optuna_sweep.space.domain import Domain
from optuna_sweep.space.grids import Grid, decimal
from optuna_sweep.space.ranges import Decimals, Whole, on_grid
from optuna_sweep.space.warps import Smooth, Warp, Weights


def domain_of(distribution: Distribution, *, weighted: bool) -> Domain:
    """The domain of a distribution.

    Args:
        distribution: Any but a constant's, which has nothing to search.
        weighted: Whether probabilities matter. Where they do not, as in a grid, finite
            domains need no latents, and samplers that enumerate can have them all.
    """
    match distribution:
        case ConstantDistribution():
            return OneOf(Choices([distribution.value]))
        case Categorical(values, probabilities):
            return _one_of(values, probabilities if weighted else None)
        case Integers(low, high, log, step):
            return Whole(low, high, log=log, step=step)
        case LogUniform(low, high, None) | InvLogUniform(low, high):
            return Decimals(float(low), float(high), log=True)
        case Uniform():
            return _uniform(distribution, weighted=weighted)
        case LogUniform() | Normal() | LogNormal() | Beta():
            return _curved(distribution, weighted=weighted)
        case _:
            assert_never(distribution)


def _one_of(values: tuple[object, ...], probabilities: tuple[float, ...] | None) -> Domain:
    choices = Choices(values)
    if probabilities is None:
        return OneOf(choices)
    possible = [probability > 0 for probability in probabilities]
    return OneOf(choices, Warp(Weights(choices.entries, probabilities)), possible)


def _uniform(distribution: Uniform, *, weighted: bool) -> Domain:
    low, high, q, step = distribution.low, distribution.high, distribution.q, distribution.step
    if q is not None:
        return _curved(distribution, weighted=True) if weighted else _grid_search(low, high, q)
    if step is None:
        return Decimals(float(low), float(high))
    steps = math.floor((decimal(high) - decimal(low)) / decimal(step))
    return _even(float(low), float(step), steps + 1)


def _grid_search(low: float, high: float, q: float) -> Domain:
    """W&B's grid over ``q_uniform``: from ``low`` in steps of ``q``, without ``high``."""
    if isinstance(low, int) and isinstance(high, int) and isinstance(q, int):
        return Whole(low, max(low, high - 1), step=q)
    return _even(float(low), float(q), max(math.ceil((decimal(high) - decimal(low)) / decimal(q)), 1))


def _even(low: float, quantum: float, count: int) -> Domain:
    grid = Grid(quantum, range(count), origin=low)
    return on_grid(grid, Straight(low - quantum / 2, grid.high + quantum / 2), even=True)


def _curved(distribution: Uniform | LogUniform | Normal | LogNormal | Beta, *, weighted: bool) -> Domain:
    curve = _curve(distribution)
    if distribution.q is None:
        log = isinstance(distribution, LogNormal)
        return Decimals(curve.low, curve.high, log=log, warp=Warp(Smooth(curve)))
    endless = isinstance(distribution, Normal | LogNormal)
    grid = Grid.of(curve, distribution.q)
    return on_grid(grid, curve, even=not weighted and not endless, endless=endless)


def _curve(distribution: Uniform | LogUniform | Normal | LogNormal | Beta) -> Curve:
    match distribution:
        case Uniform(low, high):
            return Straight(low, high)
        case LogUniform(low, high):
            return Exponential(Straight(math.log(low), math.log(high)), low, high)
        case Normal(mu, sigma):
            return Bell(mu, sigma)
        case LogNormal(mu, sigma):
            bell = Bell(mu, sigma)
            return Exponential(bell, exponential(bell.low), exponential(bell.high))
        case Beta(a, b):
            return Hill(a, b)
