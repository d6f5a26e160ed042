"""How many failures of the user's function a sweep bears."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from optuna.trial import BaseTrial

from optuna_sweep.errors import TrialError, UserCodeError
from optuna_sweep.space import Objective, Suggested

MOST_IN_A_ROW: Final = 3
"""Calls that fail one after the other: by then it is the function and no rare branch of it."""


class Forgiving:
    """A function that may fail now and then: a failure costs its trial, and too many in a row the sweep.

    Args:
        objective: The function.
        say: Gets what a failure that is borne has to tell, a line at a time.
    """

    def __init__(self, objective: Objective, say: Callable[[str], None]) -> None:
        self._objective = objective
        self._say = say
        self._in_a_row = 0

    def __call__(self, trial: BaseTrial) -> Suggested:
        """See ``space.Objective``.

        Raises:
            TrialError: It pruned the trial, or failed.
            UserCodeError: It failed again, and ``MOST_IN_A_ROW`` times without a success.
        """
        try:
            suggested = self._objective(trial)
        except UserCodeError as error:
            self._in_a_row += 1
            if self._in_a_row >= MOST_IN_A_ROW:
                raise
            lines = str(error).strip().splitlines()
            for line in lines:
                self._say(line)
            raise TrialError(lines[-1]) from error
        except TrialError:
            self._in_a_row = 0
            raise
        self._in_a_row = 0
        return suggested

    def close(self) -> None:
        """See ``space.Objective``."""
        self._objective.close()
