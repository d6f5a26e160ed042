"""The worst values that a study was told, which stand in for values that are no numbers."""

from __future__ import annotations

from collections.abc import Sequence

from optuna.study import StudyDirection


class Worst:
    """Keeps the worst value of each objective.

    Args:
        directions: Of the objectives.
    """

    def __init__(self, directions: Sequence[StudyDirection]) -> None:
        self._worse = [max if direction is StudyDirection.MINIMIZE else min for direction in directions]
        self.values: list[float] | None = None

    def note(self, values: Sequence[float]) -> None:
        """A trial was told these values."""
        before = self.values or list(values)
        self.values = [pick(a, b) for pick, a, b in zip(self._worse, before, values, strict=True)]
