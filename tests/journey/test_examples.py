"""Every example that needs no PyTorch, as its README says: launched together, each held to its own words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import optuna
import pytest
import yaml
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from demo.results import Result, Trial, wait
from demo.workshop import PROJECT, ROOT, Workshop, open_workshop
from sandbox.launching import client

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(1500)]

PATIENCE = 780.0
# The one that waits for a sweep of its own first, then the long ones.
NAMES = (
    "warm_start",
    "linear_regression",
    "quadratic",
    "optuna_basic",
    "constrained",
    "multi_objective",
    "conditional",
    "classic_sweep",
    "optuna_artifact",
)
DOWNLOAD = """
import sys, wandb
wandb.Api().artifact(sys.argv[1], type="optuna").download(root=sys.argv[2])
"""
FRAME = """
import sys, wandb
print(wandb.Api().run(sys.argv[1]).history(samples=1000).to_json(orient="records"))
"""


class Shown:
    """The examples at work, and how each of them ended."""

    def __init__(self, workshop: Workshop, home: Path) -> None:
        self._workshop, self._home = workshop, home
        self._ended: dict[str, Result] = {}

    def launch(self) -> None:
        # Some at once: the one that waits for a sweep of its own keeps no other from starting.
        with ThreadPoolExecutor(max_workers=3) as readers:
            list(readers.map(lambda name: self._workshop.follow(name, self._wait), NAMES))

    def ended(self, name: str) -> Result:
        """The example's last sweep when its scheduler has left."""
        return self._wait(self._workshop.sweeps[name][-1])

    def finished(self, name: str) -> Result:
        """The same, which went well."""
        seen = self.ended(name)
        assert (seen.state, seen.scheduler) == ("FINISHED", "finished"), "\n".join(seen.console)
        assert len(seen.trials) == sweep_file(name)["run_cap"]
        return seen

    def study(self, name: str) -> optuna.Study:
        """The study that the example's last sweep has left."""
        sweep, folder = self._workshop.sweeps[name][-1], self._home / f"study-{name}"
        artifact = f"{self._workshop.sandbox.entity}/{PROJECT}/optuna-study-{sweep}:latest"
        client(self._workshop.sandbox, ["-c", DOWNLOAD, artifact, str(folder)])
        storage = JournalStorage(JournalFileBackend(str(folder / "study.journal")))
        return optuna.load_study(study_name=f"optuna-study-{sweep}", storage=storage)

    def frame(self, name: str) -> list[dict[str, Any]]:
        """The history of the scheduler's run as wandb's API gives it: the rows of a data frame."""
        run = f"{self._workshop.sandbox.entity}/{PROJECT}/{self._workshop.sweeps[name][-1]}"
        said = client(self._workshop.sandbox, ["-c", FRAME, run])
        rows: list[dict[str, Any]] = json.loads(said.splitlines()[-1])
        return rows

    def _wait(self, sweep: str) -> Result:
        if sweep not in self._ended:
            self._ended[sweep] = wait(self._workshop.sandbox, PROJECT, sweep, PATIENCE)
        return self._ended[sweep]


def sweep_file(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "examples" / name / "sweep.yaml").read_text())
    return found


def said(seen: Result) -> str:
    return "\n".join(seen.console)


def lowest(seen: Result, metric: str) -> Trial:
    return min(seen.trials, key=lambda trial: float(trial.summary[metric]))


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    home = tmp_path_factory.mktemp("examples")
    with open_workshop(home) as workshop:
        shown = Shown(workshop, home)
        shown.launch()
        yield shown


def test_a_search_space_comes_from_an_artifact(shown: Shown) -> None:
    seen = shown.finished("optuna_artifact")
    for trial in seen.trials:
        wanted = {"lr", "hidden_units", "optimizer", "epochs"}
        assert set(trial.config) >= wanted
        assert trial.config["hidden_units"] in (16, 32, 48, 64)
    for trial, planned in zip(seen.trials, shown.study("optuna_artifact").trials, strict=True):
        assert ("momentum" in planned.params) == (trial.config["optimizer"] == "sgd")


def test_each_branch_of_a_conditional_space_has_its_own_parameters(shown: Shown) -> None:
    seen = shown.finished("conditional")
    assert "TPESampler (your sampler())" in said(seen)
    assert "SuccessiveHalvingPruner (your pruner())" in said(seen)
    for trial in seen.trials:
        medium = trial.config["database"] == "medium"
        assert set(trial.config) == {"database", "connections", "batch_size"} | (
            set() if medium else {"randomize"}
        )
        low, high = (64, 256) if medium else (16, 64)
        assert low <= trial.config["batch_size"] <= high
    assert {trial.config["database"] for trial in seen.trials} == {"small", "medium", "large"}
    assert seen.summary["best_value"] < 20
    assert seen.summary["best_params"]["database"] == "medium"


def test_sampler_and_pruner_are_those_of_the_file(shown: Shown) -> None:
    seen = shown.finished("optuna_basic")
    assert "Sampler: TPESampler (settings). Pruner: PercentilePruner (settings)." in said(seen)
    study = shown.study("optuna_basic")
    pruned = [trial for trial in study.trials if trial.state is TrialState.PRUNED]
    assert pruned, "nothing was pruned"
    for trial in pruned:
        assert trial.last_step is not None
        assert trial.last_step >= 4, "pruned within the warm-up"
        assert "25% line" in trial.user_attrs["reason"]
        # Its run hears of it 10 to 30 s later, which may be after its end.
        assert trial.last_step < 29


def test_several_objectives_end_with_a_pareto_front(shown: Shown) -> None:
    seen = shown.finished("multi_objective")
    values = [(trial.summary["val_accuracy"], trial.summary["weights"]) for trial in seen.trials]
    front = {
        trial.id
        for trial, (accuracy, weights) in zip(seen.trials, values, strict=True)
        if not any((a >= accuracy and w <= weights) and (a > accuracy or w < weights) for a, w in values)
    }
    assert len(front) > 1
    assert {each["run"] for each in seen.summary["pareto_front"]} == front
    assert seen.summary["pareto_size"] == len(front)


def test_the_best_run_keeps_the_constraint(shown: Shown) -> None:
    seen = shown.finished("constrained")
    kept = [trial for trial in seen.trials if trial.summary["weights"] <= 2000]
    broken = [trial for trial in seen.trials if trial.summary["weights"] > 2000]
    best = max(kept, key=lambda trial: float(trial.summary["val_accuracy"]))
    assert seen.summary["best_value"] == best.summary["val_accuracy"]
    assert any(each.summary["val_accuracy"] > best.summary["val_accuracy"] for each in broken), (
        "no run shows that the constraint matters"
    )


def test_a_file_for_wandb_sweep_runs_without_any_settings(shown: Shown) -> None:
    assert "settings" not in sweep_file("classic_sweep")["scheduler"]
    seen = shown.finished("classic_sweep")
    assert "TPESampler (for method bayes). Pruner: BandPruner (for early_terminate)." in said(seen)
    for trial in seen.trials:
        assert 1e-6 <= trial.config["alpha"] <= 0.1
        assert trial.config["penalty"] in ("l1", "l2")
        assert trial.summary["epoch"] <= 9
    accuracies = {trial.summary["val_accuracy"] for trial in seen.trials}
    assert len(accuracies) > 1, "the runs did not train with what was chosen for them"
    assert seen.summary["best_value"] > 0.9


def test_a_sweep_starts_from_an_earlier_one(shown: Shown) -> None:
    seen = shown.finished("warm_start")
    assert "warm_start: the search starts from 10 of 10 earlier results." in said(seen)
    study = shown.study("warm_start")
    assert len(study.trials) == 10 + 5
    own = {trial.user_attrs["run_id"] for trial in study.trials[10:]}
    assert own == {trial.id for trial in seen.trials}
    earlier = min(trial.value for trial in study.trials[:10] if trial.value is not None)
    assert seen.summary["best_value"] <= earlier


def test_the_quadratic_is_lowest_near_0(shown: Shown) -> None:
    seen = shown.finished("quadratic")
    best = lowest(seen, "y")
    assert seen.summary["best_value"] == best.summary["y"] < 1.25
    assert seen.summary["best_params"] == {"x": best.config["x"]}
    assert abs(best.config["x"]) < 0.5


def test_the_trials_come_back_as_a_data_frame(shown: Shown) -> None:
    seen = shown.finished("quadratic")
    rows = shown.frame("quadratic")
    assert [row["_step"] for row in rows] == list(range(50))
    for row, trial in zip(rows, seen.trials, strict=True):
        assert row["y"] == pytest.approx(trial.summary["y"])
        assert row["param/x"] == pytest.approx(trial.config["x"])
    assert rows[-1]["best/y"] == pytest.approx(min(row["y"] for row in rows))


def test_linear_regression_finds_the_two_numbers(shown: Shown) -> None:
    seen = shown.finished("linear_regression")
    best = lowest(seen, "mse")
    assert seen.summary["best_value"] == best.summary["mse"] < 2.0
    assert seen.summary["best_params"] == pytest.approx(dict(best.config))
    assert best.config["alpha"] == pytest.approx(1 / 5, abs=0.75)
    assert best.config["beta"] == pytest.approx(5, abs=0.75)


def test_what_the_post_plots_by_hand_is_there(shown: Shown) -> None:
    seen = shown.finished("linear_regression")
    for trial in seen.trials:  # parallel coordinates: an axis a parameter, and one for the metric
        assert {"alpha", "beta"} <= set(trial.config)
        assert "mse" in trial.summary
    rows = shown.frame("linear_regression")
    assert len(rows) == 100
    best = [row["best/mse"] for row in rows]
    assert best == sorted(best, reverse=True)
    assert all({"param/alpha", "param/beta", "mse"} <= set(row) for row in rows)
