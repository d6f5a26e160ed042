"""Where on the pruner's axis a row lies.

Pruners compare trials at *equal* steps, so the steps of different runs have to meet. W&B's
``_step`` counts calls of ``log()``; runs that log at their own cadence never meet there. With
a ``step_metric`` (an epoch count, mostly) the axis is its whole-number part, which is the same
in all runs.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from optuna_sweep.measure.readings import number
from optuna_sweep.outcomes import Row


class Axis(Protocol):
    """Maps W&B's steps of one run to the pruner's."""

    def learn(self, rows: Iterable[Row]) -> None:
        """Take in rows, before any of them is placed."""
        ...

    def place(self, step: int) -> int | None:
        """The pruner's step of a row, or None where the row has no place on the axis."""
        ...


class LoggedSteps:
    """W&B's own ``_step``."""

    def learn(self, rows: Iterable[Row]) -> None:
        """Nothing to learn: a row's step is its place."""

    def place(self, step: int) -> int | None:
        """The step itself."""
        return step


class MetricSteps:
    """The whole-number part of a logged metric, carried forward until it is logged again.

    The step metric may stand on another row than the objective: the latest one at or before the
    row counts. A row before the first of them has no place.
    """

    def __init__(self, metric: str) -> None:
        self._metric = metric
        self._starts: list[int] = []
        self._places: list[int] = []

    def learn(self, rows: Iterable[Row]) -> None:
        """Remember where a new whole number begins; late rows are put where they belong."""
        for row in rows:
            place = _whole(row.values, self._metric)
            if place is not None and place != self.place(row.step):
                at = bisect_right(self._starts, row.step)
                self._starts.insert(at, row.step)
                self._places.insert(at, place)

    def place(self, step: int) -> int | None:
        """The whole-number part that held when the row was logged."""
        at = bisect_right(self._starts, step)
        return self._places[at - 1] if at else None


def _whole(values: Mapping[str, Any], metric: str) -> int | None:
    """Negative and unreadable steps are left out: Optuna counts from 0."""
    value = number(values.get(metric))
    if value is None or not math.isfinite(value) or value < 0:
        return None
    return math.floor(value)
