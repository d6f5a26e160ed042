"""A sweep on a sandbox as a bench for the launch contract: its runs report as wandb-core does."""

from __future__ import annotations

import base64
import json
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from optuna_sweep.launch import Ending, SweepState, Watch
from optuna_sweep.outcomes import Phase, Proposal
from sandbox.asking import ask, set_sweep_state, stop_run
from sandbox.serving import Sandbox
from tests.contract.other_side import Reported, proposal
from tests.contract.scheduler_process import RemoteScheduler

PYTHON = "W&B Public Client*"
STATES = {
    Ending.FINISHED: ("FINISHED", "finished"),
    Ending.PAUSED: ("PAUSED", "finished"),
    Ending.CANCELED: ("CANCELED", "finished"),
    Ending.FAILED: ("CANCELED", "failed"),
}
NUMBERS = count()
EXIT_CODES = {Phase.FINISHED: 0, Phase.FAILED: 1, Phase.STOPPED: 255, Phase.PREEMPTED: 1}

MAKE_SWEEP = """
mutation ($entity: String!, $project: String!, $config: String!) {
  upsertSweep(input: {entityName: $entity, projectName: $project, config: $config}) { sweep { name } }
}"""
START = """
mutation ($entity: String!, $project: String!, $run: String!) {
  upsertBucket(input: {entityName: $entity, modelName: $project, name: $run, host: "a machine"}) {
    bucket { id }
  }
}"""
DELETE = "mutation ($id: ID!) { deleteRun(input: {id: $id}) { clientMutationId } }"
FAIL_ITEM = """
mutation ($item: ID!) {
  failRunQueueItem(input: {runQueueItemId: $item, message: "no such image", stage: "agent"}) { success }
}"""
ITEMS = """
query ($entity: String!) {
  project(name: "model-registry", entityName: $entity) {
    runQueue(name: "q") { runQueueItems { edges { node { id state runSpec } } } }
  }
}"""
ENDING = """
query ($entity: String!, $project: String!, $sweep: String!) {
  project(name: $project, entityName: $entity) {
    sweep(sweepName: $sweep) { state }
    run(name: $sweep) { state }
  }
}"""


@dataclass
class SandboxBench:
    """The other side of the scheduler: runs report as wandb-core does, people use the pages."""

    sandbox: Sandbox
    schedulers: Any
    project: str
    sweep: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    launch: Any = None
    lines: dict[str, int] = field(default_factory=dict)

    def ask(self, document: str, **variables: object) -> dict[str, Any]:
        return ask(self.sandbox, document, entity=self.sandbox.entity, project=self.project, **variables)

    @property
    def arguments(self) -> dict[str, Any]:
        """What ``wandb launch-sweep`` hands to the scheduler."""
        trains = {key: value for key, value in self.config.items() if key in ("job", "image_uri")}
        return {
            "sweep_id": self.sweep,
            "project": self.project,
            "queue": "q",
            "author": "sandbox",
            **trains,
        }

    def make(self, config: dict[str, Any]) -> None:
        """The sweep, as ``wandb launch-sweep`` leaves it: nobody works on it."""
        self.config = config
        answer = self.ask(MAKE_SWEEP, config=json.dumps(config))
        self.sweep = answer["upsertSweep"]["sweep"]["name"]

    def open(self, **config: Any) -> None:
        self.schedulers.open(self.project, {"sweep_args": self.arguments, **config})
        self.launch = RemoteScheduler(self.schedulers)
        self.launch.begin_sweep()

    def start(self, count: int) -> list[Watch]:
        """Start the first so many runs."""
        runs = [proposal(number) for number in range(count)]
        started = zip(runs, self.launch.start_runs(runs), strict=True)
        return [Watch(run.run_id, start.item_id) for run, start in started]

    def report(self, run_id: str, *rows: Reported) -> None:
        if run_id not in self.lines:
            self.ask(START, run=run_id)
            self.lines[run_id] = 0
        lines = [json.dumps({**values, "_step": step}) for step, values in rows]
        chunk = {"offset": self.lines[run_id], "content": lines}
        summary = {"offset": 0, "content": lines[-1:]}
        self.stream(run_id, {"files": {"wandb-history.jsonl": chunk, "wandb-summary.json": summary}})
        self.lines[run_id] += len(lines)

    def end(self, run_id: str, phase: Phase) -> None:
        if phase is Phase.PREEMPTED:
            self.stream(run_id, {"preempting": True})
        self.stream(run_id, {"complete": True, "exitcode": EXIT_CODES[phase]})

    def stream(self, run_id: str, body: object) -> None:
        key = base64.b64encode(f"api:{self.sandbox.key}".encode()).decode()
        request = urllib.request.Request(
            f"{self.sandbox.url}/files/{self.sandbox.entity}/{self.project}/{run_id}/file_stream",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Basic {key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10):
            pass

    def break_off(self, run: Proposal) -> None:
        self.sandbox.fail({"kind": "drop_after", "operation": "StartRuns", "fields": ["q*"]})
        self.launch.start_runs([run])
        self.sandbox.fail()

    def lose(self, run_id: str) -> None:
        (item,) = [node["id"] for node in self.items() if self.spec(node)["run_id"] == run_id]
        ask(self.sandbox, FAIL_ITEM, item=item)

    def delete(self, run_id: str) -> None:
        name = f"Run:v1:{run_id}:{self.project}:{self.sandbox.entity}"
        ask(self.sandbox, DELETE, id=base64.b64encode(name.encode()).decode())

    def silence(self, silent: bool) -> None:
        busy = {"kind": "graphql", "message": "the database is busy"}
        # Its own run's requests come from wandb-core, as does the one that stops a run.
        faults = [{**busy, "sender": PYTHON}, {**busy, "operation": "StopRun"}]
        self.sandbox.fail(*(faults if silent else []))

    def wish(self, state: SweepState) -> None:
        set_sweep_state(self.sandbox, self.sweep, state.name)

    def stop_scheduler(self) -> None:
        stop_run(self.sandbox, self.project, self.sweep)

    def items(self) -> list[dict[str, Any]]:
        found = ask(self.sandbox, ITEMS, entity=self.sandbox.entity)["project"]["runQueue"]["runQueueItems"]
        nodes = [edge["node"] for edge in found["edges"]]
        return [node for node in nodes if self.spec(node).get("sweep_id") == self.sweep]

    @staticmethod
    def spec(node: dict[str, Any]) -> dict[str, Any]:
        raw = node["runSpec"]
        found: dict[str, Any] = json.loads(raw) if isinstance(raw, str) else raw
        return found

    def queued(self) -> Sequence[str]:
        return [self.spec(node)["run_id"] for node in self.items()]

    def left_as(self, ending: Ending) -> bool:
        answer = self.ask(ENDING, sweep=self.sweep)["project"]
        return (answer["sweep"]["state"], answer["run"]["state"]) == STATES[ending]

    def asked(self, act: Callable[[], object]) -> list[str]:
        """The operations that the scheduler sent while it did this, without its own run's stream."""
        self.sandbox.reset_requests()
        act()
        requests = self.sandbox.requests()["requests"]
        return [each["operation"] for each in requests if each["sender"].startswith("W&B Public Client")]
