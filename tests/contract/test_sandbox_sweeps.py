"""W&B's own sweep commands on the sandbox: launch-sweep with a scheduler job, the public API, agents."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.asking import ask, set_sweep_state
from sandbox.launching import (
    ClientError,
    client,
    create_job,
    create_queue,
    launch_sweep,
    start_agent,
    wait_for,
)
from sandbox.serving import Sandbox

pytestmark = pytest.mark.slow

PROJECT = "search"
SCHEDULER = """
import wandb

with wandb.init(resume="allow") as run:
    run.summary["resumed"] = run.resumed
    run.summary["id"] = run.id
"""
LOOK = """
query ($entity: String!, $sweep: String!) {
  project(name: "search", entityName: $entity) {
    sweep(sweepName: $sweep) { state scheduler config }
    run(name: $sweep) { state config summaryMetrics }
  }
}"""
ENQUEUE = """
mutation ($id: ID!, $config: JSONString!) { enqueueSweepRun(input: {id: $id, config: $config}) { id } }"""
SWEEP_ID = """
query ($entity: String!, $sweep: String!) {
  project(name: "search", entityName: $entity) { sweep(sweepName: $sweep) { id } }
}"""
STATES = """
import json, sys
from wandb.apis.public.sweeps import _get_sweep_state, _register_agent, _set_sweep_state
from wandb.sdk.launch.api import LaunchApi

entity, project, sweep = sys.argv[1:]
where = dict(entity=entity, project=project)
api, seen = LaunchApi(), []
look = lambda: seen.append(_get_sweep_state(api, sweep, **where))
look()
_register_agent(api, "here", sweep_id=sweep, **where)
look()
for state in ("PAUSED", "RUNNING", "CANCELED"):
    _set_sweep_state(api, sweep, state, **where)
    look()
print("seen:", json.dumps(seen))
"""
READ = """
import json, sys, wandb
entity, project, name = sys.argv[1:]
api = wandb.Api()
sweep = api.sweep(f"{entity}/{project}/{name}")
best = sweep.best_run()
print("read:", json.dumps({
    "name": sweep.name, "state": sweep.state, "config": sweep.config, "cap": sweep.expected_run_count,
    "runs": [run.config for run in sweep.runs], "best": best.config, "url": sweep.url,
    "sweeps": [found.id for found in api.project(project, entity).sweeps()],
    "agents": len(sweep.agents()),
}))
"""
GRID = {
    "name": "small grid",
    "method": "grid",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"lr": {"values": [0.5, 0.25]}},
    "run_cap": 5,
    "program": "train.py",
    "command": [sys.executable, "${program}", "${args}"],
}
TRAIN = """
import wandb

with wandb.init() as run:
    run.log({"loss": run.config["lr"]})
"""


@dataclass(frozen=True)
class Bench:
    """A sandbox with an agent, and the file of a sweep whose scheduler ends at once."""

    sandbox: Sandbox
    file: Path
    launched: list[str] = field(default_factory=list)

    def launch(self, resume: str | None = None) -> str:
        return launch_sweep(self.sandbox, self.file, "q", self.sandbox.entity, PROJECT, resume_id=resume)

    def look(self, sweep: str) -> Any:
        return ask(self.sandbox, LOOK, entity=self.sandbox.entity, sweep=sweep)["project"]

    def wait_for_scheduler(self, sweep: str, *, resumed: bool) -> Any:
        def ended() -> Any:
            run = self.look(sweep)["run"]
            if run is None or run["state"] != "finished":
                return None
            return run if json.loads(run["summaryMetrics"]).get("resumed") is resumed else None

        return wait_for(f"scheduler of {sweep}", ended, 30)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    home = tmp_path_factory.mktemp("home")
    job = tmp_path_factory.mktemp("scheduler")
    (job / "main.py").write_text(SCHEDULER)
    (job / "requirements.txt").write_text("wandb\n")
    with Sandbox(log=home / "sandbox.log") as sandbox:
        create_queue(sandbox, "q")
        scheduler = create_job(sandbox, "scheduler", job, "python main.py", project=PROJECT)
        sweep = {
            "job": scheduler,
            "scheduler": {
                "job": scheduler,
                "num_workers": 3,
                "settings": {"sampler": {"type": "TPESampler"}},
            },
            "metric": {"name": "loss", "goal": "minimize"},
            "parameters": {"lr": {"min": 0.0, "max": 1.0}},
            "run_cap": 7,
        }
        file = home / "sweep.yaml"
        file.write_text(yaml.safe_dump(sweep))
        bench = Bench(sandbox, file)
        # Before the agent starts, which looks at its queue every 10 s only.
        bench.launched.extend([bench.launch(), bench.launch()])
        # Room for several schedulers: the agent takes up to 10 s to see that one has ended, and without room
        # it puts the next one back for a minute.
        with start_agent(sandbox, "q", home, max_schedulers=8):
            yield bench


def test_launch_sweep_brings_its_settings_to_the_scheduler_under_the_sweeps_id(bench: Bench) -> None:
    sweep = bench.launched[0]
    run = bench.wait_for_scheduler(sweep, resumed=False)
    config = {name: spec["value"] for name, spec in json.loads(run["config"]).items()}
    job = f"{bench.sandbox.entity}/{PROJECT}/scheduler:latest"
    assert json.loads(run["summaryMetrics"])["id"] == sweep
    assert config["settings"] == {"sampler": {"type": "TPESampler"}}
    assert config["scheduler"] == {"job": job, "num_workers": 3}
    assert config["sweep_args"] == {
        **{"sweep_id": sweep, "queue": "q", "project": PROJECT},
        **{"job": job, "author": bench.sandbox.entity},
    }
    seen = yaml.safe_load(bench.look(sweep)["sweep"]["config"])
    assert seen["parameters"] == {"lr": {"min": 0.0, "max": 1.0, "distribution": "uniform"}}
    assert (seen["method"], seen["run_cap"], "scheduler" in seen) == ("custom", 7, False)


def test_a_sweep_is_resumed_with_its_own_settings_and_run(bench: Bench) -> None:
    sweep = bench.launched[1]
    bench.wait_for_scheduler(sweep, resumed=False)
    set_sweep_state(bench.sandbox, sweep, "FINISHED")
    assert bench.launch(resume=sweep) == sweep
    assert bench.look(sweep)["sweep"]["state"] == "PENDING"
    run = bench.wait_for_scheduler(sweep, resumed=True)
    assert json.loads(run["config"])["settings"]["value"] == {"sampler": {"type": "TPESampler"}}


def test_a_running_sweep_is_not_resumed(bench: Bench) -> None:
    sweep = bench.launch()
    set_sweep_state(bench.sandbox, sweep, "RUNNING")
    with pytest.raises(ClientError, match="already running"):
        bench.launch(resume=sweep)


def test_a_queue_that_does_not_exist_makes_no_sweep(bench: Bench) -> None:
    with pytest.raises(ClientError, match="nowhere"):
        launch_sweep(bench.sandbox, bench.file, "nowhere", bench.sandbox.entity, PROJECT)


def test_a_sweep_runs_from_its_first_worker_on_and_takes_the_clients_states(bench: Bench) -> None:
    sweep = bench.launch()
    said = client(bench.sandbox, ["-c", STATES, bench.sandbox.entity, PROJECT, sweep])
    assert json.loads(said.rpartition("seen:")[2]) == ["PENDING", "RUNNING", "PAUSED", "RUNNING", "CANCELED"]


def test_a_plain_sweep_is_searched_by_wandb_agent_and_read_by_the_public_api(
    bench: Bench, tmp_path: Path
) -> None:
    (tmp_path / "sweep.yaml").write_text(yaml.safe_dump(GRID))
    (tmp_path / "train.py").write_text(TRAIN)
    box = bench.sandbox
    where = ["--entity", box.entity, "--project", "plain"]
    said = client(box, ["-m", "wandb", "sweep", *where, str(tmp_path / "sweep.yaml")])
    name = said.partition("with ID: ")[2].split()[0]
    client(box, ["-m", "wandb", "agent", *where, name], cwd=tmp_path)
    found = json.loads(client(box, ["-c", READ, box.entity, "plain", name]).rpartition("read:")[2])
    assert (found["name"], found["state"], found["cap"]) == ("small grid", "FINISHED", 5)
    assert found["runs"] == [{"lr": 0.5}, {"lr": 0.25}]
    assert found["best"] == {"lr": 0.25}
    assert found["config"]["parameters"] == GRID["parameters"]
    assert (found["sweeps"], found["agents"]) == ([name], 1)


def test_a_prior_run_becomes_a_run_of_the_new_sweep(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "sweep.yaml").write_text(yaml.safe_dump(GRID))
    box = bench.sandbox
    for run in ("older", "other"):
        client(box, ["-c", f"import wandb; wandb.init(project='prior', id='{run}').finish()"], cwd=tmp_path)
    where = ["--entity", box.entity, "--project", "prior"]
    words = ["-m", "wandb", "sweep", *where, "--prior_run", "older", str(tmp_path / "sweep.yaml")]
    name = client(box, words).partition("with ID: ")[2].split()[0]
    look = "import sys, wandb; print('runs:', *[run.id for run in wandb.Api().sweep(sys.argv[1]).runs])"
    said = client(box, ["-c", look, f"{box.entity}/prior/{name}"])
    assert said.rpartition("runs:")[2].split() == ["older"]
