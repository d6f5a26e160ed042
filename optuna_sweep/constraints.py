"""The constraints of a trial, for Optuna 5 and for Optuna 4, where only samplers knew of them.

Optuna 5 has ``Trial.set_constraint``. Optuna 4 keeps numbers without names where its samplers, its best
trial and its plots look for them, and a sampler regards them only if it has a ``constraints_func``.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, cast

from optuna.trial import BaseTrial, FrozenTrial

NATIVE = hasattr(BaseTrial, "set_constraint")
"""Whether trials know their constraints: Optuna 5 and later."""

NAMED = "constraints_by_name"
"""The user attribute that keeps them with their names where they are not native."""

_OPTUNA_4S = "constraints"
"""Its system attribute."""


def note(trial: BaseTrial, constraints: Mapping[str, float]) -> None:
    """Add constraints to a trial that is not told yet, or that is not in a study yet.

    Args:
        trial: Whose they are.
        constraints: By name; each holds where it is zero or less.
    """
    if NATIVE:
        for name, value in constraints.items():
            trial.set_constraint(name, value)
    elif constraints:
        named = {**of(trial), **constraints}
        trial.set_user_attr(NAMED, named)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of their removal in Optuna 5
            cast(Any, trial).set_system_attr(_OPTUNA_4S, list(named.values()))


def of(trial: BaseTrial) -> dict[str, float]:
    """The constraints of a trial by name, whichever Optuna noted them; by number where nobody named them."""
    named = trial.user_attrs.get(NAMED)
    if isinstance(named, Mapping):
        return dict(named)
    if NATIVE:
        return dict(trial.constraints)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        numbers = cast(Any, trial).system_attrs.get(_OPTUNA_4S) or ()
    return {str(place): number for place, number in enumerate(numbers)}


def kept(trial: BaseTrial) -> bool:
    """Whether the trial keeps its constraints, by Optuna's rule; so does one without any."""
    return all(value <= 0.0 for value in of(trial).values())


def for_sampler() -> dict[str, Any]:
    """The arguments that make a sampler regard constraints; none with Optuna 5, where it does by itself."""
    return {} if NATIVE else {"constraints_func": _numbers}


def _numbers(trial: FrozenTrial) -> tuple[float, ...]:
    # Empty for a trial that was not judged: a pruned one is no worse for that.
    return tuple(of(trial).values())
