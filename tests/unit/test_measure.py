from __future__ import annotations

import math
from typing import Any

import pytest

from optuna_sweep.config import Constraint, Metric
from optuna_sweep.measure import Curve, Measure, Report
from optuna_sweep.outcomes import Completed, Failed, Pruned, Row

LOSS = Metric(name="loss")
ACCURACY = Metric(name="accuracy", minimize=False)


def curve(*metrics: Metric, reported: tuple[int, ...] = (), **how: Any) -> Curve:
    return Curve(Measure(metrics=metrics or (LOSS,), **how), reported)


def rows(name: str, *values: Any, start: int = 0) -> list[Row]:
    return [Row(step, {name: value}) for step, value in enumerate(values, start)]


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


@pytest.mark.parametrize(
    ("metric", "how", "value"),
    [
        (LOSS, {"rule": "last"}, 4.0),
        (LOSS, {"rule": "best"}, 1.0),
        (Metric(name="loss", minimize=False), {"rule": "best"}, 5.0),
        (LOSS, {"rule": "mean_last_k", "k": 3}, 10 / 3),
        (LOSS, {"rule": "mean_last_k", "k": 100}, 3.0),
        (LOSS, {"rule": "summary"}, 0.5),
    ],
)
def test_each_rule_tells_its_own_value(metric: Metric, how: dict[str, Any], value: float) -> None:
    c = curve(metric, **how)
    c.add(rows("loss", 2, 5, 1, 4))
    c.add(rows("loss", 3, start=-1))
    summary = {"loss": 0.5} if how["rule"] == "summary" else {"loss": 4}
    assert c.value(summary) == Completed((pytest.approx(value),))


def test_a_late_row_does_not_become_the_last_value() -> None:
    c = curve()
    c.add(rows("loss", 1, start=5))
    c.add(rows("loss", 9, start=2))
    assert c.value({}) == Completed((1.0,))


def test_a_repeated_row_counts_once_in_the_mean() -> None:
    c = curve(rule="mean_last_k", k=2)
    c.add(rows("loss", 8, 4, 2))
    c.add(rows("loss", 2, start=2))
    assert c.value({}) == Completed((3.0,))


@pytest.mark.parametrize("rule", ["last", "best", "mean_last_k", "summary"])
def test_the_summary_stands_in_for_a_history_that_does_not_show_the_metric(rule: str) -> None:
    assert curve(rule=rule).value({"loss": 0.5}) == Completed((0.5,))


def test_the_history_stands_in_for_a_summary_that_lacks_the_metric() -> None:
    c = curve(rule="summary")
    c.add(rows("loss", 3, 2))
    assert c.value({"other": 1}) == Completed((2.0,))


def test_the_summary_is_the_last_value_where_the_history_lags_behind_it() -> None:
    c = curve()
    c.add(rows("loss", 3, 2))
    assert c.value({"loss": 1, "_step": 2}) == Completed((1.0,))


def test_the_history_is_the_last_value_where_it_is_complete() -> None:
    c = curve()
    c.add(rows("loss", 3, 2))
    assert c.value({"loss": 1, "_step": 1}) == Completed((2.0,))


def test_an_object_in_the_summary_is_not_mistaken_for_the_last_value() -> None:
    c = curve()
    c.add(rows("loss", 3, 2))
    assert c.value({"loss": {"min": 1}, "_step": 9}) == Completed((2.0,))


@pytest.mark.parametrize(
    ("metric", "kept", "value"),
    [
        (LOSS, {"min": 1, "max": 9}, 1.0),
        (Metric(name="loss", minimize=False), {"min": 1, "max": 9}, 9.0),
        (LOSS, {"best": 2, "last": 3}, 2.0),
        (LOSS, {"last": 3}, 3.0),
        (LOSS, {"mean": "4"}, 4.0),
    ],
)
def test_a_summary_object_gives_the_value_that_the_goal_wants(
    metric: Metric, kept: dict[str, Any], value: float
) -> None:
    assert curve(metric, rule="summary").value({"loss": kept}) == Completed((value,))


def test_the_best_value_may_be_known_to_the_summary_alone() -> None:
    c = curve(rule="best")
    c.add(rows("loss", 3, 2))
    assert c.value({"loss": {"min": 1}}) == Completed((1.0,))


def test_a_metric_with_a_dot_is_found_nested_in_the_summary() -> None:
    c = curve(Metric(name="val.loss"))
    assert c.value({"val": {"loss": 0.5}}) == Completed((0.5,))


def test_a_metric_with_a_slash_and_a_space_is_one_key() -> None:
    c = curve(Metric(name="val/top 1"))
    c.add(rows("val/top 1", 0.5))
    assert c.value({}) == Completed((0.5,))


def test_the_best_value_passes_over_nan_and_infinite_ones() -> None:
    c = curve(rule="best")
    c.add(rows("loss", 3, "-Infinity", 2, "NaN"))
    assert c.value({"loss": "NaN"}) == Completed((2.0,))


@pytest.mark.parametrize("raw", ["NaN", "Infinity", "-Infinity", "diverged"])
@pytest.mark.parametrize("rule", ["last", "mean_last_k", "best", "summary"])
def test_a_run_whose_value_is_no_finite_number_has_failed(raw: str, rule: str) -> None:
    c = curve(rule=rule)
    c.add(rows("loss", raw))
    assert isinstance(c.value({"loss": raw}), Failed)


def test_the_reason_names_the_metric_and_its_value() -> None:
    c = curve(LOSS, ACCURACY)
    c.add(rows("loss", "NaN"))
    assert c.value({}) == Failed(
        "the value of 'loss' is nan, not a finite number; the run logged no 'accuracy'"
    )


def test_a_crash_before_the_first_metric_is_a_failed_trial_and_nothing_worse() -> None:
    assert curve().value({}) == Failed("the run logged no 'loss'")
    assert curve(LOSS, ACCURACY).value({"loss": 1.0}) == Failed("the run logged no 'accuracy'")


def test_the_policy_prune_prunes_at_the_last_step_that_was_reported() -> None:
    c = curve(invalid="prune")
    c.add(rows("loss", 3, 2, "NaN"))
    assert c.value({}) == Pruned(2, "the value of 'loss' is nan, not a finite number")


def test_the_policy_worst_puts_the_worst_value_in_place_of_the_invalid_one_only() -> None:
    c = curve(LOSS, ACCURACY, invalid="worst")
    c.add(rows("loss", 3))
    assert c.value({}, worst=(99.0, 0.1)) == Completed((3.0, 0.1))


def test_the_policy_worst_fails_while_nothing_was_told() -> None:
    assert curve(invalid="worst").value({}) == Failed(
        "the run logged no 'loss'; no other run has a value yet that could stand for the worst"
    )


def test_a_sweep_without_a_metric_completes_every_run_with_zero() -> None:
    c = Curve(Measure(metrics=()))
    assert c.add(rows("loss", 1)) == []
    assert c.value({}) == Completed((0.0,))


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


def test_infinities_of_both_signs_have_no_mean_and_do_no_harm() -> None:
    c = curve(rule="mean_last_k")
    c.add(rows("loss", math.inf, -math.inf))
    assert c.value({}) == Failed("the value of 'loss' is nan, not a finite number")
