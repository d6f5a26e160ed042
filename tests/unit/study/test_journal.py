from __future__ import annotations

from pathlib import Path

import optuna
from optuna.storages import InMemoryStorage, JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from optuna_sweep.study import JOURNAL, open_journal, study_files
from tests.unit.study.sweeps import config, opened, work


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


def test_a_journal_knows_how_many_have_finished_in_each_of_its_studies(tmp_path: Path) -> None:
    storage = open_journal(tmp_path / JOURNAL).storage
    study, other = (optuna.create_study(study_name=name, storage=storage) for name in "ab")

    def counts() -> list[int]:
        return [storage.count_finished(storage.get_study_id_from_name(name)) for name in "ab"]

    assert counts() == [0, 0]
    trials = [study.ask() for _ in range(3)]
    assert counts() == [0, 0]
    study.tell(trials[2], 1.0)
    assert counts() == [1, 0]
    study.tell(trials[0], state=TrialState.FAIL)
    study.add_trial(optuna.trial.create_trial(value=1.0))
    study.enqueue_trial({"x": 0.5})
    assert counts() == [3, 0]
    other.tell(other.ask(), state=TrialState.PRUNED)
    assert counts() == [3, 1]
