from __future__ import annotations

import sys
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import optuna
import pytest

from optuna_sweep.errors import ConfigError, SweepError
from optuna_sweep.offline import open_sweep
from optuna_sweep.previewing import preview
from tests.local_sweeps import BROKEN_SAMPLER, sweep_file, user_file

X = {"x": {"min": 0.0, "max": 1.0}}


@pytest.fixture(autouse=True)
def same_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])


def first(
    path: Path, count: int = 1_000, *, seed: int | None = None, source: Path | None = None
) -> list[Mapping[str, Any]]:
    return list(islice(preview(open_sweep(path, source), lambda line: None, seed), count))


def test_a_finite_space_ends_when_each_point_was_given_once(tmp_path: Path) -> None:
    parameters = {"a": {"values": [1, 2, 3]}, "b": {"parameters": {"c": {"values": ["x", "y"]}}}}
    for method in ("grid", "random", "bayes"):
        configs = first(sweep_file(tmp_path, method=method, parameters=parameters))
        assert len(configs) == 6
        assert sorted((config["a"], config["b"]["c"]) for config in configs) == [
            (a, c) for a in (1, 2, 3) for c in ("x", "y")
        ]


def test_a_grid_visits_a_value_of_low_probability_once(tmp_path: Path) -> None:
    parameters = {"a": {"values": [1, 2], "probabilities": [0.999, 0.001]}}
    configs = first(sweep_file(tmp_path, method="grid", parameters=parameters))
    assert [config["a"] for config in configs] == [1, 2]


@pytest.mark.parametrize("sampler", ["GridSampler", "BruteForceSampler"])
def test_samplers_that_count_points_see_all_of_them_despite_probabilities(
    tmp_path: Path, sampler: str
) -> None:
    parameters = {"a": {"values": [1, 2], "probabilities": [0.999, 0.001]}}
    path = sweep_file(tmp_path, parameters=parameters, settings={"sampler": {"type": sampler}})
    assert sorted(config["a"] for config in first(path)) == [1, 2]


def test_a_seed_makes_it_repeatable_and_takes_the_place_of_the_samplers_own(tmp_path: Path) -> None:
    sampler = {"type": "TPESampler", "args": {"seed": 4444, "n_startup_trials": 3}}
    path = sweep_file(tmp_path, parameters=X, settings={"sampler": sampler})
    assert first(path, 8, seed=1) == first(path, 8, seed=1)
    assert first(path, 8, seed=1) != first(path, 8, seed=2)
    assert first(path, 8) == first(path, 8)


def test_the_sampler_learns_from_results_that_are_made_up(tmp_path: Path) -> None:
    sampler = {"type": "TPESampler", "args": {"n_startup_trials": 10}}
    path = sweep_file(tmp_path, parameters=X, settings={"sampler": sampler})
    values = [config["x"] for config in first(path, 60, seed=3)]
    spread = [max(part) - min(part) for part in (values[:10], values[-10:])]
    assert spread[1] < 0.7 * spread[0]


@pytest.mark.parametrize(
    "settings",
    [
        {"metrics": [{"name": "a"}, {"name": "b", "goal": "maximize"}]},
        {"objective": "summary", "invalid_values": "worst"},
        {"step_metric": "epoch", "objective": {"rule": "mean_last_k", "k": 3}},
        {"constraints": [{"metric": "latency", "max": 50}, {"metric": "recall", "min": 0.5}]},
        {"warm_start": ["e/p/sweep"], "storage": "postgresql://nobody@nowhere/none"},
    ],
    ids=["two objectives", "summary", "steps", "constraints", "things that lie elsewhere"],
)
def test_any_way_to_measure_can_be_made_up(tmp_path: Path, settings: dict[str, Any]) -> None:
    assert len(first(sweep_file(tmp_path, parameters=X, settings=settings), 12)) == 12


def test_a_sweep_without_a_metric_is_previewed(tmp_path: Path) -> None:
    path = sweep_file(tmp_path, method="random", metric=None, parameters=X)
    assert len(first(path, 5)) == 5


def test_repeats_show_each_configuration_once(tmp_path: Path) -> None:
    settings = {"repeats": 3, "pruner": {"type": "WilcoxonPruner"}}
    path = sweep_file(tmp_path, parameters={"a": {"values": [1, 2, 3]}}, settings=settings)
    assert sorted(config["a"] for config in first(path)) == [1, 2, 3]


def test_points_to_try_first_come_first(tmp_path: Path) -> None:
    parameters = {"o": {"parameters": {"lr": {"min": 0.0, "max": 1.0}, "kind": {"values": ["a", "b"]}}}}
    settings = {"enqueue": [{"o": {"lr": 0.25, "kind": "b"}}, {"o.lr": 0.75}]}
    configs = first(sweep_file(tmp_path, parameters=parameters, settings=settings), 3)
    assert configs[0] == {"o": {"lr": 0.25, "kind": "b"}}
    assert configs[1]["o"]["lr"] == 0.75


def test_no_configuration_leaves_the_branch_of_a_condition(tmp_path: Path) -> None:
    parameters = {
        "kind": {"values": ["svm", "forest"]},
        "C": {"distribution": "log_uniform_values", "min": 0.1, "max": 10.0, "when": {"kind": "svm"}},
        "depth": {"min": 1, "max": 30, "when": {"kind": "forest"}},
    }
    configs = first(sweep_file(tmp_path, parameters=parameters), 60, seed=1)
    keys = {"svm": {"kind", "C"}, "forest": {"kind", "depth"}}
    assert [config for config in configs if set(config) != keys[config["kind"]]] == []
    assert {config["kind"] for config in configs} == set(keys)


def test_a_function_for_wandbs_own_engine_decides_the_config_by_what_it_returns(tmp_path: Path) -> None:
    source = user_file(
        tmp_path,
        """
import optuna

def make(sweep):
    assert sweep.config["metric"]["name"] == "loss"
    return optuna.create_study(direction="minimize"), lambda study: False

def space(trial):
    n = trial.suggest_int("n", 1, 3)
    return {"layers": (64,) * n, "opt": {"name": "adam"}}
""",
        "search.py",
    )
    native = {"engine": "optuna", "source": source.name, "optimizer": "make", "search_space": "space"}
    configs = first(sweep_file(tmp_path, scheduler=native), 3)
    assert sorted(len(config["layers"]) for config in configs) == [1, 2, 3]
    assert all(config["opt"] == {"name": "adam"} for config in configs)


def test_an_artifact_without_a_copy_is_told(tmp_path: Path) -> None:
    path = sweep_file(tmp_path, settings={"optuna_source": "e/p/source:latest"})
    with pytest.raises(ConfigError) as caught:
        first(path)
    assert str(caught.value) == (
        "scheduler.settings.optuna_source: 'e/p/source:latest' is an artifact, which is not fetched here:"
        " a Python file on this machine: Give a copy of it with --source FILE"
    )


def test_a_local_file_stands_in_for_an_artifact(tmp_path: Path) -> None:
    copy = user_file(tmp_path, "def objective(trial):\n    trial.suggest_int('n', 1, 9)\n", "copy.py")
    path = sweep_file(tmp_path, settings={"optuna_source": "e/p/source:latest"})
    assert {tuple(config) for config in first(path, 3, source=copy)} == {("n",)}


def test_the_users_own_study_is_asked_but_never_written_to(tmp_path: Path) -> None:
    database = tmp_path / "theirs.db"
    storage = f"sqlite:///{database}"
    user_file(
        tmp_path,
        f"""
def study():
    return optuna.create_study(study_name="theirs", storage={storage!r}, load_if_exists=True)
""",
    )
    path = sweep_file(tmp_path, parameters=X, settings={"optuna_source": "optuna_wandb.py"})
    assert len(first(path, 4)) == 4
    assert optuna.load_study(study_name="theirs", storage=storage).trials == []


def test_a_sampler_that_cannot_search_the_space_is_a_sentence(tmp_path: Path) -> None:
    user_file(tmp_path, BROKEN_SAMPLER)
    path = sweep_file(tmp_path, parameters=X, settings={"optuna_source": "optuna_wandb.py"})
    with pytest.raises(SweepError, match=r"^Broken cannot search this space: ZeroDivisionError: no room$"):
        first(path)
