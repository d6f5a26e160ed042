"""Each run is on the queue once, whatever became of the answers."""

from __future__ import annotations

from dataclasses import replace

from optuna_sweep.errors import TrialError
from optuna_sweep.launch import Ending
from optuna_sweep.outcomes import Proposal
from tests.memory_launch import Script, curve, no_answer
from tests.sweeps_in_memory import sweep


def good(proposal: Proposal) -> Script:
    return curve([1.0, 0.5, proposal.parameters["x"]])


def test_a_run_that_could_not_be_queued_is_queued_later_under_the_same_id() -> None:
    run = sweep(good, run_cap=2, workers=1)
    run.launch.faults = no_answer("enqueue", first=1, last=3)
    assert run.run() is Ending.FINISHED
    assert sorted(run.launch.runs) == ["sweep-0000", "sweep-0001"]
    assert run.states == ["COMPLETE"] * 2


def test_a_run_whose_queueing_got_no_answer_is_not_queued_again_while_the_request_may_arrive() -> None:
    run = sweep(good, run_cap=1)
    run.launch.faults = no_answer("enqueue", first=1, last=1)

    def arrive() -> None:
        late = run.launch.runs["sweep-0000"]
        late.queued, late.script = run.launch.clock, good(late.proposal)

    run.launch.at.append((20.0, arrive))
    assert run.run() is Ending.FINISHED
    assert run.launch.calls.count("enqueue") == 1
    assert run.states == ["COMPLETE"]


def test_runs_that_are_due_at_once_are_started_with_one_request() -> None:
    run = sweep(good, run_cap=7, workers=7)
    assert run.run() is Ending.FINISHED
    assert run.launch.calls.count("start_runs") == 1


def test_a_run_that_was_queued_but_not_made_is_waited_for_until_its_process_makes_it() -> None:
    run = sweep(lambda p: replace(good(p), start_after=50.0), run_cap=2)
    run.launch.faults = no_answer("create_run", first=2, last=2)
    assert run.run() is Ending.FINISHED
    assert run.launch.calls.count("enqueue") == 2
    assert run.states == ["COMPLETE"] * 2


def test_a_run_that_a_request_without_an_answer_may_have_made_is_started_alone_the_next_time() -> None:
    run = sweep(good, run_cap=3, workers=3)
    run.launch.faults = no_answer("start_runs", first=1, last=1)
    assert run.run() is Ending.FINISHED
    assert run.launch.calls.count("start_runs") == 1
    assert [each.proposal.again for each in run.launch.runs.values()] == [True] * 3
    assert run.states == ["COMPLETE"] * 3


def test_a_run_that_cannot_be_made_leaves_those_that_were_started_with_it_alone() -> None:
    run = sweep(good, run_cap=4, workers=4)

    def deleted(call: str, nth: int) -> None:
        if call == "create_run" and nth == 2:
            raise TrialError("sweep-0001 was deleted")

    run.launch.faults = deleted
    assert run.run() is Ending.FINISHED
    assert run.launch.calls.count("enqueue") == 3
    assert sorted(run.states) == ["COMPLETE"] * 3 + ["FAIL"]
