"""From the latent that a sampler models to the entry that the study shows, and back."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Protocol

from optuna_sweep.space.curves import LATENT, Curve, within
from optuna_sweep.space.grids import Grid


class Shape(Protocol):
    """A monotonous way from shares to entries."""

    def entry(self, share: float) -> Any:
        """The entry at this share of all samples."""
        ...

    def share(self, entry: Any) -> float:
        """The middle of the shares that give ``entry``."""
        ...


class Smooth:
    """Every value of a curve."""

    def __init__(self, curve: Curve) -> None:
        self._curve = curve

    def entry(self, share: float) -> float:
        """See ``Shape``."""
        return self._curve.at(share)

    def share(self, entry: float) -> float:
        """See ``Shape``."""
        return self._curve.below(entry)


class Stairs:
    """The values of a curve, each rounded to the nearest step of a grid."""

    def __init__(self, curve: Curve, grid: Grid) -> None:
        self._curve = curve
        self._grid = grid

    def entry(self, share: float) -> float:
        """See ``Shape``."""
        return self._grid.nearest(self._curve.at(share))

    def share(self, entry: float) -> float:
        """See ``Shape``."""
        half = self._grid.quantum / 2
        return (self._curve.below(entry - half) + self._curve.below(entry + half)) / 2


class Weights:
    """Some entries, each with its probability.

    Args:
        entries: The entries.
        probabilities: As many numbers that are not negative, of any sum above 0.
    """

    def __init__(self, entries: Sequence[Any], probabilities: Sequence[float]) -> None:
        total = sum(probabilities)
        self._entries = tuple(entries)
        self._upper = [min(sum_ / total, 1.0) for sum_ in accumulate(probabilities)]
        self._last = max(index for index, weight in enumerate(probabilities) if weight > 0)

    def entry(self, share: float) -> Any:
        """See ``Shape``."""
        return self._entries[min(bisect_right(self._upper, share), self._last)]

    def share(self, entry: Any) -> float:
        """See ``Shape``."""
        index = self._entries.index(entry)
        return (self._upper[index] + (self._upper[index - 1] if index else 0.0)) / 2


class Warp:
    """A shape that forgets nothing: an entry that became a latent comes back exactly.

    A curve and its inverse differ in the last bits, and the far end of a tail is one latent
    for many values. A run that is started again must not see that, so the latents that do not
    lead back to their entries are remembered.
    """

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._exact: dict[float, Any] = {}

    def entry(self, latent: float) -> Any:
        """The entry for a latent."""
        return self._exact[latent] if latent in self._exact else self._shape.entry(latent)

    def latent(self, entry: Any) -> float:
        """The latent that leads to ``entry``; entries beyond the support get an end of it."""
        latent = within(LATENT.low, self._shape.share(entry), LATENT.high)
        if self.entry(latent) != entry:
            self._exact[latent] = entry
        return latent
