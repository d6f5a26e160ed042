"""The lines that people read while a sweep works."""

from __future__ import annotations

import optuna
from optuna.trial import TrialState, create_trial

from optuna_sweep.config import Metric
from optuna_sweep.outcomes import Completed, Failed, Outcome, Proposal, Pruned
from optuna_sweep.report import Progress

LOSS = Metric(name="loss")


def told(progress: Progress, *outcomes: Outcome) -> list[str]:
    return [
        progress.told(
            Proposal(run_id=f"s-{i:04d}", trial=i, name=f"trial-{i:03d}", parameters={}), outcomes[i]
        )
        for i in range(len(outcomes))
    ]


def test_each_trial_is_a_line_with_the_count_and_the_best_so_far() -> None:
    lines = told(
        Progress([LOSS], 9),
        Completed((0.5,)),
        Pruned(3, "step 3: 0.9: stopped by MedianPruner"),
        Failed("the training process failed"),
        Completed((0.25,)),
        Pruned(2, "somebody stopped it"),
    )
    assert lines == [
        "trial-000 loss 0.5. [1 of 9 told: 1 complete; best loss 0.5 in trial-000]",
        "trial-001 pruned at step 3: 0.9: stopped by MedianPruner. "
        "[2 of 9 told: 1 complete, 1 pruned; best loss 0.5 in trial-000]",
        "trial-002 failed: the training process failed. "
        "[3 of 9 told: 1 complete, 1 failed, 1 pruned; best loss 0.5 in trial-000]",
        "trial-003 loss 0.25. [4 of 9 told: 2 complete, 1 failed, 1 pruned; best loss 0.25 in trial-003]",
        "trial-004 pruned: somebody stopped it. "
        "[5 of 9 told: 2 complete, 1 failed, 2 pruned; best loss 0.25 in trial-003]",
    ]


def test_the_best_is_the_largest_where_the_goal_is_to_maximise() -> None:
    lines = told(
        Progress([Metric(name="acc", minimize=False)], 3), *[Completed((v,)) for v in (0.1, 0.9, 0.5)]
    )
    assert lines[-1].endswith("best acc 0.9 in trial-001]")


def test_the_first_of_equals_stays_the_best() -> None:
    assert told(Progress([LOSS], 2), Completed((0.0,)), Completed((0.0,)))[-1].endswith("0 in trial-000]")


def test_several_objectives_are_all_shown_and_none_is_the_best() -> None:
    metrics = [LOSS, Metric(name="size", minimize=False)]
    assert told(Progress(metrics, None), Completed((0.5, 3.0))) == [
        "trial-000 loss 0.5, size 3. [1 told: 1 complete]"
    ]


def test_a_sweep_without_a_metric_has_runs_that_finished() -> None:
    assert told(Progress([], None), Completed((0.0,))) == ["trial-000 finished. [1 told: 1 complete]"]


def test_before_the_first_trial_nothing_is_told() -> None:
    assert Progress([LOSS], 4).standing(2) == "0 of 4 told, 2 in flight: none yet"


def test_the_rate_and_the_time_left_are_told_once_there_is_a_rate() -> None:
    clock = iter([0.0, 60.0, 120.0, 180.0])
    lines = told(Progress([LOSS], 4, lambda: next(clock)), *[Completed((0.5,))] * 3)
    assert "an hour" not in lines[0]
    assert lines[1].endswith("; 60 an hour, 2 min left]")
    assert lines[2].endswith("; 60 an hour, 1 min left]")


def test_long_times_are_told_in_hours() -> None:
    clock = iter([0.0, 0.0, 7200.0])
    lines = told(Progress([LOSS], 9, lambda: next(clock)), *[Completed((0.5,))] * 2)
    assert lines[-1].endswith("; 1 an hour, 7 h 00 min left]")


def test_the_line_of_a_trial_says_how_many_runs_are_in_flight() -> None:
    proposal = Proposal(run_id="s-0000", trial=0, name="trial-000", parameters={})
    line = Progress([LOSS], 4).told(proposal, Failed("it crashed"), running=2)
    assert line == "trial-000 failed: it crashed. [1 of 4 told, 2 in flight: 1 failed]"


def test_the_line_of_a_terminal_says_how_many_runs_are_in_flight() -> None:
    clock = iter([0.0, 60.0, 120.0, 120.0])
    progress = Progress([LOSS], 4, lambda: next(clock))
    told(progress, Completed((0.5,)), Pruned(1, "step 1: bad"))
    assert progress.standing(2) == (
        "2 of 4 told, 2 in flight: 1 complete, 1 pruned; best loss 0.5 in trial-000; 60 an hour, 2 min left"
    )


def test_a_scheduler_that_takes_over_goes_on_counting_but_has_a_rate_of_its_own() -> None:
    clock = iter([0.0, 60.0, 120.0])
    progress = Progress([LOSS], 6, lambda: next(clock))
    run = {"run_id": "s-0000"}
    study = optuna.create_study()
    study.add_trials(
        [
            create_trial(value=0.125, user_attrs=run),
            create_trial(state=TrialState.FAIL, user_attrs=run),
            create_trial(state=TrialState.PRUNED, user_attrs=run),
            create_trial(value=0.25),  # from another sweep
        ]
    )
    progress.begin(study.get_trials())
    last = told(progress, Completed((0.5,)), Completed((0.25,)))[-1]
    assert last == (
        "trial-001 loss 0.25. [5 of 6 told: 3 complete, 1 failed, 1 pruned; best loss 0.125 in trial-000; "
        "60 an hour, 1 min left]"
    )


def test_a_run_that_breaks_a_constraint_is_never_the_best() -> None:
    progress = Progress([LOSS], None)
    proposal = Proposal(run_id="s-0000", trial=0, name="trial-000", parameters={})
    assert progress.told(proposal, Completed((0.1,), feasible=False)) == (
        "trial-000 loss 0.1. [1 told: 1 complete]"
    )
