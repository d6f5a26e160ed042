"""Write the trials of a sweep to a CSV file, and show how their values are spread."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import optuna
import wandb
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, TrialState

BINS = 10
WIDTH = 40


def main() -> None:
    """Read the study that the scheduler has left in W&B as an artifact."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sweep", help="ENTITY/PROJECT/SWEEP")
    parser.add_argument("--to", type=Path, default=Path("trials.csv"), help="the file (%(default)s)")
    asked = parser.parse_args()
    trials = read_trials(asked.sweep)
    write_csv(trials, asked.to)
    print(f"{len(trials)} trials in {asked.to}")
    # Not the pruned ones, whose values are those of other epochs.
    finished = [trial for trial in trials if trial.state is TrialState.COMPLETE]
    print(*histogram([trial.value for trial in finished if trial.value is not None]), sep="\n")


def read_trials(sweep: str) -> list[FrozenTrial]:
    """Download the study of ``ENTITY/PROJECT/SWEEP``."""
    project, _, sweep_id = sweep.rpartition("/")
    with TemporaryDirectory() as folder:
        artifact = wandb.Api().artifact(f"{project}/optuna-study-{sweep_id}:latest", type="optuna")
        artifact.download(root=folder)
        storage = JournalStorage(JournalFileBackend(f"{folder}/study.journal"))
        return optuna.load_study(study_name=f"optuna-study-{sweep_id}", storage=storage).get_trials()


def write_csv(trials: Sequence[FrozenTrial], file: Path) -> None:
    """Write one line a trial: what it was, how it ended, its value, and its parameters.

    A pruned trial's value is the last one that it reported.
    """
    searched = sorted({name for trial in trials for name in trial.params})
    with file.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines)
        writer.writerow(["number", "state", "value", "steps", "seconds", *searched])
        writer.writerows(row(trial, searched) for trial in trials)


def row(trial: FrozenTrial, searched: Sequence[str]) -> list[Any]:
    """The cells of one trial; empty where it has no such thing."""
    seconds = "" if trial.duration is None else round(trial.duration.total_seconds(), 3)
    own = [trial.number, trial.state.name, trial.value, len(trial.intermediate_values), seconds]
    return [*own, *(trial.params.get(name, "") for name in searched)]


def histogram(values: Sequence[float]) -> Iterator[str]:
    """Give a line for each range of values, with a mark for each trial in it."""
    counts, edges = np.histogram(values, bins=BINS)
    scale = max(1.0, max(counts) / WIDTH)
    for count, low, high in zip(counts, edges, edges[1:], strict=False):
        yield f"{low:9.4f} to {high:9.4f}  {'#' * round(count / scale)} {count}"


if __name__ == "__main__":
    main()
