"""The trial that a user's ``objective`` gets: it can suggest, and do no harm."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from optuna.distributions import BaseDistribution
from optuna.trial import BaseTrial

from optuna_sweep import constraints
from optuna_sweep.space.choices import Choices, plain
from optuna_sweep.space.exchange import Exchange

Number = TypeVar("Number", int, float)

_READABLE: Final = (
    "best_params",
    "best_trial",
    "best_trials",
    "best_value",
    "best_values",
    "direction",
    "directions",
    "metric_names",
    "study_name",
    "trials",
    "user_attrs",
)


class ShieldedTrial(BaseTrial):
    """A trial whose parameters, user attributes and constraints are the real trial's.

    The function only says what the space is; its run is measured elsewhere. So what it reports
    is not heard, it is never pruned, and it may only read the study. It is a ``BaseTrial``, as
    Optuna's own ``FixedTrial`` is, and no ``Trial``: that class brings a sampler and a storage.

    Attributes:
        values: What the function was given, by name, in the order of asking.
        choices: The choices of its categorical parameters.
    """

    def __init__(self, trial: BaseTrial, exchange: Exchange) -> None:
        self._trial = trial
        self._exchange = exchange
        self.values: dict[str, Any] = {}
        self.choices: dict[str, Choices] = {}

    # The real trial's -------------------------------------------------------------------

    def suggest_float(
        self, name: str, low: float, high: float, *, step: float | None = None, log: bool = False
    ) -> float:
        """See ``optuna.Trial``, as for everything below."""
        return self._give(name, lambda: self._trial.suggest_float(name, low, high, step=step, log=log))

    def suggest_int(self, name: str, low: int, high: int, *, step: int = 1, log: bool = False) -> int:  # noqa: D102
        return self._give(name, lambda: self._trial.suggest_int(name, low, high, step=step, log=log))

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any:
        """As Optuna's, and for lists and dicts too: the study then shows their JSON text."""
        offered = list(choices)
        known = self.choices[name] = Choices(offered)
        entry = self._exchange.ask(lambda: self._trial.suggest_categorical(name, known.entries))
        self.values[name] = known.value(entry)
        return offered[known.entries.index(entry)]

    def suggest_uniform(self, name: str, low: float, high: float) -> float:  # noqa: D102
        return self.suggest_float(name, low, high)

    def suggest_loguniform(self, name: str, low: float, high: float) -> float:  # noqa: D102
        return self.suggest_float(name, low, high, log=True)

    def suggest_discrete_uniform(self, name: str, low: float, high: float, q: float) -> float:  # noqa: D102
        return self.suggest_float(name, low, high, step=q)

    def set_user_attr(self, key: str, value: Any) -> None:  # noqa: D102
        self._exchange.ask(lambda: self._trial.set_user_attr(key, value))

    def set_constraint(self, key: str, value: float) -> None:  # noqa: D102
        self._exchange.ask(lambda: constraints.note(self._trial, {key: value}))

    @property
    def params(self) -> dict[str, Any]:
        """What was suggested so far."""
        return dict(self.values)

    @property
    def distributions(self) -> dict[str, BaseDistribution]:  # noqa: D102
        return self._exchange.ask(lambda: self._trial.distributions)

    @property
    def user_attrs(self) -> dict[str, Any]:  # noqa: D102
        return self._exchange.ask(lambda: self._trial.user_attrs)

    @property
    def constraints(self) -> dict[str, float]:  # noqa: D102
        return self._exchange.ask(lambda: constraints.of(self._trial))

    @property
    def datetime_start(self) -> datetime.datetime | None:  # noqa: D102
        return self._exchange.ask(lambda: self._trial.datetime_start)

    @property
    def number(self) -> int:  # noqa: D102
        return self._exchange.ask(lambda: self._trial.number)

    @property
    def study(self) -> ReadableStudy:
        """The study, for reading."""
        return ReadableStudy(self._trial, self._exchange)

    # Not heard --------------------------------------------------------------------------

    def report(self, value: float, step: int) -> None:
        """Do nothing: the run will report."""

    def should_prune(self) -> bool:
        """Say no."""
        return False

    def set_system_attr(self, key: str, value: Any) -> None:
        """Do nothing: Optuna 4 asks for it, and keeps its own notes there."""

    @property
    def system_attrs(self) -> dict[str, Any]:
        """Nothing, as above."""
        return {}

    def _give(self, name: str, suggest: Callable[[], Number]) -> Number:
        value = self._exchange.ask(suggest)
        self.values[name] = plain(value)
        return value


class ReadableStudy:
    """The attributes of a study that change nothing."""

    def __init__(self, trial: BaseTrial, exchange: Exchange) -> None:
        self._trial = trial
        self._exchange = exchange

    def __getattr__(self, name: str) -> Any:
        if name not in _READABLE:
            raise AttributeError(
                f"objective(trial) may read {', '.join(_READABLE)} of its study, not {name!r}"
            )
        study = getattr(self._trial, "study", None)
        return self._exchange.ask(lambda: getattr(study, name))
