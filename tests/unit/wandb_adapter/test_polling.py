"""A poll in the shape that the server knows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from graphql import parse

from optuna_sweep.errors import Refused, Unavailable
from optuna_sweep.launch import SweepState, Watch
from optuna_sweep.outcomes import Phase, Row
from optuna_sweep.wandb_adapter.polling import Polling
from optuna_sweep.wandb_adapter.question import Question

HISTORY = {"a": [{"_step": 0, "loss": 3.0}, {"_step": 5, "loss": 2.0}], "b": [{"_step": 0, "loss": 9.0}]}
SUMMARY = '{"_step": 5, "loss": 2.0, "other": 7}'


class Server:
    """Answers wandb's own documents; the batched one as it was told to."""

    def __init__(self, batched: Exception | None) -> None:
        self.batched = batched
        self.asked: list[str] = []
        self.finished = False
        self.finds_ended = True
        self.by_name: Exception | None = None

    def ask(
        self, document: str, variables: Mapping[str, Any], *, timeout: float | None = None
    ) -> dict[str, Any]:
        name = parse(document).definitions[0].name.value  # type: ignore[union-attr]
        self.asked.append(name)
        if name == "SweepPoll" and self.batched is not None:
            raise self.batched
        if name == "GetRunQueueItem":
            return {"project": {"runQueue": {"runQueueItem": {"id": variables["itemId"], "state": "FAILED"}}}}
        if name == "EndedRuns" and self.by_name is not None:
            raise self.by_name
        if name == "EndedRuns":
            return {"project": {"r0": {"name": variables["r0"], "summaryMetrics": SUMMARY}}}
        if name == "SweepPoll":
            whole = [self.run(variables[f"r{i}"], variables[f"h{i}"]) for i in (0, 1)]
            runs = {
                f"r{i}": {"state": run["state"], "new": run["sampledHistory"]} for i, run in enumerate(whole)
            }
            found = [{"node": run} for run in whole if self.finds_ended and run["state"] == "finished"]
            seen = {"sweep": {"state": "RUNNING"}, "ended": {"edges": found}, **runs}
            return {"p": seen, "queues": {"runQueue": {"i1": None}}}
        names = json.loads(variables["filters"])["name"]["$in"]
        edges = [{"node": self.run(run, variables["historySpecs"])} for run in reversed(names)]
        return {"project": {"sweep": {"state": "PAUSED"}, "runs": {"edges": edges}}}

    def run(self, name: str, specs: list[str]) -> dict[str, Any]:
        start = json.loads(specs[0])["minStep"]
        rows = [row for row in HISTORY[name] if row["_step"] >= start]
        state = "pending" if name == "b" else "finished" if self.finished else "running"
        return {"name": name, "state": state, "summaryMetrics": SUMMARY, "sampledHistory": [rows]}


def polling(server: Server, said: list[str]) -> Polling:
    question = Question(entity="e", project="p", sweep="s", queue="q", queue_project="model-registry")
    place = {"projectName": "model-registry", "entityName": "e", "runQueue": "q"}
    return Polling(server, question, place, said.append)  # type: ignore[arg-type]


WATCHED = [Watch("a"), Watch("b", "item")]
COLUMNS = [["loss"]]


def test_a_server_that_knows_the_batched_question_is_asked_nothing_else() -> None:
    server = Server(None)
    snapshot = polling(server, []).snapshot(WATCHED, COLUMNS)
    assert server.asked == ["SweepPoll"] and snapshot.sweep is SweepState.ACTIVE


@pytest.mark.parametrize(
    ("error", "tries"), [(Refused("Cannot query field"), 3), (Unavailable("unknown operation SweepPoll"), 12)]
)
def test_a_server_that_refuses_it_is_asked_what_wandbs_own_scheduler_asks(
    error: Exception, tries: int
) -> None:
    server, said = Server(error), []
    polled = polling(server, said)
    snapshot = polled.snapshot(WATCHED, COLUMNS)
    assert snapshot.sweep is SweepState.PAUSED
    first, second = snapshot.observations
    assert first.rows == (Row(0, {"loss": 3.0}), Row(5, {"loss": 2.0}))
    assert second.phase is Phase.LOST
    assert polled.snapshot(WATCHED, COLUMNS).observations[0].rows == ()
    for _ in range(15):
        polled.snapshot(WATCHED, COLUMNS)
    assert server.asked.count("SweepPoll") == tries
    assert len(said) == 1


def test_a_server_that_has_answered_once_is_not_taken_for_another_kind_when_it_fails() -> None:
    server, said = Server(None), []
    polled = polling(server, said)
    polled.snapshot(WATCHED, COLUMNS)
    server.batched = Unavailable("busy")
    for _ in range(5):
        with pytest.raises(Unavailable):
            polled.snapshot(WATCHED, COLUMNS)
    assert set(server.asked) == {"SweepPoll"}


def test_where_neither_is_answered_the_poll_fails_and_both_are_tried_again() -> None:
    class Silent(Server):
        def ask(
            self, document: str, variables: Mapping[str, Any], *, timeout: float | None = None
        ) -> dict[str, Any]:
            super().ask(document, variables) if "SweepPoll" in document else None
            raise Unavailable("nobody there")

    server = Silent(Unavailable("nobody there"))
    polled = polling(server, [])
    for _ in range(5):
        with pytest.raises(Unavailable):
            polled.snapshot(WATCHED, COLUMNS)
    assert server.asked == ["SweepPoll"] * 5


@pytest.mark.parametrize("error", [None, Refused("Cannot query field")], ids=["batched", "plain"])
def test_the_summary_of_a_run_that_has_ended_comes_with_its_end(error: Exception | None) -> None:
    server = Server(error)
    polled = polling(server, [])
    assert polled.snapshot(WATCHED, COLUMNS).observations[0].summary is None
    server.finished = True
    seen = polled.snapshot(WATCHED, COLUMNS).observations[0]
    assert (seen.phase, seen.summary) == (Phase.FINISHED, json.loads(SUMMARY))
    assert "EndedRuns" not in server.asked


def test_a_summary_that_the_poll_did_not_bring_is_asked_for_at_once() -> None:
    server = Server(None)
    server.finished, server.finds_ended = True, False
    seen = polling(server, []).snapshot(WATCHED, COLUMNS).observations[0]
    assert (seen.phase, seen.summary) == (Phase.FINISHED, json.loads(SUMMARY))
    assert server.asked == ["SweepPoll", "EndedRuns"]


def test_where_that_is_not_answered_the_rows_are_kept_and_the_run_ends_with_the_next_poll() -> None:
    server = Server(None)
    server.finished, server.finds_ended, server.by_name = True, False, Unavailable("busy")
    polled = polling(server, [])
    seen = polled.snapshot(WATCHED, COLUMNS).observations[0]
    assert (seen.phase, len(seen.rows)) == (Phase.RUNNING, 2)
    server.by_name = None
    assert polled.snapshot(WATCHED, COLUMNS).observations[0].phase is Phase.FINISHED


def test_a_run_that_never_left_the_queue_is_owed_no_summary() -> None:
    server = Server(None)
    polled = polling(server, [])
    phases = [polled.snapshot(WATCHED, COLUMNS).observations[1].phase for _ in range(3)]
    assert phases[-1] is Phase.LOST and set(server.asked) == {"SweepPoll"}
