"""The space that a user's ``objective(trial)`` makes as it goes."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from optuna.storages import BaseStorage
from optuna.trial import BaseTrial, FrozenTrial

from optuna_sweep.space.choices import Choices, Entry, number_or_text, text_of
from optuna_sweep.space.returned import RETURNED


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """What one call of the user's function came to.

    Attributes:
        values: What it was given, by name, in the order of asking.
        choices: The choices of its categorical parameters.
        returned: The run's config, where the function returns one; None otherwise.
    """

    values: Mapping[str, Any]
    choices: Mapping[str, Choices]
    returned: Mapping[str, Any] | None = None


class Objective(Protocol):
    """The user's function, wherever it runs."""

    def __call__(self, trial: BaseTrial) -> Suggested:
        """Let it suggest the parameters of a trial.

        Raises:
            TrialError: It pruned the trial.
            UserCodeError: It failed.
        """
        ...

    def close(self) -> None:
        """Free what it holds; it can be called again."""
        ...


class Programmed:
    """A ``SearchSpace`` that is defined by a function that suggests parameters.

    Each trial calls the function once, on the real trial: the run gets what was suggested on the
    path that the function took, and nothing else. A name is one key of the config, whatever dots
    or slashes it holds. What the function reports is not used.

    Args:
        objective: The function.
    """

    def __init__(self, objective: Objective) -> None:
        self._objective = objective
        self._choices: dict[str, Choices] = {}

    def wrap(self, storage: BaseStorage) -> BaseStorage:
        """See ``SearchSpace``; Optuna has all the distributions that a trial can suggest."""
        return storage

    def suggest(self, trial: BaseTrial) -> dict[str, Any]:
        """See ``SearchSpace``."""
        suggested = self._objective(trial)
        self._choices.update(suggested.choices)
        if suggested.returned is None:
            return dict(suggested.values)
        trial.set_user_attr(RETURNED, suggested.returned)
        return dict(suggested.returned)

    def config(self, trial: FrozenTrial) -> dict[str, Any]:
        """See ``SearchSpace``; a list or dict is still its text where no trial of this process had it."""
        if RETURNED in trial.user_attrs:
            return dict(trial.user_attrs[RETURNED])
        return {
            name: self._choices[name].value(entry) if name in self._choices else entry
            for name, entry in trial.params.items()
        }

    def own(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """See ``SearchSpace``; any key may be one of the function's."""
        return dict(config)

    def fix(self, point: Mapping[str, Any]) -> dict[str, Any]:
        """See ``SearchSpace``; any name may be one of the function's, so none is refused."""
        return {name: value if isinstance(value, Entry) else text_of(value) for name, value in point.items()}

    def size(self) -> None:
        """See ``SearchSpace``; nobody can know."""
        return

    def points(self) -> Iterator[dict[str, Any]]:
        """See ``SearchSpace``."""
        raise ValueError("the points of objective(trial) cannot be listed")

    def key(self, config: Mapping[str, Any]) -> Hashable:
        """See ``SearchSpace``."""
        return tuple(sorted((name, number_or_text(value)) for name, value in config.items()))

    def close(self) -> None:
        """See ``SearchSpace``."""
        self._objective.close()
