from __future__ import annotations

from typing import Any

import optuna

from optuna_sweep import components
from optuna_sweep.config import Component
from optuna_sweep.config.parameters import Parameter
from optuna_sweep.space import Declared


def sampler_complaints(type: str, **args: Any) -> list[str]:
    return [str(problem) for problem in components.sampler_problems(Component(type=type, args=args))]


def pruner_complaints(type: str, **args: Any) -> list[str]:
    return [str(problem) for problem in components.pruner_problems(Component(type=type, args=args))]


def space(**parameters: Any) -> Declared:
    return Declared([Parameter(path=(name,), distribution=made) for name, made in parameters.items()])


def suggested(sampler: optuna.samplers.BaseSampler) -> float:
    trial = optuna.create_study(sampler=sampler).ask()
    return trial.suggest_float("x", 0, 1)
