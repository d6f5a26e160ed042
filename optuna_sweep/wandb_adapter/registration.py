"""Registering the scheduler as a W&B job, so that a sweep file can name it.

wandb 0.31 can make a job out of any run that logs its code, but records an entry point that
no plain Python container can run (``pythonCPython 3.11``). ``wandb job create`` makes a good one, so
its function is called here, on a folder that holds just what ships.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import wandb
from wandb.sdk.launch.create_job import create_job

from optuna_sweep.errors import Refused
from optuna_sweep.shipping import ENTRY_POINT, copy_job
from optuna_sweep.wandb_adapter.client import translated

_COMMAND = f"python {ENTRY_POINT}"
_PYTHON = "3.11"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Where the job is registered, and from what.

    Attributes:
        folder: The folder of the entry point.
        entity: W&B entity; None for the user's default.
        project: W&B project.
        name: The job's name.
        git: Make the job from the git remote and commit of ``folder`` instead of its files.
    """

    folder: Path
    entity: str | None
    project: str
    name: str
    git: bool = False


def register(wanted: Registration) -> str:
    """Create the job, or a new version of it, and return its full name with the alias.

    Raises:
        Refused: W&B or wandb's client did not make it; its own words were printed before.
    """
    image = os.environ.get("WANDB_DOCKER")
    with tempfile.TemporaryDirectory() as scratch, translated():
        entity = wanted.entity or wandb.Api().default_entity
        create = partial(create_job, entity=entity, project=wanted.project, name=wanted.name)
        if image:
            made = create(image, "image")
        elif wanted.git:
            remote, commit, entry = _git_source(wanted.folder)
            made = create(remote, "git", entrypoint=entry, git_hash=commit, runtime=_PYTHON)
        else:
            copy_job(wanted.folder, Path(scratch))
            made = create(scratch, "code", entrypoint=_COMMAND, runtime=_PYTHON)
    if made is None:
        raise Refused(f"The job {wanted.name!r} was not created in {entity}/{wanted.project}.")
    return f"{entity}/{wanted.project}/{wanted.name}:latest"


def _git_source(folder: Path) -> tuple[str, str, str]:
    """The remote, the commit and the entry point's command from the repository's top."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=False)
        if done.returncode:
            raise Refused(f"--enable_git: {folder} is no git checkout with a remote: {done.stderr.strip()}")
        return done.stdout.strip()

    inside = git("rev-parse", "--show-prefix")
    return git("remote", "get-url", "origin"), git("rev-parse", "HEAD"), f"python {inside}{ENTRY_POINT}"
