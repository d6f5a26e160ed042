"""Two spaces with branches, one in each language, and what a config of either must hold."""

from __future__ import annotations

from typing import Any

import optuna

from optuna_sweep.config.parameters import Categorical, Condition, Constant, Integers, Parameter, Uniform
from tests.unit.space.blocks import parameter

DEEP = Parameter(
    path=("dropout",),
    distribution=Uniform(0.0, 0.9, q=0.1),
    when=(Condition(parameter="model.layers", low=3), Condition(parameter="optimizer", values=("sgd",))),
)
BRANCHING = (
    DEEP,
    parameter("momentum", Uniform(0.0, 1.0), optimizer=["sgd"]),
    parameter("nesterov", Constant(True), optimizer=["sgd"]),
    parameter("optimizer", Categorical(("sgd", "adam"), (0.7, 0.3))),
    parameter("model.layers", Integers(1, 6)),
    parameter("betas", Categorical(([0.9, 0.99], [0.8, 0.9])), optimizer=["adam"]),
)
"""``when:`` on a choice, on a bound, and on both at once."""


def wanted_names(config: dict[str, Any]) -> set[str]:
    """The top-level names that a config of ``BRANCHING`` must have, no more and no fewer."""
    if config["optimizer"] != "sgd":
        return {"optimizer", "model", "betas"}
    deep = {"dropout"} if config["model"]["layers"] >= 3 else set()
    return {"optimizer", "model", "momentum", "nesterov"} | deep


def conditional(trial: optuna.Trial) -> float:
    """A user's function with two branches, one of which has a branch of its own."""
    kind = trial.suggest_categorical("kind", ["svm", "forest"])
    if kind == "svm":
        trial.suggest_float("svm/C", 1e-3, 1e3, log=True)
        return -1.0
    depth = trial.suggest_int("forest.depth", 1, 32)
    if depth > 16:
        trial.suggest_float("forest.prune", 0.0, 0.5, step=0.1)
    return -1.0


def leaves_its_branch(config: dict[str, Any]) -> bool:
    """Whether a config holds more or less than its path through ``conditional``."""
    wanted = {"kind", "svm/C"} if config["kind"] == "svm" else {"kind", "forest.depth"}
    if config.get("forest.depth", 0) > 16:
        wanted = wanted | {"forest.prune"}
    return set(config) != wanted
