"""What the trial of a run is told that has ended."""

from __future__ import annotations

import pytest

from optuna_sweep.endings import WORDS, outcome
from optuna_sweep.outcomes import Completed, Failed, Observation, Outcome, Phase, Pruned

VALUE = Completed((0.5,))


def seen(phase: Phase, detail: str = "") -> Observation:
    return Observation(run_id="s-0000", phase=phase, detail=detail)


def unasked() -> Outcome:
    raise AssertionError("a run that did not finish is not measured")


def test_every_way_to_end_has_its_words() -> None:
    assert set(WORDS) == {phase for phase in Phase if phase.ended}


@pytest.mark.parametrize("last_report", [None, 4])
def test_a_finished_run_is_measured(last_report: int | None) -> None:
    assert outcome(seen(Phase.FINISHED), lambda: VALUE, last_report) is VALUE


@pytest.mark.parametrize(
    "phase", [Phase.FAILED, Phase.CRASHED, Phase.PREEMPTED, Phase.LOST, Phase.DELETED], ids=str
)
@pytest.mark.parametrize("last_report", [None, 4])
def test_a_run_that_died_failed_whatever_it_reported(phase: Phase, last_report: int | None) -> None:
    assert outcome(seen(phase), unasked, last_report) == Failed(WORDS[phase])


def test_a_failure_ends_in_what_wandb_said_of_it() -> None:
    told = outcome(seen(Phase.LOST, "no such image"), unasked, None)
    assert told == Failed("it never left the queue: no such image")


def test_a_stopped_run_is_pruned_at_its_last_report() -> None:
    assert outcome(seen(Phase.STOPPED), unasked, 4) == Pruned(4, "somebody stopped it")


def test_a_report_at_step_zero_is_a_report() -> None:
    assert outcome(seen(Phase.STOPPED), unasked, 0) == Pruned(0, "somebody stopped it")


def test_a_stopped_run_without_a_report_failed() -> None:
    assert outcome(seen(Phase.STOPPED), unasked, None) == Failed("somebody stopped it")


def test_a_rule_that_stopped_the_run_is_named_in_place_of_somebody() -> None:
    rule = "it took longer than run_timeout"
    assert outcome(seen(Phase.STOPPED, rule), unasked, 4) == Pruned(4, rule)
    assert outcome(seen(Phase.STOPPED, rule), unasked, None) == Failed(rule)
