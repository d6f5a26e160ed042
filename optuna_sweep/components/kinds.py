"""The classes that a sweep file can name: Optuna's, and a pruner of our own."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from types import ModuleType

import optuna
from optuna.samplers import nsgaii

from optuna_sweep.components.tightening import TighteningPruner

_PACKAGES = {
    "CmaEsSampler": ("cmaes",),
    "GPSampler": ("scipy", "torch"),
    "QMCSampler": ("scipy",),
    "WilcoxonPruner": ("scipy",),
    "EMMREvaluator": ("scipy", "torch"),
    "RegretBoundEvaluator": ("scipy", "torch"),
}
"""What Optuna does not install with itself and imports only when the class is used."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of thing that ``{type, args}`` can make.

    Attributes:
        word: Its name in a sentence.
        base: Its base class, by which Optuna's annotations ask for it.
        classes: Optuna's public classes of this sort, by name.
    """

    word: str
    base: type
    classes: Mapping[str, type]


def _of(word: str, base: type, module: ModuleType) -> Kind:
    found = {name: getattr(module, name) for name in module.__all__ if not name.startswith("Base")}
    classes = {
        name: made for name, made in sorted(found.items()) if inspect.isclass(made) and issubclass(made, base)
    }
    return Kind(word, base, classes)


SAMPLER = _of("sampler", optuna.samplers.BaseSampler, optuna.samplers)
_OPTUNAS = _of("pruner", optuna.pruners.BasePruner, optuna.pruners)
PRUNER = replace(_OPTUNAS, classes={**_OPTUNAS.classes, "TighteningPruner": TighteningPruner})
EVALUATOR = _of("terminator evaluator", optuna.terminator.BaseImprovementEvaluator, optuna.terminator)
CROSSOVER = _of("crossover", nsgaii.BaseCrossover, nsgaii)
_SINCE_5 = [_of("mutation", nsgaii.BaseMutation, nsgaii)] if hasattr(nsgaii, "BaseMutation") else []
KINDS = (SAMPLER, PRUNER, EVALUATOR, CROSSOVER, *_SINCE_5)


def missing_packages(name: str) -> list[str]:
    """The optional packages that a class needs and this environment lacks."""
    return [package for package in _PACKAGES.get(name, ()) if find_spec(package) is None]
