"""Documents of several mutations are executed as GraphQL says: in order, each on its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.sandbox.worlds import API, CREATE_QUEUE, StillWorld

TWO_RUNS = """
mutation Two($queue: String!) {
  c0: upsertBucket(input: {modelName: "p", name: "r0"}) { inserted }
  q0: pushToRunQueueByName(input: {
    entityName: "sandbox", projectName: "model-registry", queueName: $queue, runSpec: "{\\"n\\": 0}"
  }) { runQueueItemId }
  d0: deleteRun(input: {id: "UnVuOnYxOnIwOnA6c2FuZGJveA=="}) { clientMutationId }
  c1: upsertBucket(input: {modelName: "p", name: "r0"}) { inserted }
  c2: upsertBucket(input: {modelName: "p", name: "r2"}) { inserted }
  q2: pushToRunQueueByName(input: {
    entityName: "sandbox", projectName: "model-registry", queueName: $queue, runSpec: "{\\"n\\": 2}"
  }) { runQueueItemId }
}"""
RUNS = """{ project(name: "p", entityName: "sandbox") { runs { edges { node { name } } } } }"""


@pytest.fixture
def world(tmp_path: Path) -> StillWorld:
    world = StillWorld(tmp_path)
    world.ask(CREATE_QUEUE, name="q")
    return world


def names(world: StillWorld) -> list[str]:
    return [edge["node"]["name"] for edge in world.ask(RUNS)["runs"]["edges"]]


def test_a_field_that_fails_is_null_with_its_path_and_those_after_it_are_executed(world: StillWorld) -> None:
    answer = world.answer(TWO_RUNS, queue="q")
    assert [(error["path"], error["message"]) for error in answer["errors"]] == [
        (["c1"], "run sandbox/p/r0 was previously created and deleted; try a new run name")
    ]
    assert list(answer["data"]) == ["c0", "q0", "d0", "c1", "c2", "q2"]
    assert answer["data"]["c1"] is None
    assert answer["data"]["c2"] == {"inserted": True}
    assert names(world) == ["r2"]
    assert [world.pop("q")["runSpec"]["n"] for _ in range(2)] == [0, 2]


def test_fields_that_are_to_fail_are_not_executed(world: StillWorld) -> None:
    document = {"query": TWO_RUNS, "variables": {"queue": "q"}}
    answer = API.execute(world.world, document, lambda name: "busy" if name in ("c1", "c2", "q0") else None)
    assert [(error["path"], error["message"]) for error in answer["errors"]] == [
        (["q0"], "busy"),
        (["c1"], "busy"),
        (["c2"], "busy"),
    ]
    assert names(world) == []
    assert world.pop("q")["runSpec"]["n"] == 2
    assert world.pop("q") is None


@pytest.mark.parametrize(
    ("document", "fields"),
    [
        ({"query": TWO_RUNS}, 6),
        ({"query": RUNS}, 1),
        ({"query": "mutation {"}, 1),
        ({}, 1),
    ],
)
def test_the_top_level_fields_of_a_document_are_counted(document: dict[str, str], fields: int) -> None:
    assert API.top_level_fields(document) == fields
