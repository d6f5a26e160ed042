"""What one parameter may be: its distribution in Optuna's terms, and its values' way there and back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from typing import Any

import optuna
from optuna.distributions import BaseDistribution

from optuna_sweep.space.choices import Outside
from optuna_sweep.space.curves import LATENT
from optuna_sweep.space.warps import Warp


class Domain(ABC):
    """The values of one parameter, and the entries by which the study knows them.

    Attributes:
        distribution: The entries' distribution in the study, whichever way they are drawn.
        warp: The way from latents to entries; None where the sampler draws the entries themselves.
        endless: Whether the bounds only cut tails that have no end.
    """

    distribution: BaseDistribution

    def __init__(self, warp: Warp | None = None, *, endless: bool = False) -> None:
        self.warp = warp
        self.endless = endless

    def suggest(self, trial: optuna.Trial, name: str) -> Any:
        """Draw a value, or give the one that the trial already has."""
        if self.warp is None:
            return self.value(self._draw(trial, name))
        return self.value(self.warp.entry(trial.suggest_float(name, LATENT.low, LATENT.high)))

    def fixed(self, value: Any) -> Any:
        """What ``suggest`` must find in the study to give ``value``.

        Raises:
            Outside: The parameter cannot have the value.
        """
        entry = self.entry(value)
        return entry if self.warp is None else self.warp.latent(entry)

    def latent(self, entry: Any) -> float | None:
        """The latent of an entry of the study, which may be one that somebody imported.

        Returns:
            Of an entry beyond the bounds, the latent of the nearest one within; None for an
            entry that has no place in the domain at all, and where there are no latents.
        """
        try:
            return None if self.warp is None else self.warp.latent(self._nearest(entry))
        except Outside:
            return None

    @abstractmethod
    def value(self, entry: Any) -> Any:
        """The value that is stored as ``entry``; an entry of another study is its own value."""

    @abstractmethod
    def entry(self, value: Any) -> Any:
        """How ``value`` is stored.

        Raises:
            Outside: The parameter cannot have the value.
        """

    @property
    @abstractmethod
    def values(self) -> Sequence[Any] | None:
        """All values in order, each once; None where there is no end of them."""

    @abstractmethod
    def key(self, value: Any) -> Hashable:
        """Equal for two spellings of one value. Values outside have keys too."""

    @abstractmethod
    def _nearest(self, entry: Any) -> Any: ...

    @abstractmethod
    def _draw(self, trial: optuna.Trial, name: str) -> Any: ...
