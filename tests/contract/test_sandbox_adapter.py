"""The scheduler's door to W&B, over a sandbox: ``launch.Launch``'s promises, and what they cost."""

from __future__ import annotations

import base64
import json
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from optuna_sweep.errors import Refused, TrialError
from optuna_sweep.launch import Ending, SweepState, Watch
from optuna_sweep.outcomes import Phase
from sandbox.asking import ask, set_sweep_state, stop_run
from sandbox.launching import create_queue
from sandbox.serving import Sandbox
from tests.contract.clients import QUICK
from tests.contract.launch_contract import LOSS, LaunchContract, Reported, proposal
from tests.contract.scheduler_process import RemoteScheduler, scheduler_process

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


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        create_queue(running, "q")
        yield running


@pytest.fixture(scope="module")
def schedulers(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    home = tmp_path_factory.mktemp("home")
    with scheduler_process({**sandbox.env(home), **QUICK}, home) as schedulers:
        yield schedulers


@pytest.fixture
def new_bench(sandbox: Sandbox, schedulers: Any) -> Iterator[SandboxBench]:
    """A sweep that waits for its scheduler."""
    bench = SandboxBench(sandbox, schedulers, f"contract-{next(NUMBERS)}")
    bench.make({"method": "custom", "run_cap": 7, "image_uri": "train:1"})
    yield bench
    sandbox.fail()
    schedulers.close()


@pytest.fixture
def bench(new_bench: SandboxBench) -> SandboxBench:
    new_bench.open(settings={"seed": 7}, scheduler={"num_workers": 3})
    return new_bench


class TestSandboxAdapter(LaunchContract):
    """Every promise, over the real client."""


def start(bench: SandboxBench, count: int) -> list[Watch]:
    watches = []
    for number in range(count):
        run = proposal(number)
        bench.launch.create_run(run)
        watches.append(Watch(run.run_id, bench.launch.enqueue(run)))
    return watches


def test_a_poll_over_twenty_live_runs_is_one_request(bench: SandboxBench) -> None:
    watches = start(bench, 20)
    for watch in watches:
        bench.report(watch.run_id, (0, {"loss": 0.5, "size": 1}))
    asked = bench.asked(lambda: bench.launch.snapshot(watches, [["loss"], ["size"]]))
    assert asked == ["SweepPoll"]


def test_a_poll_does_not_send_again_what_was_read(bench: SandboxBench) -> None:
    (watch,) = start(bench, 1)
    bench.report(watch.run_id, *[(step, {"loss": 0.5}) for step in range(2000)])
    seen = bench.launch.snapshot([watch], LOSS)
    assert len(seen.observations[0].rows) == 2000
    bench.report(watch.run_id, (2000, {"loss": 0.25}))
    (again,) = bench.launch.snapshot([watch], LOSS).observations
    assert [row.step for row in again.rows] == [2000]


def test_a_run_is_started_with_two_requests(bench: SandboxBench) -> None:
    run = proposal()

    def begin() -> None:
        bench.launch.create_run(run)
        bench.launch.enqueue(run)

    assert bench.asked(begin) == ["UpsertBucket", "pushToRunQueueByName"]


def test_a_sweep_that_is_begun_runs_so_that_agents_take_its_runs(new_bench: SandboxBench) -> None:
    new_bench.open()
    answer = new_bench.ask(ENDING, sweep=new_bench.sweep)
    assert answer["project"]["sweep"]["state"] == "RUNNING"


def test_the_sweep_file_is_put_together_again_as_its_user_wrote_it(bench: SandboxBench) -> None:
    assert bench.launch.sweep_file() == {
        "method": "custom",
        "run_cap": 7,
        "image_uri": "train:1",
        "scheduler": {"num_workers": 3, "settings": {"seed": 7}},
    }


def test_the_workers_are_those_of_the_sweep_file(bench: SandboxBench) -> None:
    assert bench.schedulers.call("workers") == 3


def test_what_waits_on_the_queue_names_the_run_the_sweep_and_the_image(bench: SandboxBench) -> None:
    start(bench, 1)
    (node,) = bench.items()
    spec = bench.spec(node)
    assert (spec["run_id"], spec["sweep_id"]) == ("s-0000", bench.sweep)
    assert spec["docker"] == {"docker_image": "train:1"}
    assert spec["overrides"]["run_config"] == {"x": 0}


def test_a_training_job_that_does_not_exist_is_a_problem_with_a_way_out(new_bench: SandboxBench) -> None:
    job = f"sandbox/{new_bench.project}/no-such-job:latest"
    new_bench.make({"method": "custom", "job": job})
    new_bench.open()
    (problem,) = new_bench.launch.job_problems()
    assert problem.path == "job"
    assert problem.given.startswith(repr(job))
    assert problem.allowed == "a training job in W&B, written entity/project/name:alias"
    assert problem.remedy == "Create the job, or correct its name."


def test_a_queue_that_does_not_exist_is_refused_and_not_asked_again(new_bench: SandboxBench) -> None:
    new_bench.open(**{"sweep_args": {**new_bench.arguments, "queue": "no-such-queue"}})
    new_bench.launch.create_run(proposal())
    with pytest.raises(Refused, match="no-such-queue"):
        new_bench.launch.enqueue(proposal())


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_not_accepted_is_refused(bench: SandboxBench, status: int) -> None:
    bench.sandbox.fail({"kind": "status", "status": status, "sender": PYTHON})
    with pytest.raises(Refused, match=f"HTTP {status}"):
        bench.launch.snapshot([], LOSS)


def test_a_request_that_the_server_does_not_know_is_refused(bench: SandboxBench) -> None:
    bench.sandbox.fail(
        {"kind": "graphql", "sender": PYTHON, "message": 'Cannot query field "sampledHistory" on type "Run".'}
    )
    with pytest.raises(Refused, match="does not know a request of the scheduler"):
        bench.launch.snapshot([], LOSS)


def test_an_answer_that_is_dropped_is_asked_for_again(bench: SandboxBench) -> None:
    bench.sandbox.fail({"kind": "drop_after", "operation": "UpsertBucket", "sender": PYTHON, "times": 1})
    bench.launch.create_run(proposal())
    assert [run.run_id for run in bench.launch.known_runs()] == ["s-0000"]


def test_a_run_that_was_deleted_is_not_made_again(bench: SandboxBench) -> None:
    (watch,) = start(bench, 1)
    bench.delete(watch.run_id)
    with pytest.raises(TrialError, match="previously created and deleted"):
        bench.launch.create_run(proposal())


def test_a_start_outlives_an_answer_that_fails(new_bench: SandboxBench) -> None:
    new_bench.sandbox.fail({"kind": "graphql", "operation": "SweepWithRuns", "message": "busy", "times": 1})
    new_bench.open()
    assert new_bench.launch.known_runs() == ()


def test_a_sweep_that_is_gone_is_refused(new_bench: SandboxBench) -> None:
    new_bench.sweep = "nosuch00"
    with pytest.raises(Refused, match="'nosuch00' cannot be read"):
        new_bench.open()
