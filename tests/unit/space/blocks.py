"""Parameter blocks and studies for the tests of the space."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import optuna
from optuna.storages import BaseStorage, InMemoryStorage

from optuna_sweep.config.parameters import (
    Beta,
    Categorical,
    Condition,
    Constant,
    Distribution,
    Integers,
    LogNormal,
    LogUniform,
    Normal,
    Parameter,
    Uniform,
)
from optuna_sweep.space import Programmed, SearchSpace
from tests.unit.objective.threads import in_thread

Objective = Callable[[Any], Any]


def parameter(name: str, distribution: Distribution, **when: Any) -> Parameter:
    """A parameter whose dots nest, and that exists where others have one of the values given."""
    conditions = tuple(Condition(parameter=other, values=tuple(values)) for other, values in when.items())
    return Parameter(path=tuple(name.split(".")), distribution=distribution, when=conditions)


WARPED = (
    parameter("normal", Normal(0.0, 1.0)),
    parameter("log_normal", LogNormal(0.0, 1.0)),
    parameter("beta", Beta(2.0, 5.0)),
    parameter("quantised", Uniform(0.0, 1.0, q=0.1)),
    parameter("whole", LogUniform(1.0, 100.0, q=8)),
    parameter("weighted", Categorical(("relu", [1, 2], None), (0.6, 0.3, 0.1))),
)
"""One parameter of each kind that needs a latent."""

PLAIN = (
    parameter("optimizer.lr", LogUniform(1e-5, 1e-1)),
    parameter("layers", Integers(1, 8)),
    parameter("dropout", Uniform(0.0, 0.5, step=0.1)),
    parameter("layout", Categorical(([8], [8, 16], {"kernel": 3}))),
    parameter("seed", Constant(None)),
)
"""Parameters that Optuna has distributions for."""


def study_of(
    space: SearchSpace,
    *,
    seed: int = 0,
    sampler: optuna.samplers.BaseSampler | None = None,
    storage: BaseStorage | None = None,
) -> optuna.Study:
    """A study that is opened as the scheduler opens it: on the wrapped storage."""
    wrapped = space.wrap(storage or InMemoryStorage())
    sampler = sampler or optuna.samplers.RandomSampler(seed=seed)
    return optuna.create_study(study_name="sweep", sampler=sampler, storage=wrapped, load_if_exists=True)


def programmed(objective: Objective, *, timeout: float = 30.0, lines: list[str] | None = None) -> Programmed:
    """A space whose function runs in a thread and may take its time."""
    return Programmed(in_thread(objective, timeout=timeout, lines=lines))
