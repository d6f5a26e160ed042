"""A stage of its own for journeys that break things: a sandbox, an agent, and jobs that start at once."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import yaml

from sandbox.asking import ask, push
from sandbox.launching import Agent, client, create_queue, start_agent
from sandbox.serving import Sandbox
from tests.journey.other_agent import AGENT_PYTHON
from tests.journey.stage import QUEUE, ROOT, Look, Stage, create_training_job, launch_all, make_scheduler_job
from tests.journey.sweep_files import PROJECT, sweep

LIGHT = f"sandbox/{PROJECT}/light:latest"
ITEMS = """
query ($entity: String!) {
  project(name: "model-registry", entityName: $entity) {
    runQueue(name: "journeys") { runQueueItems { edges { node { associatedRunId runSpec } } } }
  }
}"""
RESUME = """
import sys
from wandb.cli.cli import cli
queue, entity, project, *pairs = sys.argv[1:]
where = ["--queue", queue, "--entity", entity, "--project", project]
for sweep, file in zip(pairs[::2], pairs[1::2]):
    cli.main(["launch-sweep", *where, "--resume_id", sweep, file], standalone_mode=False)
"""


def light(**keys: Any) -> dict[str, Any]:
    """A sweep file whose runs take two seconds and hardly any processor."""
    parts = {"sampler": {"type": "RandomSampler"}, "pruner": {"type": "NopPruner"}}
    settings = {**parts, **keys.pop("settings", {})}
    return sweep(settings=settings, **{"job": LIGHT, "run_cap": 4, **keys})


class RoughStage(Stage):
    """A stage whose agent starts when a test is ready for it."""

    def launch(self, files: Mapping[str, dict[str, Any]]) -> None:
        """Launch the sweeps, and remember them by the names of their journeys."""
        folder = self.home / f"sweeps-{len(self.sweeps)}"
        self.sweeps |= launch_all(self.sandbox, folder, files)
        for name, file in files.items():
            self.file(name).write_text(yaml.safe_dump(file))

    def file(self, name: str) -> Path:
        """The sweep file of a journey."""
        return self.home / f"{name.replace(' ', '-')}.yaml"

    def resume(self, *names: str) -> None:
        """Run ``wandb launch-sweep --resume_id`` with each sweep's own file."""
        pairs = [word for name in names for word in (self.sweeps[name], str(self.file(name)))]
        client(self.sandbox, ["-c", RESUME, QUEUE, self.sandbox.entity, PROJECT, *pairs])

    def agent(self, *, name: str = "agent", max_jobs: int = 12) -> Agent:
        """Start the launch agent."""
        return start_agent(
            self.sandbox,
            QUEUE,
            self.home,
            max_jobs=max_jobs,
            max_schedulers=-1,
            name=name,
            python=AGENT_PYTHON,
        )

    def left(self, name: str) -> Look:
        """The sweep once its scheduler has left by itself; one that was killed says nothing of its end."""
        return self.until(
            name,
            lambda seen: seen.scheduler in ("finished", "failed") and not scheduler_pids(self.sweeps[name]),
            "left by its scheduler",
        )

    def queue_again(self, run: str) -> None:
        """Put a run on the queue once more under its own id, outside its sweep, as launch agents do."""
        queue = ask(self.sandbox, ITEMS, entity=self.sandbox.entity)["project"]["runQueue"]
        items = [edge["node"] for edge in queue["runQueueItems"]["edges"]]
        (spec,) = [item["runSpec"] for item in items if item["associatedRunId"] == run]
        again = {**(json.loads(spec) if isinstance(spec, str) else spec), "_resume_count": 1}
        del again["sweep_id"]
        push(self.sandbox, QUEUE, again)

    def gone(self, name: str) -> None:
        """Wait until the sweep has no scheduler process."""
        self.until(name, lambda _: not scheduler_pids(self.sweeps[name]), "without a scheduler")

    def pass_time(self, seconds: float) -> None:
        """Let real time pass: outages and signs of life are nothing else."""
        time.sleep(seconds)

    def kill_when_struck(self, faults: Mapping[str, dict[str, Any]]) -> set[str]:
        """SIGKILL each sweep's scheduler when its fault strikes, or note that it ended before.

        Returns:
            The names of the sweeps whose scheduler was killed.
        """
        self.sandbox.fail(*faults.values())
        waiting, killed, deadline = list(faults), set[str](), time.monotonic() + self.patience
        while waiting and time.monotonic() < deadline:
            struck = dict(zip(faults, self.sandbox.faults(), strict=True))
            for name in list(waiting):
                if struck[name]["struck"] and kill_scheduler(self.sweeps[name], signal.SIGKILL):
                    killed.add(name)
                    waiting.remove(name)
                elif self.look(name).scheduler in ("finished", "failed"):
                    waiting.remove(name)
            time.sleep(0.1)
        assert not waiting, f"neither killed nor ended after {self.patience:.0f} s: {waiting}"
        return killed


def send_all(mark: str, number: signal.Signals) -> None:
    """Send a signal to all processes with this in their environment: what they started has it too."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile, or is somebody else's
            if mark.encode() in (folder / "environ").read_bytes().split(b"\0"):
                os.kill(int(folder.name), number)


def scheduler_pids(sweep: str) -> list[int]:
    """The processes that run the sweep's scheduler."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            environ = (process / "environ").read_bytes().split(b"\0")
        except (OSError, ValueError):
            continue
        if b"optuna_scheduler.py" in words[:3] and f"WANDB_RUN_ID={sweep}".encode() in environ:
            found.append(int(process.name))
    return found


def kill_scheduler(sweep: str, number: signal.Signals) -> bool:
    """Send the sweep's scheduler a signal; False where there is none."""
    pids = scheduler_pids(sweep)
    for pid in pids:
        os.kill(pid, number)
    return bool(pids)


@contextmanager
def open_rough_stage(home: Path, *, heartbeat_timeout: float = 60.0) -> Iterator[RoughStage]:
    """A sandbox with the scheduler's job and the light one; no agent yet. What talks to it ends with it."""
    with (
        Sandbox(log=home / "sandbox.log", heartbeat_timeout=heartbeat_timeout) as sandbox,
        ExitStack() as after,
    ):
        after.callback(send_all, f"WANDB_BASE_URL={sandbox.url}", signal.SIGKILL)
        stage = RoughStage(sandbox=sandbox, home=home, shipped=ROOT)
        create_queue(sandbox, QUEUE)
        create_training_job(sandbox, "light")
        make_scheduler_job(sandbox, ROOT, "job-optuna-scheduler")
        yield stage
