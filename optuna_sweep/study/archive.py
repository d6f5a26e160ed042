"""What is kept of a study when its sweep ends."""

from __future__ import annotations

from pathlib import Path

import optuna

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
