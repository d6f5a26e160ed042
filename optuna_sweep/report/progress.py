"""What people read while a sweep works: a line an event. No network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from optuna_sweep.config import Metric
from optuna_sweep.outcomes import Completed, Failed, Outcome, Proposal, Pruned


class Progress:
    """Counts what trials were told and words each event.

    Args:
        metrics: The objectives in order.
        run_cap: How many runs the sweep may start; None for no limit.
    """

    def __init__(self, metrics: Sequence[Metric], run_cap: int | None) -> None:
        self._metrics = tuple(metrics)
        self._cap = run_cap
        self._states: Counter[str] = Counter()
        self._best: tuple[float, str] | None = None

    def told(self, proposal: Proposal, outcome: Outcome) -> str:
        """The line for a trial that was told."""
        match outcome:
            case Completed(values):
                self._states["complete"] += 1
                self._note_best(proposal, values)
                what = self._values(values)
            case Pruned(reason=reason):
                self._states["pruned"] += 1
                what = f"pruned at {reason}" if reason.startswith("step") else f"pruned: {reason}"
            case Failed(reason):
                self._states["failed"] += 1
                what = f"failed: {reason}"
        return f"{proposal.name} {what}. {self.status}"

    @property
    def status(self) -> str:
        """One line: how many trials ended in which way, and the best so far."""
        of_all = f" of {self._cap}" if self._cap else ""
        states = ", ".join(f"{count} {state}" for state, count in sorted(self._states.items()))
        best = f"; best {self._metrics[0].name} {self._best[0]:.6g} in {self._best[1]}" if self._best else ""
        return f"[{sum(self._states.values())}{of_all} told: {states or 'none yet'}{best}]"

    def _values(self, values: Sequence[float]) -> str:
        if not self._metrics:
            return "finished"
        return ", ".join(f"{m.name} {v:.6g}" for m, v in zip(self._metrics, values, strict=True))

    def _note_best(self, proposal: Proposal, values: Sequence[float]) -> None:
        if len(self._metrics) != 1:
            return
        (value,) = values
        sign = 1 if self._metrics[0].minimize else -1
        if self._best is None or sign * value < sign * self._best[0]:
            self._best = (value, proposal.name)
