"""How the process learns whether it was started by ``wandb launch-sweep``."""

from __future__ import annotations

import os

import wandb

from optuna_sweep.wandb_adapter.client import translated


def enter_sweep() -> wandb.Run | None:
    """The scheduler's own run where a launch agent started this process for a sweep, else None.

    Called once, before anything else talks to W&B. The run's id is the sweep's id, so a
    scheduler that continues a sweep continues the same run.
    """
    if not os.environ.get("WANDB_LAUNCH"):
        return None
    sweep = os.environ.get("WANDB_RUN_ID", "")
    with translated():
        run = wandb.init(
            name=f"Scheduler.{sweep}",
            resume="allow",
            settings=wandb.Settings(disable_job_creation=True),
        )
    if (dict(run.config).get("sweep_args") or {}).get("sweep_id"):
        return run
    run.finish()
    return None
