from __future__ import annotations

import math
from typing import Any

import pytest

from optuna_sweep.measure import Report
from optuna_sweep.outcomes import Completed, Row
from tests.unit.measure.curves import ACCURACY, LOSS, curve, rows


def test_each_row_of_the_metric_is_reported_at_its_own_step() -> None:
    assert curve().add(rows("loss", 3, 2.5)) == [Report(0, 3.0), Report(1, 2.5)]


def test_reports_come_in_ascending_order_whatever_the_order_of_rows() -> None:
    assert [r.step for r in curve().add(rows("loss", 3, 2, 1)[::-1])] == [0, 1, 2]


def test_a_late_row_is_reported_at_its_own_earlier_step() -> None:
    c = curve()
    c.add(rows("loss", 1, start=5))
    assert c.add(rows("loss", 9, start=2)) == [Report(2, 9.0)]


def test_a_repeated_row_is_reported_once() -> None:
    c = curve()
    c.add(rows("loss", 3, 2))
    assert c.add(rows("loss", 3, 2, 1)) == [Report(2, 1.0)]


def test_a_step_that_the_trial_already_holds_is_not_reported_again() -> None:
    assert curve(reported=(0, 1)).add(rows("loss", 3, 2, 1)) == [Report(2, 1.0)]


def test_a_row_without_the_metric_reports_nothing() -> None:
    assert curve().add([Row(0, {"other": 1}), Row(1, {"loss": None})]) == []


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (0, 0.0),
        (True, 1.0),
        (False, 0.0),
        ("0.25", 0.25),
        ("1e-3", 1e-3),
        ("Infinity", math.inf),
        ("-Infinity", -math.inf),
        (10**400, math.inf),
        (-(10**400), -math.inf),
    ],
)
def test_whatever_w_and_b_writes_for_a_number_is_read_as_one(raw: Any, number: float) -> None:
    assert curve().add(rows("loss", raw)) == [Report(0, number)]


@pytest.mark.parametrize("raw", ["NaN", math.nan, "diverged", [1, 2], {"_type": "histogram"}])
def test_what_is_no_number_is_reported_as_nan(raw: Any) -> None:
    (report,) = curve().add(rows("loss", raw))
    assert math.isnan(report.value)


def test_several_objectives_report_nothing() -> None:
    assert curve(LOSS, ACCURACY).add(rows("loss", 3, 2)) == []


def test_metrics_on_different_rows_are_measured_together() -> None:
    c = curve(LOSS, ACCURACY)
    c.add([Row(0, {"loss": 3}), Row(1, {"accuracy": 0.5}), Row(2, {"loss": 2})])
    assert c.value({}) == Completed((2.0, 0.5))


def epochs(*pairs: tuple[float, float]) -> list[Row]:
    return [Row(10 * n, {"epoch": epoch, "loss": loss}) for n, (epoch, loss) in enumerate(pairs)]


def test_the_step_metric_is_the_axis_of_the_reports() -> None:
    c = curve(step_metric="epoch")
    assert c.add(epochs((0, 3), (1, 2), (5, 1))) == [Report(0, 3), Report(1, 2), Report(5, 1)]


def test_the_first_row_of_a_whole_epoch_counts_for_it() -> None:
    c = curve(step_metric="epoch")
    assert c.add(epochs((0.5, 3), (1.0, 2), (1.5, 1), (2.0, 0))) == [
        Report(0, 3),
        Report(1, 2),
        Report(2, 0),
    ]


def test_the_reports_do_not_depend_on_how_the_rows_were_cut_into_polls() -> None:
    data = epochs((0.5, 3), (1.0, 2), (1.5, 1), (2.0, 0), (2.5, -1), (4.0, -2))
    whole = curve(step_metric="epoch").add(data)
    for cut in range(1, len(data)):
        c = curve(step_metric="epoch")
        assert c.add(data[:cut]) + c.add(data[cut:]) == whole


def test_the_step_metric_may_stand_on_an_earlier_row_than_the_objective() -> None:
    c = curve(step_metric="epoch")
    data = [Row(0, {"epoch": 0}), Row(1, {"loss": 3}), Row(2, {"epoch": 1}), Row(3, {"loss": 2})]
    assert c.add(data) == [Report(0, 3), Report(1, 2)]
    assert c.add([Row(4, {"loss": 9}), Row(5, {"epoch": 2}), Row(6, {"loss": 1})]) == [Report(2, 1)]


def test_a_step_of_one_moment_may_come_as_two_rows() -> None:
    c = curve(step_metric="epoch")
    assert c.add([Row(7, {"loss": 3}), Row(7, {"epoch": 4})]) == [Report(4, 3)]


def test_a_late_step_metric_row_goes_where_it_belongs() -> None:
    c = curve(step_metric="epoch")
    c.add([Row(0, {"epoch": 0}), Row(20, {"epoch": 2})])
    c.add([Row(10, {"epoch": 1})])
    assert c.add([Row(12, {"loss": 3}), Row(22, {"loss": 2})]) == [Report(1, 3), Report(2, 2)]


@pytest.mark.parametrize("epoch", [-1, "NaN", "soon", None])
def test_a_row_without_a_place_on_the_axis_is_measured_and_not_reported(epoch: Any) -> None:
    c = curve(step_metric="epoch")
    assert c.add([Row(0, {"epoch": epoch, "loss": 3})]) == []
    assert c.value({}) == Completed((3.0,))
