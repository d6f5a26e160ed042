"""Trials that take more than one run."""

from __future__ import annotations

import pytest

from optuna_sweep import constraints
from optuna_sweep.config import Constraint
from optuna_sweep.outcomes import Completed, Decision, Failed, Phase, Pruned
from optuna_sweep.search import Retry
from tests.unit.search.searches import (
    DONE,
    KEEP,
    UPPER,
    asked,
    ended,
    running,
    search_over,
    states,
)

CRASHES = Retry(2, frozenset({Phase.CRASHED}))


def test_a_run_that_crashed_is_tried_again_before_anything_new() -> None:
    search = search_over(retry=CRASHES)
    run_id = asked(search)
    verdict = search.tell(ended(run_id, phase=Phase.CRASHED))
    assert verdict.decision is Decision.DONE and verdict.outcome is None
    assert verdict.reason == "the training process stopped reporting: tried again (1 of 2)"
    assert search.owes_runs
    again = search.ask()
    assert again is not None
    assert (again.run_id, again.name, again.retry) == ("s-0000-r1", "trial-000 retry 1", True)
    assert again.parameters == search.study.trials[0].params
    assert states(search) == ["RUNNING"]


def test_the_last_attempt_decides() -> None:
    search = search_over(retry=CRASHES)
    asked(search)
    for run_id in ("s-0000", "s-0000-r1"):
        assert search.tell(ended(run_id, phase=Phase.CRASHED)).outcome is None
        asked(search)
    crashed = search.tell(ended("s-0000-r2", phase=Phase.CRASHED))
    assert crashed.outcome == Failed("the training process stopped reporting")
    assert not search.owes_runs


def test_an_attempt_that_succeeds_completes_the_trial_once() -> None:
    search = search_over(retry=CRASHES)
    search.tell(ended(asked(search), 0.9, phase=Phase.CRASHED))
    assert search.tell(ended(asked(search), 0.5)).outcome == Completed((0.5,))
    assert search.tell(ended("s-0000", 0.9)) == DONE
    assert states(search) == ["COMPLETE"]


def test_the_steps_of_an_earlier_attempt_stay_and_later_ones_are_added() -> None:
    search = search_over(retry=CRASHES)
    search.tell(ended(asked(search), 0.9, 0.8, phase=Phase.CRASHED))
    search.tell(running(asked(search), 0.7, 0.6, 0.5))
    assert search.study.trials[0].intermediate_values == {0: 0.9, 1: 0.8, 2: 0.5}


def test_a_way_to_end_that_is_not_retried_is_final_at_once() -> None:
    search = search_over(retry=CRASHES)
    verdict = search.tell(ended(asked(search), phase=Phase.FAILED))
    assert verdict.outcome == Failed("the training process failed")
    assert not search.owes_runs


# Repeating --------------------------------------------------------------------------------


def test_the_repeats_of_a_trial_come_one_after_the_other_with_the_same_parameters() -> None:
    search = search_over(repeats=3)
    proposals = [search.ask() for _ in range(4)]
    assert [p.run_id for p in proposals if p] == ["s-0000", "s-0000-x1", "s-0000-x2", "s-0001"]
    assert len({tuple(p.parameters.items()) for p in proposals[:3] if p}) == 1


def test_a_trial_gets_the_mean_of_its_repeats_when_the_last_has_ended() -> None:
    search = search_over(repeats=2)
    first, second = asked(search), asked(search)
    assert search.tell(ended(second, 0.2)).outcome is None
    assert search.tell(ended(first, 0.4)).outcome == Completed((pytest.approx(0.3),))


def test_a_pruner_judges_between_repeats_and_not_within_one() -> None:
    search = search_over(repeats=3, pruner=UPPER)
    first, second = asked(search), asked(search)
    assert search.tell(running(first, 5.0, 6.0)) == KEEP
    verdict = search.tell(ended(first, phase=Phase.FINISHED, loss=6.0))
    assert verdict.decision is Decision.DONE
    assert verdict.outcome == Pruned(0, "step 0: 6 is above the threshold 1")
    assert verdict.also_stop == (second,), "the third was never started"
    assert not search.owes_runs
    assert search.tell(ended(second, phase=Phase.STOPPED)) == DONE


def test_one_repeat_that_fails_fails_the_trial_and_stops_the_others() -> None:
    search = search_over(repeats=2)
    first, second = asked(search), asked(search)
    verdict = search.tell(ended(first, phase=Phase.FAILED))
    assert (verdict.outcome, verdict.also_stop) == (Failed("the training process failed"), (second,))


def test_a_repeat_is_tried_again_under_its_own_id() -> None:
    search = search_over(repeats=2, retry=CRASHES)
    asked(search), asked(search)
    search.tell(ended("s-0000-x1", phase=Phase.CRASHED))
    assert asked(search) == "s-0000-x1-r1"
    search.tell(ended("s-0000", 0.2))
    assert search.tell(ended("s-0000-x1-r1", 0.4)).outcome == Completed((pytest.approx(0.3),))


def test_a_configuration_is_as_feasible_as_its_worst_repeat() -> None:
    search = search_over(repeats=2, measure={"constraints": (Constraint(metric="loss", max=0.25),)})
    for value in (0.5, 0.1):
        search.tell(ended(asked(search), value, loss=value))
    assert list(constraints.of(search.study.trials[0]).values()) == [0.25]
