"""Decides who makes the sampler and the pruner.

The user's ``sampler()`` and ``pruner()`` come first, then ``scheduler.settings``, then what the
sweep's ``method`` and ``early_terminate`` mean. (Before all of them comes the user's ``study()``.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from optuna.pruners import BasePruner, NopPruner
from optuna.samplers import BaseSampler, GridSampler

from optuna_sweep import components
from optuna_sweep.components import PointsInOrder, Seed
from optuna_sweep.config import SweepConfig
from optuna_sweep.space import SearchSpace
from optuna_sweep.user_file import UserFile

_UNDRAWN = (PointsInOrder, GridSampler)
"""Samplers whose next point follows from the study alone. They remember what they have read of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The sampler and the pruner of a study.

    Attributes:
        sampler: For the first trial.
        pruner: For all of them.
        line: Who chose what, for people.
        sampler_for: Makes the sampler for the trial of a number; None where there is no seed, or where
            the sampler draws nothing.
    """

    sampler: BaseSampler
    pruner: BasePruner
    line: str
    sampler_for: Callable[[int], BaseSampler] | None = None


def choose(config: SweepConfig, space: SearchSpace, user_file: UserFile) -> Choice:
    """Make the sampler and the pruner.

    Raises:
        ConfigError: The settings name one that cannot be made.
        UserCodeError: The user's function raised or returned something else.
    """
    sampler, sampler_origin = user_file.make_sampler(), "your sampler()"
    make = None
    if sampler is None:
        make, sampler_origin = _sampler_maker(config, space)
        sampler = make(0)
    pruner, pruner_origin = _pruner(config, user_file)
    line = f"Sampler: {_name(sampler)} ({sampler_origin}). Pruner: {_name(pruner)} ({pruner_origin})."
    if len(config.metrics) > 1:
        line += " Optuna's pruners know one objective only, so no run will be pruned."
    elif not config.metrics:
        line += " There is no metric, so no run will be pruned."
    return Choice(
        sampler=sampler,
        pruner=pruner,
        line=line,
        sampler_for=None if _keeps_its_seed(config) or isinstance(sampler, _UNDRAWN) else make,
    )


def _keeps_its_seed(config: SweepConfig) -> bool:
    """Whether there is no seed to vary; one in the sampler's arguments is the same for each trial."""
    named = config.settings.sampler
    return config.settings.seed is None or (named is not None and "seed" in named.args)


def _sampler_maker(config: SweepConfig, space: SearchSpace) -> tuple[Callable[[int], BaseSampler], str]:
    base = config.settings.seed
    named = config.settings.sampler
    judged = bool(config.settings.constraints)
    if named is not None:
        return (
            lambda trial: components.build_sampler(named, Seed(base, trial), space, constrained=judged),
            "settings",
        )
    origin = f"for method {config.method}"
    return (
        lambda trial: components.default_sampler(config.method, Seed(base, trial), space, constrained=judged),
        origin,
    )


def _pruner(config: SweepConfig, user_file: UserFile) -> tuple[BasePruner, str]:
    made = user_file.make_pruner()
    if made is not None:
        return made, "your pruner()"
    if config.settings.pruner is not None:
        return components.build_pruner(config.settings.pruner), "settings"
    made = components.default_pruner(config.early_terminate, config.method)
    if config.early_terminate is not None:
        return made, "for early_terminate"
    if isinstance(made, NopPruner):
        return made, "the default for a grid"
    if len(config.metrics) != 1:
        return made, "the default"
    return made, "the default, which stops runs that fall behind; NopPruner stops none"


def _name(made: object) -> str:
    return type(made).__name__
