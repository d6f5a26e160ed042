from __future__ import annotations

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from optuna_sweep.config import Constraint, Metric
from optuna_sweep.measure import Curve, Measure
from optuna_sweep.outcomes import Completed, Row

LOGGED = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
LOGGED = LOGGED | st.lists(LOGGED, max_size=2) | st.dictionaries(st.sampled_from(["min", "best"]), LOGGED)
NAMES = st.sampled_from(["loss", "epoch", "size"])
ROWS = st.lists(st.builds(Row, st.integers(0, 50), st.dictionaries(NAMES, LOGGED)), max_size=12)
MEASURES = st.builds(
    Measure,
    metrics=st.sampled_from([(), (Metric(name="loss"),), (Metric(name="loss"), Metric(name="size"))]),
    rule=st.sampled_from(["last", "best", "mean_last_k", "summary"]),
    k=st.integers(1, 3),
    step_metric=st.sampled_from([None, "epoch"]),
    invalid=st.sampled_from(["fail", "prune", "worst"]),
    constraints=st.just((Constraint(metric="size", min=0.0, max=1.0),)),
)


@given(MEASURES, ROWS, st.dictionaries(NAMES | st.just("_step"), LOGGED))
def test_whatever_was_logged_is_measured(measure: Measure, rows: list[Row], summary: dict[str, Any]) -> None:
    curve = Curve(measure)
    steps = [report.step for report in curve.add(rows)]
    assert len(steps) == len(set(steps))
    outcome = curve.value(summary, worst=[1.0] * len(measure.metrics))
    if isinstance(outcome, Completed):
        assert all(math.isfinite(value) for value in outcome.values)
    assert not any(math.isnan(number) for number in curve.constraints(summary).values())


@given(MEASURES, ROWS, st.integers(0, 12))
def test_the_result_does_not_depend_on_how_rows_in_order_were_cut_into_polls(
    measure: Measure, rows: list[Row], cut: int
) -> None:
    ordered = list({row.step: row for row in sorted(rows, key=lambda row: row.step)}.values())
    whole, parts = Curve(measure), Curve(measure)
    together = whole.add(ordered)
    apart = parts.add(ordered[:cut]) + parts.add(ordered[cut:])
    assert repr(apart) == repr(together)
    assert repr(parts.value({})) == repr(whole.value({}))
