"""Runs are made and queued with few requests, and none of them twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse

from optuna_sweep.errors import Refused, TrialError, Unavailable
from optuna_sweep.launch import NotQueued, Queued, Start, Unclear
from optuna_sweep.outcomes import Proposal
from optuna_sweep.wandb_adapter.launch_spec import Job
from optuna_sweep.wandb_adapter.starts import AT_ONCE, Starts

QUEUE = {"entityName": "team", "projectName": "model-registry", "queueName": "gpus"}
SHARED = {
    "entity": "e",
    "project": "p",
    "sweep": "s",
    "groupName": "s",
    "tags": ["optuna"],
    **QUEUE,
    "priority": 0,
    "templateVariableValues": '{"gpus": 2}',
}


class Server:
    """Answers as W&B does, or with the next of ``failures``, and remembers what it was asked."""

    def __init__(self) -> None:
        self.failures: list[Exception | None] = []
        self.longest: int | None = None
        self.asked: list[tuple[str, int]] = []
        self.variables: list[Mapping[str, Any]] = []
        self.once: list[float | None] = []

    def ask(
        self, document: str, variables: Mapping[str, Any], *, once: float | None = None
    ) -> dict[str, Any]:
        (operation,) = parse(document).definitions
        assert isinstance(operation, OperationDefinitionNode) and operation.name is not None
        declared = {each.variable.name.value for each in operation.variable_definitions or ()}
        assert set(variables) == declared, "all that is declared is given, and no more"
        fields = operation.selection_set.selections
        self.asked.append((operation.name.value, len(fields)))
        self.variables.append(variables)
        self.once.append(once)
        if self.longest is not None and len(fields) > self.longest:
            raise Unavailable("too many fields")
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        number = len(self.asked)
        if operation.name.value == "StartRuns":
            count = len(fields) // 2
            return {f"q{i}": {"runQueueItemId": f"{number}.{i}"} for i in range(count)}
        return {"pushToRunQueueByName": {"runQueueItemId": str(number)}}


def proposal(number: int, **others: Any) -> Proposal:
    return Proposal(
        run_id=f"s-{number:04d}", trial=number, name=f"trial-{number:03d}", parameters={"x": number}, **others
    )


def starts(server: Server, said: list[str] | None = None) -> Starts:
    launch = {"priority": 0, "template_variables": {"gpus": 2}}
    job = Job(entity="e", project="p", sweep_id="s", job="e/p/train:latest", launch=launch)
    client: Any = server
    return Starts(client, job, QUEUE, (said if said is not None else []).append)


def started(server: Server, *proposals: Proposal) -> tuple[Start, ...]:
    return starts(server).start(proposals, ["optuna"])


def test_runs_that_are_new_go_with_one_request_which_says_all_that_the_single_ones_say() -> None:
    server = Server()
    assert started(server, proposal(0), proposal(1)) == (Queued("1.0"), Queued("1.1"))
    assert server.asked == [("StartRuns", 4)]
    (variables,) = server.variables
    specs = [json.loads(variables[f"runSpec{i}"])["run_id"] for i in range(2)]
    assert specs == ["s-0000", "s-0001"]
    assert {name: variables[name] for name in SHARED} == SHARED
    assert {name: variables[name] for name in ("name1", "displayName1", "config1")} == {
        "name1": "s-0001",
        "displayName1": "trial-001",
        "config1": '{"x": {"value": 1}}',
    }


def test_a_run_is_made_before_it_is_queued_and_before_the_next_one() -> None:
    server = Server()
    seen: list[str] = []
    ask = server.ask

    def keep(document: str, variables: Mapping[str, Any], *, once: float | None = None) -> dict[str, Any]:
        (operation,) = parse(document).definitions
        assert isinstance(operation, OperationDefinitionNode)
        for each in operation.selection_set.selections:
            seen.append(document[each.loc.start : each.loc.end].split("(")[0] if each.loc else "")
        return ask(document, variables, once=once)

    server.ask = keep  # type: ignore[method-assign]
    started(server, proposal(0), proposal(1))
    assert seen == [
        "c0: upsertBucket",
        "q0: pushToRunQueueByName",
        "c1: upsertBucket",
        "q1: pushToRunQueueByName",
    ]


def test_a_document_holds_ten_runs_at_most_and_has_more_time_the_more_there_are() -> None:
    server = Server()
    assert started(server, *map(proposal, range(25)))[-1] == Queued("3.4")
    assert server.asked == [("StartRuns", 2 * AT_ONCE), ("StartRuns", 2 * AT_ONCE), ("StartRuns", 10)]
    assert server.once == [15.0, 15.0, 10.0]


def test_a_run_that_may_be_there_is_queued_once_it_is_known_to_be_made() -> None:
    server = Server()
    again = proposal(1, again=True)
    assert started(server, proposal(0), again, proposal(2)) == (Queued("1.0"), Queued("3"), Queued("4.0"))
    names = [name for name, _ in server.asked]
    assert names == ["StartRuns", "UpsertBucket", "pushToRunQueueByName", "StartRuns"]
    assert server.once[1] is None and server.once[2] is not None


def test_a_run_that_was_not_made_is_not_queued() -> None:
    for failure in (Unavailable("busy"), TrialError("s-0000 was deleted")):
        server = Server()
        server.failures = [failure]
        assert started(server, proposal(0, again=True)) == (NotQueued(failure),)
        assert [name for name, _ in server.asked] == ["UpsertBucket"]


def test_after_a_failure_nothing_more_is_sent() -> None:
    server, busy = Server(), Unavailable("busy")
    server.failures = [None, busy]
    result = started(server, *map(proposal, range(25)))
    assert [type(each) for each in result] == [Queued] * 10 + [Unclear] * 10 + [NotQueued] * 5
    assert len(server.asked) == 2


def test_a_run_that_cannot_be_made_is_told_from_the_others_by_its_whole_id() -> None:
    server = Server()
    error = TrialError("run e/p/s-0001-r1 was previously created and deleted; try a new run name")
    server.failures = [error]
    retry = replace(proposal(1), run_id="s-0001-r1", retry=True)
    first, second = started(server, proposal(1), retry)
    assert isinstance(first, Unclear)
    assert second == NotQueued(error)


def test_a_run_that_cannot_be_made_and_went_alone_is_meant_whatever_the_words() -> None:
    server, error = Server(), TrialError("previously created and deleted")
    server.failures = [error]
    assert started(server, proposal(0)) == (NotQueued(error),)


def test_a_queue_that_is_not_there_is_refused() -> None:
    server = Server()
    server.ask = lambda *_, **__: {"q0": None}  # type: ignore[method-assign,assignment,return-value]
    with pytest.raises(Refused, match="The queue 'gpus' of 'team' does not take runs"):
        started(server, proposal(0))


@pytest.mark.parametrize(
    ("longest", "requests"),
    [(20, [20, 20]), (12, [20, 10, 10]), (4, [20, 10, 4, 4]), (2, [20, 10, 4, 2, 2]), (1, [20, 10, 4, 2])],
)
def test_a_server_is_asked_for_less_until_it_answers(longest: int, requests: list[int]) -> None:
    server, said = Server(), list[str]()
    server.longest = longest
    at_work = starts(server, said)
    for _ in requests:
        at_work.start([proposal(number) for number in range(10)], [])
    sent = [fields for name, fields in server.asked if name == "StartRuns"]
    assert sent[: len(requests)] == requests
    assert said == ["This W&B server does not start runs with one request; each takes two."] * (longest == 1)
    server.asked.clear()
    result = at_work.start([proposal(0)], [])
    assert [type(each) for each in result] == [Queued]
    assert len(server.asked) == (2 if longest == 1 else 1)


def test_a_server_that_has_answered_is_asked_for_as_much_after_an_outage() -> None:
    server = Server()
    at_work = starts(server)
    runs = [proposal(number) for number in range(10)]
    at_work.start(runs, [])
    server.failures = [Unavailable("busy")] * 5
    for _ in range(6):
        at_work.start(runs, [])
    assert server.asked == [("StartRuns", 20)] * 7
