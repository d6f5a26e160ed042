from __future__ import annotations

from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.storages import InMemoryStorage, JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from optuna_sweep.errors import UserCodeError
from optuna_sweep.study import JOURNAL, study_files
from optuna_sweep.user_file import UserFile
from tests.unit.study.sweeps import config, opened, work


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
    storage = JournalStorage(JournalFileBackend(str(kept)))
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
