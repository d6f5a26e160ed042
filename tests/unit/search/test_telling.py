"""Telling the search what was seen of its runs, and abandoning them."""

from __future__ import annotations

from typing import Any

import pytest
from optuna.trial import TrialState

from optuna_sweep import constraints
from optuna_sweep.config import Constraint, Metric
from optuna_sweep.outcomes import Completed, Decision, Failed, Observation, Phase, Pruned, Row, Verdict
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


def test_a_live_run_is_kept_and_its_values_are_reported() -> None:
    search = search_over()
    run_id = asked(search)
    assert search.tell(running(run_id, 0.5, 0.4)) == KEEP
    assert search.study.trials[0].intermediate_values == {0: 0.5, 1: 0.4}


def test_a_finished_run_completes_its_trial_with_its_last_value() -> None:
    search = search_over()
    run_id = asked(search)
    search.tell(running(run_id, 0.5))
    assert search.tell(ended(run_id)).outcome == Completed((0.5,))
    assert search.study.trials[0].value == 0.5


def test_a_trial_is_told_once_whatever_is_seen_of_its_run_afterwards() -> None:
    search = search_over()
    run_id = asked(search)
    search.tell(ended(run_id, 0.5))
    assert search.tell(ended(run_id, 0.1)) == DONE
    assert search.tell(running(run_id, 0.1)) == KEEP
    search.abandon(run_id, "too late")
    assert (states(search), search.study.trials[0].value) == (["COMPLETE"], 0.5)


def test_a_run_that_was_never_proposed_is_no_business_of_the_study() -> None:
    search = search_over()
    assert search.tell(running("stranger", 0.5)) == KEEP
    assert search.tell(ended("stranger", 0.5)) == DONE
    search.abandon("stranger", "why")
    assert not search.study.trials


@pytest.mark.parametrize(
    ("phase", "reason"),
    [
        (Phase.FAILED, "the training process failed"),
        (Phase.CRASHED, "the training process stopped reporting"),
        (Phase.PREEMPTED, "its machine was taken away"),
        (Phase.LOST, "it never left the queue"),
        (Phase.DELETED, "it was deleted from W&B"),
    ],
)
def test_a_run_that_dies_fails_its_trial_whatever_it_has_logged(phase: Phase, reason: str) -> None:
    search = search_over()
    verdict = search.tell(ended(asked(search), 0.5, phase=phase))
    assert verdict.outcome == Failed(reason)
    assert (states(search), search.study.trials[0].user_attrs["reason"]) == (["FAIL"], reason)


@pytest.mark.parametrize("value", ["NaN", float("inf"), None, "soon", {"min": 1}])
def test_a_value_that_is_no_number_fails_the_trial_and_not_the_search(value: Any) -> None:
    search = search_over()
    verdict = search.tell(ended(asked(search), value))
    assert isinstance(verdict.outcome, Failed) and "'loss'" in verdict.outcome.reason
    assert asked(search) == "s-0001"


def test_objectives_of_different_rows_are_told_together() -> None:
    search = search_over(metrics=[Metric(name="loss"), Metric(name="size", minimize=False)])
    run_id = asked(search)
    rows = (Row(0, {"loss": 0.5}), Row(1, {"size": 3}))
    verdict = search.tell(Observation(run_id=run_id, phase=Phase.FINISHED, rows=rows, summary={}))
    assert verdict.outcome == Completed((0.5, 3.0))


def test_constraints_are_stored_with_the_trial_that_they_judge() -> None:
    bound = Constraint(metric="loss", max=0.25)
    search = search_over(measure={"constraints": (bound,)})
    verdict = search.tell(ended(asked(search), 0.5, loss=0.5))
    assert list(constraints.of(search.study.trials[0]).values()) == [0.25]
    assert verdict.outcome == Completed((0.5,), feasible=False)
    assert search.tell(ended(asked(search), 0.25, loss=0.25)).outcome == Completed((0.25,), feasible=True)


# Pruning ----------------------------------------------------------------------------------


def test_a_pruned_run_is_to_be_stopped_and_its_trial_says_where_and_by_what() -> None:
    search = search_over(pruner=UPPER)
    run_id = asked(search)
    reason = "step 1: 5 is above the threshold 1"
    verdict = search.tell(running(run_id, 0.5, 5.0, 0.1))
    assert verdict == Verdict(decision=Decision.PRUNE, outcome=Pruned(1, reason), reason=reason)
    (trial,) = search.study.trials
    assert (trial.state, trial.user_attrs["reason"]) == (TrialState.PRUNED, reason)
    assert trial.intermediate_values == {0: 0.5, 1: 5.0}


def test_a_pruned_run_is_watched_until_it_has_ended() -> None:
    search = search_over(pruner=UPPER)
    run_id = asked(search)
    search.tell(running(run_id, 5.0))
    assert search.tell(running(run_id, 0.1, first=1)) == KEEP
    assert search.tell(ended(run_id, phase=Phase.STOPPED)) == DONE


def test_a_run_that_has_finished_is_not_pruned_any_more() -> None:
    search = search_over(pruner=UPPER)
    assert search.tell(ended(asked(search), 5.0, 0.5)).outcome == Completed((0.5,))


def test_a_run_that_a_person_stopped_is_pruned_where_it_has_reported_and_failed_where_not() -> None:
    search = search_over()
    first, second = asked(search), asked(search)
    search.tell(running(first, 0.5))
    assert search.tell(ended(first, phase=Phase.STOPPED)).outcome == Pruned(0, "somebody stopped it")
    assert search.tell(ended(second, phase=Phase.STOPPED)).outcome == Failed("somebody stopped it")


# Abandoning -------------------------------------------------------------------------------


def test_an_abandoned_run_fails_its_trial_with_the_reason() -> None:
    search = search_over()
    run_id = asked(search)
    search.abandon(run_id, "the sweep was canceled")
    (trial,) = search.study.trials
    assert (trial.state, trial.user_attrs["reason"]) == (TrialState.FAIL, "the sweep was canceled")


def test_an_abandoned_trial_owes_no_further_runs() -> None:
    search = search_over(repeats=3)
    run_id = asked(search)
    assert search.owes_runs
    search.abandon(run_id, "why")
    assert not search.owes_runs
    assert asked(search) == "s-0001"
