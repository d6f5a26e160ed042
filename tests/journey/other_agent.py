"""Journeys whose launch agent and training jobs have another wandb than the scheduler: `make matrix`."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from optuna_sweep.shipping import copy_job
from sandbox.launching import create_job
from sandbox.serving import Sandbox

AGENT_PYTHON = os.environ.get("SANDBOX_AGENT_PYTHON", sys.executable)
"""Runs launch agents and training jobs; the variable is set by `make matrix`."""

APART = sys.executable != AGENT_PYTHON

BASE = "python:3.11-slim" if APART else None
"""Agents of wandb 0.22 run a job made of code without a builder only if it names its base image."""


def container(*variables: str) -> dict[str, Any]:
    """A scheduler's ``resource_args``: these variables, and its Python where the agent has another."""
    env = [*variables, *([f"SANDBOX_PYTHON={sys.executable}"] if APART else [])]
    return {"local-container": {"env": env}} if env else {}


def create_scheduler_job(sandbox: Sandbox, folder: Path, name: str, project: str) -> None:
    """Make what registering the scheduler makes, but with a base image, which `log_code` cannot name."""
    with tempfile.TemporaryDirectory() as home:
        shipped = Path(home) / "shipped"
        shipped.mkdir()
        copy_job(folder, shipped)
        create_job(sandbox, name, shipped, "python optuna_scheduler.py", project=project, base_image=BASE)
