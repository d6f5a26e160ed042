"""What people do to a sweep on W&B's pages."""

from __future__ import annotations

import pytest
from optuna.trial import TrialState

from tests.journey.stage import Look, Stage

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(("name", "state"), [("paused", "PAUSED"), ("stopped", "FINISHED")])
def test_a_sweep_that_is_paused_or_stopped_starts_nothing_new_and_lets_its_runs_end(
    stage: Stage, acted: dict[str, Look], name: str, state: str
) -> None:
    seen = stage.ended(name)
    assert (seen.state, seen.scheduler) == (state, "finished")
    # Noticed in the next poll: that one found a run ended, and had a worker free.
    assert [run.name for run in seen.runs] == [run.name for run in acted[name].runs]
    assert {run.state for run in seen.runs} == {"finished"}
    assert [trial.state for trial in stage.study(name).trials] == [TrialState.COMPLETE] * len(seen.runs)


def test_a_canceled_sweep_stops_its_runs_and_waits_for_them(stage: Stage, acted: dict[str, Look]) -> None:
    seen = stage.ended("canceled")
    assert (seen.state, seen.scheduler) == ("CANCELED", "finished")
    assert [run.name for run in seen.runs] == [run.name for run in acted["canceled"].runs]
    assert [run.state for run in seen.runs] == ["killed", "killed"]
    assert not [trial for trial in stage.study("canceled").trials if not trial.state.is_finished()]


def test_as_many_runs_are_in_flight_as_the_sweep_file_says(acted: dict[str, Look]) -> None:
    assert len(acted["paused"].live) == len(acted["canceled"].live) == 2
    assert len(acted["troubles"].runs) == 6


def test_a_run_that_a_person_stops_is_told_as_pruned(stage: Stage, acted: dict[str, Look]) -> None:
    run = stage.ended("troubles").run(act="wait to be stopped")
    assert run.state == "killed"
    trial = stage.study("troubles").trials[0]
    assert (trial.state, trial.user_attrs["reason"]) == (TrialState.PRUNED, "somebody stopped it")


def test_a_run_that_a_person_deletes_fails_its_trial(stage: Stage, acted: dict[str, Look]) -> None:
    seen = stage.ended("troubles")
    assert "wait to be deleted" not in [run.config["act"] for run in seen.runs]
    trial = stage.study("troubles").trials[1]
    assert (trial.state, trial.user_attrs["reason"]) == (TrialState.FAIL, "it was deleted from W&B")
