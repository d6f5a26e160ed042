"""``python optuna_scheduler.py --project P``: the job that it registers, read back with W&B's own client."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from optuna_sweep.shipping import copy_job
from sandbox.serving import Sandbox
from tests.contract.clients import Client

ROOT = Path(__file__).resolve().parents[2]
READ = """
job = wandb.Api().job(os.environ["JOB"])
answer(job._job_info)
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox, tmp_path: Path) -> Client:
    return Client(sandbox, tmp_path)


def register(client: Client, folder: Path, *words: str, exits: int = 0, **env: str) -> str:
    """Start the entry point by hand; all that it said."""
    done = subprocess.run(
        [sys.executable, str(folder / "optuna_scheduler.py"), *words],
        cwd=client.home,
        env={**client.env, "WANDB_SILENT": "false", **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == exits, done.stderr
    return done.stdout + done.stderr


def read(client: Client, job: str) -> Any:
    return client.run(READ, JOB=job)


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    done = subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_outside_a_sweep_the_program_registers_itself_and_prints_the_jobs_name(client: Client) -> None:
    said = register(client, ROOT, "--project", "code", "--entity", "sandbox", "--name", "mine")
    assert "Registered the job sandbox/code/mine:latest." in said
    assert "scheduler: {job: sandbox/code/mine:latest}" in said
    job = read(client, "sandbox/code/mine:latest")
    assert job["source"]["entrypoint"] == ["python", "optuna_scheduler.py"]
    assert job["source_type"] == "artifact"
    assert job["runtime"] == "3.11"


def test_the_entity_is_the_users_own_and_the_name_has_a_default(client: Client) -> None:
    said = register(client, ROOT, "--project", "own")
    assert "Registered the job sandbox/own/job-optuna-scheduler:latest." in said


def test_a_second_registration_of_the_same_files_is_no_new_version(client: Client, tmp_path: Path) -> None:
    for _ in range(2):
        register(client, ROOT, "--project", "again", "--name", "mine")
    versions = client.run('answer([v.name for v in wandb.Api().artifacts("job", "sandbox/again/mine")])')
    assert versions == ["mine:v0"]


def test_where_wandb_docker_names_an_image_the_job_is_that_image(client: Client) -> None:
    register(client, ROOT, "--project", "image", "--name", "mine", WANDB_DOCKER="registry/optuna-scheduler:1")
    job = read(client, "sandbox/image/mine:latest")
    assert job["source"] == {"image": "registry/optuna-scheduler:1"}
    assert job["source_type"] == "image"


def test_with_enable_git_the_job_is_the_checkouts_remote_and_commit(client: Client, tmp_path: Path) -> None:
    # wandb fetches over https and ssh only; this ssh runs what it is given on this machine.
    ssh = tmp_path / "ssh"
    ssh.write_text('#!/bin/sh\neval "$2"\n')
    ssh.chmod(0o700)
    env = {"GIT_SSH": str(ssh), "GIT_SSH_VARIANT": "simple"}
    upstream, checkout = tmp_path / "upstream.git", tmp_path / "checkout"
    remote = f"git@localhost:{upstream}"
    (checkout / "tools").mkdir(parents=True)
    copy_job(ROOT, checkout / "tools")
    git(tmp_path, "init", "--bare", "-q", str(upstream))
    git(checkout, "init", "-q", "-b", "main")
    git(checkout, "add", ".")
    git(checkout, "commit", "-q", "-m", "ship")
    git(checkout, "remote", "add", "origin", remote)
    git(checkout, "push", "-q", str(upstream), "main")
    register(client, checkout / "tools", "--project", "git", "--name", "mine", "--enable_git", **env)
    job = read(client, "sandbox/git/mine:latest")
    assert job["source_type"] == "repo"
    commit = git(checkout, "rev-parse", "HEAD")
    assert job["source"]["git"] == {"remote": remote, "commit": commit}
    assert job["source"]["entrypoint"] == ["python", "tools/optuna_scheduler.py"]


def test_enable_git_outside_of_a_checkout_is_one_message(client: Client, tmp_path: Path) -> None:
    copy_job(ROOT, tmp_path / "alone")
    said = register(client, tmp_path / "alone", "--project", "git", "--enable_git", exits=1)
    assert "--enable_git" in said and "is no git checkout with a remote" in said
    assert "Traceback" not in said


def test_without_a_project_the_usage_is_told(client: Client) -> None:
    said = register(client, ROOT, exits=2)
    assert "Name the project to register the job in: --project PROJECT." in said


def test_a_key_that_is_not_accepted_is_one_message(client: Client) -> None:
    client.sandbox.fail({"kind": "status", "status": 403})
    said = register(client, ROOT, "--project", "refused", exits=1)
    client.sandbox.fail()
    assert "W&B refused the request" in said
    assert "Traceback" not in said
