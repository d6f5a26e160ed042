"""From a sweep file to a search that is ready."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.storages import InMemoryStorage

from optuna_sweep.errors import ConfigError, Problem
from optuna_sweep.search import Search
from optuna_sweep.setup import facts_of, make_search, make_space, read_sweep, terminator_of
from optuna_sweep.space import Declared, Programmed
from optuna_sweep.study import Opened
from optuna_sweep.user_file import UserFile
from tests.local_sweeps import user_file

OBJECTIVE = "def objective(trial):\n    trial.suggest_float('y', 0, 1)\n"


def raw_sweep(settings: dict[str, Any] | None = None, **keys: Any) -> dict[str, Any]:
    file = {
        "job": "e/p/train:latest",
        "metric": {"name": "loss", "goal": "minimize"},
        "parameters": {"x": {"values": ["a", "b"]}},
        "scheduler": {"job": "e/p/scheduler:latest", "num_workers": 2, "settings": settings or {}},
        **keys,
    }
    return {key: value for key, value in file.items() if value is not None}


def ready(raw: dict[str, Any], users: UserFile | None = None) -> tuple[Search, list[str]]:
    said: list[str] = []
    search, _ = make_search(
        read_sweep(raw), users or UserFile(), sweep_id="s", storage=InMemoryStorage(), say=said.append
    )
    return search, said


def test_all_problems_of_a_file_are_told_together() -> None:
    raw = raw_sweep(
        {"sampler": {"type": "TPE"}, "pruner": {"type": "Median"}},
        metric=None,
        parameters={"x": {"min": 2, "max": 1}},
    )
    found = Problem("job", "'e/p/train:latest' is gone", "a job", "Create it.")
    with pytest.raises(ConfigError) as caught:
        read_sweep(raw, found)
    paths = [problem.path for problem in caught.value.problems]
    assert paths[-1] == "job"
    assert {"metric", "scheduler.settings.sampler.type", "scheduler.settings.pruner.type"} <= set(paths)
    assert any(path.startswith("parameters.x") for path in paths)
    assert len(str(caught.value).splitlines()) == len(paths)


def test_a_problem_that_somebody_else_found_is_enough_to_refuse_a_sound_file() -> None:
    with pytest.raises(ConfigError, match="is gone"):
        read_sweep(raw_sweep(), Problem("job", "'e/p/train:latest' is gone", "a job", "Create it."))


def test_the_parameters_block_is_the_space_where_there_is_no_function() -> None:
    said: list[str] = []
    assert isinstance(make_space(read_sweep(raw_sweep()), UserFile(), said.append), Declared)
    assert not said


def test_the_users_function_is_the_space_and_the_unused_block_is_told(tmp_path: Path) -> None:
    users, said = UserFile.load(user_file(tmp_path, OBJECTIVE)), []
    space = make_space(read_sweep(raw_sweep()), users, said.append)
    assert isinstance(space, Programmed)
    assert said == ["The search space comes from your objective(trial); the sweep's parameters are not used."]


def test_a_file_without_an_objective_leaves_the_block_in_force(tmp_path: Path) -> None:
    text = "import optuna\ndef sampler():\n    return optuna.samplers.RandomSampler(seed=1)\n"
    users = UserFile.load(user_file(tmp_path, text))
    search, said = ready(raw_sweep(), users)
    assert said == [
        "Sampler: RandomSampler (your sampler()). Pruner: TighteningPruner (the default, which stops runs"
        " that fall behind; NopPruner stops none)."
    ]
    proposal = search.ask()
    assert proposal is not None and proposal.parameters["x"] in ("a", "b")


def test_the_search_follows_the_settings() -> None:
    search, said = ready(
        raw_sweep(
            {
                "sampler": {"type": "RandomSampler"},
                "pruner": {"type": "ThresholdPruner", "args": {"upper": 1}},
                "repeats": 2,
                "step_metric": "epoch",
            }
        )
    )
    assert said == ["Sampler: RandomSampler (settings). Pruner: ThresholdPruner (settings)."]
    assert search.repeats == 2
    assert search.measure.columns == (("loss",), ("epoch",))
    assert search.study.study_name == "optuna-study-s"
    assert [direction.name for direction in search.study.directions] == ["MINIMIZE"]


def test_several_metrics_are_several_directions() -> None:
    metrics = [{"name": "loss"}, {"name": "accuracy", "goal": "maximize"}]
    search, _ = ready(raw_sweep({"metrics": metrics}, metric=None))
    assert [direction.name for direction in search.study.directions] == ["MINIMIZE", "MAXIMIZE"]


def test_a_grid_visits_every_value_however_unlikely_it_is() -> None:
    parameters = {"x": {"values": ["a", "b", "c"], "probabilities": [0.98, 0.01, 0.01]}}
    search, _ = ready(raw_sweep(method="grid", parameters=parameters))
    proposals = [search.ask() for _ in range(3)]
    assert sorted(proposal.parameters["x"] for proposal in proposals if proposal) == ["a", "b", "c"]


def test_the_users_study_is_told_the_sweep_as_it_was_written() -> None:
    raw = raw_sweep(name="tuning")
    facts = facts_of(raw, read_sweep(raw), "s")
    assert (facts.id, facts.name, facts.controller_run_name) == ("s", "tuning", "s")
    assert facts.config is raw


def test_a_sweep_without_a_name_is_called_by_its_id() -> None:
    raw = raw_sweep()
    assert facts_of(raw, read_sweep(raw), "s").name == "s"


STAGNATES = {"type": "BestValueStagnationEvaluator", "args": {"max_stagnation_trials": 3}}


def study_without_progress(objectives: int = 1) -> Opened:
    storage = InMemoryStorage()
    study = optuna.create_study(storage=storage, directions=["minimize"] * objectives)
    for number in range(30):
        trial = study.ask()
        trial.suggest_float("x", 0, 1)
        study.tell(trial, [float(number)] * objectives)
    return Opened(study=study, storage=storage)


@pytest.mark.filterwarnings("ignore")  # Optuna's terminators are experimental, and deprecated
def test_a_terminator_that_is_named_looks_at_the_study() -> None:
    config = read_sweep(raw_sweep({"stop": {"terminator": STAGNATES}}))
    terminate = terminator_of(config, study_without_progress(), pytest.fail)
    assert terminate is not None and terminate()


def test_no_terminator_is_asked_about_several_objectives() -> None:
    metrics = [{"name": "loss"}, {"name": "accuracy", "goal": "maximize"}]
    config = read_sweep(raw_sweep({"stop": {"terminator": STAGNATES}, "metrics": metrics}, metric=None))
    assert terminator_of(config, study_without_progress(2), pytest.fail) is None


def test_a_terminator_that_fails_is_told_once_and_ends_nothing() -> None:
    said: list[str] = []
    opened = replace(study_without_progress(), terminator=lambda study: 1 / 0)
    terminate = terminator_of(read_sweep(raw_sweep()), opened, said.append)
    assert terminate is not None and not terminate() and not terminate()
    assert said == ["The terminator failed, and ends nothing: ZeroDivisionError: division by zero"]
