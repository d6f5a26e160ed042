from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox import choices
from tests.unit.sandbox.worlds import ACK, CREATE_QUEUE, CREATE_RESOURCE, PUSH, StillWorld

ITEM = """
query ($queue: String!, $item: ID!) {
  project(name: "model-registry", entityName: "sandbox") {
    runQueue(name: $queue) { runQueueItem(id: $item) { state associatedRunId error { message stage } } }
  }
}"""
FAIL = """
mutation ($item: ID!) {
  failRunQueueItem(input: {runQueueItemId: $item, message: "no image", stage: "agent"}) { success }
}"""


@pytest.fixture
def world(tmp_path: Path) -> StillWorld:
    still = StillWorld(tmp_path)
    still.ask(CREATE_QUEUE, name="q")
    return still


def item(world: StillWorld, id: str) -> Any:
    return world.ask(ITEM, queue="q", item=id)["runQueue"]["runQueueItem"]


def test_items_leave_in_the_order_that_they_came(world: StillWorld) -> None:
    pushed = [world.push("q", {"n": n}, priority=3 - n)["runQueueItemId"] for n in range(3)]
    assert [world.pop("q")["runQueueItemId"] for _ in range(3)] == pushed
    assert world.pop("q") is None


def test_the_most_urgent_item_leaves_first_where_the_queue_has_priorities(world: StillWorld) -> None:
    world.ask(CREATE_QUEUE, name="urgent", mode="V0")
    for priority in (3, 0, None):
        world.push("urgent", {"priority": priority}, priority)
    assert [world.pop("urgent")["runSpec"]["priority"] for _ in range(3)] == [0, None, 3]


def test_a_popped_item_that_nobody_acknowledges_comes_back(world: StillWorld) -> None:
    pushed = world.push("q", {})["runQueueItemId"]
    assert world.pop("q")["runQueueItemId"] == pushed
    world.now += choices.LEASE - 1
    assert world.pop("q") is None
    world.now += 1
    assert world.pop("q")["runQueueItemId"] == pushed


def test_an_acknowledged_item_stays_with_its_agent(world: StillWorld) -> None:
    id = world.push("q", {})["runQueueItemId"]
    world.pop("q")
    assert world.ask(ACK, item=id, run="r1") == {"success": True}
    world.now += 10 * choices.LEASE
    assert world.pop("q") is None
    assert item(world, id) == {"state": "CLAIMED", "associatedRunId": "r1", "error": None}


def test_an_item_is_acknowledged_once(world: StillWorld) -> None:
    id = world.push("q", {})["runQueueItemId"]
    world.pop("q")
    world.ask(ACK, item=id, run="r1")
    assert world.ask(ACK, item=id, run="r2") == {"success": False}
    assert item(world, id)["associatedRunId"] == "r1"


def test_a_failed_item_says_why_and_is_over(world: StillWorld) -> None:
    id = world.push("q", {})["runQueueItemId"]
    world.pop("q")
    world.ask(FAIL, item=id)
    world.now += 10 * choices.LEASE
    assert world.pop("q") is None
    assert item(world, id)["state"] == "FAILED"
    assert item(world, id)["error"] == {"message": "no image", "stage": "agent"}


def test_the_queue_fills_in_what_an_item_leaves_open(world: StillWorld) -> None:
    config = json.dumps({"resource_args": {"local-container": {"env": ["A=1"], "cpus": 2}}})
    resource = world.ask(CREATE_RESOURCE, config=config)["defaultResourceConfigID"]
    world.ask(CREATE_QUEUE, name="equipped", resource=resource)
    pushed = world.push("equipped", {"resource": None, "resource_args": {"local-container": {"cpus": 4}}})
    expected = {"local-container": {"env": ["A=1"], "cpus": 4}}
    assert json.loads(pushed["runSpec"]) == {"resource": "local-container", "resource_args": expected}
    assert world.pop("equipped")["runSpec"] == json.loads(pushed["runSpec"])


def test_a_push_to_a_queue_that_does_not_exist_is_null(world: StillWorld) -> None:
    assert world.ask(PUSH, queue="nowhere", spec="{}") is None


def test_a_queue_name_is_taken_once(world: StillWorld) -> None:
    assert "'q' already exists" in world.refusal(CREATE_QUEUE, name="q")


def test_an_unknown_item_is_named(world: StillWorld) -> None:
    assert world.refusal(ACK, item="lost", run="r") == "run queue item lost not found"
