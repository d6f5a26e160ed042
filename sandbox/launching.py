"""W&B's real client at work on a sandbox: queues, jobs, sweeps and the launch agent, each as a process.

Nothing here imports wandb: journeys and the demo go the way that a person goes at a terminal. Two things take
the client's own time. An idle launch agent asks its queue every 10 s, and no setting of wandb 0.31 shortens
that. A run sends history every 15 s; `create_queue(..., job_env=PROMPT_HISTORY)` makes that one second.
"""

from __future__ import annotations

import json
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import yaml

from sandbox.docker_stand_in import engine_answers, path_with_docker
from sandbox.serving import Sandbox

T = TypeVar("T")

PROMPT_HISTORY = {"WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL": "1"}
"""For `job_env`: a run shows its history within about a second."""

COMMAND_SECONDS = 300
GRACE_SECONDS = 10.0
LOOK_SECONDS = 0.1

CREATE_QUEUE = """
import json, sys, wandb
entity, name, config = sys.argv[1:]
wandb.Api().create_run_queue(name, "local-container", entity=entity, config=json.loads(config))
"""

LAUNCH = """
import json, sys
from wandb.sdk.launch import launch_add
job, queue, entity, project, config = sys.argv[1:]
overrides = {"overrides": {"run_config": json.loads(config)}}
print("item:", launch_add(job=job, queue_name=queue, entity=entity, project=project, config=overrides).id)
"""


class ClientError(Exception):
    """A command of the client did not do what it was asked; the text ends with the command's output."""


def create_queue(sandbox: Sandbox, name: str, *, job_env: Mapping[str, str] | None = None) -> None:
    """Make a queue of the resource `local-container`.

    Args:
        sandbox: Where.
        name: The queue's name.
        job_env: Variables that every job of the queue gets.
    """
    pairs = [f"{key}={value}" for key, value in (job_env or {}).items()]
    config = json.dumps({"env": pairs} if pairs else {})
    client(sandbox, ["-c", CREATE_QUEUE, sandbox.entity, name, config])


def create_job(
    sandbox: Sandbox,
    name: str,
    folder: Path,
    entry: str,
    *,
    project: str | None = None,
    base_image: str | None = None,
) -> str:
    """Make a job of the code in a folder and return its path, `entity/project/name:latest`.

    Args:
        sandbox: Where.
        name: The job's name.
        folder: The code, with a `requirements.txt`.
        entry: The command that starts it, `python train.py`.
        project: The project that keeps the job; the folder's name when not given.
        base_image: What its code is mounted in; the agent's choice when not given.
    """
    project = project or folder.name
    where = ["--entity", sandbox.entity, "--project", project, "--name", name]
    runtime = ".".join(platform.python_version_tuple()[:2])
    where += ["--base-image", base_image] if base_image else []
    words = ["job", "create", *where, "--entry-point", entry, "--runtime", runtime, "code", str(folder)]
    said = client(sandbox, ["-m", "wandb", *words])
    _found(r"(?:Created|Updated) job: (\S+)", said)
    return f"{sandbox.entity}/{project}/{name}:latest"


def launch_job(
    sandbox: Sandbox, job: str, queue: str, project: str, config: Mapping[str, Any] | None = None
) -> str:
    """Put a job on a queue, with this run config, and return the id of the queue item."""
    words = ["-c", LAUNCH, job, queue, sandbox.entity, project, json.dumps(dict(config or {}))]
    return _found(r"item: (\S+)", client(sandbox, words))


def launch_sweep(
    sandbox: Sandbox,
    file: Path,
    queue: str,
    entity: str,
    project: str,
    resume_id: str | None = None,
) -> str:
    """Run `wandb launch-sweep` and return the sweep's id.

    Args:
        sandbox: Where.
        file: The sweep file, also when a sweep is resumed: without it the client forgets the scheduler's job
            and queues its own scheduler.
        queue: The queue for the scheduler and the runs.
        entity: The owner of the project.
        project: The project of the sweep.
        resume_id: The sweep to go on with, in place of a new one.
    """
    words = ["launch-sweep", "--queue", queue, "--entity", entity, "--project", project]
    words += ["--resume_id", resume_id] if resume_id else []
    said = client(sandbox, ["-m", "wandb", *words, str(file)])
    return _found(r"(?:Created|Resumed) sweep with ID: (\S+)", said)


def client(sandbox: Sandbox, words: list[str], *, cwd: Path | None = None) -> str:
    """Run Python with these words as a client of the sandbox, in a home of its own, and return what it says.

    Args:
        sandbox: Where.
        words: What follows `python`.
        cwd: Where it runs; this process's own folder when not given.

    Raises:
        ClientError: It failed, or took more than `COMMAND_SECONDS`.
    """
    with tempfile.TemporaryDirectory(prefix="sandbox-client-", ignore_cleanup_errors=True) as home:
        try:
            ended = subprocess.run(
                [sys.executable, *words],
                env=sandbox.env(Path(home)),
                cwd=cwd,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=COMMAND_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ClientError(f"{error}:\n{error.output}") from None
    if ended.returncode:
        asked = " ".join(word for word in words if "\n" not in word)
        raise ClientError(f"python {asked} ended with {ended.returncode}:\n{ended.stdout}")
    return ended.stdout


def _found(pattern: str, said: str) -> str:
    """The word after a sentence of the client, which ends with 0 after most of its failures, too."""
    match = re.search(pattern, re.sub(r"\x1b\[[0-9;]*m", "", said))
    if match is None:
        raise ClientError(f"the client did not say {pattern!r}:\n{said}")
    return match.group(1)


class Agent(AbstractContextManager["Agent"]):
    """A running `wandb launch-agent`; leaving its `with` ends it and everything that it started.

    Attributes:
        log: What it and its jobs say.
    """

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process = process
        self.log = log

    @property
    def alive(self) -> bool:
        """Whether it has not ended by itself."""
        return self._process.poll() is None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Jobs run in the agent's process group (the stand-in for Docker passes the signal on to them).
        for number in (signal.SIGTERM, signal.SIGKILL):
            if not self._signal(number) or self._empty(time.monotonic() + GRACE_SECONDS):
                break
        self._process.wait()

    def _empty(self, deadline: float) -> bool:
        while time.monotonic() < deadline:
            self._process.poll()
            if not self._signal(0):
                return True
            time.sleep(LOOK_SECONDS)
        return False

    def _signal(self, number: int) -> bool:
        """Send a signal to the whole group; False when nobody is left."""
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return False
        return True


def start_agent(
    sandbox: Sandbox,
    queue: str,
    workdir: Path,
    *,
    max_jobs: int = 1,
    max_schedulers: int = 1,
    name: str = "agent",
    config: Mapping[str, Any] | None = None,
    python: str = sys.executable,
) -> Agent:
    """Start the real launch agent, with Docker or the stand-in for it on its PATH.

    Args:
        sandbox: Where its queue is.
        queue: The queue that it takes jobs from.
        workdir: Its home; `<name>.yaml` and `<name>.log` are put there.
        max_jobs: How many runs it has at once.
        max_schedulers: How many sweep schedulers it has at once, beside those.
        name: What its files are called, where several agents share a home.
        config: More keys of its config file, such as `stopped_run_timeout`.
        python: Runs it, and the jobs that name no other with `SANDBOX_PYTHON`: another release of wandb.
    """
    env = sandbox.env(workdir)
    env["PATH"] = path_with_docker(env["PATH"], engine_answers())
    env.setdefault("SANDBOX_PYTHON", python)
    settings = {
        "entity": sandbox.entity,
        "queues": [queue],
        "builder": {"type": "noop"},
        "max_jobs": max_jobs,
        "max_schedulers": max_schedulers,
        **(config or {}),
    }
    file = workdir / f"{name}.yaml"
    file.write_text(yaml.safe_dump(settings))
    log = workdir / f"{name}.log"
    with log.open("ab") as lines:
        process = subprocess.Popen(
            [python, "-m", "wandb", "launch-agent", "--config", str(file)],
            env=env,
            cwd=workdir,
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Agent(process, log)


def wait_for(what: str, condition: Callable[[], T | None], seconds: float) -> T:
    """Look until the condition is something true, and return that.

    Args:
        what: The condition in words, for the error.
        condition: Asked about ten times a second.
        seconds: How long to go on.

    Raises:
        TimeoutError: It was not true in time.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(LOOK_SECONDS)
    raise TimeoutError(f"{what}: not within {seconds:g} s")
