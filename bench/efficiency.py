"""The best value after so many trials, with one worker and with eight that end at different times."""

from __future__ import annotations

import heapq
import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from random import Random
from typing import Any, Protocol

import numpy as np
import optuna
import sweeps
from scipy.stats import mannwhitneyu

from bench.crew import spread
from bench.result import Cell, Result, Table
from bench.sweeps import distributions, open_search, sweep_config
from bench.tasks import TASKS
from optuna_sweep.outcomes import Observation, Phase

_BUDGETS = (20, 40, 60, 100)
_WORKERS = (1, 8)
_SEEDS, _FEW_SEEDS = 20, 2
_CHANCE = 0.05
"""Below this probability two groups of seeds that differ so much are taken to differ in truth."""


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


_OURS = "ours"
_SEARCHERS: dict[str, Callable[[Mapping[str, Any], int], Searcher]] = {
    "random": lambda space, seed: _Optuna(space, optuna.samplers.RandomSampler(seed=seed)),
    "W&B bayes": _Wandb,
    "Optuna TPE": lambda space, seed: _Optuna(space, optuna.samplers.TPESampler(seed=seed)),
    _OURS: _Ours,
}


_Case = tuple[int, int]
"""A task by its place in ``TASKS``, and how many workers search it."""
_Seeds = Sequence[Sequence[float]]
"""For each seed the regret at each budget."""


def run(*, thorough: bool) -> Result:
    """Search every task with everybody."""
    seeds = _SEEDS if thorough else _FEW_SEEDS
    cases = list(product(range(len(TASKS)), _WORKERS))
    pieces = [(*case, name, seed) for case in cases for name in _SEARCHERS for seed in range(seeds)]
    searched = iter(spread(_regrets, pieces))
    found = {case: {name: [next(searched) for _ in range(seeds)] for name in _SEARCHERS} for case in cases}
    return Result(
        tables=[
            Table(
                title="Median regret (loss above the best known) after so many finished trials",
                columns=["task", "workers", "search", *(f"@{budget}" for budget in _BUDGETS)],
                rows=[
                    [*_words(case), name, *map(_spread, zip(*regrets, strict=True))]
                    for case, searchers in found.items()
                    for name, regrets in searchers.items()
                ],
                note="In brackets the first and the third quartile of the seeds.",
            ),
            Table(
                title="Where this scheduler's default stands",
                columns=["task", "workers", *(f"@{budget}" for budget in _BUDGETS)],
                rows=[[*_words(case), *_standing(searchers)] for case, searchers in found.items()],
                note="`first`: no other median is lower. `level` with the one whose is the lowest: a "
                f"difference like theirs comes by chance in more than {_CHANCE:.0%} of cases (Mann-Whitney "
                "U, two-sided; the probability is in brackets). `behind`: it does not.",
            ),
        ],
        seeds=f"Seeds 0 to {seeds - 1}, the same for everybody.",
    )


def _words(case: _Case) -> list[Cell]:
    task, workers = case
    return [TASKS[task].name, workers]


def _spread(regrets: Sequence[float]) -> str:
    low, middle, high = np.quantile(regrets, (0.25, 0.5, 0.75))
    return f"{middle:.3g} ({low:.3g} to {high:.3g})"


def _standing(searchers: Mapping[str, _Seeds]) -> list[str]:
    """At each budget, how ours compares with the best of the others."""
    columns = {name: list(zip(*regrets, strict=True)) for name, regrets in searchers.items()}
    ours = columns.pop(_OURS)
    return [
        _compared(mine, {name: column[at] for name, column in columns.items()})
        for at, mine in enumerate(ours)
    ]


def _compared(ours: Sequence[float], others: Mapping[str, Sequence[float]]) -> str:
    best = min(others, key=lambda name: statistics.median(others[name]))
    if statistics.median(ours) <= statistics.median(others[best]):
        return "first"
    chance = float(mannwhitneyu(ours, others[best]).pvalue)
    return f"{'level with' if chance > _CHANCE else 'behind'} {best} ({chance:.2g})"


def _regrets(at: int, workers: int, search: str, seed: int) -> list[float]:
    task = TASKS[at]
    searcher, random = _SEARCHERS[search](task.parameters, seed), Random(seed)
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
