"""One leaf of the ``parameters`` block, and the checks that its bounds have to pass."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optuna_sweep.config.entries import ParameterEntry
from optuna_sweep.config.findings import Findings, show

_MAX_STEPS = {"step": 1e15, "q": 1e300}  # beyond it, neighbours are one float, and the quotient none
_MAX_EXPONENT = 700.0  # beyond it, exp() leaves the range of floats


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a reader of one form gets: a parameter whose keys are known and of the right types."""

    at: str
    raw: Mapping[str, Any]
    entry: ParameterEntry
    findings: Findings

    def problem(self, key: str, allowed: str, remedy: str) -> None:
        """Record what is wrong with the value under one of the leaf's keys."""
        self.findings.problem(f"{self.at}.{key}", show(self.raw[key]), allowed, remedy)

    def note(self, sentence: str) -> None:
        """Record what is odd about the leaf."""
        self.findings.note(self.at, sentence)


def bounds(leaf: Leaf) -> tuple[float, float] | None:
    """The bounds, where they are in order; None, and a problem, otherwise."""
    low, high = leaf.entry.min, leaf.entry.max
    if low > high:
        leaf.problem("min", f"at most max, which is {show(leaf.raw['max'])}", "Swap min and max")
        return None
    if not math.isfinite(high - low):
        leaf.problem("max", "a range that a number can hold", "Make it smaller")
        return None
    if low == high:
        leaf.note(f"min and max are both {show(low)}, so this is a constant")
    return low, high


def exponents(leaf: Leaf) -> tuple[float, float] | None:
    """The bounds, still as natural logarithms; None, and a problem, where they can be none."""
    for key in ("min", "max"):
        if abs(getattr(leaf.entry, key)) > _MAX_EXPONENT:
            leaf.problem(key, "a natural logarithm", f"Use `distribution: {leaf.entry.distribution}_values`")
            return None
    pair = bounds(leaf)
    if pair and _look_like_values(*pair):
        low, high = (f"{math.exp(bound):.4g}" for bound in pair)
        name = leaf.entry.distribution
        leaf.note(
            f"the bounds of {name} are natural logarithms, so e^min = {low} and e^max = {high};"
            f" if you mean {show(leaf.raw['min'])} to {show(leaf.raw['max'])}, use {name}_values"
        )
    return pair


def _look_like_values(low: float, high: float) -> bool:
    return low > 0 and (high <= 1 or high > 20 or high / low >= 50)


def positive(leaf: Leaf) -> tuple[float, float] | None:
    """The bounds, where both have a logarithm; None, and a problem, otherwise."""
    if leaf.entry.min <= 0:
        leaf.problem(
            "min", "above 0, because its logarithm is taken", "Raise it, or use a uniform distribution"
        )
        return None
    return bounds(leaf)


def whole(leaf: Leaf, *keys: str) -> bool:
    """Whether all of these keys that are given hold whole numbers."""
    fractions = [key for key in keys if key in leaf.raw and not float(getattr(leaf.entry, key)).is_integer()]
    for key in fractions:
        leaf.problem(key, "a whole number", "Round it, or use `distribution: uniform`")
    return not fractions


def grid(leaf: Leaf, key: str, farthest: float) -> float | None:
    """The width of a grid that reaches as far as ``farthest``; None, and a problem, where it is too fine.

    Args:
        leaf: The parameter.
        key: ``q`` or ``step``. It is an int where it was written so, and 1 where it was not written.
        farthest: The number of the greatest size that is rounded to the grid.
    """
    width: float = getattr(leaf.entry, key) if key in leaf.raw else 1
    if abs(farthest) <= width * _MAX_STEPS[key]:
        return width
    at = next(name for name in (key, "max", "mu", "sigma") if name in leaf.raw)
    leaf.problem(at, f"a grid that floats can hold, and {farthest:g} / {width:g} is too fine", f"Raise {key}")
    return None
