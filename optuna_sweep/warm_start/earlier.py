"""Earlier results in one form: what was tried, and what came of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from optuna.trial import FrozenTrial, TrialState

from optuna_sweep import constraints, endings
from optuna_sweep.launch import KnownRun
from optuna_sweep.measure import Curve, Measure
from optuna_sweep.outcomes import Completed, Failed, Observation, Outcome, Pruned
from optuna_sweep.space import SearchSpace


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """One earlier result.

    Attributes:
        origin: Where it comes from, for people; no two results share one.
        config: The config that was tried, which may hold more than the space decides.
        searched: The parameters that an earlier study searched; None for a run, which does not say.
        outcome: What came of it, as this sweep measures runs.
        reports: Its intermediate values by step.
        constraints: Each holds where it is zero or less.
    """

    origin: str
    config: Mapping[str, Any]
    outcome: Outcome
    searched: frozenset[str] | None = None
    reports: Mapping[int, float] = field(default_factory=dict)
    constraints: Mapping[str, float] = field(default_factory=dict)


def of_runs(source: str, runs: Iterable[KnownRun], measure: Measure) -> Iterator[Earlier]:
    """The runs of a sweep, oldest first, judged as if they were this sweep's own.

    Args:
        source: What the sweep file calls the sweep.
        runs: With their history, where a run's value or its constraints need it.
        measure: How runs of this sweep are measured.
    """
    for run in sorted(runs, key=lambda run: (run.created_at, run.run_id)):
        yield _of_run(source, run, measure)


def of_trials(
    source: str, trials: Sequence[FrozenTrial], space: SearchSpace, measure: Measure
) -> Iterator[Earlier]:
    """The trials of another study, by number.

    Args:
        source: What the sweep file calls the study.
        trials: As the study is stored.
        space: Reads their configs.
        measure: Names the constraints. One that a trial has no number for does not hold there.
    """
    unknown = Curve(measure).constraints({})
    for trial in trials:
        known = constraints.of(trial)
        yield Earlier(
            origin=f"{source} trial {trial.number}",
            config=space.config(trial),
            searched=frozenset(trial.params),
            outcome=_told(trial),
            reports=dict(trial.intermediate_values),
            constraints={**unknown, **{name: known[name] for name in unknown.keys() & known}},
        )


def _of_run(source: str, run: KnownRun, measure: Measure) -> Earlier:
    curve = Curve(measure)
    reports = {report.step: report.value for report in curve.add(run.rows)}
    seen = Observation(run_id=run.run_id, phase=run.phase, rows=run.rows, summary=run.summary)
    outcome: Outcome = Failed("it has not ended")
    if run.phase.ended:
        outcome = endings.outcome(
            seen, lambda: curve.value(run.summary), max(reports, default=None), curve.imputed
        )
    return Earlier(
        origin=f"{source} run {run.run_id}",
        config=run.parameters,
        outcome=outcome,
        reports=reports,
        constraints=curve.constraints(run.summary),
    )


def _told(trial: FrozenTrial) -> Outcome:
    if trial.state is TrialState.COMPLETE and trial.values is not None:
        return Completed(tuple(trial.values))
    if trial.state is TrialState.PRUNED and trial.last_step is not None:
        return Pruned(trial.last_step, "pruned")
    reason = trial.user_attrs.get("reason")
    return Failed(f"{trial.state.name.lower()}: {reason}" if reason else trial.state.name.lower())
