"""Idle workers: from a run's end in W&B to its successor, for this scheduler beside W&B's two.

Each scheduler is a real process with the real wandb client and a W&B of its own; all of them work at
the same time. Every moment is read from the W&B's log of requests.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.light_workers import ENDS, WORKER, Workers
from bench.processes import LOG, at_work
from bench.result import Cell, Result, Table
from sandbox.asking import ask
from sandbox.launching import create_queue
from sandbox.serving import Sandbox

_ROOT = Path(__file__).resolve().parent.parent
_WORKERS = 8
_RUNS = {5.0: 24, 30.0: 32, 300.0: 24}
"""How many runs of so many seconds."""
_LONG = 60.0
"""Longer runs are measured where time is no matter."""
_STARTING = 60.0
_PROJECT, _QUEUE = "bench", "q"
_SWEEP = {
    "method": "random",
    "metric": {"name": "loss", "goal": "minimize"},
    "image_uri": "train:1",
    "program": "train.py",
    "parameters": {"lr": {"min": 0.0, "max": 1.0}, "momentum": {"min": 0.0, "max": 1.0}},
}
_MAKE_SWEEP = """mutation ($entity: String!, $project: String!, $config: String!) {
  upsertSweep(input: {entityName: $entity, projectName: $project, config: $config}) { sweep { name } }
}"""
_START_RUNS = "StartRuns"
_SUCCESSOR = ("pushToRunQueueByName", "pushToRunQueue", "EnqueueSweepRun")
_FILES = ("upload", "download")
"""Files go to and from a store, not through the API, and no plan limits them."""


_Sweep = Mapping[str, Any]
_Command = Callable[[Sandbox, Path, Workers, _Sweep], list[str]]


@dataclass(frozen=True, slots=True)
class _Scheduler:
    """One way to drive the sweep.

    Attributes:
        name: For the table.
        command: The process, made in a home of its own.
        queued: Whether its runs go through a launch queue, and not to the sweep's agents.
    """

    name: str
    command: _Command
    queued: bool = True


def run(*, thorough: bool) -> Result:
    """Let all schedulers work side by side, once for each length of runs."""
    lengths = [seconds for seconds in _RUNS if thorough or seconds < _LONG]
    rows = [row for seconds in lengths for row in _side_by_side(seconds)]
    table = Table(
        title=f"{_WORKERS} workers, real processes side by side",
        columns=[
            "seconds a run",
            "runs",
            "scheduler",
            "median idle s",
            "90 % below s",
            "worker time idle",
            "requests a run",
            "requests a minute",
        ],
        rows=rows,
        note="Idle is the time from a run's end in W&B to the next run on the queue (for the native engine: "
        "enqueued in the sweep). The time until a machine takes it is the agent's, and not in it. Requests "
        "are all that the scheduler's process sends to the API from the first run queued to the last run's "
        "end; those of its own W&B run are in it, and outside the limit that it keeps. W&B's launch "
        "scheduler has an image to launch; with a job it asks four requests a run more. W&B's two keep no "
        "limit: W&B refuses with 429 what passes a plan's.",
    )
    return Result(tables=[table], seeds="One seed, for the lengths of runs, which vary by 20 %.")


def _side_by_side(seconds: float) -> Iterator[list[Cell]]:
    with ThreadPoolExecutor(len(_SCHEDULERS)) as pool:
        logs = list(pool.map(lambda scheduler: _log_of(scheduler, seconds), _SCHEDULERS))
    for scheduler, log in zip(_SCHEDULERS, logs, strict=True):
        yield [seconds, _RUNS[seconds], scheduler.name, *_measured(log, seconds)]


def _log_of(scheduler: _Scheduler, seconds: float) -> list[dict[str, Any]]:
    """Every request of a whole sweep."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, Sandbox() as sandbox:
        home = Path(folder)
        create_queue(sandbox, _QUEUE)
        with Workers(sandbox, _PROJECT, count=_WORKERS, seconds=seconds) as workers:
            runs = _RUNS[seconds]
            command = scheduler.command(sandbox, home, workers, {**_SWEEP, "run_cap": runs})
            sandbox.reset_requests()
            if scheduler.queued:
                workers.take_from_queue(_QUEUE)
            with at_work(command, sandbox.env(home) | {"WANDB_PROJECT": _PROJECT}, home) as alive:
                deadline = time.monotonic() + _STARTING + 3 * (runs / _WORKERS) * (seconds + 15.0)
                while workers.ended < runs and time.monotonic() < deadline and alive():
                    time.sleep(0.5)
            if workers.ended < runs:
                said = (home / LOG).read_text()[-2000:]
                raise RuntimeError(f"{scheduler.name}: {workers.ended} of {runs} runs ended:\n{said}")
            requests: list[dict[str, Any]] = sandbox.requests()["requests"]
    return requests


def _measured(log: Sequence[Mapping[str, Any]], seconds: float) -> list[Cell]:
    idle: list[float] = []
    freed: list[float] = []
    queued: list[float] = []
    for request in sorted(log, key=lambda each: each["time"]):
        if request["sender"] == ENDS:
            freed.append(request["time"])
        for _ in range(_queued_by(request)):
            if len(queued) < _RUNS[seconds]:
                queued.append(request["time"])
                idle += [request["time"] - freed.pop(0)] if freed else []
    last = max(each["time"] for each in log if each["sender"] == ENDS)
    asked = [each for each in log if not each["sender"].startswith(WORKER) and each["time"] <= last]
    asked = [each for each in asked if each["time"] >= queued[0] and each["operation"] not in _FILES]
    share = sum(idle) / (sum(idle) + seconds * len(idle))
    return [
        statistics.median(idle),
        statistics.quantiles(idle, n=10)[-1],
        f"{share:.1%}",
        len(asked) / _RUNS[seconds],
        60.0 * len(asked) / (last - queued[0]),
    ]


def _queued_by(request: Mapping[str, Any]) -> int:
    """How many runs a request queues."""
    if request["operation"] == _START_RUNS:
        return int(request["fields"]) // 2  # a run is made and queued
    return int(request["operation"] in _SUCCESSOR)


def _make_sweep(sandbox: Sandbox, config: Mapping[str, Any]) -> str:
    answer = ask(
        sandbox, _MAKE_SWEEP, entity=sandbox.entity, project=_PROJECT, config=yaml.safe_dump(dict(config))
    )
    return str(answer["upsertSweep"]["sweep"]["name"])


def _ours(per_minute: int) -> _Command:
    def command(sandbox: Sandbox, home: Path, _workers: Workers, sweep: _Sweep) -> list[str]:
        settings = {"max_requests_per_minute": per_minute}
        file = home / "sweep.yaml"
        file.write_text(json.dumps({**sweep, "scheduler": {"num_workers": _WORKERS, "settings": settings}}))
        where = ["--queue", _QUEUE, "--entity", sandbox.entity, "--project", _PROJECT]
        return [sys.executable, str(_ROOT / "optuna_scheduler.py"), "start", str(file), *where]

    return command


def _launch_scheduler(sandbox: Sandbox, _home: Path, _workers: Workers, sweep: _Sweep) -> list[str]:
    name = _make_sweep(sandbox, sweep)
    words = {
        "entity": sandbox.entity,
        "project": _PROJECT,
        "queue": _QUEUE,
        "project_queue": "model-registry",
        "num_workers": str(_WORKERS),
        "image_uri": sweep["image_uri"],
    }
    options = [word for name, value in words.items() for word in (f"--{name}", str(value))]
    return [sys.executable, "-m", "wandb", "scheduler", name, *options]


def _native(*options: str) -> _Command:
    def command(sandbox: Sandbox, _home: Path, workers: Workers, sweep: _Sweep) -> list[str]:
        name = _make_sweep(sandbox, {**sweep, "method": "custom", "scheduler": {"engine": "optuna"}})
        workers.take_from_sweep(name)
        path = f"{sandbox.entity}/{_PROJECT}/{name}"
        words = ["sweep-scheduler", "--batch-size", str(_WORKERS), *options, path]
        return [sys.executable, "-m", "wandb", *words]

    return command


_SCHEDULERS = (
    _Scheduler("this one, 50 requests a minute (default)", _ours(50)),
    _Scheduler("this one, 200 requests a minute", _ours(200)),
    _Scheduler("W&B's launch scheduler", _launch_scheduler),
    _Scheduler("W&B's native engine", _native(), queued=False),
    _Scheduler("W&B's native engine, --poll-interval 1", _native("--poll-interval", "1"), queued=False),
)
