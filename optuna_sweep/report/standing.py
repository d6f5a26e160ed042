"""Where a study stands: counts, the best trial or the Pareto front, and what pruning saved. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import optuna
from optuna.trial import FrozenTrial, TrialState

from optuna_sweep import constraints
from optuna_sweep.config import Metric
from optuna_sweep.report.rows import ENDED, RUN_ID

_FRONT_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Saved:
    """What pruning saved, by the median of the trials that ran to their end.

    Attributes:
        pruned: How many trials were pruned.
        steps: Reports that they did not have to make.
        of_steps: Reports that all trials would have made without pruning.
        seconds: Time that they did not have to run, added over all machines.
    """

    pruned: int
    steps: int
    of_steps: int
    seconds: float


def counts(trials: Sequence[FrozenTrial]) -> dict[str, int]:
    """How many trials are in each state, in the words that are used everywhere: ``trials/complete``."""
    found = Counter(trial.state for trial in trials)
    words = {**ENDED, TrialState.RUNNING: "running"}
    return {f"trials/{word}": found[state] for state, word in words.items()}


def best_trial(study: optuna.Study, metrics: Sequence[Metric]) -> FrozenTrial | None:
    """The best trial of a study with one objective that keeps its constraints; of equals the first.

    Optuna's ``best_trial`` is not used: that of 4.4 asks PostgreSQL for it in a way that psycopg 3 refuses.
    """
    if len(metrics) != 1:
        return None
    sign = 1.0 if metrics[0].minimize else -1.0
    best, least = None, math.inf
    for trial in study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,)):
        value = sign * trial.values[0]
        # The constraints come last, since reading them costs most: of records only.
        if (best is None or value < least) and constraints.kept(trial):
            best, least = trial, value
    return best


def front(study: optuna.Study, metrics: Sequence[Metric]) -> list[FrozenTrial]:
    """The Pareto front of a study with several objectives, by trial number; otherwise empty."""
    return sorted(study.best_trials, key=lambda trial: trial.number) if len(metrics) > 1 else []


def standing(study: optuna.Study, metrics: Sequence[Metric]) -> dict[str, Any]:
    """The summary of the scheduler's run.

    Returns:
        Counts by state; ``best_value``, ``best_params``, ``best_run`` and ``best_trial`` for one
        objective; for several ``pareto_size`` and ``pareto_front``, its first hundred trials.
    """
    shown: dict[str, Any] = dict(counts(study.get_trials(deepcopy=False)))
    best = best_trial(study, metrics)
    if best is not None:
        shown |= {"best_value": best.value, **{f"best_{key}": value for key, value in _named(best).items()}}
    if len(metrics) > 1:
        found = front(study, metrics)
        names = [metric.name for metric in metrics]
        shown["pareto_size"] = len(found)
        shown["pareto_front"] = [
            {**_named(trial), "values": dict(zip(names, trial.values, strict=False))}
            for trial in found[:_FRONT_SHOWN]
        ]
    return shown


def saved(trials: Sequence[FrozenTrial]) -> Saved | None:
    """What pruning saved; None where nothing was pruned or nothing shows how long a whole run is."""
    whole = [trial for trial in trials if trial.state is TrialState.COMPLETE]
    pruned = [trial for trial in trials if trial.state is TrialState.PRUNED]
    reports = [len(trial.intermediate_values) for trial in whole if trial.intermediate_values]
    if not pruned or not reports:
        return None
    full = median(reports)
    missing = round(sum(max(full - len(trial.intermediate_values), 0) for trial in pruned))
    made = sum(len(trial.intermediate_values) for trial in (*whole, *pruned))
    length = median(_seconds(trial) for trial in whole)
    seconds = sum(max(length - _seconds(trial), 0.0) for trial in pruned)
    return Saved(len(pruned), missing, made + missing, seconds)


def _named(trial: FrozenTrial) -> dict[str, Any]:
    return {"trial": trial.number, "run": trial.user_attrs.get(RUN_ID, ""), "params": dict(trial.params)}


def _seconds(trial: FrozenTrial) -> float:
    return trial.duration.total_seconds() if trial.duration is not None else 0.0
