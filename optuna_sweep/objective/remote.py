"""The user's function, called from the scheduler's process."""

from __future__ import annotations

import json
import time
import weakref
from collections.abc import Callable
from typing import Any, Final, Protocol

from optuna.trial import BaseTrial

from optuna_sweep.errors import TrialError, UserCodeError
from optuna_sweep.objective.answers import Answers
from optuna_sweep.objective.line import Closed, Late, Line
from optuna_sweep.objective.process import LOAD_SECONDS
from optuna_sweep.space import Suggested

_WANTED: Final = (
    "It should suggest parameters and return; the training itself belongs in the job that the sweep runs."
)
_HUNG_UP: Final = "hung up on the scheduler"


class Child(Protocol):
    """Where the function is run: a process, but for tests of the conversation."""

    line: Line

    @property
    def fate(self) -> str:
        """How it ended, as the predicate of a sentence; empty while it lives."""
        ...

    def wait(self) -> None:
        """Give one that has hung up a moment to end."""
        ...

    def end(self) -> None:
        """End it at once."""
        ...


class RemoteObjective:
    """Calls the function for one trial after the other, in one child that is started at the first.

    So what the user's module holds lives on from trial to trial. A child whose function hangs is ended,
    and so is one that died; the next trial gets a new one. None is left when this object is gone, or when
    the scheduler's process ends, however that ends.

    Args:
        start: Starts a child.
        timeout: Seconds that one call may take, without the sampler's own time.
        say: Gets the lines that the function prints, when the call is over.
    """

    def __init__(self, start: Callable[[], Child], *, timeout: float, say: Callable[[str], None]) -> None:
        self._start = start
        self._timeout = timeout
        self._say = say
        self._child: Child | None = None
        self._end: Callable[[], object] = lambda: None

    def __call__(self, trial: BaseTrial) -> Suggested:
        """What the function suggests for a trial.

        The real trial is asked on the calling thread, and by no other.

        Raises:
            TrialError: It pruned the trial.
            UserCodeError: It raised, hung, crashed, or returned what is no config where it has to.
            OptunaSweepError: The study could not be asked; as it was raised there.
        """
        conversation = _Conversation(trial)
        try:
            outcome, told = self._hold(conversation, trial.number)
        finally:
            for line in conversation.lines:
                self._say(line)
        if outcome == "pruned":
            raise TrialError(f"objective(trial) pruned trial {trial.number}: {told}".removesuffix(": "))
        if outcome == "unusable":
            raise UserCodeError(told)
        if outcome == "failed":
            raise UserCodeError(f"{told}objective(trial) failed for trial {trial.number}. {_WANTED}")
        answers = conversation.answers
        return Suggested(values=answers.values, choices=answers.choices, returned=told)

    def close(self) -> None:
        """End the child, if there is one; the next call starts another."""
        self._child = None
        self._end()

    def _hold(self, conversation: _Conversation, number: int) -> tuple[str, Any]:
        child = self._ready(number)
        try:
            return conversation.hold(child.line, self._timeout)
        except Late:
            # A process that the function started may hold the line open for one that is dead.
            raise self._ended(child.fate, number) from None
        except Closed:
            child.wait()
            raise self._ended(child.fate or _HUNG_UP, number) from None
        except BaseException:  # ctrl-C, or no study to ask, with the function in the middle of its call
            self.close()
            raise

    def _ready(self, number: int) -> Child:
        """A child that waits for a call."""
        if self._child is not None and not self._child.fate:
            return self._child
        self.close()
        child = self._child = self._start()
        self._end = weakref.finalize(self, child.end)
        try:
            outcome, told = _heard(child.line.receive(LOAD_SECONDS))
        except Late:
            self.close()
            raise UserCodeError(
                f"The file of objective(trial) was not loaded within {LOAD_SECONDS:g} seconds. {_WANTED}"
            ) from None
        except Closed:
            child.wait()
            raise self._ended(child.fate or _HUNG_UP, number) from None
        except BaseException:
            self.close()
            raise
        if outcome != "ready":
            self.close()
            raise UserCodeError(told)
        return child

    def _ended(self, fate: str, number: int) -> UserCodeError:
        self.close()
        guarded = "SIGALRM" in fate  # the guard outruns a scheduler that was held up
        if fate and not guarded:
            return UserCodeError(f"objective(trial) {fate} in trial {number}. {_WANTED}")
        return UserCodeError(
            f"objective(trial) did not return within {self._timeout:g} seconds for trial {number}. {_WANTED} "
            "Where suggesting takes longer, raise scheduler.settings.objective_timeout."
        )


class _Conversation:
    """One call: its questions, what it prints, and what became of it."""

    def __init__(self, trial: BaseTrial) -> None:
        self.answers = Answers(trial)
        self._printed: list[str] = []

    @property
    def lines(self) -> list[str]:
        """What was printed, without empty lines."""
        return [line for line in "".join(self._printed).splitlines() if line.strip()]

    def hold(self, line: Line, seconds: float) -> tuple[str, Any]:
        """Call the function and answer it until it has returned.

        Raises:
            Late: It took longer than ``seconds``, without the time for the answers.
            Closed: It is gone.
        """
        left = seconds
        reply = b""  # the first one is the call
        while True:
            began = time.monotonic()
            line.send(reply, left)
            while (heard := _heard(line.receive(left - (time.monotonic() - began))))[0] == "printed":
                self._printed.append(heard[1])
            left -= time.monotonic() - began
            if heard[0] != "ask":
                return heard[0], heard[1]
            reply = self.answers.reply(*heard[1:])


def _heard(message: bytes) -> Any:
    try:
        heard = json.loads(message)
        return heard[0], *heard[1:]
    except (ValueError, TypeError, LookupError):
        raise Closed("no message") from None
