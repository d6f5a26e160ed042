"""No configuration twice: which points were run, and which of a finite space are left."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import optuna

from optuna_sweep.space import SearchSpace


class Novelty:
    """Remembers the configurations of a sweep.

    Samplers repeat themselves, in small spaces more often than not, and a repeated run of a
    deterministic training teaches nothing (optuna/optuna#2021, wandb/wandb#1660).
    """

    def __init__(self, space: SearchSpace) -> None:
        self._space = space
        self._size = space.size()
        self._seen: set[Hashable] = set()
        self._points: Iterator[dict[str, Any]] | None = None

    @property
    def exhausted(self) -> bool:
        """Whether every point of a finite space has been run."""
        return self._size is not None and len(self._seen) >= self._size

    def is_new(self, config: dict[str, Any]) -> bool:
        """Whether no run has had this configuration."""
        return self._space.key(config) not in self._seen

    def add(self, config: dict[str, Any]) -> None:
        """A run has this configuration."""
        self._seen.add(self._space.key(config))

    def steer(self, study: optuna.Study) -> None:
        """Make the next trial one that is new, where the space can be counted through.

        Called after a repeat. The points come in a fixed order, so that a search that goes on
        after a restart takes the same way; elsewhere the sampler is left to try again.
        """
        if self._size is None:
            return
        if self._points is None:
            self._points = iter(self._space.points())
        for point in self._points:
            if self.is_new(point):
                study.enqueue_trial(self._space.fix(point))
                return
