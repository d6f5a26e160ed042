"""One sandbox, one queue, one launch agent, and every sweep of the journeys on it at the same time."""

from __future__ import annotations

import base64
import json
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import optuna
import yaml
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from optuna_sweep.shipping import copy_job
from sandbox.asking import ask
from sandbox.launching import PROMPT_HISTORY, client, create_job, create_queue, start_agent
from sandbox.serving import Sandbox
from tests.journey.other_agent import AGENT_PYTHON, APART, BASE, create_scheduler_job
from tests.journey.sweep_files import GONE, PROJECT, chosen

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
QUEUE = "journeys"
ENDED = ("finished", "failed", "crashed", "killed")
PATIENCE = 600.0

LOOK = """
query Look($entity: String!, $sweep: String!) {
  project(name: "journeys", entityName: $entity) {
    sweep(sweepName: $sweep) {
      state
      runs { edges { node {
        name displayName state stopped config summaryMetrics createdAt heartbeatAt
      } } }
    }
    run(name: $sweep) { state logLines { edges { node { line } } } }
  }
}"""
DELETE = "mutation ($id: ID!) { deleteRun(input: {id: $id}) { clientMutationId } }"
LAUNCH = """
import json, sys
from wandb.cli.cli import cli
queue, entity, project, *files = sys.argv[1:]
where = ["--queue", queue, "--entity", entity, "--project", project]
for file in files:
    print("FILE", file, flush=True)
    cli.main(["launch-sweep", *where, file], standalone_mode=False)
"""
LOG_FILE = """
import sys, wandb
name, file = sys.argv[1:]
with wandb.init(project="journeys", job_type="upload") as run:
    artifact = wandb.Artifact(name, type="optuna")
    artifact.add_file(file)
    run.log_artifact(artifact).wait()
"""
DELETE_JOB = """
import sys, wandb
wandb.Api().artifact(sys.argv[1], type="job").delete(delete_aliases=True)
"""
DOWNLOAD = """
import sys, wandb
wandb.Api().artifact(sys.argv[1], type="optuna").download(root=sys.argv[2])
"""


@dataclass(frozen=True, kw_only=True)
class Run:
    """A trial's run as W&B shows it."""

    name: str
    display_name: str
    state: str
    stopped: bool
    config: Mapping[str, Any]
    summary: Mapping[str, Any]
    created_at: str
    heard_at: str


@dataclass(frozen=True, kw_only=True)
class Look:
    """A sweep as W&B shows it."""

    state: str
    scheduler: str
    runs: tuple[Run, ...]
    console: tuple[str, ...]

    @property
    def live(self) -> tuple[Run, ...]:
        return tuple(run for run in self.runs if run.state == "running")

    @property
    def said(self) -> str:
        return "\n".join(self.console)

    def run(self, **config: Any) -> Run:
        """The one run whose config has these values."""
        (found,) = [run for run in self.runs if config.items() <= run.config.items()]
        return found


@dataclass(kw_only=True)
class Stage:
    """What the journeys share.

    Attributes:
        sandbox: W&B.
        home: A folder for everything that is written.
        shipped: The folder that the scheduler was registered from which holds nothing but what ships.
        sweeps: The id of each sweep by the name of its journey.
        patience: Seconds that ``until`` looks.
    """

    sandbox: Sandbox
    home: Path
    shipped: Path
    sweeps: dict[str, str] = field(default_factory=dict)
    patience: float = PATIENCE

    def look(self, name: str) -> Look:
        answer = ask(self.sandbox, LOOK, entity=self.sandbox.entity, sweep=self.sweeps[name])["project"]
        own = answer["run"] or {"state": "", "logLines": {"edges": []}}
        return Look(
            state=answer["sweep"]["state"],
            scheduler=own["state"],
            runs=tuple(_run(edge["node"]) for edge in answer["sweep"]["runs"]["edges"]),
            console=tuple(edge["node"]["line"] for edge in own["logLines"]["edges"]),
        )

    def until(self, name: str, condition: Callable[[Look], bool], what: str) -> Look:
        """Look at the sweep until the condition holds."""
        deadline = time.monotonic() + self.patience
        while time.monotonic() < deadline:
            seen = self.look(name)
            if condition(seen):
                return seen
            time.sleep(0.1)
        raise TimeoutError(
            f"{name}: not {what} in {self.patience:.0f} s: {seen.state}, {seen.runs}\n{seen.said}"
        )

    def delete(self, run: Run) -> None:
        """Delete the run, as a person does on its page."""
        name = f"Run:v1:{run.name}:{PROJECT}:{self.sandbox.entity}"
        ask(self.sandbox, DELETE, id=base64.b64encode(name.encode()).decode())

    def ended(self, name: str) -> Look:
        """The sweep when its scheduler has left."""
        return self.until(name, lambda seen: seen.scheduler in ENDED, "ended")

    def study(self, name: str) -> optuna.Study:
        """The study that the sweep has left as an artifact, read with nothing but Optuna."""
        folder = self.home / "studies" / name
        sweep = self.sweeps[name]
        artifact = f"{self.sandbox.entity}/{PROJECT}/optuna-study-{sweep}:latest"
        client(self.sandbox, ["-c", DOWNLOAD, artifact, str(folder)])
        storage = JournalStorage(JournalFileBackend(str(folder / "study.journal")))
        (study_name,) = optuna.get_all_study_names(storage)
        return optuna.load_study(study_name=study_name, storage=storage)


def _run(node: Mapping[str, Any]) -> Run:
    config = json.loads(node["config"])
    return Run(
        name=node["name"],
        display_name=node["displayName"],
        state=node["state"],
        stopped=node["stopped"],
        config={key: entry["value"] for key, entry in config.items() if key != "_wandb"},
        summary=json.loads(node["summaryMetrics"] or "{}"),
        created_at=node["createdAt"],
        heard_at=node["heartbeatAt"],
    )


@contextmanager
def open_stage(home: Path, sweeps: Collection[str] | None) -> Iterator[Stage]:
    """The named sweeps at work, or all; everything is gone at the end."""
    with Sandbox(log=home / "sandbox.log", heartbeat_timeout=60) as sandbox:
        stage = Stage(sandbox=sandbox, home=home, shipped=home / "shipped")
        create_queue(sandbox, QUEUE, job_env=PROMPT_HISTORY)
        create_training_job(sandbox, "tiny")
        create_training_job(sandbox, "gone", "tiny", "python train.py -x")
        make_scheduler_job(sandbox, ROOT, "job-optuna-scheduler")
        stage.shipped.mkdir()
        copy_job(ROOT, stage.shipped)
        for file in (HERE / "user_files").iterdir():
            shutil.copy(file, stage.shipped)
        make_scheduler_job(sandbox, stage.shipped, "shipped-alone")
        client(sandbox, ["-c", LOG_FILE, "user-file", str(HERE / "user_files" / "optuna_wandb.py")])
        stage.sweeps |= launch_all(sandbox, home / "sweeps", chosen(sweeps))
        # After the launch, which looks for the job as well.
        client(sandbox, ["-c", DELETE_JOB, GONE])
        with start_agent(sandbox, QUEUE, home, max_jobs=12, max_schedulers=-1, python=AGENT_PYTHON):
            yield stage


def create_training_job(
    sandbox: Sandbox, name: str, folder: str | None = None, entry: str = "python train.py"
) -> None:
    """Make a job of a folder of ``jobs/``, the one of its name where no other is named."""
    code = HERE / "jobs" / (folder or name)
    create_job(sandbox, name, code, entry, project=PROJECT, base_image=BASE)


def make_scheduler_job(sandbox: Sandbox, folder: Path, name: str) -> None:
    """Register the scheduler as people do, where the agent can run what comes of it."""
    if APART:
        create_scheduler_job(sandbox, folder, name, PROJECT)
    else:
        register(sandbox, folder, name)


def register(sandbox: Sandbox, folder: Path, name: str, *words: str) -> str:
    """Start the scheduler outside a sweep, which registers it; what it said."""
    where = ["--entity", sandbox.entity, "--project", PROJECT, "--name", name]
    return client(sandbox, [str(folder / "optuna_scheduler.py"), *where, *words], cwd=folder)


def launch_all(sandbox: Sandbox, folder: Path, files: Mapping[str, Any]) -> dict[str, str]:
    """Run ``wandb launch-sweep`` on each file, in one process since it takes long to start."""
    folder.mkdir()
    paths = {name: folder / f"{name.replace(' ', '-')}.yaml" for name in files}
    for name, path in paths.items():
        path.write_text(yaml.safe_dump(files[name]))
    words = [QUEUE, sandbox.entity, PROJECT, *map(str, paths.values())]
    said = client(sandbox, ["-c", LAUNCH, *words])
    found: dict[str, str] = {}
    for name, path in paths.items():
        _, _, part = said.partition(f"FILE {path}\n")
        _, sentence, rest = part.partition("FILE ")[0].partition("sweep with ID: ")
        assert sentence, f"{name} was not launched:\n{said}"
        found[name] = rest.split()[0].replace("\x1b[33m", "").replace("\x1b[0m", "")
    return found
