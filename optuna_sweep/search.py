"""The core: ask the study, hand out runs, take in what was seen of them, tell the study.

No network, no clock. A trial is told exactly once; what is seen of its run afterwards has no
effect on the study.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import optuna
from optuna.trial import TrialState

from optuna_sweep import endings
from optuna_sweep.errors import SweepError, TrialError
from optuna_sweep.measure import Curve, Measure
from optuna_sweep.novelty import Novelty
from optuna_sweep.outcomes import (
    Completed,
    Decision,
    Failed,
    Observation,
    Outcome,
    Proposal,
    Pruned,
    Verdict,
)
from optuna_sweep.space import SearchSpace
from optuna_sweep.study import Opened

RUN_ID = "run_id"
"""The trial's user attribute that holds the id of its newest run."""

_FRUITLESS_ASKS = 50


@dataclass(slots=True)
class _Live:
    """A trial that has not been told yet, with the run that carries it out."""

    trial: optuna.Trial
    curve: Curve
    last_report: int | None = None


class Search:
    """One study at work.

    Args:
        opened: The study that trials are asked of and told to.
        space: How a trial gets its parameters.
        measure: How a run becomes a value.
        sweep_id: The sweep whose runs carry the trials out.
    """

    def __init__(self, *, opened: Opened, space: SearchSpace, measure: Measure, sweep_id: str) -> None:
        self.study = opened.study
        self._opened = opened
        self._asked = len(opened.study.get_trials(deepcopy=False))
        self.measure = measure
        self._space = space
        self._sweep_id = sweep_id
        self._live: dict[str, _Live] = {}
        self._novelty = Novelty(space)
        self._used_up = False
        self._worst: list[float] | None = None

    def ask(self) -> Proposal | None:
        """The next run to start; None when there is nothing left to try.

        None is final where the space is used up. The trial is in the study from here on, as
        running, until ``tell`` or ``abandon`` settles it.

        Raises:
            UserCodeError: The user's ``objective`` cannot be used.
            SweepError: No usable point was found in many attempts.
        """
        for _ in range(_FRUITLESS_ASKS):
            if self._used_up or self._novelty.exhausted:
                return None
            self._opened.reseed(self._asked)
            trial = self.study.ask()
            self._asked = trial.number + 1
            try:
                config = self._space.suggest(trial)
            except TrialError as error:
                self._settle(trial, Failed(str(error)))
                continue
            except BaseException:
                self._settle(trial, Failed("the search space could not be evaluated"))
                raise
            if self._novelty.is_new(config):
                return self._propose(trial, config)
            self._settle(trial, Failed("a repeat of a configuration that was already run"))
            self._novelty.steer(self.study)
        raise SweepError(
            f"The search space gave no usable point in {_FRUITLESS_ASKS} attempts: every one was refused by "
            "your objective(trial), or was a repeat. Widen the space, or lower run_cap."
        )

    def tell(self, seen: Observation) -> Verdict:
        """Take in an observation: report, prune or finish its trial.

        A run whose trial is settled, or that this search never proposed, gets DONE once it has
        ended and KEEP until then.
        """
        live = self._live.get(seen.run_id)
        if live is None:
            return Verdict(decision=Decision.DONE if seen.phase.ended else Decision.KEEP)
        pruned = self._report(live, seen)
        if pruned is not None and not seen.phase.ended:
            self._finish(seen.run_id, live, pruned)
            return Verdict(decision=Decision.PRUNE, outcome=pruned, reason=pruned.reason)
        if not seen.phase.ended:
            return Verdict(decision=Decision.KEEP)
        outcome = endings.outcome(seen, lambda: self._measured(live, seen), live.last_report)
        self._finish(seen.run_id, live, outcome, seen.summary)
        return Verdict(decision=Decision.DONE, outcome=outcome, reason=getattr(outcome, "reason", ""))

    def abandon(self, run_id: str, reason: str) -> None:
        """Tell the run's trial as failed; nothing happens where it has been told."""
        live = self._live.get(run_id)
        if live is not None:
            self._finish(run_id, live, Failed(reason))

    @property
    def unsettled(self) -> tuple[str, ...]:
        """Ids of the runs whose trials have not been told."""
        return tuple(self._live)

    def _propose(self, trial: optuna.Trial, config: dict[str, Any]) -> Proposal:
        proposal = Proposal(
            run_id=f"{self._sweep_id}-{trial.number:04d}", trial=trial.number, attempt=0, parameters=config
        )
        trial.set_user_attr(RUN_ID, proposal.run_id)
        self._novelty.add(config)
        self._live[proposal.run_id] = _Live(trial, Curve(self.measure))
        return proposal

    def _report(self, live: _Live, seen: Observation) -> Pruned | None:
        """Report what is new, in order; the first value that the pruner objects to ends it."""
        for report in live.curve.add(seen.rows):
            live.trial.report(report.value, report.step)
            live.last_report = report.step
            if not seen.phase.ended and live.trial.should_prune():
                pruner = type(self.study.pruner).__name__
                return Pruned(report.step, f"step {report.step}: {report.value:.6g}: stopped by {pruner}")
        return None

    def _measured(self, live: _Live, seen: Observation) -> Outcome:
        return live.curve.value(seen.summary or {}, self._worst)

    def _finish(
        self, run_id: str, live: _Live, outcome: Outcome, summary: Mapping[str, Any] | None = None
    ) -> None:
        del self._live[run_id]
        if isinstance(outcome, Completed):
            for name, value in live.curve.constraints(summary or {}).items():
                live.trial.set_constraint(name, value)
        self._settle(live.trial, outcome)

    def _settle(self, trial: optuna.Trial, outcome: Outcome) -> None:
        """The only place where a trial is told."""
        try:
            match outcome:
                case Completed(values):
                    self._note_worst(values)
                    self.study.tell(trial, values)
                case Pruned(reason=reason):
                    trial.set_user_attr("reason", reason)
                    self.study.tell(trial, state=TrialState.PRUNED)
                case Failed(reason):
                    trial.set_user_attr("reason", reason)
                    self.study.tell(trial, state=TrialState.FAIL)
        except RuntimeError:
            # GridSampler and BruteForceSampler call Study.stop() when their last point is told,
            # which Optuna allows only inside optimize(); the trial is stored all the same
            # (optuna/optuna#4121). Any other RuntimeError leaves the trial running.
            if not self.study.trials[trial.number].state.is_finished():
                raise
            self._used_up = True

    def _note_worst(self, values: tuple[float, ...]) -> None:
        worse = [
            max if direction is optuna.study.StudyDirection.MINIMIZE else min
            for direction in self.study.directions
        ]
        before = self._worst or list(values)
        self._worst = [pick(a, b) for pick, a, b in zip(worse, before, values, strict=True)]
