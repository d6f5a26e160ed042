"""The best value after so many trials, with one worker and with eight that end at different times."""

from __future__ import annotations

import heapq
import math
import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, Protocol

import numpy as np
import optuna
import sweeps

from bench.result import Result, Table
from bench.sweeps import distributions, open_search, sweep_config
from bench.tasks import TASKS, Task
from optuna_sweep.outcomes import Observation, Phase

_BUDGETS = (20, 40, 60, 100)
_SPREAD_AT = 60
_FEWEST_FOR_A_SPREAD = 4
_WORKERS = (1, 8)
_SECONDS = float(os.environ.get("BENCH_SECONDS", "8"))
"""Real seconds for each searcher, task and number of workers; slow searchers get fewer seeds."""
_MOST_SEEDS = 20


class Searcher(Protocol):
    """Asked for parameters and told their value."""

    def ask(self) -> tuple[Any, dict[str, Any]]: ...  # noqa: D102

    def tell(self, handle: Any, value: float) -> None: ...  # noqa: D102


class _Ours:
    """The scheduler with nothing set in the sweep file but the seed."""

    def __init__(self, parameters: Mapping[str, Any], seed: int) -> None:
        config = sweep_config(parameters, settings={"seed": seed})
        self._search, _ = open_search(config, optuna.storages.InMemoryStorage())

    def ask(self) -> tuple[Any, dict[str, Any]]:
        proposal = self._search.ask()
        if proposal is None:
            raise RuntimeError("the space is used up")
        return proposal.run_id, dict(proposal.parameters)

    def tell(self, handle: Any, value: float) -> None:
        self._search.tell(
            Observation(run_id=handle, phase=Phase.FINISHED, summary={"loss": value, "_step": 0})
        )


class _Optuna:
    """Plain Optuna with one of its samplers."""

    def __init__(self, parameters: Mapping[str, Any], sampler: optuna.samplers.BaseSampler) -> None:
        self._space = distributions(sweep_config(parameters))
        self._study = optuna.create_study(sampler=sampler)

    def ask(self) -> tuple[Any, dict[str, Any]]:
        trial = self._study.ask(self._space)
        return trial, trial.params

    def tell(self, handle: Any, value: float) -> None:
        self._study.tell(handle, value)


class _Wandb:
    """W&B's own search library, with ``method: bayes``."""

    def __init__(self, parameters: Mapping[str, Any], seed: int) -> None:
        np.random.seed(seed)  # the library draws from numpy's global generator
        metric = {"name": "loss", "goal": "minimize"}
        self._config = {"method": "bayes", "metric": metric, "parameters": dict(parameters)}
        self._runs: list[Any] = []

    def ask(self) -> tuple[Any, dict[str, Any]]:
        run = sweeps.next_run(self._config, self._runs)
        run.state = sweeps.RunState.running
        self._runs.append(run)
        return run, {name: entry["value"] for name, entry in run.config.items()}

    def tell(self, handle: Any, value: float) -> None:
        handle.state = sweeps.RunState.finished
        handle.summary_metrics = {"loss": value}
        handle.history = [{"loss": value}]


_SEARCHERS: dict[str, Callable[[Mapping[str, Any], int], Searcher]] = {
    "random": lambda space, seed: _Optuna(space, optuna.samplers.RandomSampler(seed=seed)),
    "W&B bayes": _Wandb,
    "Optuna TPE": lambda space, seed: _Optuna(space, optuna.samplers.TPESampler(seed=seed)),
    "ours": _Ours,
}


def run() -> Result:
    """Search every task with everybody."""
    rows = [
        [task.name, workers, name, *_medians(task, workers, make)]
        for task in TASKS
        for workers in _WORKERS
        for name, make in _SEARCHERS.items()
    ]
    return Result(
        tables=[
            Table(
                title="Median regret (loss above the best known) after so many finished trials",
                columns=[
                    "task",
                    "workers",
                    "search",
                    "seeds",
                    *(f"@{budget}" for budget in _BUDGETS),
                    f"half of the seeds @{_SPREAD_AT}",
                ],
                rows=rows,
                note="The last column is from the first to the third quartile: medians closer together than "
                "that are no ranking. It is empty below four seeds, which bear none at all.",
            )
        ],
        seeds=f"Seeds from 0, as many as fit into {_SECONDS:g} s each (`BENCH_SECONDS`, 8 without it), "
        f"{_MOST_SEEDS} at most; the column says how many.",
    )


def _medians(task: Task, workers: int, make: Callable[[Mapping[str, Any], int], Searcher]) -> list[Any]:
    began = time.monotonic()
    found: list[list[float]] = []
    while len(found) < _MOST_SEEDS and (not found or time.monotonic() - began < _SECONDS):
        found.append(_regrets(task, workers, make(task.parameters, len(found)), len(found)))
    columns = list(zip(*found, strict=True))
    spread = _spread(columns[_BUDGETS.index(_SPREAD_AT)])
    return [len(found), *(statistics.median(column) for column in columns), spread]


def _spread(regrets: Sequence[float]) -> str:
    if len(regrets) < _FEWEST_FOR_A_SPREAD:
        return ""
    low, _, high = statistics.quantiles(regrets, n=4)
    return f"{low:.3g} to {high:.3g}"


def _regrets(task: Task, workers: int, searcher: Searcher, seed: int) -> list[float]:
    random = Random(seed)
    best = math.inf
    regrets: list[float] = []
    at_work: list[tuple[float, int, Any, float]] = []
    now = 0.0
    for started in range(max(_BUDGETS) + workers - 1):
        if len(at_work) == workers:
            now, _, handle, value = heapq.heappop(at_work)
            searcher.tell(handle, value)
            best = min(best, value)
            regrets.append(best - task.best)
        handle, params = searcher.ask()
        heapq.heappush(at_work, (now + random.uniform(0.5, 1.5), started, handle, task.loss(params)))
    while at_work:
        *_, value = heapq.heappop(at_work)
        best = min(best, value)
        regrets.append(best - task.best)
    return [regrets[budget - 1] for budget in _BUDGETS]
