"""The one question of a poll and the reading of its answer."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import Any

import pytest
from graphql import parse

from optuna_sweep.errors import AnotherAtWork, Refused, Unavailable
from optuna_sweep.launch import Snapshot, SweepState, Watch
from optuna_sweep.outcomes import Phase, Row
from optuna_sweep.wandb_adapter.question import LARGEST_QUESTION, Question, merge_snapshots

LOSS = [("loss",)]
OURS = "The Optuna scheduler that drives this sweep: machine 1, process 2 (claim a1b2 after 0ff)"
THEIRS = "The Optuna scheduler that drives this sweep: machine 2, process 2 (claim c3d4 after a1b2)"


def question(notes: str = "") -> Question:
    return Question(
        entity="e", project="p", sweep="s", queue="q", queue_project="model-registry", notes=notes
    )


def ask(
    asked: Question,
    *,
    runs: list[Any],
    watched: list[Watch],
    columns: list[tuple[str, ...]] | None = None,
    items: list[Any] | None = None,
    ended: dict[str, dict[str, Any]] | None = None,
    sweep: Any = "RUNNING",
    notes: str | None = None,
) -> Snapshot:
    """One poll, answered with these runs and queue items in the order of ``watched``."""
    columns = columns or LOSS
    ((document, _, chunk),) = asked.parts(watched, columns)
    parse(document)
    project: dict[str, Any] = {"sweep": {"state": sweep}, "own": {"stopped": False, "notes": notes}}
    project |= {f"r{i}": run for i, run in enumerate(runs)}
    nodes = [{"name": name, "summaryMetrics": json.dumps(summary)} for name, summary in (ended or {}).items()]
    project["ended"] = {"edges": [{"node": node} for node in nodes]}
    queue = {f"i{i}": item for i, item in enumerate(items or []) if watched[i].item_id}
    return asked.read({"p": project, "queues": {"runQueue": queue}}, chunk, columns)


def run(*rows: dict[str, Any], state: str = "running") -> dict[str, Any]:
    return {"state": state, "new": [list(rows)]}


def minimum_steps(asked: Question, watched: list[Watch], columns: list[tuple[str, ...]]) -> list[int]:
    ((_, variables, _),) = asked.parts(watched, columns)
    return [json.loads(spec)["minStep"] for spec in variables["h0"]]


def test_history_that_was_read_is_not_asked_for_again() -> None:
    asked, watched = question(), [Watch("s-0000")]
    seen = ask(asked, watched=watched, runs=[run({"_step": 0, "loss": 1.0}, {"_step": 4, "loss": 0.5})])
    assert seen.observations[0].rows == (Row(0, {"loss": 1.0}), Row(4, {"loss": 0.5}))
    assert minimum_steps(asked, watched, LOSS) == [5]


def test_each_run_has_a_cursor_of_its_own() -> None:
    asked = question()
    first, second = run({"_step": 7, "loss": 1.0}), run({"_step": 2, "loss": 1.0})
    watched = [Watch("a"), Watch("b")]
    ask(asked, watched=watched, runs=[first, second])
    ((_, variables, _),) = asked.parts(watched, LOSS)
    assert [json.loads(variables[f"h{i}"][0])["minStep"] for i in (0, 1)] == [8, 3]


def test_columns_on_different_rows_are_joined_by_step_and_read_on_their_own() -> None:
    asked, watched, columns = question(), [Watch("s-0000")], [("loss",), ("size",)]
    answer = run() | {
        "new": [[{"_step": 1, "loss": 1.0}], [{"_step": 1, "size": 2}, {"_step": 3, "size": 4}]]
    }
    seen = ask(asked, watched=watched, runs=[answer], columns=columns)
    assert seen.observations[0].rows == (Row(1, {"loss": 1.0, "size": 2}), Row(3, {"size": 4}))
    assert minimum_steps(asked, watched, columns) == [2, 4]


def test_a_row_that_the_server_sends_again_is_given_once() -> None:
    asked, watched = question(), [Watch("s-0000")]
    answer = run({"_step": 0, "loss": 1.0})
    ask(asked, watched=watched, runs=[answer])
    assert ask(asked, watched=watched, runs=[answer]).observations[0].rows == ()


def test_values_are_given_as_they_came() -> None:
    seen = ask(question(), watched=[Watch("s-0000")], runs=[run({"_step": 0, "loss": "NaN"})])
    assert seen.observations[0].rows == (Row(0, {"loss": "NaN"}),)


def test_so_many_samples_are_asked_for_that_nothing_is_thinned_out() -> None:
    ((_, variables, _),) = question().parts([Watch("s-0000")], LOSS)
    assert json.loads(variables["h0"][0])["samples"] >= 1_000_000


def test_an_ended_run_has_its_summary_and_a_live_one_none() -> None:
    watched = [Watch("a"), Watch("b")]
    seen = ask(
        question(),
        watched=watched,
        runs=[run(state="finished"), run()],
        ended={"a": {"loss": 0.5, "histogram": {"bins": [1, 2]}}, "b": {"loss": 9.0}},
    )
    assert [each.summary for each in seen.observations] == [
        {"loss": 0.5, "histogram": {"bins": [1, 2]}},
        None,
    ]


def test_summaries_are_asked_for_of_the_watched_runs_that_have_ended_alone() -> None:
    ((document, variables, _),) = question().parts([Watch("a"), Watch("b")], LOSS)
    assert document.count("summaryMetrics") == 1
    assert json.loads(variables["ended"]) == {
        "name": {"$in": ["a", "b"]},
        "state": {"$in": ["finished", "failed", "crashed", "preempted", "killed"]},
    }


def test_a_poll_without_runs_asks_for_no_summaries() -> None:
    ((document, variables, _),) = question().parts([], LOSS)
    assert "runs(" not in document and "ended" not in variables


@pytest.mark.parametrize(
    ("state", "phase"),
    [
        ("pending", Phase.WAITING),
        ("running", Phase.RUNNING),
        ("preempting", Phase.RUNNING),
        ("preempted", Phase.PREEMPTED),
        ("finished", Phase.FINISHED),
        ("failed", Phase.FAILED),
        ("crashed", Phase.CRASHED),
        ("killed", Phase.STOPPED),
        ("a state of next year", Phase.RUNNING),
    ],
)
def test_states_of_runs_are_mapped_and_an_unknown_one_means_alive(state: str, phase: Phase) -> None:
    seen = ask(question(), watched=[Watch("s-0000")], runs=[run(state=state)])
    assert seen.observations[0].phase is phase


@pytest.mark.parametrize(
    ("state", "wish"),
    [
        ("RUNNING", SweepState.ACTIVE),
        ("PENDING", SweepState.ACTIVE),
        ("PAUSED", SweepState.PAUSED),
        ("FINISHED", SweepState.FINISHED),
        ("CANCELED", SweepState.CANCELED),
        ("CANCELLED", SweepState.CANCELED),
        ("SOMETHING", SweepState.ACTIVE),
    ],
)
def test_states_of_the_sweep_are_mapped_and_an_unknown_one_is_no_reason_to_stop(
    state: str, wish: SweepState
) -> None:
    assert ask(question(), watched=[], runs=[], sweep=state).sweep is wish


def test_a_waiting_run_whose_queue_item_failed_is_lost() -> None:
    watched = [Watch("s-0000", "item")]
    seen = ask(
        question(), watched=watched, runs=[run(state="pending")], items=[{"id": "item", "state": "FAILED"}]
    )
    assert seen.observations[0].phase is Phase.LOST


def test_a_waiting_run_tells_whether_an_agent_has_taken_it() -> None:
    asked, watched = question(), [Watch("s-0000", "i")]
    taken = {}
    for state in ("PENDING", "LEASED", "CLAIMED"):
        item = {"id": "i", "state": state}
        seen = ask(asked, watched=watched, runs=[run(state="pending")], items=[item])
        taken[state] = seen.observations[0].taken
    assert taken == {"PENDING": False, "LEASED": False, "CLAIMED": True}


def test_a_running_run_is_not_judged_by_its_queue_item() -> None:
    watched = [Watch("s-0000", "item")]
    seen = ask(question(), watched=watched, runs=[run()], items=[{"id": "item", "state": "FAILED"}])
    assert seen.observations[0].phase is Phase.RUNNING


def test_a_queue_item_must_be_missing_three_times_before_its_run_is_lost() -> None:
    asked, watched = question(), [Watch("s-0000", "item")]
    phases = [
        ask(asked, watched=watched, runs=[run(state="pending")], items=[None]).observations[0].phase
        for _ in range(3)
    ]
    assert phases == [Phase.WAITING, Phase.WAITING, Phase.LOST]


def test_a_run_must_be_missing_three_times_before_it_counts_as_deleted() -> None:
    asked = question()
    phases = [ask(asked, watched=[Watch("s-0000")], runs=[None]).observations[0].phase for _ in range(3)]
    assert phases == [Phase.RUNNING, Phase.RUNNING, Phase.DELETED]


def test_the_queue_is_asked_only_about_runs_that_may_be_waiting() -> None:
    ((document, variables, _),) = question().parts([Watch("a"), Watch("b", "item")], LOSS)
    assert document.count("runQueueItem(") == 1 and variables["i1"] == "item"
    ((document, variables, _),) = question().parts([Watch("a")], LOSS)
    assert "runQueue" not in document and "queue" not in variables


def test_a_poll_is_one_document_for_up_to_a_hundred_runs() -> None:
    watched = [Watch(f"s-{i:04d}", f"item-{i}") for i in range(2 * LARGEST_QUESTION + 1)]
    assert len(list(question().parts(watched[:20], LOSS))) == 1
    assert [len(chunk) for _, _, chunk in question().parts(watched, LOSS)] == [100, 100, 1]
    assert len(list(question().parts([], LOSS))) == 1


@pytest.mark.parametrize("data", [{}, {"p": None}, {"p": {"sweep": None}}])
def test_an_answer_without_the_sweep_says_nothing_about_the_runs(data: dict[str, Any]) -> None:
    asked = question()
    with pytest.raises(Unavailable):
        asked.read(data, [Watch("s-0000")], LOSS)


def test_a_sweep_that_is_missing_three_times_in_a_row_was_deleted() -> None:
    asked, gone = question(), {"p": {"sweep": None}}
    for _ in range(2):
        with pytest.raises(Unavailable):
            asked.read(gone, [], LOSS)
    ask(asked, runs=[], watched=[])
    for _ in range(2):
        with pytest.raises(Unavailable):
            asked.read(gone, [], LOSS)
    with pytest.raises(Refused, match=r"The sweep s is no longer in W&B\."):
        asked.read(gone, [], LOSS)


def test_the_strongest_wish_of_several_answers_wins() -> None:
    parts = [Snapshot(SweepState.ACTIVE, False, ()), Snapshot(SweepState.CANCELED, True, ())]
    merged = merge_snapshots(parts)
    assert merged.sweep is SweepState.CANCELED and merged.scheduler_stopped


@pytest.mark.parametrize(
    ("notes", "taken_over"),
    [(None, False), (OURS, False), (OURS.replace("a1b2 after 0ff", "0ff"), False), (THEIRS, True)],
    ids=["removed", "ours", "an old answer", "another's"],
)
def test_a_poll_says_when_another_scheduler_has_claimed_the_sweep(
    notes: str | None, taken_over: bool
) -> None:
    ask(question(), watched=[], runs=[], notes=notes)
    with pytest.raises(AnotherAtWork) if taken_over else nullcontext():
        ask(question(OURS), watched=[], runs=[], notes=notes)
