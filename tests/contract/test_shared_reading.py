"""How little of a shared study is read, wherever it lives: SQLite, PostgreSQL, MySQL, Redis."""

from __future__ import annotations

from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from tests.contract.open_databases import open_at
from tests.contract.shared_sweeps import STUDY, Scheduler, config_of, training
from tests.memory_launch import MemoryLaunch


def test_a_database_counts_all_that_have_finished_in_one_study_alone(address: str) -> None:
    database = open_at(address)
    study, other = (optuna.create_study(study_name=name, storage=database.as_storage) for name in "ab")
    for state, value in ((TrialState.PRUNED, None), (TrialState.FAIL, None), (TrialState.COMPLETE, 2.0)):
        study.tell(study.ask(), value, state)
    study.add_trial(optuna.trial.create_trial(value=1.0))
    study.ask()
    study.enqueue_trial({"x": 0.5})
    other.tell(other.ask(), 3.0)
    counted = database.count_finished(database.get_study_id_from_name("a"))
    assert counted == (None if address.startswith("redis") else 4)


def test_who_looks_at_a_shared_study_reads_finished_trials_once(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = Scheduler.start(config_of(3), MemoryLaunch(training), open_at(address))
    scheduler.run()
    reader = optuna.load_study(study_name=STUDY, storage=scheduler.opened.storage)
    assert len(reader.trials) == 3
    storage = vars(scheduler.opened.reached)["_storage"]
    read, asked = storage.get_all_trials, []

    def noting(study_id: int, deepcopy: bool = True, states: Any = None) -> Any:
        asked.append(states)
        return read(study_id, deepcopy, states)

    monkeypatch.setattr(storage, "get_all_trials", noting)
    scheduler.opened.study.tell(scheduler.opened.study.ask(), 1.0)
    assert [trial.number for trial in reader.trials] == [0, 1, 2, 3]
    assert set(asked) == {(TrialState.RUNNING, TrialState.WAITING)}
