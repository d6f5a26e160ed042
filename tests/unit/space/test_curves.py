from __future__ import annotations

import math

import pytest
from scipy import stats

from optuna_sweep.space import beta
from optuna_sweep.space.curves import LATENT, Bell, Curve, Exponential, Hill, Straight

SHARES = (LATENT.low, 1e-12, 1e-6, 0.01, 0.3, 0.5, 0.77, 0.99, 1 - 1e-9, LATENT.high)
SHAPES = [(2.0, 5.0), (0.5, 0.5), (1.0, 1.0), (30.0, 0.2), (0.05, 3.0), (400.0, 600.0), (1e4, 1e4)]


@pytest.mark.parametrize(("a", "b"), SHAPES)
def test_beta_agrees_with_scipy(a: float, b: float) -> None:
    for share in SHARES:
        value = beta.value_at(share, a, b)
        assert value == pytest.approx(float(stats.beta.ppf(share, a, b)), rel=1e-7, abs=1e-300)
    for value in (0.0, 1e-9, 0.01, 0.2, 0.5, 0.6, 0.95, 1.0):
        assert beta.share_below(value, a, b) == pytest.approx(float(stats.beta.cdf(value, a, b)), rel=1e-9)


def test_normal_agrees_with_scipy_far_into_the_tail() -> None:
    curve = Bell(3.0, 2.0)
    for value in (-12.0, -5.0, 3.0, 4.5, 15.0):
        assert curve.below(value) == pytest.approx(float(stats.norm.cdf(value, 3.0, 2.0)), rel=1e-12)


@pytest.mark.parametrize(
    "curve",
    [
        Straight(-2.0, 7.0),
        Bell(1.0, 3.0),
        Exponential(Straight(math.log(1e-8), math.log(10.0)), 1e-8, 10.0),
        Exponential(Bell(0.0, 2.0), 1e-7, 1e7),
        Hill(2.0, 0.7),
    ],
    ids=lambda curve: type(curve).__name__,
)
def test_a_curve_and_its_inverse_agree_and_stay_within_bounds(curve: Curve) -> None:
    for share in SHARES:
        value = curve.at(share)
        assert curve.low <= value <= curve.high
        assert curve.below(value) == pytest.approx(share, rel=1e-6, abs=1e-15)


def test_a_log_normal_that_would_overflow_stays_finite() -> None:
    curve = Exponential(Bell(0.0, 1000.0), 1e-304, 1e304)
    assert 0 < curve.at(LATENT.low) < curve.at(LATENT.high) < math.inf
