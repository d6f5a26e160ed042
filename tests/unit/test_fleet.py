"""Each run is on the queue once, whatever became of the answers."""

from __future__ import annotations

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
