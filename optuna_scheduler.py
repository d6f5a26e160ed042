"""The Optuna scheduler for W&B Launch sweeps: the entry point of the job.

Started by a launch agent for a sweep, it drives that sweep. Started by hand, it registers
itself as a job that a sweep file can name::

    python optuna_scheduler.py --project PROJECT --entity ENTITY

``python optuna_scheduler.py --help`` lists what else it can do. To change how sweeps are
driven, subclass ``OptunaScheduler`` and return your class from ``scheduler`` below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from optuna_sweep.cli import main

if TYPE_CHECKING:
    from optuna_sweep.scheduler import OptunaScheduler

__all__ = ["OptunaScheduler", "main"]


def scheduler() -> type[OptunaScheduler]:
    """The class that drives sweeps. Its import takes wandb along, which `validate` does without."""
    from optuna_sweep.scheduler import OptunaScheduler

    return OptunaScheduler


def __getattr__(name: str) -> Any:
    if name == "OptunaScheduler":
        return scheduler()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


if __name__ == "__main__":
    main(scheduler)
