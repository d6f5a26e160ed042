"""Sweep files as the benchmarks write them, and the searches that the scheduler makes of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial

from optuna_sweep.config import SweepConfig
from optuna_sweep.search import Search
from optuna_sweep.setup import make_search, make_space, read_sweep
from optuna_sweep.study import Opened
from optuna_sweep.user_file import UserFile

SWEEP_ID = "bench"

MIXED: dict[str, Any] = {
    "lr": {"distribution": "log_uniform_values", "min": 1e-5, "max": 1e-1},
    "momentum": {"min": 0.1, "max": 0.99},
    "dropout": {"min": 0.0, "max": 0.5},
    "decay": {"distribution": "log_uniform_values", "min": 1e-6, "max": 1e-2},
    "units": {"min": 8, "max": 256},
    "layers": {"min": 1, "max": 4},
    "optimizer": {"values": ["adam", "sgd", "rmsprop"]},
    "activation": {"values": ["relu", "tanh"]},
}
"""Eight parameters of a small network."""


def sweep_config(
    parameters: Mapping[str, Any],
    *,
    goal: str = "minimize",
    settings: Mapping[str, Any] | None = None,
    **keys: Any,
) -> SweepConfig:
    """A sweep over these parameters whose metric is ``loss``."""
    scheduler = {"job": "e/p/scheduler:latest", "settings": dict(settings or {})}
    raw = {"job": "e/p/train:latest", "metric": {"name": "loss", "goal": goal}, "scheduler": scheduler}
    return read_sweep({**raw, "method": "custom", "parameters": dict(parameters), **keys})


def open_search(config: SweepConfig, storage: Path | BaseStorage) -> tuple[Search, Opened]:
    """The search that the scheduler would work with, and the study under it."""
    return make_search(config, UserFile(), sweep_id=SWEEP_ID, storage=storage, say=lambda line: None)


def distributions(config: SweepConfig) -> dict[str, BaseDistribution]:
    """Optuna's distributions of the parameters, as the sampler sees them."""
    space = make_space(config, UserFile(), lambda line: None)
    trial = optuna.create_study(storage=space.wrap(optuna.storages.InMemoryStorage())).ask()
    space.suggest(trial)
    return dict(trial.distributions)


def finished_trials(config: SweepConfig, count: int, *, reports: int) -> Iterator[FrozenTrial]:
    """Made-up complete trials of random parameters, each with this many intermediate values."""
    random = Random(count)
    space = distributions(config)
    for _ in range(count):
        params = {name: _drawn(random, distribution) for name, distribution in space.items()}
        value = random.random()
        curve = {step: value + 1.0 / (step + 1) for step in range(reports)}
        yield optuna.trial.create_trial(
            params=params, distributions=space, value=value, intermediate_values=curve
        )


def _drawn(random: Random, distribution: BaseDistribution) -> Any:
    match distribution:
        case CategoricalDistribution():
            return random.choice(distribution.choices)
        case IntDistribution():
            return random.randrange(distribution.low, distribution.high + 1, distribution.step)
        case FloatDistribution(log=True):
            return math.exp(random.uniform(math.log(distribution.low), math.log(distribution.high)))
        case FloatDistribution():
            return random.uniform(distribution.low, distribution.high)
    raise TypeError(f"{distribution}: is none of Optuna's own distributions")
