from __future__ import annotations

import math

import pytest

from optuna_sweep.config import Metric
from optuna_sweep.outcomes import Completed
from tests.unit.measure.curves import LOSS, curve, rows

VALUES = (3.0, 1.0, 2.0, math.nan)


@pytest.mark.parametrize(("how", "value"), [("latest", 2.0), ("best", 1.0), ("worst", 9.0)])
def test_a_failed_run_gets_the_value_that_the_sweep_file_names(how: str, value: float) -> None:
    c = curve(Metric(name="loss", impute=how))  # type: ignore[arg-type]
    c.add(rows("loss", *VALUES))
    assert c.imputed(worst=(9.0,)) == Completed((value,))


def test_a_failed_run_has_no_value_where_the_sweep_file_says_nothing() -> None:
    c = curve(LOSS)
    c.add(rows("loss", *VALUES))
    assert c.imputed(worst=(9.0,)) is None


@pytest.mark.parametrize("how", ["latest", "best", "worst"])
def test_nothing_is_made_up_for_a_run_that_logged_nothing(how: str) -> None:
    assert curve(Metric(name="loss", impute=how)).imputed() is None  # type: ignore[arg-type]


def test_all_objectives_are_imputed_or_none() -> None:
    both = curve(Metric(name="loss", impute="latest"), Metric(name="accuracy"))
    both.add(rows("loss", 1))
    assert both.imputed() is None


def test_a_late_row_is_not_the_latest() -> None:
    c = curve(Metric(name="loss", impute="latest"))
    c.add(rows("loss", 1, start=5))
    c.add(rows("loss", 9, start=2))
    assert c.imputed() == Completed((1.0,))
