"""Runs that go wrong. The sweep goes on."""

from __future__ import annotations

import pytest
from optuna.trial import TrialState

from tests.journey.stage import Look, Stage
from tests.journey.sweep_files import ACTS, WORKING

pytestmark = pytest.mark.journey


def test_the_sweep_ends_finished_whatever_became_of_its_runs(stage: Stage, acted: dict[str, Look]) -> None:
    seen = stage.ended("troubles")
    assert (seen.state, seen.scheduler) == ("FINISHED", "finished")
    assert [trial.params["act"] for trial in stage.study("troubles").trials] == ACTS


@pytest.mark.parametrize(
    ("act", "state", "reason"),
    [
        ("crash", "failed", "the training process failed"),
        ("nan", "finished", "the value of 'loss' is nan, not a finite number"),
        ("silent", "finished", "the run logged no 'loss'"),
    ],
)
def test_a_run_without_a_value_fails_its_trial_and_says_why(
    stage: Stage, acted: dict[str, Look], act: str, state: str, reason: str
) -> None:
    assert stage.ended("troubles").run(act=act).state == state
    trial = stage.study("troubles").trials[ACTS.index(act)]
    assert (trial.state, trial.user_attrs["reason"]) == (TrialState.FAIL, reason)


def test_a_good_run_among_bad_ones_is_told_its_value(stage: Stage, acted: dict[str, Look]) -> None:
    run = stage.ended("troubles").run(act="train")
    assert stage.study("troubles").trials[ACTS.index("train")].value == run.summary["loss"]


def test_polls_that_get_no_answer_are_told_and_cost_nothing(stage: Stage, acted: dict[str, Look]) -> None:
    hit = [seen for seen in map(stage.ended, WORKING) if "does not answer" in seen.said]
    assert hit
    for seen in hit:
        assert "W&B does not answer; the runs go on and so does the sweep: " in seen.said
        assert seen.scheduler == "finished"


@pytest.mark.parametrize("name", ["bad resource", "bad image"])
def test_a_queue_item_that_cannot_start_fails_its_trial(stage: Stage, name: str) -> None:
    seen = stage.ended(name)
    assert (seen.state, seen.scheduler) == ("FINISHED", "finished")
    assert {run.state for run in seen.runs} == {"pending"}
    for trial in stage.study(name).trials:
        assert trial.state is TrialState.FAIL
        assert trial.user_attrs["reason"].startswith("it never left the queue: ")
