"""When a sweep starts nothing new, and whether that is a failure. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from optuna_sweep.config import Metric, StopEntry
from optuna_sweep.outcomes import Completed, Failed, Outcome, Proposal


@dataclass(frozen=True, slots=True)
class Stop:
    """A sweep is done.

    Attributes:
        rule: The key of the rule that says so, as in the sweep file.
        reason: A sentence for people.
        failed: It ends as failed: a person has to do something first.
    """

    rule: str
    reason: str
    failed: bool = False


class StopRules:
    """The rules of one sweep, and what they have seen of it.

    Args:
        run_cap: How many runs may be started; None for no limit.
        metrics: The objectives.
        stop: The sweep's ``settings.stop``.
        started: Runs started so far, those of earlier schedulers of the sweep included.
        terminate: Asked after each trial that was told: is going on not worth it?

    Attributes:
        started: As above, and counted on.
        stop: The sweep's ``settings.stop``.
        target: The value of the only objective that ends the sweep; None where there is none.
    """

    def __init__(
        self,
        *,
        run_cap: int | None,
        metrics: Sequence[Metric],
        stop: StopEntry | None = None,
        started: int = 0,
        terminate: Callable[[], bool] | None = None,
    ) -> None:
        self.started = started
        self.stop = stop or StopEntry()
        self._cap = run_cap
        self._metric = metrics[0] if len(metrics) == 1 else None
        self._target_at = "metric.target" if self.stop.target is None else "stop.target"
        self.target: float | None = None
        if self._metric is not None:
            self.target = self._metric.target if self.stop.target is None else self.stop.target
        self._terminate = terminate
        self._trials: set[int] = set()
        self._best: float | None = None
        self._idle = 0
        self._failures = 0
        self._failures_in_a_row = 0
        self._done: Stop | None = None

    def trial_known(self, number: int) -> None:
        """A trial of an earlier scheduler."""
        self._trials.add(number)

    def run_started(self, proposal: Proposal) -> None:
        """A run is put on the queue that does not take the place of another."""
        self.started += 1
        self._trials.add(proposal.trial)

    def run_void(self) -> None:
        """A run died without a trace: W&B does not count it either."""
        self.started -= 1

    def trial_told(self, outcome: Outcome) -> None:
        """A trial was told this."""
        if isinstance(outcome, Failed):
            self._failures += 1
            self._failures_in_a_row += 1
            self._judge_failures(outcome.reason)
            return
        self._failures_in_a_row = 0
        if isinstance(outcome, Completed) and outcome.feasible and self._metric is not None:
            self._judge_value(self._metric, outcome.values[0])
        else:
            self._idle += 1
        if self._idle >= (self.stop.patience or self._idle + 1):
            self._end("stop.patience", f"{self._idle} trials in a row brought no better value")
        if self._terminate is not None and self._terminate():
            self._end("stop.terminator", "the terminator says that going on is not worth it")

    def ruling(self, seconds: float) -> Stop | None:
        """The rule that ends the sweep; None while there is none.

        Args:
            seconds: How long this scheduler has worked on the sweep.
        """
        if self._done is not None:
            return self._done
        if self._cap is not None and self.started >= self._cap:
            return Stop("run_cap", f"run_cap of {self._cap} is reached")
        if self.stop.trials is not None and len(self._trials) >= self.stop.trials:
            return Stop("stop.trials", f"{self.stop.trials} trials were started")
        if self.stop.timeout is not None and seconds >= self.stop.timeout:
            return Stop("stop.timeout", f"{self.stop.timeout:g} seconds are over")
        return None

    def _judge_value(self, metric: Metric, value: float) -> None:
        better = self._best is None or metric.better(value, self._best)
        self._idle = 0 if better else self._idle + 1
        self._best = value if better else self._best
        target = self.target
        if target is not None and metric.reaches(value, target):
            self._end(self._target_at, f"{metric.name} reached its target {target:g} with {value:.6g}")

    def _judge_failures(self, last: str) -> None:
        row, all_in_all = self.stop.max_consecutive_failures, self.stop.max_failures
        if self._failures_in_a_row >= row:
            words = f"{row} trials failed in a row, the last one because: {last}"
            self._end("stop.max_consecutive_failures", words, failed=True)
        if all_in_all is not None and self._failures >= all_in_all:
            self._end(
                "stop.max_failures", f"{all_in_all} trials failed, the last one because: {last}", failed=True
            )

    def _end(self, rule: str, reason: str, *, failed: bool = False) -> None:
        self._done = self._done or Stop(rule, reason, failed)
