"""Goes through a finite space point by point, in W&B's order of a grid."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, Protocol

import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler, RandomSampler
from optuna.trial import FrozenTrial


class Enumerable(Protocol):
    """What is needed of a search space here; ``space.SearchSpace`` promises it."""

    def size(self) -> int | None: ...  # noqa: D102
    def points(self) -> Iterator[dict[str, Any]]: ...  # noqa: D102
    def fix(self, point: Mapping[str, Any]) -> dict[str, Any]: ...  # noqa: D102
    def config(self, trial: FrozenTrial) -> dict[str, Any]: ...  # noqa: D102
    def key(self, config: Mapping[str, Any]) -> Hashable: ...  # noqa: D102


def grid_of(space: Enumerable) -> dict[str, list[Any]]:
    """For each parameter the values that it takes in a finite space, in order."""
    values: dict[str, dict[Any, None]] = {}
    for point in space.points():
        for name, value in space.fix(point).items():
            values.setdefault(name, {})[value] = None
    return {name: list(seen) for name, seen in values.items()}


class PointsInOrder(BaseSampler):
    """Gives each trial the first point that no other trial of the study has.

    Optuna's own two do not fit: ``GridSampler`` knows no conditions and needs a fixed seed to
    survive a restart, ``BruteForceSampler`` rebuilds its tree of all trials for each ask and may
    repeat a point that is still running. Here the study itself says which points are taken, so
    any number of workers, a restart and enqueued points change nothing, and an ask costs what the
    trials cost that are new since the last one.

    Args:
        space: A finite space; its ``points()`` give the order.
    """

    def __init__(self, space: Enumerable) -> None:
        self._space = space
        self._points = iter(space.points())
        self._taken: set[Hashable] = set()
        self._read = 0
        self._trial: int | None = None
        self._values: dict[str, Any] = {}
        self._fallback = RandomSampler(seed=0)

    def is_exhausted(self, study: optuna.Study) -> bool:
        """Whether every point has a trial, finished or not."""
        self._take_note(study, None)
        return len(self._taken) >= (self._space.size() or 0)

    def infer_relative_search_space(
        self, study: optuna.Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """Nothing is sampled together: the point is chosen at the first parameter."""
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
        """The parameter's value at the trial's point; random once all points are taken."""
        if self._trial != trial.number:
            self._trial, self._values = trial.number, self._next(study, trial.number)
        if param_name in self._values:
            return self._values[param_name]
        return self._fallback.sample_independent(study, trial, param_name, param_distribution)

    def _next(self, study: optuna.Study, number: int) -> dict[str, Any]:
        self._take_note(study, number)
        for point in self._points:
            if self._space.key(point) not in self._taken:
                return self._space.fix(point)
        return {}

    def _take_note(self, study: optuna.Study, asking: int | None) -> None:
        trials = study.get_trials(deepcopy=False)
        for trial in trials[self._read :]:
            if trial.number == asking:
                break
            self._taken.add(self._space.key(self._space.config(trial)))
            self._read += 1
