from __future__ import annotations

import logging
import warnings
from pathlib import Path

import optuna
import pytest
from optuna.storages import InMemoryStorage
from optuna.trial import TrialState

from optuna_sweep.config import SweepConfig
from optuna_sweep.errors import ConfigError, SweepError
from optuna_sweep.space import Declared
from optuna_sweep.study import JOURNAL
from tests.unit.study.sweeps import NORMAL, TWO, config, opened, work


def test_a_study_is_created_with_the_defaults(tmp_path: Path) -> None:
    made = opened(config(), tmp_path / JOURNAL)
    assert made.study.study_name == "optuna-study-s1"
    assert made.study.metric_names == ["loss"]
    assert made.journal == tmp_path / JOURNAL
    assert made.lines == (
        "Sampler: TPESampler (for method bayes). Pruner: TighteningPruner (the default, which stops runs that"
        " fall behind; NopPruner stops none).",
    )


def test_the_settings_name_the_study_the_sampler_and_the_pruner() -> None:
    settings = {
        "study_name": "mine",
        "sampler": {"type": "RandomSampler"},
        "pruner": {"type": "PatientPruner", "args": {"wrapped_pruner": None, "patience": 2}},
    }
    made = opened(config(**settings), InMemoryStorage())
    assert made.study.study_name == "mine"
    assert made.journal is None
    assert made.lines == ("Sampler: RandomSampler (settings). Pruner: PatientPruner (settings).",)


def test_early_terminate_is_the_pruner_where_the_settings_name_none() -> None:
    raw = {
        "method": "random",
        "metric": {"name": "loss"},
        "parameters": {"x": {"values": [1, 2]}},
        "early_terminate": {"type": "hyperband", "min_iter": 3},
        "program": "train.py",
    }
    made = opened(SweepConfig.parse(raw), InMemoryStorage())
    assert made.lines == (
        "Sampler: RandomSampler (for method random). Pruner: BandPruner (for early_terminate).",
    )


def test_a_component_with_problems_is_told() -> None:
    with pytest.raises(ConfigError, match="'TPE' is not an Optuna sampler"):
        opened(config(sampler={"type": "TPE"}), InMemoryStorage())


def test_several_objectives_have_their_directions_and_no_pruning() -> None:
    made = opened(config(metrics=TWO), InMemoryStorage())
    assert [d.name for d in made.study.directions] == ["MINIMIZE", "MAXIMIZE"]
    assert made.study.metric_names == ["loss", "accuracy"]
    assert made.lines[0].endswith("Optuna's pruners know one objective only, so no run will be pruned.")
    assert "TighteningPruner (the default)." in made.lines[0]


def test_a_sweep_without_a_metric_has_a_study_too() -> None:
    no_metric = config("random", metrics=())
    assert no_metric.metrics == ()
    made = opened(no_metric, InMemoryStorage())
    (line,) = made.lines
    assert line.endswith("TighteningPruner (the default). There is no metric, so no run will be pruned.")
    work(made, no_metric, 0.0)
    assert made.study.trials[0].state is TrialState.COMPLETE


def test_a_grid_visits_each_point_once(tmp_path: Path) -> None:
    made = config("grid", parameters={"x": {"values": [1, 2]}, "y": {"values": ["a", "b"]}})
    first = work(opened(made, tmp_path / JOURNAL), made, 1, 2)
    rest = work(opened(made, tmp_path / JOURNAL), made, 3, 4)
    assert first + rest == list(Declared(made.parameters).points())


def test_an_existing_study_is_continued(tmp_path: Path) -> None:
    made = config()
    work(opened(made, tmp_path / JOURNAL), made, 0.5, 0.25)
    again = opened(made, tmp_path / JOURNAL)
    assert [trial.value for trial in again.study.trials] == [0.5, 0.25]


def test_a_seeded_sweep_asks_after_a_restart_what_it_would_have_asked(tmp_path: Path) -> None:
    made = config(seed=3)
    values = [1.0 / n for n in range(1, 17)]
    whole = work(opened(made, InMemoryStorage()), made, *values)
    parts = [work(opened(made, tmp_path / JOURNAL), made, value)[0] for value in values]
    assert parts == whole
    assert len({point["x"] for point in whole}) == len(whole)


def test_without_a_seed_the_sampler_is_left_alone() -> None:
    made = opened(config(), InMemoryStorage())
    before = made.study.sampler
    made.reseed(5)
    assert made.study.sampler is before


def test_a_seed_in_the_samplers_arguments_does_not_give_every_trial_the_same_point() -> None:
    made = config(seed=3, sampler={"type": "RandomSampler", "args": {"seed": 1}})
    points = work(opened(made, InMemoryStorage()), made, 0.1, 0.2, 0.3)
    assert len({point["x"] for point in points}) == 3


def test_a_seeded_grid_keeps_its_sampler_which_draws_nothing() -> None:
    made = opened(config("grid", seed=3, parameters={"x": {"values": [1, 2]}}), InMemoryStorage())
    before = made.study.sampler
    made.reseed(1)
    assert made.study.sampler is before


def test_a_study_of_other_objectives_is_refused(tmp_path: Path) -> None:
    opened(config(), tmp_path / JOURNAL)
    with pytest.raises(SweepError) as told:
        opened(config(metrics=TWO), tmp_path / JOURNAL)
    assert str(told.value) == (
        "The study 'optuna-study-s1' exists with the directions minimize, but the sweep's metrics want "
        "minimize, maximize. Give the new study another name with scheduler.settings.study_name."
    )


def test_the_stored_study_shows_the_values_that_the_runs_saw(tmp_path: Path) -> None:
    made = config(parameters=NORMAL)
    study = opened(made, tmp_path / JOURNAL)
    (point,) = work(study, made, 1.0)
    stored = optuna.load_study(study_name="optuna-study-s1", storage=study.storage)
    assert stored.trials[0].params == point


def test_optunas_talk_is_turned_down_and_back_up_again(caplog: pytest.LogCaptureFixture) -> None:
    level = optuna.logging.get_verbosity()
    with caplog.at_level(logging.INFO):
        opened(config(), InMemoryStorage())
    assert optuna.logging.get_verbosity() == level
    assert not [record for record in caplog.records if record.name.startswith("optuna")]


def test_no_warning_is_shown_for_what_the_user_did_not_write() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        opened(config("grid", sampler={"type": "BruteForceSampler"}), InMemoryStorage())
