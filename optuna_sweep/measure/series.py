"""The values of one metric of one run, as far as any rule needs them."""

from __future__ import annotations

import math
from bisect import bisect_left


class Series:
    """Keeps the best value and the last few; its size does not grow with the run.

    Values may come late or twice: their place is decided by their step, and a step counts once.
    """

    def __init__(self, *, minimize: bool, keep: int) -> None:
        self._minimize = minimize
        self._keep = keep
        self._steps: list[int] = []
        self._values: list[float] = []
        self._best: float | None = None
        self._latest: tuple[int, float] | None = None

    def add(self, step: int, value: float) -> None:
        """Take in one value. NaN and the infinities can be the last, never the best."""
        if math.isfinite(value):
            self._best = value if self._best is None or self._better(value, self._best) else self._best
            self._latest = max(self._latest or (step, value), (step, value))
        at = bisect_left(self._steps, step)
        if at < len(self._steps) and self._steps[at] == step:
            self._values[at] = value
            return
        self._steps.insert(at, step)
        self._values.insert(at, value)
        del self._steps[: -self._keep], self._values[: -self._keep]

    @property
    def newest(self) -> int:
        """The step of the last value; -1 where there is none."""
        return self._steps[-1] if self._steps else -1

    @property
    def last(self) -> float | None:
        """The value at the highest step; None where there is none."""
        return self._values[-1] if self._values else None

    @property
    def latest_finite(self) -> float | None:
        """The last value that is a finite number; None where there is none."""
        return None if self._latest is None else self._latest[1]

    @property
    def best_finite(self) -> float | None:
        """The lowest or highest value that is a finite number; None where there is none."""
        return self._best

    def best_with(self, other: float | None) -> float | None:
        """The lowest or highest finite number of all values and one more; the last where none is finite."""
        if other is None or not math.isfinite(other):
            fallback = other if self.last is None else self.last
            return fallback if self._best is None else self._best
        return other if self._best is None or self._better(other, self._best) else self._best

    @property
    def mean(self) -> float | None:
        """The mean of the last values, of which there may be fewer than wanted at the end of a short run."""
        return sum(self._values) / len(self._values) if self._values else None

    def _better(self, value: float, than: float) -> bool:
        return value < than if self._minimize else value > than
