"""W&B alerts: to people who look elsewhere, each kind once in the life of a scheduler."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from optuna.trial import FrozenTrial

from optuna_sweep.config import AlertsEntry, Metric
from optuna_sweep.launch import Ending, OwnRun
from optuna_sweep.report.rows import RUN_ID
from optuna_sweep.report.standing import counts


class Alerts:
    """Sends what ``settings.alerts`` asks for.

    What a person has done (pausing, canceling) is no news to people, and sends nothing.

    Args:
        own: The scheduler's run, which sends them.
        sweep_id: The sweep.
        wanted: Which ones to send.
        metrics: The objectives in order.
        target: A value of the only objective that is good enough; None where there is none.
    """

    def __init__(
        self,
        own: OwnRun,
        sweep_id: str,
        wanted: AlertsEntry,
        metrics: Sequence[Metric] = (),
        target: float | None = None,
    ) -> None:
        self._own = own
        self._sweep = f"Sweep {sweep_id}"
        self._wanted = wanted
        self._metrics = tuple(metrics)
        self._target = target
        self._reached = False
        self._failed = False

    def begin(self, best: FrozenTrial | None) -> None:
        """What an earlier scheduler has reached is no news. Called once, before anything is told."""
        self._reached = self._reaches(best)

    def told(self, find_best: Callable[[], FrozenTrial | None]) -> None:
        """A trial was told: says it where it is the first below target.

        Args:
            find_best: Finds the best one now, in a time that grows with the study; called only where there
                is a target that is not reached yet.
        """
        best = None if self._reached or self._target is None else find_best()
        if best is None or not self._reaches(best):
            return
        self._reached = True
        if self._wanted.target:
            text = f"{self._metrics[0].name} reached its target {self._target:g}: {self._worded(best)}."
            self._own.alert(f"{self._sweep} reached its target", text, "INFO")

    def failing(self, reason: str) -> None:
        """Failures end the sweep: nothing new is started, and a person has to do something first."""
        if self._wanted.failures and not self._failed:
            self._own.alert(f"{self._sweep} failed", f"{reason}.", "ERROR")
        self._failed = True

    def ended(
        self, ending: Ending, reason: str, trials: Sequence[FrozenTrial], best: FrozenTrial | None
    ) -> None:
        """The sweep is left. Called once, last.

        Args:
            ending: How.
            reason: What ended it, in words; empty where a person did.
            trials: All of them.
            best: The best one; None where there is none, or several objectives.
        """
        if ending is Ending.FAILED:
            self.failing(reason or "see its log")
        elif ending is Ending.FINISHED and self._wanted.end:
            found = ", ".join(f"{n} {key.removeprefix('trials/')}" for key, n in counts(trials).items() if n)
            parts = [reason, f"{len(trials)} trials: {found or 'none'}", best and self._worded(best)]
            text = "; ".join(part for part in parts if part)
            self._own.alert(f"{self._sweep} finished", f"{text}.", "INFO")

    def _reaches(self, best: FrozenTrial | None) -> bool:
        if best is None or best.value is None or self._target is None:
            return False
        return self._metrics[0].reaches(best.value, self._target)

    def _worded(self, best: FrozenTrial) -> str:
        run = best.user_attrs.get(RUN_ID, "")
        return f"the best {self._metrics[0].name} is {best.value:.6g}, in trial {best.number}, run {run}"
