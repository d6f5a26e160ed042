"""The multiples of a quantum, in decimals as people write them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from optuna_sweep.space.curves import Curve, within

_HALF: Final = Decimal("0.5")


class Grid:
    """The multiples of ``quantum`` to which the values of a curve are rounded.

    Multiples are made in decimals: three times 0.1 is 0.3, where W&B's own library gives
    0.30000000000000004. They are whole numbers where the quantum is one, as W&B's are.

    Args:
        curve: Where the values come from. Steps on which no share of it falls are left out.
        quantum: The distance of two steps; whether it is an ``int`` decides what the steps are.
    """

    def __init__(self, curve: Curve, quantum: float) -> None:
        self.quantum = quantum
        # In decimals, lest 0.15 / 0.1 be below the half that separates two steps.
        lowest, highest = (Decimal(str(bound)) / Decimal(str(quantum)) for bound in (curve.low, curve.high))
        low, high = math.floor(lowest + _HALF), math.ceil(highest - _HALF)
        if low > high:
            low = high = round(lowest)
        self.steps: Sequence[int] = range(low, high + 1)

    @property
    def low(self) -> float:
        """The least multiple."""
        return self.at(self.steps[0])

    @property
    def high(self) -> float:
        """The greatest multiple."""
        return self.at(self.steps[-1])

    def at(self, step: int) -> float:
        """The multiple with this number."""
        if isinstance(self.quantum, int):
            return step * self.quantum
        return float(step * Decimal(str(self.quantum)))

    def nearest(self, value: float) -> float:
        """The multiple that is nearest to ``value``."""
        return self.at(int(within(self.steps[0], round(value / self.quantum), self.steps[-1])))
