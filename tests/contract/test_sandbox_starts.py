"""Runs that are started over a sandbox: with how many requests, and what is known where answers fail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optuna_sweep.errors import Refused, TrialError
from optuna_sweep.launch import NotQueued, Queued, Unclear
from tests.contract.other_side import proposal
from tests.contract.sandbox_bench import PYTHON, SandboxBench


def test_ten_runs_are_started_with_one_request(bench: SandboxBench) -> None:
    assert bench.asked(lambda: bench.start(10)) == ["StartRuns"]
    assert bench.queued() == [f"s-{number:04d}" for number in range(10)]


def test_a_run_that_may_be_there_is_started_with_two_requests(bench: SandboxBench) -> None:
    run = replace(proposal(), again=True)
    asked = bench.asked(lambda: bench.launch.start_runs([run]))
    assert asked == ["UpsertBucket", "pushToRunQueueByName"]


@pytest.mark.parametrize("kind", ["graphql", "drop_after"])
@pytest.mark.parametrize(
    ("failing", "made", "queued"),
    [
        (["c1"], ["s-0000", "s-0002"], ["s-0000", "s-0001", "s-0002"]),
        (["q1"], ["s-0000", "s-0001", "s-0002"], ["s-0000", "s-0002"]),
        (["q1", "?2"], ["s-0000", "s-0001"], ["s-0000"]),
        (["?*"], [], []),
    ],
)
def test_of_a_document_that_was_carried_out_in_part_nothing_is_known_and_nothing_is_repeated(
    bench: SandboxBench, kind: str, failing: list[str], made: list[str], queued: list[str]
) -> None:
    bench.sandbox.fail({"kind": kind, "operation": "StartRuns", "fields": failing, "message": "busy"})
    runs = [proposal(number) for number in range(3)]
    started = bench.launch.start_runs(runs)
    assert [type(each) for each in started] == [Unclear] * 3
    bench.sandbox.fail()
    assert [run.run_id for run in bench.launch.known_runs()] == made
    assert bench.queued() == queued


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
@pytest.mark.parametrize("again", [False, True])
def test_a_request_that_queues_is_not_repeated(bench: SandboxBench, kind: str, again: bool) -> None:
    operation = "pushToRunQueueByName" if again else "StartRuns"
    bench.sandbox.fail({"kind": kind, "operation": operation})
    (started,) = bench.launch.start_runs([replace(proposal(), again=again)])
    assert isinstance(started, Unclear)
    assert bench.sandbox.faults()[0]["struck"] == 1
    assert bench.queued() == ["s-0000"] * (kind == "drop_after")


def test_what_w_and_b_turns_away_for_a_moment_is_sent_again_in_time(bench: SandboxBench) -> None:
    away = {"kind": "status", "status": 429, "retry_after": 1, "operation": "StartRuns", "times": 1}
    bench.sandbox.fail(away)
    (started,) = bench.launch.start_runs([proposal()])
    assert isinstance(started, Queued)
    assert bench.queued() == ["s-0000"]


def test_a_queue_that_does_not_exist_is_refused_and_not_asked_again(new_bench: SandboxBench) -> None:
    new_bench.open(**{"sweep_args": {**new_bench.arguments, "queue": "no-such-queue"}})
    for again in (False, True):
        with pytest.raises(Refused, match="The queue 'no-such-queue' of 'sandbox' does not take runs"):
            new_bench.launch.start_runs([replace(proposal(), again=again)])


def test_an_answer_that_is_dropped_is_asked_for_again(bench: SandboxBench) -> None:
    bench.sandbox.fail({"kind": "drop_after", "operation": "UpsertBucket", "sender": PYTHON, "times": 1})
    (started,) = bench.launch.start_runs([replace(proposal(), again=True)])
    assert isinstance(started, Queued)
    assert [run.run_id for run in bench.launch.known_runs()] == ["s-0000"]


def test_a_run_that_was_deleted_is_not_made_again_nor_queued(bench: SandboxBench) -> None:
    bench.start(1)
    bench.delete("s-0000")
    (started,) = bench.launch.start_runs([replace(proposal(), again=True)])
    assert isinstance(started, NotQueued)
    assert isinstance(started.why, TrialError)
    assert "previously created and deleted" in str(started.why)
    assert bench.queued() == ["s-0000"]


def test_a_deleted_run_is_known_among_those_that_were_started_with_it(bench: SandboxBench) -> None:
    bench.start(2)
    bench.delete("s-0001")
    started = bench.launch.start_runs([proposal(number) for number in (1, 2)])
    assert [type(each) for each in started] == [NotQueued, Unclear]
    assert isinstance(started[0].why, TrialError)
