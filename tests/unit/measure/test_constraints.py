from __future__ import annotations

import math
from typing import Any

import pytest

from optuna_sweep.config import Constraint
from optuna_sweep.measure import Measure
from tests.unit.measure.curves import ACCURACY, LOSS, curve, rows

LATENCY = Constraint(metric="latency_ms", max=50.0)


def test_a_constraint_is_how_far_the_metric_lies_beyond_its_bound() -> None:
    both = Constraint(metric="size", min=1.0, max=3.0)
    numbers = curve(constraints=(LATENCY, both)).constraints({"latency_ms": 60, "size": 2})
    assert numbers == {"latency_ms <= 50": 10.0, "size >= 1": -1.0, "size <= 3": -1.0}


def test_a_constraint_is_read_from_the_history_of_a_run_that_still_lives() -> None:
    c = curve(constraints=(LATENCY,))
    c.add(rows("latency_ms", 70, 40))
    assert c.constraints({}) == {"latency_ms <= 50": -10.0}


@pytest.mark.parametrize("summary", [{}, {"latency_ms": "NaN"}, {"latency_ms": "slow"}])
def test_a_constraint_that_nobody_measured_does_not_hold(summary: dict[str, Any]) -> None:
    assert curve(constraints=(LATENCY,)).constraints(summary) == {"latency_ms <= 50": math.inf}


def test_the_columns_name_each_metric_once() -> None:
    measure = Measure(
        metrics=(LOSS, ACCURACY),
        step_metric="epoch",
        constraints=(LATENCY, Constraint(metric="loss", max=9.0)),
    )
    assert measure.columns == (("loss",), ("accuracy",), ("latency_ms",), ("epoch",))


def test_a_sweep_without_a_metric_reads_no_columns() -> None:
    assert Measure(metrics=()).columns == ()
