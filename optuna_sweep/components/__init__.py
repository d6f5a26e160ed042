"""From ``{type, args}`` to Optuna's samplers and pruners, and what stands in where nothing is named.

``kinds`` knows Optuna's public classes, ``arguments`` what they take, ``assembly`` makes them or
says all that is wrong. ``defaults`` is what ``method`` and ``early_terminate`` mean; the two parts
that Optuna lacks for that are ``enumeration`` (a grid in W&B's order) and ``hyperband``.
"""

from __future__ import annotations

from optuna_sweep.components.assembly import (
    build_evaluator,
    build_pruner,
    build_sampler,
    evaluator_problems,
    pruner_problems,
    sampler_problems,
)
from optuna_sweep.components.defaults import default_pruner, default_sampler
from optuna_sweep.components.enumeration import Enumerable, PointsInOrder
from optuna_sweep.components.hyperband import BandPruner
from optuna_sweep.components.seeds import Seed
from optuna_sweep.components.tightening import TighteningPruner

__all__ = [
    "BandPruner",
    "Enumerable",
    "PointsInOrder",
    "Seed",
    "TighteningPruner",
    "build_evaluator",
    "build_pruner",
    "build_sampler",
    "default_pruner",
    "default_sampler",
    "evaluator_problems",
    "pruner_problems",
    "sampler_problems",
]
