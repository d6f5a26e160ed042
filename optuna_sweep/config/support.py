"""Which values a distribution can give."""

from __future__ import annotations

import math

from optuna_sweep.config.numerals import as_number, is_exponent, is_number
from optuna_sweep.config.parameters import (
    Beta,
    Categorical,
    Condition,
    Constant,
    Distribution,
    Integers,
    InvLogUniform,
    LogNormal,
    LogUniform,
    Normal,
    Uniform,
)
from optuna_sweep.config.plain import same


def contains(distribution: Distribution, value: object) -> bool:
    """Whether the distribution can give this value."""
    match distribution:
        case Constant():
            return same(distribution.value, value)
        case Categorical():
            return any(same(choice, value) for choice in distribution.values)
        case _ if not is_number(value):
            return False
    number = float(value)  # type: ignore[arg-type]  # is_number said so
    low, high = extent(distribution)
    q, step = _grid(distribution)
    if step is not None:
        return low <= number <= high and _on_grid(number - low, step)
    slack = q / 2 if q is not None else 0.0
    return low - slack <= number <= high + slack and (q is None or _on_grid(number, q))


def extent(distribution: Distribution) -> tuple[float, float]:
    """The least and the greatest number, before any rounding to ``q``."""
    match distribution:
        case Integers() | Uniform() | LogUniform() | InvLogUniform():
            return distribution.low, distribution.high
        case Beta():
            return 0.0, 1.0
        case LogNormal():
            return 0.0, math.inf
        case _:
            return -math.inf, math.inf


def describe(distribution: Distribution) -> str:
    """What the distribution can give, in words for a message."""
    match distribution:
        case Constant():
            return f"only {distribution.value!r}"
        case Categorical():
            names = ", ".join(repr(value) for value in distribution.values[:12])
            return f"one of {names}" + (", …" if len(distribution.values) > 12 else "")
        case Normal() if distribution.q is None:
            return "a number"
    low, high = extent(distribution)
    q, step = _grid(distribution)
    whole = isinstance(distribution, Integers) or isinstance(q, int)
    grid = ""
    if q is not None and not (whole and q == 1):
        grid = f", a multiple of {q:g}"
    elif step not in (None, 1):
        grid = f" in steps of {step:g}"
    return f"{'a whole number' if whole else 'a number'} from {low:g} to {high:g}{grid}"


def numeric(distribution: Distribution) -> bool:
    """Whether a number is meant where a user writes a value of it."""
    match distribution:
        case Constant():
            return is_number(distribution.value)
        case Categorical():
            return not any(isinstance(value, str) for value in distribution.values)
        case _:
            return True


def as_meant(distribution: Distribution, value: object) -> object:
    """A value that refers to the distribution, with ``1e-5`` read as a number where one is meant."""
    return as_number(value) if is_exponent(value) and numeric(distribution) else value


def holds(condition: Condition, value: object) -> bool:
    """Whether a value meets the condition. Only a number can be within bounds."""
    if condition.values is not None:
        return any(same(wanted, value) for wanted in condition.values)
    low = -math.inf if condition.low is None else condition.low
    high = math.inf if condition.high is None else condition.high
    return is_number(value) and low <= float(value) <= high  # type: ignore[arg-type]  # is_number said so


def may_hold(condition: Condition, distribution: Distribution) -> bool:
    """Whether some value of the distribution meets the condition."""
    if condition.values is not None:
        return any(contains(distribution, value) for value in condition.values)
    low = -math.inf if condition.low is None else condition.low
    high = math.inf if condition.high is None else condition.high
    match distribution:
        case Constant():
            return holds(condition, distribution.value)
        case Categorical():
            return any(holds(condition, value) for value in distribution.values)
        case _:
            least, greatest = extent(distribution)
            return least <= high and low <= greatest


def _grid(distribution: Distribution) -> tuple[float | None, float | None]:
    """``q`` and ``step`` of the distribution."""
    match distribution:
        case Integers():
            return None, distribution.step
        case Uniform():
            return distribution.q, distribution.step
        case LogUniform() | Normal() | LogNormal() | Beta():
            return distribution.q, None
        case _:
            return None, None


def _on_grid(number: float, width: float) -> bool:
    steps = number / width
    return math.isfinite(steps) and math.isclose(steps, round(steps), rel_tol=1e-9, abs_tol=1e-6)
