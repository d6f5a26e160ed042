from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.storages import InMemoryStorage, JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from optuna_sweep.config import SweepConfig
from optuna_sweep.errors import ConfigError, SweepError, UserCodeError
from optuna_sweep.space import Declared
from optuna_sweep.study import JOURNAL, Opened, open_journal, open_study, study_files
from optuna_sweep.user_file import UserFile

NORMAL = {"x": {"distribution": "normal", "mu": 0, "sigma": 1}}


def config(
    method: str = "bayes", metrics: Any = None, parameters: Any = None, **settings: Any
) -> SweepConfig:
    raw: dict[str, Any] = {
        "method": method,
        "parameters": parameters or {"x": {"min": 0.0, "max": 1.0}},
        "scheduler": {"job": "e/p/job:latest", "settings": settings},
        "job": "e/p/train:latest",
    }
    raw |= {"metric": {"name": "loss", "goal": "minimize"}} if metrics is None else {}
    raw["scheduler"]["settings"] |= {} if not metrics else {"metrics": metrics}
    return SweepConfig.parse(raw)


TWO = [{"name": "loss", "goal": "minimize"}, {"name": "accuracy", "goal": "maximize"}]


def opened(
    made: SweepConfig, storage: Path | optuna.storages.BaseStorage, file: UserFile | None = None
) -> Opened:
    return open_study(made, Declared(made.parameters), sweep_id="s1", storage=storage, user_file=file)


def work(study: Opened, made: SweepConfig, *values: float) -> list[dict[str, Any]]:
    space, configs = Declared(made.parameters), []
    for value in values:
        study.reseed(len(study.study.trials))
        trial = study.study.ask()
        configs.append(space.suggest(trial))
        study.study.tell(trial, value)
    return configs


def test_a_study_is_created_with_the_defaults(tmp_path: Path) -> None:
    made = opened(config(), tmp_path / JOURNAL)
    assert made.study.study_name == "optuna-study-s1"
    assert made.study.metric_names == ["loss"]
    assert made.journal == tmp_path / JOURNAL
    assert made.lines == ("Sampler: TPESampler (for method bayes). Pruner: MedianPruner (the default).",)


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


def test_a_sweep_without_a_metric_has_a_study_too() -> None:
    no_metric = config("random", metrics=())
    assert no_metric.metrics == ()
    made = opened(no_metric, InMemoryStorage())
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


def user(**functions: Any) -> UserFile:
    return UserFile(path=Path("optuna_wandb.py"), **functions)


def test_a_users_sampler_and_pruner_come_before_the_settings() -> None:
    file = user(sampler=optuna.samplers.RandomSampler, pruner=optuna.pruners.NopPruner)
    made = opened(config(sampler={"type": "TPESampler"}, seed=1), InMemoryStorage(), file)
    assert made.lines == ("Sampler: RandomSampler (your sampler()). Pruner: NopPruner (your pruner()).",)
    before = made.study.sampler
    made.reseed(3)
    assert made.study.sampler is before


def in_memory() -> optuna.Study:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(), pruner=optuna.pruners.NopPruner())
    study.enqueue_trial({"x": 0.5})
    study.add_trial(optuna.trial.create_trial(value=1.0))
    study.set_user_attr("who", "me")
    return study


def test_a_users_study_comes_before_everything_and_moves_into_the_journal(tmp_path: Path) -> None:
    file = user(study=in_memory, sampler=optuna.samplers.TPESampler)
    made = opened(config(), tmp_path / JOURNAL, file)
    assert made.lines == ("Sampler: RandomSampler. Pruner: NopPruner. Both from your study().",)
    assert made.study.study_name == "optuna-study-s1"
    assert made.study.user_attrs == {"who": "me"}
    assert [t.state for t in made.study.trials] == [TrialState.WAITING, TrialState.COMPLETE]
    assert work(made, config(), 2.0) == [{"x": 0.5}]


def test_a_users_study_is_continued_and_its_own_trials_are_added_once(tmp_path: Path) -> None:
    file = user(study=in_memory)
    work(opened(config(), tmp_path / JOURNAL, file), config(), 2.0, 3.0)
    again = opened(config(), tmp_path / JOURNAL, file)
    assert [trial.value for trial in again.study.trials] == [2.0, 1.0, 3.0]


def test_a_users_study_with_a_storage_of_its_own_stays_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/own.db"
    file = user(study=lambda: optuna.create_study(study_name="own", storage=url, load_if_exists=True))
    made = opened(config(), tmp_path / JOURNAL, file)
    work(made, config(), 2.0)
    assert made.study.study_name == "own"
    assert made.journal is None
    assert not (tmp_path / JOURNAL).exists()
    (kept,) = study_files(made, tmp_path)
    assert kept == tmp_path / JOURNAL
    storage, _ = open_journal(kept)
    copied = optuna.load_study(study_name="own", storage=storage)
    assert [(t.params, t.value) for t in copied.trials] == [(t.params, t.value) for t in made.study.trials]


def test_a_users_study_with_other_directions_is_told() -> None:
    file = user(study=lambda: optuna.create_study(directions=["minimize", "maximize"]))
    with pytest.raises(UserCodeError) as told:
        opened(config(), InMemoryStorage(), file)
    assert str(told.value) == (
        "study() in optuna_wandb.py must have the directions of the sweep's metrics (loss): minimize. "
        "It has minimize, maximize. Create it with optuna.create_study(directions=['minimize'])."
    )


def test_a_users_study_gets_the_facts_of_the_sweep() -> None:
    def study(sweep: Any) -> tuple[optuna.Study, Any]:
        return optuna.create_study(study_name=sweep.id), lambda study: len(study.trials) > 2

    made = opened(config(), InMemoryStorage(), user(study=study))
    assert made.terminator is not None
    assert not made.terminator(made.study)


def test_the_journal_is_what_is_kept_of_a_study(tmp_path: Path) -> None:
    made = opened(config(), tmp_path / JOURNAL)
    assert study_files(made, tmp_path / "elsewhere") == [tmp_path / JOURNAL]


def test_an_archive_is_written_anew_each_time(tmp_path: Path) -> None:
    made = opened(config(), InMemoryStorage())
    work(made, config(), 1.0)
    study_files(made, tmp_path)
    work(made, config(), 2.0)
    (kept,) = study_files(made, tmp_path)
    storage = JournalStorage(JournalFileBackend(str(kept)))
    assert len(optuna.load_study(study_name=None, storage=storage).trials) == 2


def test_a_half_written_line_is_cut_off_and_said(tmp_path: Path) -> None:
    path = tmp_path / JOURNAL
    work(opened(config(), path), config(), 1.0)
    whole = path.stat().st_size
    with path.open("ab") as file:
        file.write(b'{"op_code":4,"stu')
    made = opened(config(), path)
    assert (
        made.lines[0] == f"study.journal was damaged: 17 of its {whole + 17} bytes, at the end, were dropped"
    )
    work(made, config(), 2.0)
    assert [trial.value for trial in opened(config(), path).study.trials] == [1.0, 2.0]


def test_every_truncation_of_a_journal_can_be_continued(tmp_path: Path) -> None:
    path = tmp_path / JOURNAL
    work(opened(config(), path), config(), 1.0, 2.0)
    written = path.read_bytes()
    for size in range(0, len(written), 97):
        path.write_bytes(written[:size])
        made = opened(config(), path)
        trial = made.study.ask()
        made.study.tell(trial, 3.0)
        assert opened(config(), path).study.trials[-1].value == 3.0


def test_a_damaged_line_in_the_middle_keeps_what_stands_before_it(tmp_path: Path) -> None:
    path = tmp_path / JOURNAL
    made = opened(config(), path)
    work(made, config(), 1.0)
    size = path.stat().st_size
    work(made, config(), 2.0)
    with path.open("r+b") as file:
        file.seek(size)
        file.write(b"\0\0\0\0")
    assert [trial.value for trial in opened(config(), path).study.trials] == [1.0]


def test_a_file_that_is_no_journal_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / JOURNAL
    path.write_text('{"hello": 1}\n')
    made = opened(config(), path)
    assert made.lines[0] == (
        "study.journal is not a journal of Optuna; it was put aside as study.journal.unreadable"
    )
    assert (tmp_path / "study.journal.unreadable").read_text() == '{"hello": 1}\n'
    assert made.study.trials == []


def test_a_lock_that_a_dead_process_left_stops_nobody(tmp_path: Path) -> None:
    path = tmp_path / JOURNAL
    (tmp_path / f"{JOURNAL}.lock").symlink_to(path)
    assert opened(config(), path).study.trials == []


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
