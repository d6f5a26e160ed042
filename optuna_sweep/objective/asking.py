"""The function's side of the line: questions about its trial, answered by the scheduler."""

from __future__ import annotations

import json
import pickle
import threading
import traceback
from typing import Any, Final

from optuna_sweep.objective.guard import Guard
from optuna_sweep.objective.line import Closed, Line

RAISED_AT: Final = "__raised_at__"
"""The attribute of an error from the other side that holds the frames of its traceback there."""


class Abandoned(SystemExit):
    """Raised in a thread that asks after its time: it ends, and Python prints nothing about it."""


class Asking:
    """The questions of one call of the function.

    Args:
        line: To the scheduler, which answers one question after the other.
        guard: Is paused while the scheduler works on an answer.
    """

    def __init__(self, line: Line, guard: Guard) -> None:
        self._line = line
        self._guard = guard
        self._lock = threading.Lock()
        self._open = True

    def ask(self, what: str, *arguments: Any) -> Any:
        """Have the scheduler look something up or do it; give its answer, or raise what that raised.

        Called by the function, from any thread.

        Raises:
            TypeError: JSON cannot say the arguments.
            Abandoned: The call is over.
        """
        question = json.dumps(["ask", what, arguments]).encode()
        with self._lock:
            if not self._open:
                raise Abandoned
            answer = self._exchange(question)
        return _opened(answer)

    def close(self) -> None:
        """Answer no more questions. One that is asked already gets its answer first."""
        with self._lock:
            self._open = False

    def _exchange(self, question: bytes) -> bytes:
        try:
            with self._guard.paused():
                self._line.send(question)
                return self._line.receive()
        except Closed:
            raise Abandoned from None


def _opened(answer: bytes) -> Any:
    packed, raised = pickle.loads(answer)
    if raised is None:
        return pickle.loads(packed)
    told, frames = raised
    try:
        error = pickle.loads(packed)
    except Exception:  # an error may be of a kind that is not known here, or not made for travelling
        error = RuntimeError(told)
    setattr(error, RAISED_AT, [traceback.FrameSummary(*frame) for frame in frames])
    raise error
