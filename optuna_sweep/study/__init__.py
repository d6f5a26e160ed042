"""The Optuna study of a sweep: created, continued, or taken over from the user's file.

``journal`` keeps it in a file, ``database`` where several sweeps share it, ``opening`` decides who
made its sampler and pruner, ``archive`` says which files preserve it.
"""

from __future__ import annotations

from optuna_sweep.study.archive import stored_trials, study_files
from optuna_sweep.study.database import open_database
from optuna_sweep.study.journal import JOURNAL, Journal, open_journal
from optuna_sweep.study.opened import Opened
from optuna_sweep.study.opening import open_study
from optuna_sweep.study.quiet import quiet_optuna
from optuna_sweep.study.reached import Reached

__all__ = [
    "JOURNAL",
    "Journal",
    "Opened",
    "Reached",
    "open_database",
    "open_journal",
    "open_study",
    "quiet_optuna",
    "stored_trials",
    "study_files",
]
