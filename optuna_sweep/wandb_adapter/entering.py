"""How the process learns whether it was started by ``wandb launch-sweep``, and for which sweep."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import wandb
from wandb.sdk.launch.sweeps import SchedulerError

from optuna_sweep.errors import AnotherAtWork, Refused, Unavailable
from optuna_sweep.wandb_adapter.claiming import claim_sweep
from optuna_sweep.wandb_adapter.client import translated

_LONGEST_START = 1800.0
"""Seconds that wandb-core may ask again for the scheduler's own run; wandb's own limit is 90."""

_PAUSES = (1.0, 4.0, 15.0, 40.0)
"""Seconds between attempts to read the sweep; wandb's client has tried for a while in each."""


def enter_sweep() -> wandb.Run | None:
    """The scheduler's own run where a launch agent started this process for a sweep, else None.

    Called once, before anything else talks to W&B. The run's id is the sweep's id, so a
    scheduler that continues a sweep continues the same run.

    Raises:
        AnotherAtWork: Another process is the sweep's scheduler; nothing was touched.
    """
    if not os.environ.get("WANDB_LAUNCH"):
        return None
    sweep = os.environ.get("WANDB_RUN_ID", "")
    where = {name: os.environ.get(f"WANDB_{name.upper()}", "") for name in ("entity", "project")}
    run = open_run(sweep, **where)
    if (dict(run.config).get("sweep_args") or {}).get("sweep_id"):
        return run
    run.finish()
    return None


def open_run(sweep: str, *, entity: str, project: str) -> wandb.Run:
    """The scheduler's own run, as this process's run: a new one, or the one that an earlier scheduler had.

    Raises:
        AnotherAtWork: Another process is the sweep's scheduler; nothing was touched.
    """
    notes = claim_sweep(sweep, entity=entity, project=project)
    if notes is None:
        raise AnotherAtWork(f"Another scheduler works on the sweep {sweep}: leaving it alone.")
    with translated():
        return wandb.init(
            id=sweep or None,
            entity=entity or None,
            project=project or None,
            name=f"Scheduler.{sweep}",
            notes=notes,
            resume="allow",
            settings=wandb.Settings(disable_job_creation=True, init_timeout=_LONGEST_START),
        )


def read_patiently(sweep_id: str, read: Callable[[], None]) -> None:
    """Let wandb's base class read the sweep, again where W&B did not answer.

    The base class calls every failure the end, and its error hides which one it was.

    Raises:
        Refused: There is no such sweep, or it may not be read.
        Unavailable: W&B has not answered in all of a minute.
    """
    for pause in _PAUSES:
        try:
            return _read(sweep_id, read)
        except Unavailable:
            time.sleep(pause)
    return _read(sweep_id, read)


def _read(sweep_id: str, read: Callable[[], None]) -> None:
    try:
        with translated():
            try:
                read()
            except SchedulerError as error:
                raise error.__context__ or error from None
    except (Refused, SchedulerError, ValueError) as error:
        raise Refused(f"The sweep {sweep_id!r} cannot be read: {error}") from error
