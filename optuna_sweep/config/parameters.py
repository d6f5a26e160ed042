"""The shapes that a parameter of a sweep can have, whatever words it was written in.

W&B has eighteen names for its distributions, several spellings for some of them,
and bounds in three spaces. Here each meaning has one shape, in the space of the
values that a training run sees; ``grammar`` reads the words, ``space`` turns the
shapes into Optuna's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Constant:
    """Always the same value, which may be anything that JSON can say, None included.

    Bounds that are equal are read as a constant too.
    """

    value: Any


@dataclass(frozen=True, slots=True)
class Categorical:
    """One of some values, in the order given, without repeats.

    Attributes:
        values: Scalars, lists or dicts; 0, False and None are values like any other.
        probabilities: One for each value, summing to 1; None where all are alike.
    """

    values: tuple[Any, ...]
    probabilities: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Integers:
    """A whole number from ``low`` to ``high``, both included.

    ``log`` and ``step`` are Optuna's; not both at once. ``low`` is below ``high``, and ``high`` is on
    the grid.
    """

    low: int
    high: int
    log: bool = False
    step: int = 1


@dataclass(frozen=True, slots=True)
class Uniform:
    """A number from ``low`` to ``high``; on a grid where ``q`` or ``step`` is given.

    Attributes:
        low: The lower bound.
        high: The upper bound.
        q: W&B's quantum: the value is ``round(x / q) * q``, which may lie outside the bounds
            by up to q / 2, as W&B's own does. In every shape, an int ``q`` gives ints, as W&B's
            own does, and a float gives floats.
        step: Optuna's: the grid starts at ``low``, and ``high`` is on it. Never together with ``q``.
    """

    low: float
    high: float
    q: float | None = None
    step: float | None = None


@dataclass(frozen=True, slots=True)
class LogUniform:
    """A number whose logarithm is uniform. The bounds are values, not logarithms."""

    low: float
    high: float
    q: float | None = None


@dataclass(frozen=True, slots=True)
class InvLogUniform:
    """W&B's ``inv_log_uniform``. The bounds are values, not logarithms.

    W&B draws ``exp(-u)`` with u uniform, so its values are distributed as ``LogUniform``'s are.
    """

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Normal:
    """A normally distributed number, quantised where ``q`` is given."""

    mu: float
    sigma: float
    q: float | None = None


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A number whose logarithm is normal with ``mu`` and ``sigma``."""

    mu: float
    sigma: float
    q: float | None = None


@dataclass(frozen=True, slots=True)
class Beta:
    """A beta-distributed number between 0 and 1."""

    a: float
    b: float
    q: float | None = None


Distribution = (
    Constant | Categorical | Integers | Uniform | LogUniform | InvLogUniform | Normal | LogNormal | Beta
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One clause of a parameter's ``when:``; all clauses must hold.

    Attributes:
        parameter: Full dotted name of the parameter that is looked at.
        values: It must have one of these; None where bounds are given instead.
        low: It must be at least this.
        high: It must be at most this.
    """

    parameter: str
    values: tuple[Any, ...] | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One leaf of the ``parameters`` block.

    Attributes:
        path: The keys from the block down to it. ``("optimizer", "lr")`` is nested in the
            run's config, ``("optimizer.lr",)`` is one key that holds a dot.
        distribution: What it may be.
        when: Where it exists at all; empty for everywhere.
    """

    path: tuple[str, ...]
    distribution: Distribution
    when: tuple[Condition, ...] = ()

    @property
    def name(self) -> str:
        """The parameter's name in the study: its keys joined by dots."""
        return ".".join(self.path)
