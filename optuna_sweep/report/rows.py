"""A trial as one flat row: what the run's history, the table and the CSV file show. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from optuna.trial import FrozenTrial, TrialState

from optuna_sweep.config import Metric

TRIAL = "trial"
STATE = "trial/state"
SECONDS = "trial/seconds"
PARAMETER = "param/"
BEST = "best/"
RUN_ID, REASON = "run_id", "reason"
"""User attributes that the search gives each trial."""
ENDED = {TrialState.COMPLETE: "complete", TrialState.PRUNED: "pruned", TrialState.FAIL: "failed"}
"""The words for how a trial has ended, everywhere."""


def row(trial: FrozenTrial, metrics: Sequence[Metric]) -> dict[str, Any]:
    """Number, state, duration, each objective under its own name, and ``param/<name>`` for each parameter.

    The sections keep a metric and a parameter of one name apart. A key is left out where the
    trial has no value for it.
    """
    shown: dict[str, Any] = {TRIAL: trial.number, STATE: trial.state.name}
    if trial.duration is not None:
        shown[SECONDS] = round(trial.duration.total_seconds(), 3)
    if trial.values is not None:
        shown |= {metric.name: value for metric, value in zip(metrics, trial.values, strict=False)}
    return shown | {f"{PARAMETER}{name}": value for name, value in trial.params.items()}


def full_row(trial: FrozenTrial, metrics: Sequence[Metric]) -> dict[str, Any]:
    """``row`` with the trial's run, its last step, and why it ended early, where it did."""
    steps = trial.intermediate_values
    own = {
        "run": trial.user_attrs.get(RUN_ID, ""),
        "trial/last_step": max(steps) if steps else None,
        "trial/reason": trial.user_attrs.get(REASON, ""),
    }
    return row(trial, metrics) | own


def table(trials: Iterable[FrozenTrial], metrics: Sequence[Metric]) -> tuple[list[str], list[list[Any]]]:
    """All trials in one table: its columns, and a row for each trial with None where it has no value."""
    rows = [full_row(trial, metrics) for trial in trials]
    first = [TRIAL, STATE, *(metric.name for metric in metrics), SECONDS]
    last = ["trial/last_step", "run", "trial/reason"]
    names = sorted({key for each in rows for key in each if key.startswith(PARAMETER)})
    columns = list(dict.fromkeys([*first, *names, *last]))
    return columns, [[each.get(column) for column in columns] for each in rows]


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The table as CSV. Text that a spreadsheet would run as a formula is kept from it by an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_inert(cell) for cell in each] for each in rows)
    return out.getvalue()


def _inert(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@")) else cell
