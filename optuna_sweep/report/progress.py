"""What people read while a sweep works: a line an event. No network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from optuna.trial import FrozenTrial, TrialState

from optuna_sweep import constraints
from optuna_sweep.config import Metric
from optuna_sweep.outcomes import Completed, Failed, Outcome, Proposal, Pruned
from optuna_sweep.report.rows import ENDED, RUN_ID
from optuna_sweep.run_ids import RunId

_FEWEST_FOR_A_RATE = 2


class Progress:
    """Counts what trials were told and words each event.

    Args:
        metrics: The objectives in order.
        run_cap: How many runs the sweep may start; None for no limit.
        now: A clock in seconds, for the rate; None to say nothing of time.
    """

    def __init__(
        self, metrics: Sequence[Metric], run_cap: int | None, now: Callable[[], float] | None = None
    ) -> None:
        self._now = now
        self._began = now() if now is not None else 0.0
        self._metrics = tuple(metrics)
        self._cap = run_cap
        self._states: Counter[str] = Counter()
        self._best: tuple[float, str] | None = None
        self._earlier = 0

    def begin(self, trials: Sequence[FrozenTrial]) -> None:
        """Count what earlier schedulers of the sweep have told. Called once, before anything is told."""
        for trial in trials:
            if RUN_ID in trial.user_attrs and trial.state in ENDED:
                self._states[ENDED[trial.state]] += 1
                self._earlier += 1
            if trial.state is TrialState.COMPLETE and constraints.kept(trial):
                self._note_best(RunId(trial.number).name, trial.values)

    def told(self, proposal: Proposal, outcome: Outcome, running: int = 0) -> str:
        """The line for a trial that was told, with so many runs in flight.

        A trial that breaks a constraint is never the best.
        """
        match outcome:
            case Completed(values, feasible):
                self._states["complete"] += 1
                if feasible:
                    self._note_best(proposal.name, values)
                what = self._values(values)
            case Pruned(reason=reason):
                self._states["pruned"] += 1
                what = f"pruned at {reason}" if reason.startswith("step") else f"pruned: {reason}"
            case Failed(reason):
                self._states["failed"] += 1
                what = f"failed: {reason}"
        return f"{proposal.name} {what}. [{self.standing(running)}]"

    def standing(self, running: int) -> str:
        """How many trials ended in which way, how many runs are in flight, the best so far, the time left."""
        of_all = f" of {self._cap}" if self._cap else ""
        in_flight = f", {running} in flight" if running else ""
        states = ", ".join(f"{count} {state}" for state, count in sorted(self._states.items()))
        best = f"; best {self._metrics[0].name} {self._best[0]:.6g} in {self._best[1]}" if self._best else ""
        return f"{self._done}{of_all} told{in_flight}: {states or 'none yet'}{best}{self._pace}"

    @property
    def _done(self) -> int:
        return sum(self._states.values())

    @property
    def _pace(self) -> str:
        """Trials an hour, and how long the rest takes at that; empty before there is a rate."""
        told = self._done - self._earlier
        seconds = self._now() - self._began if self._now is not None else 0.0
        if told < _FEWEST_FOR_A_RATE or seconds <= 0:
            return ""
        left = (
            f", {_duration((self._cap - self._done) * seconds / told)} left"
            if self._cap and self._done < self._cap
            else ""
        )
        return f"; {told * 3600 / seconds:.3g} an hour{left}"

    def _values(self, values: Sequence[float]) -> str:
        if not self._metrics:
            return "finished"
        return ", ".join(f"{m.name} {v:.6g}" for m, v in zip(self._metrics, values, strict=True))

    def _note_best(self, name: str, values: Sequence[float]) -> None:
        if len(self._metrics) != 1:
            return
        (value,) = values
        if self._best is None or self._metrics[0].better(value, self._best[0]):
            self._best = (value, name)


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{max(minutes, 1)} min"
