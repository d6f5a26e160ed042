from __future__ import annotations

import math
from typing import Any

import pytest

from optuna_sweep.config import Metric
from optuna_sweep.measure import Curve, Measure
from optuna_sweep.outcomes import Completed, Failed, Pruned
from tests.unit.measure.curves import ACCURACY, LOSS, curve, rows


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


def test_infinities_of_both_signs_have_no_mean_and_do_no_harm() -> None:
    c = curve(rule="mean_last_k")
    c.add(rows("loss", math.inf, -math.inf))
    assert c.value({}) == Failed("the value of 'loss' is nan, not a finite number")
