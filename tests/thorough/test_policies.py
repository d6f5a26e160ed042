"""Retries, repeats, stop rules and time limits, over Launch in memory."""

from __future__ import annotations

from typing import Any

import optuna
import pytest

from optuna_sweep.config import StopEntry
from optuna_sweep.launch import Ending
from optuna_sweep.outcomes import Failed, Phase, Proposal, Pruned
from optuna_sweep.search import Retry
from optuna_sweep.stopping import Stop
from tests.memory_launch import Script, curve
from tests.sweeps_in_memory import sweep


def rule(**keys: Any) -> StopEntry:
    return StopEntry.model_validate(keys)


RETRY = Retry(3, frozenset({Phase.CRASHED, Phase.PREEMPTED, Phase.LOST}))


def test_a_crashed_run_is_tried_again_with_the_same_parameters_and_its_trial_told_once() -> None:
    run = sweep(
        lambda p: curve([0.4]) if p.retry else Script(end=Phase.CRASHED, seconds=9), run_cap=3, retry=RETRY
    )
    assert run.run() is Ending.FINISHED
    assert run.states == ["COMPLETE"] * 3
    assert sorted(run.launch.runs) == [f"sweep-000{n}{r}" for n in range(3) for r in ("", "-r1")]
    first, second = run.launch.runs["sweep-0001"], run.launch.runs["sweep-0001-r1"]
    assert first.proposal.parameters == second.proposal.parameters
    assert sorted(number for number, _ in run.told) == [0, 1, 2]


def test_retries_end_and_the_trial_fails() -> None:
    run = sweep(
        lambda p: Script(end=Phase.CRASHED, seconds=9), run_cap=None, retry=RETRY, stop=rule(trials=1)
    )
    run.run()
    assert sorted(run.launch.runs) == ["sweep-0000", "sweep-0000-r1", "sweep-0000-r2", "sweep-0000-r3"]
    assert run.states == ["FAIL"]


def test_a_way_to_end_that_is_not_listed_is_not_tried_again() -> None:
    run = sweep(lambda p: Script(end=Phase.FAILED, seconds=9), run_cap=1, retry=RETRY)
    run.run()
    assert sorted(run.launch.runs) == ["sweep-0000"]


def test_a_third_of_runs_crashing_loses_no_configuration() -> None:
    def script(proposal: Proposal) -> Script:
        dies = (7 * proposal.trial + len(proposal.run_id) + ord(proposal.run_id[-1])) % 3 == 0
        return Script(end=Phase.PREEMPTED, seconds=9) if dies else curve([0.5])

    run = sweep(script, run_cap=30, workers=4, retry=RETRY)
    assert run.run() is Ending.FINISHED
    assert run.states == ["COMPLETE"] * 30


def test_repeats_are_averaged_into_one_trial() -> None:
    run = sweep(lambda p: curve([float(p.run_id[-1])]), run_cap=6, workers=3, repeats=3)
    assert run.run() is Ending.FINISHED
    assert sorted(run.launch.runs) == [f"sweep-000{n}{x}" for n in range(2) for x in ("", "-x1", "-x2")]
    assert [trial.value for trial in run.study.trials] == [(0 + 1 + 2) / 3, (1 + 1 + 2) / 3]


def test_a_configuration_that_a_pruner_gives_up_between_repeats_costs_no_further_run() -> None:
    run = sweep(
        lambda p: curve([9.0]),
        run_cap=5,
        workers=1,
        repeats=5,
        pruner=optuna.pruners.ThresholdPruner(upper=1.0),
        stop=rule(trials=1),
    )
    run.run()
    assert (sorted(run.launch.runs), run.states) == (["sweep-0000"], ["PRUNED"])


@pytest.mark.parametrize(
    ("stop", "expected"),
    [
        (rule(trials=7), Stop("stop.trials", "7 trials were started")),
        (rule(timeout=120), Stop("stop.timeout", "120 seconds are over")),
        (rule(target=0.25), Stop("stop.target", "loss reached its target 0.25 with 0.2")),
        (rule(patience=4), Stop("stop.patience", "4 trials in a row brought no better value")),
    ],
)
def test_each_rule_ends_the_sweep_as_finished_and_says_so(stop: StopEntry, expected: Stop) -> None:
    losses = [0.5, 0.4, 0.3, 0.35, 0.31, 0.4, 0.5, 0.2]
    if stop.target:
        losses = [0.5, 0.4, 0.3, 0.2]
    run = sweep(lambda p: curve([losses[p.trial % len(losses)]]), run_cap=None, workers=1, stop=stop)
    assert run.run() is Ending.FINISHED
    assert run.loop.stop == expected
    assert [line for line in run.launch.said if expected.reason in line and expected.rule in line]
    assert not run.launch.live()


def test_live_runs_are_stopped_where_the_rule_says_so() -> None:
    run = sweep(
        lambda p: curve([0.5], every=1000.0), run_cap=None, stop=rule(timeout=60, running="stop"), workers=3
    )
    assert run.run() is Ending.FINISHED
    assert run.launch.clock < 120 and not run.launch.live()


def test_failures_in_a_row_end_the_sweep_as_failed_with_the_last_reason() -> None:
    run = sweep(
        lambda p: Script(end=Phase.FAILED, seconds=9), run_cap=500, stop=rule(max_consecutive_failures=3)
    )
    assert run.run() is Ending.FAILED
    assert run.loop.stop == Stop(
        "stop.max_consecutive_failures",
        "3 trials failed in a row, the last one because: the training process failed",
        failed=True,
    )
    assert len(run.launch.runs) <= 4


def test_the_message_of_failures_ends_with_the_last_words_of_the_last_failed_run() -> None:
    def script(proposal: Proposal) -> Script:
        return Script(end=Phase.FAILED, seconds=9, last_words=f"RuntimeError: no. {proposal.trial}")

    run = sweep(script, run_cap=9, workers=1, stop=rule(max_consecutive_failures=3))
    assert run.run() is Ending.FAILED
    assert run.loop.stop is not None
    assert run.loop.stop.reason == (
        "3 trials failed in a row, the last one because: the training process failed; "
        "the last that sweep-0002 printed: RuntimeError: no. 2"
    )
    assert run.launch.calls.count("last_words") == 1


def test_ten_failures_in_a_row_are_enough_where_nothing_is_said() -> None:
    run = sweep(lambda p: Script(end=Phase.LOST), run_cap=500)
    assert run.run() is Ending.FAILED
    assert len(run.launch.runs) <= 12


def test_failures_all_in_all_end_the_sweep() -> None:
    run = sweep(
        lambda p: Script(end=Phase.FAILED, seconds=9) if p.trial % 2 else curve([0.1]),
        run_cap=500,
        stop=rule(max_failures=4),
        workers=1,
    )
    assert run.run() is Ending.FAILED
    assert run.states.count("FAIL") == 4


def test_a_run_whose_machine_died_before_it_started_is_lost_and_tried_again() -> None:
    stuck = Script(start_after=1e9, taken_after=60.0)
    run = sweep(lambda p: curve([0.5]) if p.retry or p.trial else stuck, run_cap=2, retry=RETRY)
    assert run.run() is Ending.FINISHED
    assert run.states == ["COMPLETE"] * 2
    assert run.launch.runs["sweep-0000"].stop_asked is not None, "a late start would train it twice"
    assert 7200 < run.launch.clock < 7500


def test_a_run_that_waits_for_an_agent_is_waited_for() -> None:
    run = sweep(lambda p: curve([0.5], start_after=50_000.0), run_cap=2)
    assert run.run() is Ending.FINISHED
    assert run.states == ["COMPLETE"] * 2


def test_a_run_that_takes_too_long_is_stopped_and_told_why() -> None:
    run = sweep(lambda p: curve([0.5] * 100), run_cap=1, stop=rule(run_timeout=50))
    assert run.run() is Ending.FINISHED
    ((_, told),) = run.told
    assert isinstance(told, Pruned) and told.reason == "it ran for more than 50 seconds"


def test_a_run_that_takes_too_long_and_has_reported_nothing_is_a_failure() -> None:
    run = sweep(lambda p: Script(seconds=10_000, summary={"other": 1}), run_cap=1, stop=rule(run_timeout=50))
    run.run()
    assert run.told == [(0, Failed("it ran for more than 50 seconds"))]
