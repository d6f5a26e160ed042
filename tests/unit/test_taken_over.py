"""A scheduler whose sweep another one has claimed."""

from __future__ import annotations

import pytest

from optuna_sweep.errors import AnotherAtWork
from tests.memory_launch import curve
from tests.sweeps_in_memory import sweep


def test_it_leaves_with_that_poll_and_does_nothing_more() -> None:
    def taken_over(call: str, nth: int) -> None:
        if call == "snapshot" and nth == 4:
            raise AnotherAtWork

    run = sweep(lambda proposal: curve([1.0, 0.5, 0.1]), run_cap=9, workers=2)
    run.launch.faults = taken_over
    with pytest.raises(AnotherAtWork):
        run.run()
    assert run.launch.calls[-1] == "snapshot"
    assert run.states == ["RUNNING"] * 2
