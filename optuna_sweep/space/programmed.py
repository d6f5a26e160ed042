"""The space that a user's ``objective(trial)`` makes as it goes."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Hashable, Iterator, Mapping
from concurrent import futures
from pathlib import Path
from typing import Any, Final

import optuna
from optuna.storages import BaseStorage
from optuna.trial import BaseTrial, FrozenTrial

from optuna_sweep.errors import TrialError, UserCodeError
from optuna_sweep.space.choices import Choices, Entry, number_or_text, text_of
from optuna_sweep.space.exchange import Exchange, Overtime, Raised
from optuna_sweep.space.output import kept_output
from optuna_sweep.space.returned import RETURNED, returned_config
from optuna_sweep.space.shielded_trial import ShieldedTrial

_WANTED: Final = (
    "It should suggest parameters and return; the training itself belongs in the job that the sweep runs."
)
_NOT_THEIRS: Final = (Path(__file__).parent, Path(futures.__file__).parent)


class Programmed:
    """A ``SearchSpace`` that is defined by a function that suggests parameters.

    Each trial calls the function once, on the real trial: the run gets what was suggested on the
    path that the function took, and nothing else. A name is one key of the config, whatever dots
    or slashes it holds. What the function reports is not used.

    Args:
        objective: The function. It may print, raise or hang, and exit or start threads.
        timeout: Seconds that one call may take, without the sampler's own time.
        say: Gets the lines that the function prints.
        returns_config: The function was written for W&B's own engine: the run gets what it
            returns, which may be more, less or other than what it suggested. Otherwise what it
            returns is not used.
    """

    def __init__(
        self,
        objective: Callable[[Any], Any],
        *,
        timeout: float,
        say: Callable[[str], None],
        returns_config: bool = False,
    ) -> None:
        self._objective = objective
        self._timeout = timeout
        self._say = say
        self._returns_config = returns_config
        self._choices: dict[str, Choices] = {}

    def wrap(self, storage: BaseStorage) -> BaseStorage:
        """See ``SearchSpace``; Optuna has all the distributions that a trial can suggest."""
        return storage

    def suggest(self, trial: BaseTrial) -> dict[str, Any]:
        """See ``SearchSpace``."""
        exchange = Exchange()
        shielded = ShieldedTrial(trial, exchange)
        try:
            returned = self._call(shielded, exchange)
        except Overtime:
            raise UserCodeError(self._too_slow(trial.number)) from None
        except Raised as raised:
            raise _verdict(raised.error, trial.number) from None
        self._choices.update(shielded.choices)
        if not self._returns_config:
            return dict(shielded.values)
        config = returned_config(returned)
        trial.set_user_attr(RETURNED, config)
        return config

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

    def _call(self, shielded: ShieldedTrial, exchange: Exchange) -> Any:
        with kept_output() as printed:

            def call() -> Any:
                printed.claim()
                return self._objective(shielded)

            try:
                return exchange.run(call, self._timeout)
            finally:
                for line in printed.lines:
                    self._say(line)

    def _too_slow(self, number: int) -> str:
        return (
            f"objective(trial) did not return within {self._timeout:g} seconds for trial {number}. {_WANTED} "
            "Where suggesting takes longer, raise scheduler.settings.objective_timeout."
        )


def _verdict(error: BaseException, number: int) -> TrialError | UserCodeError:
    if isinstance(error, optuna.TrialPruned):
        return TrialError(f"objective(trial) pruned trial {number}: {error}".removesuffix(": "))
    told = f"{_their_traceback(error)}objective(trial) failed for trial {number}. {_WANTED}"
    return UserCodeError(told)


def _their_traceback(error: BaseException) -> str:
    told = traceback.TracebackException.from_exception(error)
    link: traceback.TracebackException | None = told
    while link is not None:
        link.stack[:] = [frame for frame in link.stack if Path(frame.filename).parent not in _NOT_THEIRS]
        link = link.__cause__ or link.__context__
    return "".join(told.format())
