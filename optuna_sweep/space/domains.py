"""What one parameter may be: its distribution in Optuna's terms, and its values' way there and back."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from decimal import Decimal
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from optuna_sweep.space.choices import Choices, Outside, is_number, number_or_text, text_of
from optuna_sweep.space.curves import LATENT, within
from optuna_sweep.space.grids import Grid
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
        """The value that is stored as ``entry``."""

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


class Whole(Domain):
    """A whole number from ``low`` to ``high`` in steps."""

    def __init__(
        self,
        low: int,
        high: int,
        *,
        step: int = 1,
        log: bool = False,
        warp: Warp | None = None,
        endless: bool = False,
    ) -> None:
        super().__init__(warp, endless=endless)
        self.distribution: IntDistribution = IntDistribution(
            low, high - (high - low) % step, step=step, log=log
        )

    def value(self, entry: Any) -> int:
        """See ``Domain``."""
        return int(entry)

    def entry(self, value: Any) -> int:
        """See ``Domain``; 3.0 is the whole number 3."""
        numbers = self._range
        if not is_number(value) or value not in numbers:
            step = f" in steps of {numbers.step}" if numbers.step > 1 else ""
            raise Outside(f"a whole number from {numbers[0]} to {numbers[-1]}{step}")
        return int(value)

    @property
    def values(self) -> range | None:
        """See ``Domain``."""
        return None if self.endless else self._range

    @property
    def _range(self) -> range:
        return range(self.distribution.low, self.distribution.high + 1, self.distribution.step)

    def key(self, value: Any) -> Hashable:
        """See ``Domain``."""
        return number_or_text(value)

    def _nearest(self, entry: Any) -> int:
        numbers = self._range
        step = round((_number(entry) - numbers[0]) / numbers.step)
        return numbers[int(within(0, step, len(numbers) - 1))]

    def _draw(self, trial: optuna.Trial, name: str) -> int:
        its = self.distribution
        return trial.suggest_int(name, its.low, its.high, step=its.step, log=its.log)


class Decimals(Domain):
    """A number from ``low`` to ``high``, in steps from ``low`` where ``step`` is given."""

    def __init__(
        self,
        low: float,
        high: float,
        *,
        step: float | None = None,
        log: bool = False,
        warp: Warp | None = None,
        endless: bool = False,
    ) -> None:
        super().__init__(warp, endless=endless)
        if step is not None:
            # Optuna lowers the bound itself, but with a warning for every trial.
            high = _multiple(low, _steps(low, high, step), step)
        self.distribution: FloatDistribution = FloatDistribution(low, high, step=step, log=log)

    def value(self, entry: Any) -> float:
        """See ``Domain``."""
        return float(entry)

    def entry(self, value: Any) -> float:
        """See ``Domain``; a value beside a step by rounding only is that step."""
        its = self.distribution
        if not is_number(value) or not its.low <= value <= its.high:
            raise Outside(f"a number from {its.low} to {its.high}")
        number = float(value)
        if its.step is None:
            return number
        if abs(self._on_step(number) - number) > its.step * 1e-6:
            raise Outside(f"a number from {its.low} to {its.high} in steps of {its.step}")
        return self._on_step(number)

    @property
    def values(self) -> Sequence[float] | None:
        """See ``Domain``."""
        its = self.distribution
        if its.low == its.high:
            return [its.low]
        if its.step is None or self.endless:
            return None
        return [
            _multiple(its.low, count, its.step) for count in range(_steps(its.low, its.high, its.step) + 1)
        ]

    def key(self, value: Any) -> Hashable:
        """See ``Domain``."""
        number = number_or_text(value)
        if self.distribution.step is None or not isinstance(number, float) or not math.isfinite(number):
            return number
        return self._on_step(number)

    def _nearest(self, entry: Any) -> float:
        its = self.distribution
        return self._on_step(within(its.low, _number(entry), its.high))

    def _draw(self, trial: optuna.Trial, name: str) -> float:
        its = self.distribution
        return trial.suggest_float(name, its.low, its.high, step=its.step, log=its.log)

    def _on_step(self, number: float) -> float:
        its = self.distribution
        if its.step is None:
            return number
        return _multiple(its.low, round((number - its.low) / its.step), its.step)


def on_grid(grid: Grid, warp: Warp | None, *, endless: bool) -> Domain:
    """The multiples of a quantum: whole numbers where the quantum is one."""
    if isinstance(grid.quantum, int):
        return Whole(int(grid.low), int(grid.high), step=grid.quantum, warp=warp, endless=endless)
    return Decimals(grid.low, grid.high, step=grid.quantum, warp=warp, endless=endless)


def _number(entry: Any) -> float:
    if not is_number(entry):
        raise Outside("a number")
    return entry


def _steps(low: float, high: float, step: float) -> int:
    return int((Decimal(str(high)) - Decimal(str(low))) // Decimal(str(step)))


def _multiple(low: float, count: int, step: float) -> float:
    return float(Decimal(str(low)) + count * Decimal(str(step)))
