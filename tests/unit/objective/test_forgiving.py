"""A function that fails now and then."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import optuna
import pytest
from optuna.trial import BaseTrial

from optuna_sweep.errors import SweepError, TrialError, Unavailable, UserCodeError
from optuna_sweep.objective.forgiving import MOST_IN_A_ROW, Forgiving
from optuna_sweep.space import Suggested

FAILS = UserCodeError("Traceback\nKeyError: 'x'\nobjective(trial) failed.")
PRUNES = TrialError("objective(trial) pruned trial 1")


class Function:
    """Does what it is told, call by call; None is a success."""

    def __init__(self, calls: Sequence[Exception | None]) -> None:
        self._calls = list(calls)
        self.closed = False

    def __call__(self, trial: BaseTrial) -> Suggested:
        error = self._calls.pop(0)
        if error is not None:
            raise error
        return Suggested(values={"x": 1.0}, choices={})

    def close(self) -> None:
        self.closed = True


def outcomes(calls: Sequence[Exception | None], say: Callable[[str], None]) -> list[str]:
    forgiving, seen = Forgiving(Function(calls), say), []
    trial = optuna.trial.FixedTrial({})
    for _ in calls:
        try:
            forgiving(trial)
            seen.append("suggested")
        except Exception as error:
            seen.append(type(error).__name__)
    return seen


def test_a_failure_costs_its_trial_and_is_told_whole() -> None:
    said: list[str] = []
    assert outcomes([None, FAILS, None], said.append) == ["suggested", "TrialError", "suggested"]
    assert said == str(FAILS).splitlines()


def test_failures_of_a_function_that_has_not_worked_yet_are_told_when_it_works() -> None:
    said: list[str] = []
    assert outcomes([FAILS], said.append) == ["TrialError"]
    assert not said
    assert outcomes([FAILS, FAILS, PRUNES], said.append) == ["TrialError"] * 3
    assert said == str(FAILS).splitlines() * 2


def test_a_function_that_never_works_says_so_once_in_the_error_that_ends_the_sweep() -> None:
    said: list[str] = []
    assert outcomes([FAILS] * MOST_IN_A_ROW, said.append)[-1] == "UserCodeError"
    assert not said


@pytest.mark.parametrize("between", [None, PRUNES])
def test_failures_in_a_row_end_the_sweep_and_others_do_not(between: Exception | None) -> None:
    borne: list[Exception | None] = [FAILS] * (MOST_IN_A_ROW - 1)
    seen = outcomes([*borne, between, *borne, FAILS], lambda line: None)
    assert seen[-1] == "UserCodeError"
    assert "UserCodeError" not in seen[:-1]


@pytest.mark.parametrize("error", [Unavailable("no answer"), SweepError("no process can be started")])
def test_what_is_not_the_functions_fault_passes_through(error: Exception) -> None:
    assert outcomes([error], lambda line: None) == [type(error).__name__]


def test_closing_closes_the_function() -> None:
    function = Function([])
    Forgiving(function, print).close()
    assert function.closed
