"""The default pruner: judges a run by its outlook, lets precedents be, and is at ease with any steps."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping

import optuna
import pytest
from optuna.trial import TrialState, create_trial

from optuna_sweep.components.tightening import TighteningPruner


def study_of(curves: Iterable[Mapping[int, float]], direction: str = "minimize") -> optuna.Study:
    """Trials that completed with these intermediate values, the last of which they were told with."""
    study = optuna.create_study(pruner=TighteningPruner(), direction=direction)
    for curve in curves:
        told = curve[max(curve)]
        study.add_trial(
            create_trial(value=1e9 if math.isnan(told) else told, intermediate_values=dict(curve))
        )
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


def test_the_worse_half_is_stopped_at_the_second_value() -> None:
    assert pruned_at(study_of(TEN), flat(4.5)) == 1


def test_an_average_run_is_stopped_only_when_it_has_had_time() -> None:
    assert pruned_at(study_of(TEN), flat(3.5)) == 6


def test_the_best_fifth_is_never_stopped() -> None:
    assert pruned_at(study_of(TEN), flat(1.5)) is None


def test_maximising_turns_the_order_around() -> None:
    study = study_of(TEN, "maximize")
    assert pruned_at(study, flat(4.5)) == 1
    assert pruned_at(study, flat(7.5)) is None


def test_three_runs_are_too_few_to_judge_by() -> None:
    assert pruned_at(study_of(TEN[:3]), flat(99.0)) is None


def test_a_run_has_no_pace_before_its_second_value() -> None:
    study = study_of(TEN)
    assert pruned_at(study, {1: 99.0}) is None
    assert pruned_at(study, {1: 99.0, 2: 99.0}) == 2


@pytest.mark.parametrize(("direction", "sign"), [("minimize", 1.0), ("maximize", -1.0)])
def test_a_run_that_still_improves_is_judged_by_what_it_may_have_at_twice_the_step(
    direction: str, sign: float
) -> None:
    study = study_of([{step: sign * value for step, value in curve.items()} for curve in TEN], direction)
    # 12 at step 2, 8 at step 4: improving once more as much, it has 4 at step 8.
    falling = {2: 12.0, 4: 8.0}
    study.pruner = TighteningPruner(first=0.4, last=0.4)
    assert pruned_at(study, {step: sign * value for step, value in falling.items()}) is None
    study.pruner = TighteningPruner(first=0.3, last=0.3)
    assert pruned_at(study, {step: sign * value for step, value in falling.items()}) == 4


def test_a_run_that_began_late_is_given_no_more_than_it_has_shown() -> None:
    study = study_of(TEN)
    late = optuna.create_study(pruner=study.pruner).ask()
    late.report(11.0, 12)
    late.report(8.0, 16)
    seen = TighteningPruner().compare(study, late.study.trials[0])
    assert seen is not None
    assert (seen.value, seen.outlook) == (8.0, 5.0)


def test_a_run_that_gets_worse_is_not_judged_by_worse_than_it_has() -> None:
    study = study_of(TEN)
    study.pruner = TighteningPruner(first=0.2, last=0.2)
    assert pruned_at(study, {step: 0.5 + 0.04 * step for step in range(33)}) is None


def test_what_the_best_run_was_like_is_let_be() -> None:
    slow = {step: 20.0 - 25.0 * step / 32 for step in range(33)}
    assert pruned_at(study_of(TEN), flat(19.0)) == 1
    assert pruned_at(study_of([*TEN, slow]), flat(19.0)) == 2
    assert pruned_at(study_of([*TEN, slow]), {step: value - 0.1 for step, value in slow.items()}) is None


def test_as_good_as_the_best_run_was_is_good_enough_and_what_it_was_told_with_makes_it_the_best() -> None:
    study = study_of(TEN)
    study.add_trial(create_trial(value=-1.0, intermediate_values=flat(6.0)))
    assert pruned_at(study, flat(6.0)) is None
    assert pruned_at(study, flat(6.01)) == 1


def test_a_best_run_without_a_number_there_is_no_precedent() -> None:
    blind = {**flat(-1.0), 1: float("nan")}
    assert pruned_at(study_of([*TEN, blind]), flat(99.0)) == 1


def test_a_best_run_that_was_stopped_before_is_no_precedent() -> None:
    study = study_of(TEN)
    study.add_trial(create_trial(state=TrialState.PRUNED, value=-9.0, intermediate_values=flat(99.0)))
    assert pruned_at(study, flat(9.5)) == 1


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
    assert pruned_at(study, {0: 9.0, 1: 9.0}) == 1


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


def test_the_order_in_which_rows_come_changes_nothing_that_was_complete_when_it_was_judged() -> None:
    study = study_of(TEN)
    rows = [(step, 9.0 - 8.0 * step / 32) for step in range(17)]
    answers = []
    for seed in range(5):
        trial, shuffled = study.ask(), rows[:-1]
        random.Random(seed).shuffle(shuffled)
        for step, value in [*shuffled, rows[-1]]:
            trial.report(value, step)
        answers.append((trial.should_prune(), TighteningPruner().compare(study, study.trials[trial.number])))
        study.tell(trial, state=TrialState.FAIL)
    assert all(answer == answers[0] for answer in answers)


def test_workers_that_all_began_at_once_are_judged_without_a_complete_run() -> None:
    study = optuna.create_study(pruner=TighteningPruner())
    trials = [study.ask() for _ in range(10)]
    stopped = set()
    for step in range(5):
        for level, trial in enumerate(trials):
            if level not in stopped:
                trial.report(float(level), step)
                if trial.should_prune():
                    stopped.add(level)
    assert stopped == {4, 5, 6, 7, 8, 9}
