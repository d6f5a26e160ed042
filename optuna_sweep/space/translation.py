"""From W&B's distributions to domains.

Optuna's own distributions are used where it has them, so that its samplers see integers,
logarithms and categories for what they are. ``inv_log_uniform`` is one of those: W&B draws
the logarithm of 1/x uniformly, which makes the logarithm of x uniform too.
"""

from __future__ import annotations

import math
from decimal import Decimal
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
from optuna_sweep.space.choices import Choices
from optuna_sweep.space.curves import Bell, Curve, Exponential, Hill, Straight, exponential
from optuna_sweep.space.domains import Decimals, Domain, OneOf, Whole, on_grid
from optuna_sweep.space.grids import Grid
from optuna_sweep.space.warps import Smooth, Stairs, Warp, Weights


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
        case Uniform(low, high, None, step):
            return Decimals(float(low), float(high), step=step)
        case LogUniform(low, high, None) | InvLogUniform(low, high):
            return Decimals(float(low), float(high), log=True)
        case Uniform(low, high, q) if q is not None and not weighted:
            return _grid_search(low, high, q)
        case Uniform() | LogUniform() | Normal() | LogNormal() | Beta():
            return _curved(distribution, weighted=weighted)
        case _:
            assert_never(distribution)


def _one_of(values: tuple[object, ...], probabilities: tuple[float, ...] | None) -> Domain:
    choices = Choices(values)
    if probabilities is None:
        return OneOf(choices)
    possible = [probability > 0 for probability in probabilities]
    return OneOf(choices, Warp(Weights(choices.entries, probabilities)), possible)


def _grid_search(low: float, high: float, q: float) -> Domain:
    """W&B's grid over ``q_uniform``: from ``low`` in steps of ``q``, without ``high``."""
    steps = max(math.ceil((Decimal(str(high)) - Decimal(str(low))) / Decimal(str(q))) - 1, 0)
    if isinstance(low, int) and isinstance(q, int):
        return Whole(low, low + steps * q, step=q)
    return Decimals(float(low), float(Decimal(str(low)) + steps * Decimal(str(q))), step=float(q))


def _curved(distribution: Uniform | LogUniform | Normal | LogNormal | Beta, *, weighted: bool) -> Domain:
    curve = _curve(distribution)
    if distribution.q is None:
        log = isinstance(distribution, LogNormal)
        return Decimals(curve.low, curve.high, log=log, warp=Warp(Smooth(curve)))
    grid = Grid(curve, distribution.q)
    endless = isinstance(distribution, Normal | LogNormal)
    return on_grid(grid, Warp(Stairs(curve, grid)) if weighted or endless else None, endless=endless)


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
