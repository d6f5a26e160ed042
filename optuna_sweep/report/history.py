"""The history of the scheduler's run: one row a trial, at the step that is the trial's number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from optuna.trial import FrozenTrial

from optuna_sweep import constraints
from optuna_sweep.config import Metric
from optuna_sweep.launch import OwnRun
from optuna_sweep.report.rows import BEST, TRIAL, row


class History:
    """Logs rows in the order of the trials.

    W&B drops a row whose step is below one that it has, so a trial that was told early waits for
    those before it. What is logged therefore follows from the study alone, and a scheduler that
    takes over goes on where the run's history ends.

    Args:
        own: The scheduler's run.
        metrics: The objectives in order.

    Attributes:
        newest: The step of the row that was logged last by this process; None before the first.
            W&B still takes more columns for it.
    """

    def __init__(self, own: OwnRun, metrics: Sequence[Metric]) -> None:
        self._own = own
        self._metrics = tuple(metrics)
        self._next = own.next_step
        self._seen = 0
        self._best: dict[str, float] = {}
        self.newest: int | None = None
        own.define_axis(TRIAL, {metric.name: "min" if metric.minimize else "max" for metric in metrics})

    def follow(self, trials: Sequence[FrozenTrial], *, closing: bool = False) -> None:
        """Log what is due.

        Args:
            trials: All trials of the study, by number.
            closing: No further trial will be told: skip those that have not ended.
        """
        for trial in trials[self._seen :]:
            if not trial.state.is_finished():
                if closing:
                    continue
                return
            best = self._note(trial)
            self._seen = trial.number + 1
            if trial.number >= self._next:
                self._own.log(row(trial, self._metrics) | best, trial.number)
                self.newest = trial.number

    def _note(self, trial: FrozenTrial) -> dict[str, Any]:
        """The best value of each objective so far, of trials that keep their constraints."""
        if trial.values is not None and constraints.kept(trial):
            for metric, value in zip(self._metrics, trial.values, strict=False):
                pick = min if metric.minimize else max
                self._best[metric.name] = pick(value, self._best.get(metric.name, value))
        return {f"{BEST}{name}": value for name, value in self._best.items()}
