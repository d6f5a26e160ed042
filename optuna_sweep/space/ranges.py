"""Domains that are ranges of numbers."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Any

import optuna
from optuna.distributions import FloatDistribution, IntDistribution

from optuna_sweep.space.choices import Outside, is_number, number_or_text
from optuna_sweep.space.curves import Curve, within
from optuna_sweep.space.domain import Domain
from optuna_sweep.space.grids import Grid
from optuna_sweep.space.warps import Stairs, Warp


class Whole(Domain):
    """A whole number from ``low`` to ``high`` in steps."""

    def __init__(
        self,
        low: int,
        high: int,
        *,
        step: int = 1,
        log: bool = False,
        warp: Warp | None = None,
        endless: bool = False,
    ) -> None:
        super().__init__(warp, endless=endless)
        self.distribution: IntDistribution = IntDistribution(
            low, high - (high - low) % step, step=step, log=log
        )

    def value(self, entry: Any) -> Any:
        """See ``Domain``."""
        return int(entry) if is_number(entry) and float(entry).is_integer() else entry

    def entry(self, value: Any) -> int:
        """See ``Domain``; 3.0 is the whole number 3."""
        numbers = self._range
        if not is_number(value) or value not in numbers:
            step = f" in steps of {numbers.step}" if numbers.step > 1 else ""
            raise Outside(f"a whole number from {numbers[0]} to {numbers[-1]}{step}")
        return int(value)

    @property
    def values(self) -> range | None:
        """See ``Domain``."""
        return None if self.endless else self._range

    @property
    def _range(self) -> range:
        return range(self.distribution.low, self.distribution.high + 1, self.distribution.step)

    def key(self, value: Any) -> Hashable:
        """See ``Domain``."""
        return number_or_text(value)

    def _nearest(self, entry: Any) -> int:
        its, number = self.distribution, _number(entry)
        if number in self._range:
            return int(number)
        step = round((within(its.low, number, its.high) - its.low) / its.step)
        return its.low + step * its.step

    def _draw(self, trial: optuna.Trial, name: str) -> int:
        its = self.distribution
        return trial.suggest_int(name, its.low, its.high, step=its.step, log=its.log)


class Decimals(Domain):
    """A number from ``low`` to ``high``."""

    def __init__(
        self, low: float, high: float, *, log: bool = False, warp: Warp | None = None, endless: bool = False
    ) -> None:
        super().__init__(warp, endless=endless)
        # Samplers divide by the width of the logarithms, and close bounds have the same.
        end = low if log and math.log(low) == math.log(high) else high
        self.distribution: FloatDistribution = FloatDistribution(low, end, log=log)

    def value(self, entry: Any) -> Any:
        """See ``Domain``."""
        return float(entry) if is_number(entry) else entry

    def entry(self, value: Any) -> float:
        """See ``Domain``."""
        its = self.distribution
        if not is_number(value) or not its.low <= value <= its.high:
            raise Outside(f"a number from {its.low} to {its.high}")
        return float(value)

    @property
    def values(self) -> Sequence[float] | None:
        """See ``Domain``."""
        its = self.distribution
        return [its.low] if its.low == its.high else None

    def key(self, value: Any) -> Hashable:
        """See ``Domain``."""
        return number_or_text(value)

    def _nearest(self, entry: Any) -> float:
        return within(self.distribution.low, _number(entry), self.distribution.high)

    def _draw(self, trial: optuna.Trial, name: str) -> float:
        its = self.distribution
        return trial.suggest_float(name, its.low, its.high, step=its.step, log=its.log)


class Steps(Decimals):
    """A number on a grid. A number that rounding has put beside a step is as good as the step."""

    def __init__(self, grid: Grid, *, warp: Warp | None = None, endless: bool = False) -> None:
        super().__init__(grid.low, grid.high, warp=warp, endless=endless)
        self._grid = grid
        if grid.is_decimal:
            self.distribution = FloatDistribution(grid.low, grid.high, step=grid.quantum)

    def entry(self, value: Any) -> float:
        """See ``Domain``."""
        number = super().entry(value)
        if abs(self._grid.nearest(number) - number) > self._grid.quantum * 1e-6:
            its = self.distribution
            raise Outside(f"a number from {its.low} to {its.high} in steps of {self._grid.quantum}")
        return number

    @property
    def values(self) -> Sequence[float] | None:
        """See ``Domain``."""
        return None if self.endless else self._grid

    def key(self, value: Any) -> Hashable:
        """See ``Domain``."""
        key = super().key(value)
        return self._grid.nearest(key) if isinstance(key, float) and math.isfinite(key) else key

    def _nearest(self, entry: Any) -> float:
        return self._grid.nearest(super()._nearest(entry))


def on_grid(grid: Grid, curve: Curve, *, even: bool, endless: bool = False) -> Domain:
    """A curve's values on a grid: whole numbers where the quantum is one.

    Args:
        grid: The grid.
        curve: Where the values come from before they are rounded.
        even: Whether Optuna's own distribution may draw them, each as often as any other.
        endless: Whether the grid's ends only cut tails.
    """
    whole = isinstance(grid.quantum, int)
    warp = None if even and (whole or grid.is_decimal) else Warp(Stairs(curve, grid))
    if isinstance(grid.quantum, int):
        return Whole(int(grid.low), int(grid.high), step=grid.quantum, warp=warp, endless=endless)
    return Steps(grid, warp=warp, endless=endless)


def _number(entry: Any) -> float:
    if not is_number(entry):
        raise Outside("a number")
    return entry
