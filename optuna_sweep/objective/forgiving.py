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

    A function that has not worked yet may never do so: its failures are told when it first works. Where it
    does not, its last failure is the message that ends the sweep, and those before it would say the same.

    Args:
        objective: The function.
        say: Gets what a failure that is borne has to tell, a line at a time.
    """

    def __init__(self, objective: Objective, say: Callable[[str], None]) -> None:
        self._objective = objective
        self._say = say
        self._in_a_row = 0
        self._worked = False
        self._untold: list[str] = []

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
            self._untold += lines
            if self._worked:
                self._tell()
            raise TrialError(lines[-1]) from error
        except TrialError:
            self._note_success()
            raise
        self._note_success()
        return suggested

    def close(self) -> None:
        """See ``space.Objective``."""
        self._objective.close()

    def _note_success(self) -> None:
        self._in_a_row = 0
        self._worked = True
        self._tell()

    def _tell(self) -> None:
        for line in self._untold:
            self._say(line)
        self._untold.clear()
