"""When a sweep starts nothing new. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optuna_sweep.config import Metric
from optuna_sweep.outcomes import Completed, Outcome


@dataclass(slots=True)
class StopRules:
    """The rules of one sweep, and what they have seen of it.

    Attributes:
        run_cap: How many runs may be started; None for no limit.
        metrics: The objectives, whose targets count.
        started: Runs started so far, those of earlier schedulers of the sweep included.
    """

    run_cap: int | None
    metrics: Sequence[Metric]
    started: int = 0
    _reached: str = ""

    def run_started(self) -> None:
        """One more run was put on the queue."""
        self.started += 1

    def run_void(self) -> None:
        """A run died without a trace: W&B does not count it either."""
        self.started -= 1

    def trial_told(self, outcome: Outcome) -> None:
        """A trial was told this."""
        if not isinstance(outcome, Completed) or len(self.metrics) != 1:
            return
        (metric,), (value,) = self.metrics, outcome.values
        if metric.target is None:
            return
        if value <= metric.target if metric.minimize else value >= metric.target:
            self._reached = f"{metric.name} reached its target {metric.target:g} with {value:.6g}"

    @property
    def reason(self) -> str:
        """Why no further run is started, as a sentence's end; empty while there is no reason."""
        if self._reached:
            return self._reached
        if self.run_cap is not None and self.started >= self.run_cap:
            return f"run_cap of {self.run_cap} is reached"
        return ""
