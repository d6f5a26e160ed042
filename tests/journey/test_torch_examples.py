"""The examples with PyTorch, as their READMEs say, on smaller sweeps: importing PyTorch is most of a run."""

from __future__ import annotations

import csv
import re
import statistics
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import optuna
import pytest
import yaml
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from demo.results import Result, wait
from demo.workshop import PROJECT, ROOT, Workshop, open_workshop
from sandbox.launching import client

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(1500)]

PATIENCE = 780.0
SWEEPS = ("random", "grid", "bayes", "hyperband")
"""In the order of the README."""

# One run at once, so that the good run is there to be compared with, and it is quick; the
# bad one takes its time, so that the request to stop it finds it alive.
PACE = {"epoch_seconds": {"values": [0.0, 1.0]}}
LIGHTNING = [
    {"lr": 0.05, "momentum": 0.9, "n_layers": 1, "dropout": 0.1, "epoch_seconds": 0.0},
    {"lr": 0.0005, "momentum": 0.5, "n_layers": 3, "dropout": 0.5, "epoch_seconds": 1.0},
]
HYPERBAND = [
    {"optimizer": "adam", "learning_rate": 0.01, "epoch_seconds": 0.0},
    {"optimizer": "sgd", "learning_rate": 0.00001, "epoch_seconds": 1.0},
]

DOWNLOAD = """
import sys, wandb
wandb.Api().artifact(sys.argv[1], type="optuna").download(root=sys.argv[2])
"""


def sweep_file(path: str, root: Path = ROOT) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((root / "examples" / path).read_text())
    return found


def shorten(project: Path) -> None:
    """Change the sweep files of the copy into smaller ones of the same kind."""
    lightning = sweep_file("lightning/sweep.yaml")
    lightning["scheduler"]["settings"]["pruner"]["args"]["n_startup_trials"] = 1
    changed = {
        "lightning/sweep.yaml": one_by_one(lightning, LIGHTNING),
        "pytorch_sweep/sweep-hyperband.yaml": one_by_one(
            sweep_file("pytorch_sweep/sweep-hyperband.yaml"), HYPERBAND
        ),
        "pytorch_sweep/sweep-random.yaml": sweep_file("pytorch_sweep/sweep-random.yaml") | {"run_cap": 3},
        "pytorch_sweep/sweep-bayes.yaml": sweep_file("pytorch_sweep/sweep-bayes.yaml") | {"run_cap": 2},
    }
    grid = sweep_file("pytorch_sweep/sweep-grid.yaml")
    grid["parameters"] |= {"fc_layer_size": {"values": [128]}, "dropout": {"values": [0.3, 0.5]}}
    changed["pytorch_sweep/sweep-grid.yaml"] = grid
    for path, file in changed.items():
        (project / "examples" / path).write_text(yaml.safe_dump(file, sort_keys=False))


def one_by_one(file: dict[str, Any], points: list[dict[str, Any]]) -> dict[str, Any]:
    """A sweep of these points and nothing else."""
    settings = file["scheduler"].get("settings", {}) | {"enqueue": points}
    scheduler = file["scheduler"] | {"num_workers": 1, "settings": settings}
    parameters = file["parameters"] | PACE
    return file | {"run_cap": len(points), "parameters": parameters, "scheduler": scheduler}


class Shown:
    """Both examples at work, and how each sweep ended."""

    def __init__(self, workshop: Workshop, home: Path) -> None:
        self._workshop, self._home = workshop, home
        self._ended: dict[str, Result] = {}
        self.trials_csv = home / "project" / "trials.csv"

    def follow(self) -> None:
        for name in ("pytorch_sweep", "lightning"):
            self._workshop.follow(name, self._wait)

    @property
    def said(self) -> str:
        return (self._home / "commands.log").read_text()

    def finished(self, name: str) -> Result:
        """The sweep when its scheduler has left, which went well."""
        seen = self._wait(self._sweep(name))
        assert (seen.state, seen.scheduler) == ("FINISHED", "finished"), "\n".join(seen.console)
        return seen

    def study(self, name: str) -> optuna.Study:
        """The study that the sweep has left."""
        sweep, folder = self._sweep(name), self._home / f"study-{name}"
        artifact = f"{self._workshop.sandbox.entity}/{PROJECT}/optuna-study-{sweep}:latest"
        client(self._workshop.sandbox, ["-c", DOWNLOAD, artifact, str(folder)])
        storage = JournalStorage(JournalFileBackend(str(folder / "study.journal")))
        return optuna.load_study(study_name=f"optuna-study-{sweep}", storage=storage)

    def _sweep(self, name: str) -> str:
        if name == "lightning":
            return self._workshop.sweeps[name][-1]
        return self._workshop.sweeps["pytorch_sweep"][SWEEPS.index(name)]

    def _wait(self, sweep: str) -> Result:
        if sweep not in self._ended:
            self._ended[sweep] = wait(self._workshop.sandbox, PROJECT, sweep, PATIENCE)
        return self._ended[sweep]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    home = tmp_path_factory.mktemp("torch-examples")
    with open_workshop(home) as workshop:
        shorten(home / "project")
        shown = Shown(workshop, home)
        shown.follow()
        yield shown


@pytest.mark.parametrize("name", ["random", "bayes", "hyperband"])
def test_the_parameters_are_those_of_the_tutorial(name: str) -> None:
    parameters = sweep_file(f"pytorch_sweep/sweep-{name}.yaml")["parameters"]
    assert parameters["optimizer"] == {"values": ["adam", "sgd"]}
    assert parameters["fc_layer_size"] == {"values": [128, 256, 512]}
    assert parameters["dropout"] == {"values": [0.3, 0.4, 0.5]}
    assert set(parameters["epochs"]) == {"value"}
    assert parameters["learning_rate"] == {"distribution": "uniform", "min": 0, "max": 0.1}
    batch_size = {"distribution": "q_log_uniform_values", "q": 8, "min": 32, "max": 256}
    assert parameters["batch_size"] == batch_size


@pytest.mark.parametrize(("name", "runs"), [("random", 3), ("bayes", 2)])
def test_ranges_are_searched_as_the_tutorial_draws_them(shown: Shown, name: str, runs: int) -> None:
    seen = shown.finished(name)
    assert len(seen.trials) == runs
    for trial in seen.trials:
        assert 0 <= trial.config["learning_rate"] <= 0.1
        assert 32 <= trial.config["batch_size"] <= 256
        assert trial.config["batch_size"] % 8 == 0
        assert (trial.state, trial.summary["epoch"]) == ("finished", 1)
    assert seen.summary["best_value"] == min(trial.summary["loss"] for trial in seen.trials)


def test_a_grid_visits_each_point_once_and_is_finished(shown: Shown) -> None:
    seen = shown.finished("grid")
    points = sorted((trial.config["optimizer"], trial.config["dropout"]) for trial in seen.trials)
    assert points == [("adam", 0.3), ("adam", 0.5), ("sgd", 0.3), ("sgd", 0.5)]
    assert {trial.state for trial in seen.trials} == {"finished"}


def test_hyperband_stops_the_run_that_is_not_among_the_best_third_at_a_bracket(shown: Shown) -> None:
    good, bad = shown.finished("hyperband").trials
    assert (good.state, good.summary["epoch"]) == ("finished", 27)
    assert bad.state == "killed"
    assert 3 <= bad.summary["epoch"] < 27
    study = shown.study("hyperband")
    assert [trial.state for trial in study.trials] == [TrialState.COMPLETE, TrialState.PRUNED]
    curves = [by_order(trial.intermediate_values) for trial in study.trials]
    assert len(curves[1]) >= 3, "pruned before the first bracket"
    assert curves[1][2] > curves[0][2]


def test_a_lightning_run_is_pruned_on_the_validation_loss_of_an_epoch(shown: Shown) -> None:
    good, bad = shown.finished("lightning").trials
    assert (good.state, good.summary["epoch"]) == ("finished", 29)
    assert bad.state == "killed"
    assert bad.summary["epoch"] < 29
    first, second = shown.study("lightning").trials
    assert sorted(first.intermediate_values) == list(range(30)), "one value an epoch, by its number"
    assert first.intermediate_values[29] == good.summary["val_loss"]
    step = second.last_step
    assert second.state is TrialState.PRUNED
    assert step is not None
    assert step >= 3, "pruned within the warm-up"
    best_so_far = min(second.intermediate_values.values())
    assert best_so_far > statistics.median([first.intermediate_values[step]])


def test_a_lightning_run_learns_the_digits(shown: Shown) -> None:
    seen = shown.finished("lightning")
    assert seen.summary["best_value"] < 0.15
    assert seen.trials[0].summary["val_accuracy"] > 0.95


def test_the_trials_are_exported_as_csv_with_a_histogram_of_their_values(shown: Shown) -> None:
    trials = shown.study("lightning").trials
    with shown.trials_csv.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(int(row["number"]), row["state"]) for row in rows] == [
        (trial.number, trial.state.name) for trial in trials
    ]
    for row, trial in zip(rows, trials, strict=True):
        assert trial.value is not None
        assert float(row["value"]) == trial.value
        assert {name: row[name] for name in trial.params} == {
            name: str(value) for name, value in trial.params.items()
        }
    bars = re.findall(r"^ *-?[\d.]+ to +-?[\d.]+  (#*) (\d+)$", shown.said, re.MULTILINE)
    assert len(bars) == 10
    assert all(len(marks) == int(count) for marks, count in bars)
    finished = [trial for trial in trials if trial.state is TrialState.COMPLETE]
    assert sum(int(count) for _, count in bars) == len(finished)


def by_order(values: Mapping[int, float]) -> list[float]:
    """The values by step."""
    return [value for _, value in sorted(values.items())]
