"""Sweeps that go well, with a launch agent and training jobs of another wandb than the scheduler's."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from optuna_sweep.shipping import copy_job
from sandbox.launching import PROMPT_HISTORY, create_job, create_queue, start_agent
from sandbox.serving import Sandbox
from tests.journey.stage import HERE, QUEUE, ROOT, Stage, launch_all
from tests.journey.sweep_files import FIRST, PROJECT, WORKING

AGENT_PYTHON = "SANDBOX_AGENT_PYTHON"
"""The variable that names the other Python: `make matrix` sets it."""

BASE = "python:3.11-slim"
"""Agents of wandb 0.22 run a job made of code without a builder only if it names its base image."""


@contextmanager
def open_stage_with_other_agent(home: Path, python: str) -> Iterator[Stage]:
    """The sweeps of ``test_first_sweep``; `python` runs the agent and the training jobs."""
    own = {"local-container": {"env": [f"SANDBOX_PYTHON={sys.executable}"]}}
    files = {
        name: {**WORKING[name], "scheduler": {**WORKING[name]["scheduler"], "resource_args": own}}
        for name in FIRST
    }
    with Sandbox(log=home / "sandbox.log", heartbeat_timeout=60) as sandbox:
        stage = Stage(sandbox=sandbox, home=home, shipped=home / "shipped")
        stage.shipped.mkdir()
        copy_job(ROOT, stage.shipped)
        create_queue(sandbox, QUEUE, job_env=PROMPT_HISTORY)
        jobs = {
            "tiny": (HERE / "jobs" / "tiny", "python train.py"),
            "job-optuna-scheduler": (stage.shipped, "python optuna_scheduler.py"),
        }
        for name, (folder, entry) in jobs.items():
            create_job(sandbox, name, folder, entry, project=PROJECT, base_image=BASE)
        stage.sweeps |= launch_all(sandbox, home / "sweeps", files)
        with start_agent(sandbox, QUEUE, home, max_jobs=12, max_schedulers=-1, python=python):
            yield stage
