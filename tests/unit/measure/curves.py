from __future__ import annotations

from typing import Any

from optuna_sweep.config import Metric
from optuna_sweep.measure import Curve, Measure
from optuna_sweep.outcomes import Row

LOSS = Metric(name="loss")
ACCURACY = Metric(name="accuracy", minimize=False)


def curve(*metrics: Metric, reported: tuple[int, ...] = (), **how: Any) -> Curve:
    return Curve(Measure(metrics=metrics or (LOSS,), **how), reported)


def rows(name: str, *values: Any, start: int = 0) -> list[Row]:
    return [Row(step, {name: value}) for step, value in enumerate(values, start)]
