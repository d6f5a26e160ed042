"""Domains that are lists of values."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import optuna
from optuna.distributions import CategoricalDistribution

from optuna_sweep.space.choices import Choices, Outside, text_of
from optuna_sweep.space.domain import Domain
from optuna_sweep.space.warps import Warp


class OneOf(Domain):
    """One of some values. Those that ``possible`` leaves out are never drawn, but have an entry."""

    def __init__(
        self, choices: Choices, warp: Warp | None = None, possible: Sequence[bool] | None = None
    ) -> None:
        super().__init__(warp)
        self._choices = choices
        self._possible = possible or [True] * len(choices.values)
        self.distribution = CategoricalDistribution(choices.entries)

    def value(self, entry: Any) -> Any:
        """See ``Domain``."""
        return self._choices.value(entry)

    def entry(self, value: Any) -> Any:
        """See ``Domain``."""
        index = self._choices.index(value)
        if not self._possible[index]:
            raise Outside("a value with a probability above 0")
        return self._choices.entries[index]

    @property
    def values(self) -> Sequence[Any]:
        """See ``Domain``."""
        return [value for value, may in zip(self._choices.values, self._possible, strict=True) if may]

    def key(self, value: Any) -> Hashable:
        """See ``Domain``."""
        try:
            return self._choices.index(value)
        except Outside:
            return text_of(value)

    def _nearest(self, entry: Any) -> Any:
        if entry not in self._choices.entries:
            raise Outside("one of the entries")
        return entry

    def _draw(self, trial: optuna.Trial, name: str) -> Any:
        return trial.suggest_categorical(name, self._choices.entries)
