"""The trial that a user's ``objective`` gets: it can suggest, and do no harm."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, Final

from optuna.distributions import BaseDistribution
from optuna.trial import BaseTrial

from optuna_sweep.objective.asking import Asking
from optuna_sweep.space.choices import Entry, plain, text_of

READABLE: Final = (
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
"""What the function may read of its study."""


class ShieldedTrial(BaseTrial):
    """A trial whose parameters, user attributes and constraints are the real trial's.

    The function only says what the space is; its run is measured elsewhere. So what it reports
    is not heard, it is never pruned, and it may only read the study. It is a ``BaseTrial``, as
    Optuna's own ``FixedTrial`` is, and no ``Trial``: that class brings a sampler and a storage.
    """

    def __init__(self, asking: Asking) -> None:
        self._ask = asking.ask
        self._given: dict[str, Any] = {}

    # The real trial's -------------------------------------------------------------------

    def suggest_float(
        self, name: str, low: float, high: float, *, step: float | None = None, log: bool = False
    ) -> float:
        """See ``optuna.Trial``, as for everything below."""
        bounds = (_bound(low), _bound(high), _bound(step))
        return float(self._give(name, self._ask("suggest_float", name, *bounds, bool(log))))

    def suggest_int(self, name: str, low: int, high: int, *, step: int = 1, log: bool = False) -> int:  # noqa: D102
        bounds = (_bound(low), _bound(high), _bound(step))
        return int(self._give(name, self._ask("suggest_int", name, *bounds, bool(log))))

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any:
        """As Optuna's, and for lists and dicts too: the study then shows their JSON text."""
        offered = list(choices)
        values = [plain(value) for value in offered]
        for value in values:
            text_of(value)
        place = self._ask("suggest_categorical", name, values)
        self._give(name, values[place])
        return offered[place]

    def suggest_uniform(self, name: str, low: float, high: float) -> float:  # noqa: D102
        return self.suggest_float(name, low, high)

    def suggest_loguniform(self, name: str, low: float, high: float) -> float:  # noqa: D102
        return self.suggest_float(name, low, high, log=True)

    def suggest_discrete_uniform(self, name: str, low: float, high: float, q: float) -> float:  # noqa: D102
        return self.suggest_float(name, low, high, step=q)

    def set_user_attr(self, key: str, value: Any) -> None:  # noqa: D102
        self._ask("set_user_attr", key, plain(value))

    def set_constraint(self, key: str, value: float) -> None:  # noqa: D102
        self._ask("set_constraint", key, _bound(value))

    @property
    def params(self) -> dict[str, Any]:
        """What was suggested so far."""
        return dict(self._given)

    @property
    def distributions(self) -> dict[str, BaseDistribution]:  # noqa: D102
        found: dict[str, BaseDistribution] = self._ask("distributions")
        return found

    @property
    def user_attrs(self) -> dict[str, Any]:  # noqa: D102
        found: dict[str, Any] = self._ask("user_attrs")
        return found

    @property
    def constraints(self) -> dict[str, float]:  # noqa: D102
        found: dict[str, float] = self._ask("constraints")
        return found

    @property
    def datetime_start(self) -> datetime.datetime | None:  # noqa: D102
        found: datetime.datetime | None = self._ask("datetime_start")
        return found

    @property
    def number(self) -> int:  # noqa: D102
        return int(self._ask("number"))

    @property
    def study(self) -> ReadableStudy:
        """The study, for reading."""
        return ReadableStudy(self._ask)

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

    def _give(self, name: str, value: Any) -> Any:
        self._given[name] = value
        return value


class ReadableStudy:
    """The attributes of a study that change nothing."""

    def __init__(self, ask: Any) -> None:
        self._ask = ask

    def __getattr__(self, name: str) -> Any:
        if name not in READABLE:
            raise AttributeError(
                f"objective(trial) may read {', '.join(READABLE)} of its study, not {name!r}"
            )
        return self._ask("study", name)


def _bound(value: Any) -> Entry:
    """A bound as JSON can say it: a ``Decimal`` or a tensor is its number."""
    value = plain(value)
    return value if isinstance(value, Entry) else float(value)
