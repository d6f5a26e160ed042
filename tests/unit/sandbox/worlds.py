"""A world of the sandbox with a clock that stands still, and its API without HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sandbox.graphql_endpoint import GraphQL, build_schema
from sandbox.server import NOUNS
from sandbox.world import World

ENTITY = "sandbox"
SHELF = "model-registry"
API = GraphQL(build_schema(NOUNS))

CREATE_QUEUE = """
mutation ($name: String!, $mode: RunQueuePrioritizationMode, $resource: ID) {
  createRunQueue(input: {entityName: "sandbox", projectName: "model-registry", queueName: $name,
    access: PROJECT, prioritizationMode: $mode, defaultResourceConfigID: $resource}) { queueID }
}"""
CREATE_RESOURCE = """
mutation ($config: JSONString!) {
  createDefaultResourceConfig(input: {entityName: "sandbox", resource: "local-container", config: $config}) {
    defaultResourceConfigID
  }
}"""
PUSH = """
mutation ($queue: String!, $spec: JSONString!, $priority: Int) {
  pushToRunQueueByName(input: {entityName: "sandbox", projectName: "model-registry", queueName: $queue,
    runSpec: $spec, priority: $priority}) { runQueueItemId runSpec }
}"""
POP = """
mutation ($queue: String!) {
  popFromRunQueue(input: {entityName: "sandbox", projectName: "model-registry", queueName: $queue}) {
    runQueueItemId runSpec
  }
}"""
ACK = """
mutation ($item: ID!, $run: String!) {
  ackRunQueueItem(input: {runQueueItemId: $item, runName: $run}) { success }
}"""
UPSERT_SWEEP = """
mutation (
  $id: ID, $config: String, $state: String, $launch: JSONString, $prior: JSONString
) {
  upsertSweep(input: {id: $id, config: $config, state: $state, launchScheduler: $launch,
    priorRunsFilters: $prior, projectName: "p", entityName: "sandbox"}) {
    sweep { id name state } configValidationWarnings
  }
}"""
CREATE_AGENT = """
mutation ($sweep: String!) {
  createAgent(input: {host: "here", projectName: "p", entityName: "sandbox", sweep: $sweep}) { agent { id } }
}"""
HEARTBEAT = """
mutation ($id: ID!, $alive: JSONString) {
  agentHeartbeat(input: {id: $id, runState: $alive}) { commands }
}"""
ENQUEUE = """
mutation ($id: ID!, $config: JSONString!) { enqueueSweepRun(input: {id: $id, config: $config}) { id } }"""


class StillWorld:
    """A world at the time that the test says.

    Attributes:
        now: Seconds since 1970; only the test moves it.
    """

    def __init__(self, folder: Path) -> None:
        self.now = 1_000_000.0
        self.world = World(data=folder, clock=lambda: self.now, base_url="http://127.0.0.1:1", seed=1)

    def answer(self, document: str, **variables: object) -> dict[str, Any]:
        """Everything that the API answers."""
        self.world.settle()
        return API.execute(self.world, {"query": document, "variables": variables})

    def ask(self, document: str, **variables: object) -> Any:
        """The value of the document's only field."""
        answer = self.answer(document, **variables)
        assert "errors" not in answer, answer
        (value,) = answer["data"].values()
        return value

    def refusal(self, document: str, **variables: object) -> str:
        """The message of the only error."""
        (error,) = self.answer(document, **variables)["errors"]
        return str(error["message"])

    def push(self, queue: str, spec: dict[str, Any], priority: int | None = None) -> Any:
        """Push an item."""
        return self.ask(PUSH, queue=queue, spec=json.dumps(spec), priority=priority)

    def pop(self, queue: str) -> Any:
        """Pop an item."""
        return self.ask(POP, queue=queue)

    def sweep(self, config: str = "method: custom", **more: object) -> Any:
        """Make a sweep in the project p."""
        return self.ask(UPSERT_SWEEP, config=config, **more)["sweep"]

    def orders(self, agent: str, *alive: str) -> list[dict[str, Any]]:
        """What a worker with these runs is told."""
        said = self.ask(HEARTBEAT, id=agent, alive=json.dumps(dict.fromkeys(alive, True)))
        found: list[dict[str, Any]] = json.loads(said["commands"])
        return found

    def worker(self, sweep: str) -> str:
        """Announce a worker of the sweep and return its id."""
        return str(self.ask(CREATE_AGENT, sweep=sweep)["agent"]["id"])
