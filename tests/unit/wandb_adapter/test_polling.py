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


class Server:
    """Answers wandb's own documents; the batched one as it was told to."""

    def __init__(self, batched: Exception | None) -> None:
        self.batched = batched
        self.asked: list[str] = []

    def ask(
        self, document: str, variables: Mapping[str, Any], *, timeout: float | None = None
    ) -> dict[str, Any]:
        name = parse(document).definitions[0].name.value  # type: ignore[union-attr]
        self.asked.append(name)
        if name == "SweepPoll" and self.batched is not None:
            raise self.batched
        if name == "GetRunQueueItem":
            return {"project": {"runQueue": {"runQueueItem": {"id": variables["itemId"], "state": "FAILED"}}}}
        if name == "SweepPoll":
            runs = {f"r{i}": self.run(variables[f"r{i}"], variables[f"h{i}"]) for i in (0, 1)}
            return {"project": {"sweep": {"state": "RUNNING"}, **runs}, "queues": {"runQueue": {"i1": None}}}
        names = json.loads(variables["filters"])["name"]["$in"]
        edges = [{"node": self.run(run, variables["historySpecs"])} for run in reversed(names)]
        return {"project": {"sweep": {"state": "PAUSED"}, "runs": {"edges": edges}}}

    def run(self, name: str, specs: list[str]) -> dict[str, Any]:
        start = json.loads(specs[0])["minStep"]
        rows = [row for row in HISTORY[name] if row["_step"] >= start]
        state = "pending" if name == "b" else "running"
        return {"name": name, "state": state, "summaryMetrics": '{"_step": 5}', "sampledHistory": [rows]}


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
