"""Readers of the distributions that have bounds. W&B's own search library is the authority on each."""

from __future__ import annotations

import math
from decimal import Decimal

from optuna_sweep.config.findings import show
from optuna_sweep.config.leaf import Leaf, bounds, exponents, grid, positive, whole
from optuna_sweep.config.parameters import (
    Constant,
    Distribution,
    Integers,
    InvLogUniform,
    LogUniform,
    Uniform,
)


def integers(leaf: Leaf) -> Distribution | None:
    """Read ``int_uniform``, with Optuna's ``log`` and ``step``."""
    if not whole(leaf, "min", "max") or not _log_fits(leaf):
        return None
    pair = positive(leaf) if leaf.entry.log else bounds(leaf)
    if pair is None:
        return None
    low, high, step = int(pair[0]), int(pair[1]), int(leaf.entry.step or 1)
    if low == high:
        return Constant(low)
    top = low + (high - low) // step * step
    return Integers(low, top, log=bool(leaf.entry.log), step=step) if _stepped(leaf, low, high, top) else None


def uniform(leaf: Leaf) -> Distribution | None:
    """Read ``uniform``, with Optuna's ``log`` and ``step``."""
    if not _log_fits(leaf):
        return None
    pair = positive(leaf) if leaf.entry.log else bounds(leaf)
    if pair is None:
        return None
    low, high = map(float, pair)
    if low == high:
        return Constant(low)
    if leaf.entry.log:
        return LogUniform(low, high)
    if "step" not in leaf.raw:
        return Uniform(low, high)
    return _uniform_steps(leaf, low, high)


def _uniform_steps(leaf: Leaf, low: float, high: float) -> Distribution | None:
    step = grid(leaf, "step", max(abs(low), abs(high)))
    if step is None:
        return None
    top = _last_step(low, high, step)
    return Uniform(low, top, step=float(step)) if _stepped(leaf, low, high, top) else None


def _log_fits(leaf: Leaf) -> bool:
    if leaf.entry.log and "step" in leaf.raw:
        leaf.problem("step", "no step together with log", "Remove `step` or `log`")
        return False
    return True


def _last_step(low: float, high: float, step: float) -> float:
    """The end of the grid, in decimal arithmetic: 0.0 to 0.9 has four steps of 0.3."""
    start, width = Decimal(str(low)), Decimal(str(step))
    return float(start + (Decimal(str(high)) - start) // width * width)


def _stepped(leaf: Leaf, low: float, high: float, top: float) -> bool:
    if top == low:
        leaf.problem("step", f"at most max - min, which is {show(high - low)}", "Make it smaller")
    elif top != high:
        leaf.note(f"the last step before max is {top:g}, so larger values are never tried")
    return top != low


def q_uniform(leaf: Leaf) -> Distribution | None:
    """Read ``q_uniform``."""
    pair = bounds(leaf)
    if pair is None:
        return None
    low, high = map(float, pair)
    q = grid(leaf, "q", max(abs(low), abs(high)))
    if q is None:
        return None
    return Uniform(low, high, q=q) if low < high else Constant(quantised(low, q))


def log_uniform(leaf: Leaf) -> Distribution | None:
    """Read ``log_uniform`` and ``q_log_uniform``: the bounds are natural logarithms."""
    pair = exponents(leaf)
    return _log(leaf, math.exp(pair[0]), math.exp(pair[1])) if pair else None


def log_uniform_values(leaf: Leaf) -> Distribution | None:
    """Read ``log_uniform_values`` and ``q_log_uniform_values``: the bounds are values."""
    pair = positive(leaf)
    return _log(leaf, float(pair[0]), float(pair[1])) if pair else None


def _log(leaf: Leaf, low: float, high: float) -> Distribution | None:
    if not str(leaf.entry.distribution).startswith("q_"):
        return LogUniform(low, high) if low < high else Constant(low)
    q = grid(leaf, "q", high)
    if q is None:
        return None
    return LogUniform(low, high, q=q) if low < high else Constant(quantised(low, q))


def inv_log_uniform(leaf: Leaf) -> Distribution | None:
    """Read ``inv_log_uniform``: e to the minus of a uniform number."""
    pair = exponents(leaf)
    return _inverse(math.exp(-pair[1]), math.exp(-pair[0])) if pair else None


def inv_log_uniform_values(leaf: Leaf) -> Distribution | None:
    """Read ``inv_log_uniform_values``: the bounds are values."""
    pair = positive(leaf)
    return _inverse(float(pair[0]), float(pair[1])) if pair else None


def _inverse(low: float, high: float) -> Distribution:
    return InvLogUniform(low, high) if low < high else Constant(low)


def quantised(number: float, q: float) -> float:
    """The multiple of ``q`` that W&B rounds to; a whole number where ``q`` is an int."""
    multiple = round(number / q) * q
    return int(multiple) if isinstance(q, int) else float(multiple)
