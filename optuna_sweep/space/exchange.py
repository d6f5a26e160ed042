"""Somebody else's function in a thread of its own, with a time limit and its questions answered here."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class Overtime(Exception):
    """The function had not returned when its time was up. Its thread may run on, unheard."""


class Raised(Exception):
    """The function raised ``error``, which may be ``SystemExit`` and is not to be raised here."""

    def __init__(self, error: BaseException) -> None:
        self.error = error
        super().__init__(repr(error))


class Abandoned(SystemExit):
    """Raised in a thread that asks after its time: it ends, and Python prints nothing about it."""


class Exchange:
    """One function's conversation with the thread that called it.

    Signals can stop a function on the main thread only, and a thread cannot be stopped at all.
    So the function is left behind when its time is up, and can do no harm: whatever it wants of
    the study it has to ``ask`` for, the calling thread does it, and only until then. That also
    keeps samplers and storages on one thread, and their time out of the function's account.
    """

    def __init__(self) -> None:
        self._questions: SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._open = True

    def ask(self, question: Callable[[], Answer]) -> Answer:
        """Have the calling thread evaluate ``question``, and give its result, or raise what it raised.

        Called by the function, from any thread.
        """
        answer: Future[Answer] = Future()
        with self._lock:
            if not self._open:
                raise Abandoned
            self._questions.put((question, answer))
        return answer.result()

    def run(self, function: Callable[[], Answer], seconds: float) -> Answer:
        """Run the function once, and answer it.

        Args:
            function: What to run.
            seconds: How long it may take in all, without the time for the answers.

        Raises:
            Overtime: It took longer.
            Raised: It raised something, of whatever kind.
        """
        outcome: Future[Answer] = Future()
        thread = threading.Thread(target=self._work, args=(function, outcome), daemon=True)
        thread.start()
        try:
            self._answer_all(seconds)
        finally:
            self._close()
        error = outcome.exception()
        if error is not None:
            raise Raised(error)
        return outcome.result()

    def _work(self, function: Callable[[], Answer], outcome: Future[Answer]) -> None:
        try:
            outcome.set_result(function())
        except BaseException as error:
            outcome.set_exception(error)
        self._questions.put(None)

    def _answer_all(self, seconds: float) -> None:
        left = seconds
        while True:
            asked = time.monotonic()
            try:
                question = self._questions.get(timeout=max(left, 0.0))
            except Empty:
                raise Overtime from None
            left -= time.monotonic() - asked
            if question is None:
                return
            _answer(*question)

    def _close(self) -> None:
        with self._lock:
            self._open = False
        while not self._questions.empty():
            question = self._questions.get()
            if question is not None:
                question[1].set_exception(Abandoned())


def _answer(question: Callable[[], Answer], answer: Future[Answer]) -> None:
    try:
        answer.set_result(question())
    except Exception as error:
        answer.set_exception(error)
    except BaseException:
        answer.set_exception(Abandoned())
        raise
