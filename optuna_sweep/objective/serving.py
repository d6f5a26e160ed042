"""The loop of the function's process: a call for each trial, and what became of it."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from contextlib import closing, redirect_stdout
from pathlib import Path
from typing import Any, Final

import optuna

from optuna_sweep.errors import UserCodeError
from optuna_sweep.objective.asking import RAISED_AT, Asking
from optuna_sweep.objective.guard import Guard
from optuna_sweep.objective.line import Closed, Line
from optuna_sweep.objective.printed import Printed
from optuna_sweep.objective.shielded_trial import ShieldedTrial
from optuna_sweep.space.returned import returned_config

_OURS: Final = Path(__file__).parent
_MOST_CHARACTERS: Final = 200_000


class Server:
    """Calls one function whenever the scheduler asks for it.

    Args:
        function: The user's.
        line: To the scheduler.
        printed: Is standard output while the function runs.
        guard: Of the time that a call may take.
        returns_config: The run gets what the function returns; otherwise nobody looks at it.
    """

    def __init__(
        self,
        function: Callable[[Any], Any],
        *,
        line: Line,
        printed: Printed,
        guard: Guard,
        returns_config: bool = False,
    ) -> None:
        self._function = function
        self._line = line
        self._printed = printed
        self._guard = guard
        self._returns_config = returns_config

    def serve(self) -> None:
        """Say that the function is there, and call it until the line is closed."""
        verdict: tuple[str, Any] = ("ready", None)
        while True:
            try:
                self._line.send(json.dumps(verdict).encode())
                self._line.receive()
            except Closed:
                return
            verdict = self._call()

    def _call(self) -> tuple[str, Any]:
        asking = Asking(self._line, self._guard)
        # In this order: a thread of the function's that still asks would start the guard's time again.
        with self._guard.call(), closing(asking), self._printed.call(), redirect_stdout(self._printed):
            try:
                return self._judged(self._function(ShieldedTrial(asking)))
            except optuna.TrialPruned as pruned:
                return "pruned", str(pruned)
            except BaseException as error:
                return "failed", _their_traceback(error)[-_MOST_CHARACTERS:]

    def _judged(self, returned: Any) -> tuple[str, Any]:
        if not self._returns_config:
            return "returned", None
        try:
            return "returned", returned_config(returned)
        except UserCodeError as error:
            return "unusable", str(error)


def _their_traceback(error: BaseException) -> str:
    """As Python prints it, with the frames of the other side, and without those that only carry questions."""
    told = traceback.TracebackException.from_exception(error)
    link: traceback.TracebackException | None = told
    raised: BaseException | None = error
    while link is not None and raised is not None:
        frames = [*link.stack, *getattr(raised, RAISED_AT, ())]
        link.stack[:] = [frame for frame in frames if Path(frame.filename).parent != _OURS]
        caused = link.__cause__ is not None
        link = link.__cause__ if caused else link.__context__
        raised = raised.__cause__ if caused else raised.__context__
    return "".join(told.format())
