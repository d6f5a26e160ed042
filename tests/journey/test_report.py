"""What a sweep leaves for people, read back with wandb's own API."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.launching import client
from tests.journey.stage import Stage
from tests.journey.sweep_files import PROJECT

pytestmark = [pytest.mark.journey, pytest.mark.sweeps("first", "pruned")]

READ = """
import json, sys, wandb
run = wandb.Api().run(sys.argv[1])
kind = lambda value: value.get("_type", "") if hasattr(value, "get") else ""
artifact = next(one for one in run.logged_artifacts() if one.type == "optuna")
print("READ", json.dumps({
    "summary": json.loads(json.dumps(dict(run.summary), default=dict)),
    "rows": list(run.scan_history()),
    "media": {key: kind(value) for key, value in run.summary.items() if kind(value)},
    "files": [file.name for file in run.files()],
    "artifact": sorted(file.name for file in artifact.files()),
}, default=str))
"""
CHARTS = {
    "optimization_history",
    "intermediate_values",
    "parallel_coordinate",
    "parameter_importances",
    "slice",
    "edf",
    "timeline",
}


def read(stage: Stage, name: str) -> dict[str, Any]:
    path = f"{stage.sandbox.entity}/{PROJECT}/{stage.sweeps[name]}"
    said = client(stage.sandbox, ["-c", READ, path])
    found: dict[str, Any] = json.loads(said.partition("READ ")[2].splitlines()[0])
    return found


def test_the_schedulers_run_shows_the_study(stage: Stage) -> None:
    stage.ended("first")
    seen, study = read(stage, "first"), stage.study("first")
    rows = seen["rows"]
    assert [(row["_step"], row["trial"]) for row in rows] == [(n, n) for n in range(4)]
    assert [row["loss"] for row in rows] == [trial.value for trial in study.trials]
    assert [row["param/x"] for row in rows] == [trial.params["x"] for trial in study.trials]
    assert rows[-1]["best/loss"] == seen["summary"]["best_value"] == study.best_value
    assert seen["summary"]["best_run"] == study.best_trial.user_attrs["run_id"]
    assert seen["summary"]["trials/complete"] == 4


def test_every_plot_and_the_table_are_there(stage: Stage) -> None:
    stage.ended("first")
    seen = read(stage, "first")
    plots = {key.removeprefix("charts/") for key, kind in seen["media"].items() if kind == "plotly-file"}
    assert plots == CHARTS  # contour and rank take two parameters
    assert seen["media"]["trials"] == "table-file"
    assert all(any(f"plotly/charts/{name}_" in file for file in seen["files"]) for name in CHARTS)
    assert seen["artifact"] == ["report.html", "study.journal", "study.json", "trials.csv"]


def test_a_pruned_run_says_why_in_its_summary(stage: Stage) -> None:
    bad, good = stage.ended("pruned").runs
    assert bad.summary["optuna/state"] == "pruned"
    step = stage.study("pruned").trials[0].last_step
    value = stage.study("pruned").trials[0].intermediate_values[step or 0]
    assert bad.summary["optuna/reason"] == f"step {step}: {value:.6g} is above the threshold 5"
    assert good.summary["optuna/state"] == "complete"
    assert bad.summary["loss"] > 5
