"""The Optuna scheduler for W&B Launch sweeps: the entry point of the job.

Started by a launch agent for a sweep, it drives that sweep. Started by hand, it registers
itself as a job that a sweep file can name::

    python optuna_scheduler.py --project PROJECT --entity ENTITY

``python optuna_scheduler.py --help`` lists what else it can do. To change how sweeps are
driven, subclass ``OptunaScheduler`` here and hand your class to ``main``.
"""

from __future__ import annotations

from optuna_sweep.cli import main
from optuna_sweep.scheduler import OptunaScheduler

__all__ = ["OptunaScheduler", "main"]

if __name__ == "__main__":
    main(OptunaScheduler)
