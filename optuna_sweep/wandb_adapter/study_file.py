"""The study's file of a sweep, as its scheduler keeps it in W&B."""

from __future__ import annotations

from pathlib import Path

import wandb
from wandb.errors import CommError

from optuna_sweep.errors import SweepError
from optuna_sweep.wandb_adapter.client import translated


def fetch_study_file(sweep: str, name: str, folder: Path) -> Path:
    """Download it from the scheduler's run, whose id is the sweep's.

    Args:
        sweep: ``entity/project/sweep``, or less where wandb knows the rest.
        name: The file's name.
        folder: Where to; an older copy there is replaced.

    Raises:
        SweepError: There is no such sweep, or its scheduler has kept no such file.
        Unavailable: W&B did not answer.
    """
    with translated():
        try:
            run = wandb.Api().run(sweep)
        except (CommError, ValueError) as error:
            if "could not find" not in str(error).lower() and not isinstance(error, ValueError):
                raise
            raise SweepError(f"{sweep}: W&B knows no such sweep with a scheduler: {error}") from error
        files = [file for file in run.files([name]) if file.name == name and file.size]
        if not files:
            why = "it works on a database, or has only begun"
            raise SweepError(f"{sweep}: its scheduler has kept no {name}: {why}.")
        files[0].download(root=str(folder), replace=True).close()
    return folder / name
