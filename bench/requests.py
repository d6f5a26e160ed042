"""Requests and bytes of one poll, against the new history rows that it brings.

The questions are those that the scheduler sends and the answers have W&B's shape; both are counted as
the JSON that crosses the network, before HTTP's compression. Summaries, large or small, come with the
end of a run only.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from bench.result import Cell, Result, Table
from bench.world import SimulatedLaunch, simulated_sweep
from optuna_sweep.launch import Watch
from optuna_sweep.wandb_adapter.question import Question

_LIVE = (1, 10, 100, 500)
_NEW = (10, 1_000)
_COLUMNS = [("loss",)]


def run() -> Result:
    """Count one poll at each size, and a whole small sweep."""
    polls = Table(
        title="One poll",
        columns=[
            "live runs",
            "new rows each",
            "requests",
            "sent KiB",
            "answered KiB",
            "rows KiB",
            "answer / rows",
        ],
        rows=[_poll(live, new) for new in _NEW for live in _LIVE],
        note="A row is its metric and its step. What is sent is a fixed price for each run. Beyond the rows, "
        "the answer holds the state of each run and that of the sweep.",
    )
    sweeps = Table(
        title="A whole sweep: 50 runs, 8 workers, in virtual time",
        columns=[
            "seconds a run",
            "requests",
            "requests a run",
            "requests a minute",
            "most in 60 s",
            "median idle s",
        ],
        rows=[_sweep(seconds) for seconds in (5.0, 30.0, 300.0)],
        note="With the default `max_requests_per_minute`; the first minute may spend what was saved up, and "
        "the sweep of short runs lasts less than one. "
        "Idle is the virtual time from a run's end to its successor on the queue, without the delays of "
        "the client and the agent. Short runs are bound by the request limit.",
    )
    return Result(tables=[polls, sweeps], seeds="No chance is involved; counts do not depend on the machine.")


def _poll(live: int, new: int) -> list[Cell]:
    question = Question(
        entity="entity", project="project", sweep="abcd1234", queue="q", queue_project="queues"
    )
    watched = [Watch(f"abcd1234-{number:04d}") for number in range(live)]
    sent = answered = own = requests = 0
    for document, variables, chunk in question.parts(watched, _COLUMNS):
        rows = [_rows(new) for _ in chunk]
        data = _answer(rows)
        question.read(data, chunk, _COLUMNS)
        requests += 1
        sent += _size({"query": document, "variables": variables})
        answered += _size({"data": data})
        own += sum(_size(each) for each in rows)
    sizes = [size / 1024 for size in (sent, answered, own)]
    return [live, new, requests, *sizes, round(answered / own, 2)]


def _rows(count: int) -> list[dict[str, Any]]:
    random = Random(count)
    return [{"_step": 1_000 + number, "loss": random.random()} for number in range(count)]


def _answer(rows: Sequence[list[dict[str, Any]]]) -> dict[str, Any]:
    project: dict[str, Any] = {"sweep": {"state": "RUNNING"}, "own": {"stopped": False}}
    project |= {f"r{number}": {"state": "running", "new": [new]} for number, new in enumerate(rows)}
    return {"p": {**project, "ended": {"edges": []}}}


def _size(thing: Mapping[str, Any] | Sequence[Any]) -> int:
    return len(json.dumps(thing, separators=(",", ":")).encode())


def _sweep(seconds: float) -> list[Cell]:
    launch = SimulatedLaunch(seconds=seconds, spread=0.2)
    simulated_sweep(launch, trials=50, workers=8).run()
    a_minute = 60.0 * launch.requests / launch.now()
    idle = statistics.median(launch.idle)
    return [seconds, launch.requests, launch.requests / 50, a_minute, launch.busiest_minute, idle]
