"""What a sweep's workers are told to do, and the parameters of runs that nobody else has chosen.

A sweep with a scheduler of its own (a queued job, or one elsewhere that enqueues runs) is chosen for by that.
The server chooses for plain sweeps, which `wandb agent` works on: grid and random, in the simplest way.
"""

from __future__ import annotations

import itertools
import math
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.agents import Agent
    from sandbox.runs import Run
    from sandbox.sweeps import Sweep, Sweeps

Order = dict[str, Any]


def orders(agent: Agent, alive: list[str], sweeps: Sweeps, random: Random) -> list[Order]:
    """Stop these runs; end; or start the next run. Empty: go on as you are.

    Args:
        agent: Who asks.
        alive: The runs that it says it has.
        sweeps: Where a run that is chosen now is put, and an exhausted sweep is ended.
        random: The source of random parameters.
    """
    sweep = agent.sweep
    runs = {run.name: run for run in sweep.runs}
    stops: list[Order] = [
        {"type": "stop", "run_id": name} for name in alive if name in runs and runs[name].stopped
    ]
    if sweep.state in ("FINISHED", "CANCELED"):
        return [*stops, {"type": "exit"}]
    if sweep.state == "PAUSED" or alive:
        return stops
    run = waiting(sweep) or chosen(sweep, sweeps, random)
    if run is not None:
        agent.runs.append(run.name)
        return [*stops, start(run, sweep)]
    return [*stops, *ending(sweep, sweeps)]


def given(sweep: Sweep) -> set[str]:
    """The names of the runs that a worker has been told to start."""
    return {name for worker in sweep.agents.values() for name in worker.runs}


def capped(sweep: Sweep) -> bool:
    """Whether as many runs were given as the sweep may have. A queued scheduler keeps to the cap itself."""
    cap = sweep.run_count_expected
    return sweep.scheduler is None and cap is not None and len(given(sweep)) >= cap


def waiting(sweep: Sweep) -> Run | None:
    """The oldest run that no process and no worker has; None beyond the cap, however many were enqueued."""
    if capped(sweep):
        return None
    taken = given(sweep)
    return next((run for run in sweep.runs if run.state == "pending" and run.name not in taken), None)


def start(run: Run, sweep: Sweep) -> Order:
    """The order to start a run."""
    args = {name: value for name, value in run.config.items() if not name.startswith("_")}
    program = sweep.settings.get("program", "")
    return {"type": "run", "run_id": run.name, "args": args, "program": program, "logs": []}


def ending(sweep: Sweep, sweeps: Sweeps) -> list[Order]:
    """The end of a sweep that has given all its runs; nothing while a scheduler may still bring some."""
    if not capped(sweep) and not (plain(sweep) and sweep.method in ("grid", "random")):
        return []
    taken = given(sweep)
    if all(run.ended for run in sweep.runs if run.name in taken):
        sweeps.set_state(sweep, "FINISHED")
    return [{"type": "exit"}]


def plain(sweep: Sweep) -> bool:
    """Whether the server chooses: no scheduler was queued and none is configured."""
    return sweep.scheduler is None and "scheduler" not in sweep.settings


def chosen(sweep: Sweep, sweeps: Sweeps, random: Random) -> Run | None:
    """A new run of a plain grid or random sweep; None when it has all its runs, or another method."""
    if not plain(sweep) or capped(sweep):
        return None
    parameters = sweep.settings.get("parameters", {})
    if sweep.method == "random":
        values = {name: drawn(spec, random) for name, spec in parameters.items()}
    elif sweep.method == "grid":
        axes = [spec.get("values", [spec.get("value")]) for spec in parameters.values()]
        point = next(itertools.islice(itertools.product(*axes), len(sweep.runs), None), None)
        if point is None:
            return None
        values = dict(zip(parameters, point, strict=True))
    else:
        return None
    return sweeps.enqueue(sweep, {name: {"value": value} for name, value in values.items()})


def drawn(spec: dict[str, Any], random: Random) -> Any:
    """A value of one parameter, evenly in its own scale."""
    if "value" in spec:
        return spec["value"]
    if "values" in spec:
        return random.choice(spec["values"])
    low, high = spec["min"], spec["max"]
    match spec.get("distribution"):
        case "int_uniform":
            return random.randint(low, high)
        case "log_uniform":
            return math.exp(random.uniform(low, high))
        case "log_uniform_values":
            return math.exp(random.uniform(math.log(low), math.log(high)))
        case _:
            return random.uniform(low, high)
