"""What optuna-dashboard is opened on."""

from __future__ import annotations

import threading
from pathlib import Path

import optuna
import pytest
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from optuna_sweep import dashboard
from optuna_sweep.errors import SweepError, Unavailable


def test_a_file_without_a_study_is_refused_with_what_may_be_named(tmp_path: Path) -> None:
    with pytest.raises(
        SweepError, match=r"holds no study. Name a study.journal, or a sweep as entity/project"
    ):
        dashboard.open_file(tmp_path / "none.journal")


def test_a_copy_of_a_running_study_grows_under_its_readers(tmp_path: Path) -> None:
    running, copy = tmp_path / "running", tmp_path / "copy"
    study = optuna.create_study(storage=JournalStorage(JournalFileBackend(str(running))), study_name="s")
    dashboard.grow(copy, running)
    seen = optuna.load_study(study_name="s", storage=dashboard.open_file(copy))
    assert not seen.trials
    study.tell(study.ask(), 0.5)
    dashboard.grow(copy, running)
    assert [trial.value for trial in seen.trials] == [0.5]


def test_an_outage_does_not_end_the_following(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dashboard, "REFRESH_SECONDS", 0.0)
    (tmp_path / "newer").write_text("more")
    ended, calls = threading.Event(), []

    def fetch() -> Path:
        calls.append(1)
        if len(calls) == 1:
            raise Unavailable("not now")
        ended.set()
        return tmp_path / "newer"

    dashboard.follow(tmp_path / "copy", fetch, ended)
    assert (tmp_path / "copy").read_text() == "more"
