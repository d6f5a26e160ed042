"""What is kept of a study when its sweep ends, and how it is read again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import optuna
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial

from optuna_sweep.errors import SweepError
from optuna_sweep.study.journal import JOURNAL, open_journal
from optuna_sweep.study.opened import Opened
from optuna_sweep.study.quiet import quiet_optuna


def study_files(opened: Opened, folder: Path) -> list[Path]:
    """The files that hold the whole study, for the sweep's artifact.

    Anybody opens them with ``optuna.storages.JournalStorage``; they show the values that the runs
    saw.

    Args:
        opened: The study.
        folder: Where to write a journal of a study that lives elsewhere (a database). One that is
            there is replaced.
    """
    if opened.journal is not None:
        return [opened.journal]
    path = folder / JOURNAL
    path.unlink(missing_ok=True)
    with quiet_optuna():
        optuna.copy_study(
            from_study_name=opened.study.study_name,
            from_storage=opened.storage,
            to_storage=open_journal(path).storage,
        )
    return [path]


def stored_trials(folder: Path, directions: Sequence[StudyDirection]) -> list[FrozenTrial]:
    """The trials of the study that a folder of files holds, with the values that the runs saw.

    Args:
        folder: What ``study_files`` named, or any folder with one Optuna journal.
        directions: Of the objectives that the study must have.

    Raises:
        SweepError: There is no such study, or more than one.
    """
    journals = sorted(folder.rglob("*.journal"))
    if len(journals) != 1:
        raise SweepError(f"there are {len(journals)} journal files (*.journal) in it")
    storage = open_journal(journals[0]).storage
    studies = [study for study in storage.get_all_studies() if study.directions == list(directions)]
    if len(studies) != 1:
        wanted = ", ".join(direction.name.lower() for direction in directions)
        raise SweepError(f"there are {len(studies)} studies with the directions {wanted} in it")
    with quiet_optuna():
        return optuna.load_study(study_name=studies[0].study_name, storage=storage).get_trials()
