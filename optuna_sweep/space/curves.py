"""Continuous distributions as curves: from the share of the samples below to the value, and back.

Shares run from ``LATENT.low`` to ``LATENT.high``, so that no curve is asked for the end of an
endless tail. ``scipy.stats`` has all of these, but is no requirement of the job.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final, Protocol

from optuna.distributions import FloatDistribution

from optuna_sweep.space import beta

LATENT: Final = FloatDistribution(2.0**-53, 1.0 - 2.0**-53)
"""What a sampler models in place of a value that Optuna has no distribution for."""

_TAIL: Final = -NormalDist().inv_cdf(LATENT.low)
"""Standard deviations from the middle that can be drawn at all: 8.2."""

_LARGEST_LOGARITHM: Final = 700.0
"""``exp`` of more is no longer a finite number."""


class Curve(Protocol):
    """A continuous distribution on the values from ``low`` to ``high``."""

    @property
    def low(self) -> float:
        """The least value that can occur."""
        ...

    @property
    def high(self) -> float:
        """The greatest value that can occur."""
        ...

    def at(self, share: float) -> float:
        """The value below which ``share`` of the samples lie; never outside the bounds."""
        ...

    def below(self, value: float) -> float:
        """The share of the samples that lie below ``value``, which may be outside the bounds."""
        ...


@dataclass(frozen=True, slots=True)
class Straight:
    """All values from ``low`` to ``high`` alike."""

    low: float
    high: float

    def at(self, share: float) -> float:
        """See ``Curve``."""
        return within(self.low, self.low + share * (self.high - self.low), self.high)

    def below(self, value: float) -> float:
        """See ``Curve``."""
        if self.low == self.high:
            return 0.5
        return within(0.0, (value - self.low) / (self.high - self.low), 1.0)


@dataclass(frozen=True, slots=True)
class Bell:
    """Normal, with ``mu`` and ``sigma``."""

    mu: float
    sigma: float

    @property
    def low(self) -> float:
        """See ``Curve``."""
        return self.mu - _TAIL * self.sigma

    @property
    def high(self) -> float:
        """See ``Curve``."""
        return self.mu + _TAIL * self.sigma

    def at(self, share: float) -> float:
        """See ``Curve``."""
        deviations = NormalDist().inv_cdf(within(LATENT.low, share, LATENT.high))
        return within(self.low, self.mu + self.sigma * deviations, self.high)

    def below(self, value: float) -> float:
        """See ``Curve``; by ``erfc``, since ``NormalDist.cdf`` is 0 from 8 deviations down."""
        if self.sigma == 0:
            return 0.5
        return 0.5 * math.erfc((self.mu - value) / (self.sigma * math.sqrt(2.0)))


@dataclass(frozen=True, slots=True)
class Exponential:
    """The values whose logarithms follow another curve; the bounds are given as they were written."""

    logarithms: Curve
    low: float
    high: float

    def at(self, share: float) -> float:
        """See ``Curve``."""
        return within(self.low, exponential(self.logarithms.at(share)), self.high)

    def below(self, value: float) -> float:
        """See ``Curve``."""
        return self.logarithms.below(math.log(value)) if value > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Hill:
    """Beta, with ``a`` and ``b``."""

    a: float
    b: float
    low: float = 0.0
    high: float = 1.0

    def at(self, share: float) -> float:
        """See ``Curve``."""
        return beta.value_at(share, self.a, self.b)

    def below(self, value: float) -> float:
        """See ``Curve``."""
        return beta.share_below(within(0.0, value, 1.0), self.a, self.b)


def within(low: float, value: float, high: float) -> float:
    """The number from ``low`` to ``high`` that is nearest to ``value``."""
    return min(max(low, value), high)


def exponential(logarithm: float) -> float:
    """E to this power, or the nearest that a float comfortably holds."""
    return math.exp(within(-_LARGEST_LOGARITHM, logarithm, _LARGEST_LOGARITHM))
