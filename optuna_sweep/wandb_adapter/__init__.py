"""The one door to W&B: everything that imports wandb is in this folder.

``launch_scheduler`` keeps the promises of ``launch.Launch``; ``question`` asks and reads the one
question of a poll; ``launch_spec`` turns a proposal into a run spec; ``states`` and ``records`` put
W&B's words into ours; ``client`` decides what a failure means; ``registration`` makes the job;
``starting`` makes a sweep that no job drives; ``study_file`` reads what a scheduler has kept.
"""

from __future__ import annotations

from optuna_sweep.wandb_adapter.entering import enter_sweep
from optuna_sweep.wandb_adapter.launch_scheduler import LaunchScheduler
from optuna_sweep.wandb_adapter.registration import Registration, register
from optuna_sweep.wandb_adapter.starting import Beginning, start_sweep
from optuna_sweep.wandb_adapter.study_file import fetch_study_file

__all__ = [
    "Beginning",
    "LaunchScheduler",
    "Registration",
    "enter_sweep",
    "fetch_study_file",
    "register",
    "start_sweep",
]
