"""Everything that a launch sweep needs, up for the length of a ``with``."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.leftovers import wait_for_clients
from demo.plan import Plan
from demo.screen import Screen
from sandbox.launching import Agent, client, create_job, create_queue, launch_sweep, start_agent
from sandbox.serving import Sandbox

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".demo"
PROJECT = "digits"
QUEUE = "demo"
TRAINING_JOB = "job-digits"
SCHEDULER_JOB = "job-optuna-scheduler"
LEAVING_SECONDS = 10.0


@contextmanager
def stage(screen: Screen) -> Iterator[Sandbox]:
    """A running W&B with a queue and both jobs, told step by step, and taken down at the end.

    Raises:
        ClientError: A command of W&B's client failed; the text ends with what it said.
    """
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    screen.status("starting the sandbox")
    with Sandbox(data=FOLDER / "files", log=FOLDER / "sandbox.log") as sandbox:
        screen.event(f"sandbox   a local W&B at {sandbox.url}")
        try:
            screen.status("creating the queue and the jobs")
            create_queue(sandbox, QUEUE)
            screen.event(f"queue     {sandbox.entity}/{QUEUE}")
            register_jobs(sandbox, screen)
            yield sandbox
        finally:
            screen.status("")
            wait_for_clients(sandbox.url, LEAVING_SECONDS)


def register_jobs(sandbox: Sandbox, screen: Screen) -> None:
    """Make the two jobs that the sweep file names."""
    create_job(sandbox, TRAINING_JOB, ROOT / "jobs" / "digits", "python train.py", project=PROJECT)
    screen.event(f"job       {sandbox.entity}/{PROJECT}/{TRAINING_JOB}, which trains")
    where = ["--entity", sandbox.entity, "--project", PROJECT, "--name", SCHEDULER_JOB]
    client(sandbox, [str(ROOT / "optuna_scheduler.py"), *where])
    screen.event(f"job       {sandbox.entity}/{PROJECT}/{SCHEDULER_JOB}, which decides")


def launch(sandbox: Sandbox, plan: Plan, screen: Screen) -> str:
    """Run ``wandb launch-sweep`` and return the sweep's id."""
    screen.status("launching the sweep")
    sweep = launch_sweep(sandbox, plan.file, QUEUE, sandbox.entity, PROJECT)
    screen.event(f"sweep     {sweep}: {plan.trials} trials, {plan.workers} at once, minimising {plan.metric}")
    return sweep


@contextmanager
def agent_at_work(sandbox: Sandbox, plan: Plan, screen: Screen) -> Iterator[Agent]:
    """A launch agent that works on the queue; it and what it runs are gone at the end.

    It may hold twice the runs that the sweep has at once: it sees a run's end up to 10 seconds
    late, and would leave the next one on the queue for as long. How many train is the scheduler's to say.
    """
    with start_agent(sandbox, QUEUE, FOLDER, max_jobs=2 * plan.workers, max_schedulers=1) as agent:
        screen.event("agent     wandb launch-agent")
        screen.status("waiting for the agent to start the scheduler")
        yield agent
