"""Numbers at a fixed distance, in decimals as people write them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, overload

from optuna_sweep.space.curves import Curve, within

_HALF: Final = Decimal("0.5")


class Grid(Sequence[float]):
    """Numbers at a fixed distance.

    They are made in decimals: three times 0.1 is 0.3, where W&B's own library gives
    0.30000000000000004. They are whole numbers where the quantum is one, as W&B's are.

    Args:
        quantum: The distance; whether it is an ``int`` decides what the numbers are.
        steps: The number of each, from first to last.
        origin: Where step 0 is; a whole number where ``quantum`` is one.
    """

    def __init__(self, quantum: float, steps: range, origin: float = 0) -> None:
        self.quantum = quantum
        self.steps = steps
        self._origin = origin

    @classmethod
    def of(cls, curve: Curve, quantum: float) -> Grid:
        """The multiples of ``quantum`` to which some share of a curve is rounded."""
        # In decimals, lest 0.15 / 0.1 be below the half that separates two steps.
        lowest, highest = (decimal(bound) / decimal(quantum) for bound in (curve.low, curve.high))
        low, high = math.floor(lowest + _HALF), math.ceil(highest - _HALF)
        if low > high:
            low = high = round(lowest)
        return cls(quantum, range(low, high + 1))

    def __len__(self) -> int:
        return len(self.steps)

    @overload
    def __getitem__(self, place: int) -> float: ...

    @overload
    def __getitem__(self, place: slice) -> Grid: ...

    def __getitem__(self, place: int | slice) -> float | Grid:
        if isinstance(place, slice):
            return Grid(self.quantum, self.steps[place], self._origin)
        return self.at(self.steps[place])

    @property
    def low(self) -> float:
        """The least multiple."""
        return self.at(self.steps[0])

    @property
    def high(self) -> float:
        """The greatest multiple."""
        return self.at(self.steps[-1])

    @property
    def is_decimal(self) -> bool:
        """Whether Optuna takes the bounds for multiples too: it cannot where a float rounds them."""
        return (decimal(self.high) - decimal(self.low)) % decimal(self.quantum) == 0

    def at(self, step: int) -> float:
        """The multiple with this number."""
        if isinstance(self.quantum, int):
            return self._origin + step * self.quantum
        return float(decimal(self._origin) + step * decimal(self.quantum))

    def nearest(self, value: float) -> float:
        """The multiple that is nearest to ``value``, of those that there are."""
        step = round((value - self._origin) / self.quantum)
        return self.at(int(within(self.steps[0], step, self.steps[-1])))


def decimal(number: float) -> Decimal:
    """The number that a person reads, not the binary fraction that stands for it."""
    return Decimal(str(number))
