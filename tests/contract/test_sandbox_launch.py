"""W&B's own launch agent on the sandbox: from a queued job to a run that ended.

All items are queued before the agent starts, because an idle agent looks at its queue every 10 s only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox import asking
from sandbox.asking import ask, stop_run
from sandbox.launching import (
    PROMPT_HISTORY,
    client,
    create_job,
    create_queue,
    launch_job,
    start_agent,
    wait_for,
)
from sandbox.serving import Sandbox

pytestmark = pytest.mark.slow

PROJECT = "tiny"
TRAIN = """
import time
import wandb

with wandb.init() as run:
    for epoch in range(run.config["epochs"]):
        run.log({"epoch": epoch, "loss": 1 / (epoch + 1)})
        time.sleep(0.2)
"""
ITEM = """
query ($entity: String!, $item: ID!) {
  project(name: "model-registry", entityName: $entity) {
    runQueue(name: "q") { runQueueItem(id: $item) { state associatedRunId error { message stage } } }
  }
}"""
RUN = """
query ($entity: String!, $run: String!) {
  project(name: "tiny", entityName: $entity) {
    run(name: $run) { state stopped config summaryMetrics historyLineCount }
  }
}"""
READ_QUEUE = """
import json, sys, wandb
api, (entity, name) = wandb.Api(), sys.argv[1:]
api.upsert_run_queue(name, {"cpus": 2}, "local-container", entity=entity)
queue = api.run_queue(entity, name)
print("made:", queue.type, queue.access, queue.prioritization_mode, json.dumps(queue.default_resource_config))
queue.delete()
print("items:", [item.state for item in api.run_queue(entity, "q").items])
"""
SWEEP = """
mutation ($entity: String!) {
  upsertSweep(
    input: {entityName: $entity, projectName: "tiny", config: "method: custom", state: "FINISHED"}
  ) { sweep { name } }
}"""


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A sandbox with an agent at work on one queue, and what was put on it."""

    sandbox: Sandbox
    job: str
    launched: str
    forbidden: str
    of_a_finished_sweep: str

    def push(self, run: str, epochs: int, **more: object) -> str:
        return push(self.sandbox, run_id=run, job=self.job, overrides=config(epochs), **more)

    def item(self, id: str) -> Any:
        project = ask(self.sandbox, ITEM, entity=self.sandbox.entity, item=id)["project"]
        return project["runQueue"]["runQueueItem"]

    def run(self, name: str) -> Any:
        return ask(self.sandbox, RUN, entity=self.sandbox.entity, run=name)["project"]["run"]

    def wait_for_run(self, name: str, state: str, seconds: float = 40) -> Any:
        def reached() -> Any:
            run = self.run(name)
            return run if run and run["state"] == state else None

        return wait_for(f"run {name} {state}", reached, seconds)

    def wait_for_item(self, id: str, state: str) -> Any:
        def reached() -> Any:
            item = self.item(id)
            return item if item["state"] == state else None

        return wait_for(f"item {id} {state}", reached, 30)


def config(epochs: int) -> dict[str, Any]:
    return {"run_config": {"epochs": epochs}}


def push(sandbox: Sandbox, **spec: object) -> str:
    spec = {"entity": sandbox.entity, "project": PROJECT, "docker": {}, "git": {}, "resource": None, **spec}
    return asking.push(sandbox, "q", spec)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    home = tmp_path_factory.mktemp("home")
    with Sandbox(log=home / "sandbox.log") as sandbox:
        create_queue(sandbox, "q", job_env=PROMPT_HISTORY)
        job = create_job(
            sandbox, "train", write_job(tmp_path_factory.mktemp("job")), "python train.py", project=PROJECT
        )
        bench = Bench(
            sandbox=sandbox,
            job=job,
            launched=launch_job(sandbox, job, "q", PROJECT, {"epochs": 3}),
            forbidden=push(sandbox, job=job, resource_args={"local-container": {"privileged": True}}),
            of_a_finished_sweep=push(
                sandbox,
                job=job,
                sweep_id=ask(sandbox, SWEEP, entity=sandbox.entity)["upsertSweep"]["sweep"]["name"],
            ),
        )
        bench.push("long", 1000)
        bench.push("twice", 2)
        with start_agent(sandbox, "q", home, max_jobs=6):
            yield bench


def write_job(folder: Path) -> Path:
    (folder / "train.py").write_text(TRAIN)
    (folder / "requirements.txt").write_text("wandb\n")
    return folder


def test_a_launched_job_becomes_a_run_that_finishes(bench: Bench) -> None:
    name = bench.wait_for_item(bench.launched, "CLAIMED")["associatedRunId"]
    run = bench.wait_for_run(name, "finished")
    assert json.loads(run["config"])["epochs"] == {"value": 3}
    assert json.loads(run["summaryMetrics"])["loss"] == pytest.approx(1 / 3)
    assert run["historyLineCount"] == 3


def test_an_item_that_the_agent_refuses_is_failed_and_says_why(bench: Bench) -> None:
    error = bench.wait_for_item(bench.forbidden, "FAILED")["error"]
    assert error["stage"] == "agent"
    assert "privileged" in error["message"]


def test_a_run_of_a_sweep_that_is_over_is_not_started(bench: Bench) -> None:
    error = bench.wait_for_item(bench.of_a_finished_sweep, "FAILED")["error"]
    assert "terminal state (FINISHED)" in error["message"]


def test_a_run_that_is_stopped_ends_killed(bench: Bench) -> None:
    bench.wait_for_run("long", "running")
    stop_run(bench.sandbox, PROJECT, "long")
    run = bench.wait_for_run("long", "killed")
    assert run["stopped"] is True
    assert run["historyLineCount"] < 1000


def test_a_preempted_run_that_is_queued_again_goes_on_under_its_name(bench: Bench) -> None:
    assert bench.wait_for_run("twice", "finished")["historyLineCount"] == 2
    bench.push("twice", 2, _resume_count=1)

    def continued() -> bool:
        run = bench.run("twice")
        return bool(run["state"] == "finished" and run["historyLineCount"] == 4)

    assert wait_for("the run went on", continued, 30)


def test_the_public_api_makes_reads_and_deletes_queues(bench: Bench) -> None:
    said = client(bench.sandbox, ["-c", READ_QUEUE, bench.sandbox.entity, "other"])
    config = '{"resource_args": {"local-container": {"cpus": 2}}}'
    assert f"made: local-container PROJECT DISABLED {config}" in said
    assert "items: ['claimed', 'failed', 'failed', 'claimed', 'claimed'" in said
