"""One trial that has not been told yet, with the runs that carry it out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

import optuna

from optuna_sweep import constraints, endings
from optuna_sweep.measure import Curve, Measure
from optuna_sweep.outcomes import Completed, Observation, Outcome, Phase, Proposal, Pruned
from optuna_sweep.reasons import why_pruned
from optuna_sweep.run_ids import RunId


@dataclass(frozen=True, slots=True)
class Retry:
    """Which ways to end are worth another attempt with the same parameters.

    Attributes:
        limit: How many attempts follow the first, for each run.
        on: The ways.
    """

    limit: int = 0
    on: frozenset[Phase] = frozenset()

    def again(self, phase: Phase, attempt: int) -> bool:
        """Whether a run that ended like this is tried again."""
        return phase in self.on and attempt < self.limit


@dataclass(slots=True)
class _Run:
    """One run of the trial that has not ended."""

    place: RunId
    curve: Curve


@dataclass(slots=True)
class LiveTrial:
    """A trial at work.

    Attributes:
        trial: Optuna's handle.
        config: The config that each of its runs gets.
        sweep_id: For the ids of its runs.
        measure: How a run becomes a value.
        repeats: How many runs it takes; the trial gets the mean of their values.
        interrupted: Those of its runs that were stopped because their scheduler died.
    """

    trial: optuna.Trial
    config: Mapping[str, Any]
    sweep_id: str
    measure: Measure
    repeats: int = 1
    runs: dict[str, _Run] = field(default_factory=dict)
    values: dict[int, tuple[float, ...]] = field(default_factory=dict)
    constraints: dict[str, float] = field(default_factory=dict)
    last_report: int | None = None
    interrupted: set[str] = field(default_factory=set)

    def start(self, place: RunId, reported: Iterable[int] = ()) -> Proposal:
        """One more run of the trial; its curve starts empty."""
        run_id = place.of(self.sweep_id)
        self.runs[run_id] = _Run(place, Curve(self.measure, reported))
        return Proposal(
            run_id=run_id,
            trial=place.trial,
            name=place.name,
            parameters=self.config,
            retry=place.attempt > 0,
        )

    def report(self, seen: Observation) -> Pruned | None:
        """Report what is new of a run, in order, and say where the pruner objects to it.

        A run that has ended by itself is judged by its value alone.

        Where a configuration is repeated, its single runs are not judged by their steps: each
        repeat's value is an intermediate value of the trial (which is what WilcoxonPruner wants).
        """
        reports = self.runs[seen.run_id].curve.add(seen.rows)
        judged = not seen.phase.ended or seen.run_id in self.interrupted
        if self.repeats > 1:
            return None
        for report in reports:
            self.trial.report(report.value, report.step)
            self.last_report = report.step
            if judged and self.trial.should_prune():
                return self._objection(report.step)
        return None

    def end(self, seen: Observation, worst: Sequence[float] | None) -> Outcome | None:
        """A run has ended for good: what the trial is told; None while other runs are needed."""
        run = self.runs.pop(seen.run_id)
        summary = seen.summary or {}
        outcome = endings.outcome(
            seen,
            lambda: run.curve.value(summary, worst),
            self.last_report,
            lambda: run.curve.imputed(worst),
        )
        if not isinstance(outcome, Completed):
            return outcome
        self._note_constraints(run.curve.constraints(summary))
        self.values[run.place.repeat] = outcome.values
        if len(self.values) == self.repeats:
            constraints.note(self.trial, self.constraints)
            means = tuple(fmean(column) for column in zip(*self.values.values(), strict=True))
            return Completed(means, feasible=constraints.kept(self.trial))
        return self._between_repeats(run.place.repeat, outcome.values)

    def worth_another(self, seen: Observation, retry: Retry) -> str:
        """Why a run that has ended like this is run again, in words; empty where it is not."""
        if seen.run_id in self.interrupted and seen.phase in (Phase.STOPPED, Phase.LOST):
            return "it was stopped when its scheduler died: started again"
        attempt = self.runs[seen.run_id].place.attempt
        if retry.again(seen.phase, attempt):
            return f"{endings.WORDS[seen.phase]}: tried again ({attempt + 1} of {retry.limit})"
        return ""

    def retry(self, run_id: str) -> Proposal:
        """The next attempt of a run that has ended.

        Steps that the last attempt reported stay as they are: Optuna takes each only once.
        """
        place = self.runs.pop(run_id).place
        reported = self.trial.study.get_trials(deepcopy=False)[place.trial].intermediate_values
        return self.start(RunId(place.trial, place.repeat, place.attempt + 1), reported)

    def _between_repeats(self, repeat: int, values: tuple[float, ...]) -> Pruned | None:
        if len(values) != 1:
            return None
        self.trial.report(values[0], repeat)
        self.last_report = repeat
        return self._objection(repeat) if self.trial.should_prune() else None

    def _objection(self, step: int) -> Pruned:
        study = self.trial.study
        return Pruned(step, why_pruned(study, study.get_trials(deepcopy=False)[self.trial.number]))

    def _note_constraints(self, numbers: Mapping[str, float]) -> None:
        """A repeated configuration is as feasible as its worst run."""
        for name, number in numbers.items():
            self.constraints[name] = max(number, self.constraints.get(name, number))
