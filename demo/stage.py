"""Everything that a launch sweep needs, up for the length of a ``with``."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.screen import Screen
from sandbox.launching import Agent, client, create_job, create_queue, launch_sweep, start_agent
from sandbox.serving import Sandbox

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".demo"
PROJECT = "digits"
QUEUE = "demo"
TRAINING_JOB = "job-digits"
SCHEDULER_JOB = "job-optuna-scheduler"


@dataclass(frozen=True, slots=True)
class Stage:
    """A running W&B with a queue, both jobs, and an agent that works on the queue."""

    sandbox: Sandbox
    agent: Agent

    def launch(self, file: Path) -> str:
        """Run ``wandb launch-sweep`` on the file and return the sweep's id."""
        return launch_sweep(self.sandbox, file, QUEUE, self.sandbox.entity, PROJECT)


@contextmanager
def stage(screen: Screen, *, runs_at_once: int) -> Iterator[Stage]:
    """Set the stage, telling each step, and take everything down again at the end.

    Raises:
        ClientError: A command of W&B's client failed; the text ends with what it said.
    """
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    screen.status("starting the sandbox")
    with Sandbox(data=FOLDER / "files", log=FOLDER / "sandbox.log") as sandbox:
        screen.event(f"sandbox   a local W&B at {sandbox.url}")
        screen.status("creating the queue and the jobs")
        create_queue(sandbox, QUEUE)
        screen.event(f"queue     {sandbox.entity}/{QUEUE}")
        register_jobs(sandbox, screen)
        screen.status("starting the agent")
        with start_agent(sandbox, QUEUE, FOLDER, max_jobs=runs_at_once, max_schedulers=1) as agent:
            screen.event(f"agent     wandb launch-agent, {runs_at_once} runs at once")
            yield Stage(sandbox, agent)
            screen.status("")


def register_jobs(sandbox: Sandbox, screen: Screen) -> None:
    """Make the two jobs that the sweep file names."""
    create_job(sandbox, TRAINING_JOB, ROOT / "jobs" / "digits", "python train.py", project=PROJECT)
    screen.event(f"job       {sandbox.entity}/{PROJECT}/{TRAINING_JOB}, which trains")
    where = ["--entity", sandbox.entity, "--project", PROJECT, "--name", SCHEDULER_JOB]
    client(sandbox, [str(ROOT / "optuna_scheduler.py"), *where])
    screen.event(f"job       {sandbox.entity}/{PROJECT}/{SCHEDULER_JOB}, which decides")
