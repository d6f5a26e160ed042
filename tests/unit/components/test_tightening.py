"""The default pruner: lenient early, strict late, and at ease with runs that log at their own steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import optuna
from optuna.trial import TrialState, create_trial

from optuna_sweep.components.tightening import TighteningPruner


def study_of(curves: Iterable[Mapping[int, float]], direction: str = "minimize") -> optuna.Study:
    """Trials that completed, with these intermediate values."""
    study = optuna.create_study(pruner=TighteningPruner(), direction=direction)
    for curve in curves:
        study.add_trial(create_trial(value=0.0, intermediate_values=dict(curve)))
    return study


def pruned_at(study: optuna.Study, curve: Mapping[int, float]) -> int | None:
    """The step at which a new trial with these values is stopped."""
    trial = study.ask()
    for step, value in curve.items():
        trial.report(value, step)
        if trial.should_prune():
            return step
    return None


def flat(value: float, steps: Iterable[int] = range(33)) -> dict[int, float]:
    return {step: value for step in steps}


TEN = [flat(float(level)) for level in range(10)]


def test_the_worst_quarter_is_stopped_at_the_second_value() -> None:
    assert pruned_at(study_of(TEN), flat(8.5)) == 1


def test_an_average_run_is_stopped_only_when_it_has_had_time() -> None:
    assert pruned_at(study_of(TEN), flat(5.5)) == 6


def test_the_best_quarter_is_never_stopped() -> None:
    assert pruned_at(study_of(TEN), flat(1.5)) is None


def test_maximising_turns_the_order_around() -> None:
    study = study_of(TEN, "maximize")
    assert pruned_at(study, flat(0.5)) == 1
    assert pruned_at(study, flat(7.5)) is None


def test_four_runs_are_too_few_to_judge_by() -> None:
    assert pruned_at(study_of(TEN[:4]), flat(99.0)) is None


def test_runs_that_never_share_a_step_are_compared_on_the_line_between_their_values() -> None:
    falling = [{step: level - step for step in range(level, 330, 10)} for level in range(1, 10)]
    study = study_of(falling)
    assert pruned_at(study, {step: 500.0 - step for step in range(0, 330, 7)}) is not None
    assert pruned_at(study, {step: -5.0 - step for step in range(0, 330, 7)}) is None


def test_trials_at_work_and_stopped_ones_count() -> None:
    study = optuna.create_study(pruner=TighteningPruner())
    for level in range(6):
        trial = study.ask()
        trial.report(float(level), 1)
        if level % 2:
            study.tell(trial, state=TrialState.PRUNED)
    assert pruned_at(study, {1: 9.0}) == 1


def test_a_failed_trial_says_nothing_about_the_others() -> None:
    study = optuna.create_study(pruner=TighteningPruner())
    for curve in TEN:
        study.add_trial(create_trial(state=TrialState.FAIL, intermediate_values=curve))
    assert pruned_at(study, flat(99.0)) is None


def test_nan_is_the_worst_value_and_spoils_no_comparison() -> None:
    study = study_of([*TEN, flat(float("nan"))])
    assert pruned_at(study, flat(float("nan"))) == 1
    assert pruned_at(study, flat(0.5)) is None


def test_a_row_that_comes_late_does_not_judge_its_run_again() -> None:
    study = study_of(TEN)
    trial = study.ask()
    for step in (0, 4):
        trial.report(0.5, step)
        assert not trial.should_prune()
    trial.report(99.0, 2)
    assert not trial.should_prune()
