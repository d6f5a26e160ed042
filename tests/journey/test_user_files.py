"""Search spaces, samplers and pruners that a user's file defines."""

from __future__ import annotations

import pytest

from tests.journey.stage import Stage

pytestmark = [pytest.mark.journey, pytest.mark.sweeps("shipped file", "artifact")]


def test_a_file_that_ships_with_the_job_defines_space_sampler_and_pruner(stage: Stage) -> None:
    seen = stage.ended("shipped file")
    assert (seen.state, len(seen.runs)) == ("FINISHED", 4)
    assert "Sampler: RandomSampler (your sampler()). Pruner: PercentilePruner (your pruner())." in seen.said
    for run in seen.runs:
        assert set(run.config) == {"x", "deep", "epochs"} | ({"layers"} if run.config["deep"] else set())
        assert run.config["epochs"] == 2


def test_a_file_in_an_artifact_may_use_optuna_without_an_import(stage: Stage) -> None:
    seen = stage.ended("artifact")
    assert (seen.state, len(seen.runs)) == ("FINISHED", 3)
    assert "Sampler: TPESampler. Pruner: MedianPruner. Both from your study()." in seen.said
    for run in seen.runs:
        assert ("rate" in run.config) == (run.config["kind"] == "b")


@pytest.mark.parametrize("name", ["shipped file", "artifact"])
def test_the_study_holds_the_parameters_that_the_runs_got(stage: Stage, name: str) -> None:
    seen = stage.ended(name)
    for run, trial in zip(seen.runs, stage.study(name).trials, strict=True):
        assert dict(run.config) == trial.params
        assert trial.value == run.summary["loss"]
