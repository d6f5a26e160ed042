"""Sweeps that go well, from ``wandb launch-sweep`` to the study's artifact."""

from __future__ import annotations

import pytest
from optuna.trial import TrialState

from tests.journey.stage import Stage

pytestmark = [pytest.mark.journey, pytest.mark.sweeps("first", "pruned", "two objectives", "grid")]


def test_a_first_sweep_runs_to_its_cap_and_leaves_its_study(stage: Stage) -> None:
    seen = stage.ended("first")
    assert (seen.state, seen.scheduler) == ("FINISHED", "finished")
    assert [run.state for run in seen.runs] == ["finished"] * 4
    assert [run.display_name for run in seen.runs] == ["trial-000", "trial-001", "trial-002", "trial-003"]
    study = stage.study("first")
    assert [trial.state for trial in study.trials] == [TrialState.COMPLETE] * 4
    assert [trial.value for trial in study.trials] == [run.summary["loss"] for run in seen.runs]
    assert study.metric_names == ["loss"]


def test_the_config_of_a_run_is_what_the_trial_proposed(stage: Stage) -> None:
    seen = stage.ended("first")
    for run, trial in zip(seen.runs, stage.study("first").trials, strict=True):
        assert dict(run.config) == trial.params
        assert trial.user_attrs["run_id"] == run.name


def test_what_a_run_logs_is_reported_to_its_trial_step_by_step(stage: Stage) -> None:
    stage.ended("first")
    for trial in stage.study("first").trials:
        expected = {epoch: trial.params["x"] + 1 / (epoch + 1) for epoch in range(3)}
        assert trial.intermediate_values == pytest.approx(expected)


def test_a_pruned_run_is_stopped_and_waited_for(stage: Stage) -> None:
    seen = stage.ended("pruned")
    bad, good = seen.runs
    assert (seen.state, bad.state, good.state) == ("FINISHED", "killed", "finished")
    assert bad.config["x"] == 9.0
    assert good.created_at >= bad.heard_at, "the only worker was free before the stopped run had ended"
    study = stage.study("pruned")
    assert [trial.state for trial in study.trials] == [TrialState.PRUNED, TrialState.COMPLETE]
    assert "above the threshold" in study.trials[0].user_attrs["reason"]
    assert "trial-000 pruned at step 0" in seen.said


def test_several_objectives_are_told_together(stage: Stage) -> None:
    seen = stage.ended("two objectives")
    assert seen.state == "FINISHED"
    study = stage.study("two objectives")
    logged = [[run.summary["loss"], run.summary["size"]] for run in seen.runs]
    assert [trial.values for trial in study.trials] == logged
    assert [direction.name for direction in study.directions] == ["MINIMIZE", "MAXIMIZE"]
    assert study.metric_names == ["loss", "size"]


def test_a_grid_is_visited_once_through_and_ends_finished(stage: Stage) -> None:
    seen = stage.ended("grid")
    assert (seen.state, seen.scheduler) == ("FINISHED", "finished")
    points = sorted((run.config["x"], repr(run.config["y"])) for run in seen.runs)
    assert points == [(0.1, "'a'"), (0.1, "False"), (0.2, "'a'"), (0.2, "False")]
    assert "every point of the search space has been tried" in seen.said.lower()
