"""Where to look when a sampler only repeats itself."""

from __future__ import annotations

from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler, BruteForceSampler, PartialFixedSampler, RandomSampler
from optuna.trial import FrozenTrial

from optuna_sweep.study.quiet import quiet_optuna


class Unvisited(BaseSampler):
    """Looks for points that have no trial, whatever is known of the others.

    A model-based sampler that is sure of a small corner of its space (an integer, a branch of two
    choices) suggests the same points for ever. Values that can be counted are taken from those
    that no trial has on the same path; where there is no end of them, a random one is new.

    Args:
        seed: For the choice among them.
    """

    def __init__(self, seed: int) -> None:
        with quiet_optuna():
            self._counting = BruteForceSampler(seed=seed)
        self._random = RandomSampler(seed=seed)

    @classmethod
    def for_sampler(cls, own: BaseSampler, *, seed: int) -> BaseSampler:
        """What takes the place of a sampler; itself, where it keeps to a part of the space on purpose."""
        return own if isinstance(own, PartialFixedSampler) else cls(seed)

    def infer_relative_search_space(
        self, study: optuna.Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """Nothing is sampled together."""
        return {}

    def sample_relative(
        self, study: optuna.Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """See ``infer_relative_search_space``."""
        return {}

    def sample_independent(
        self,
        study: optuna.Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """A value with something new behind it, where that can be known."""
        try:
            return self._counting.sample_independent(study, trial, param_name, param_distribution)
        except ValueError:  # a number without a step, here or behind one of the values
            return self._random.sample_independent(study, trial, param_name, param_distribution)
