"""The end of a function's process that nobody else is there to end."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_GRACE: Final = 1.0
"""Seconds in which the scheduler's process, which knows better, acts first."""


class Guard:
    """Ends this process through the kernel when the function has overstayed its time.

    The scheduler ends a function that hangs. When the scheduler is killed meanwhile, a process that
    waits would see its line closed, but one that hangs sees nothing, and no Python code can run in it
    while the function holds Python's lock. A timer of the kernel needs none.

    Args:
        seconds: What a call may take, without the time for answers; None for no guard.
    """

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds if hasattr(signal, "setitimer") else None

    @contextmanager
    def call(self) -> Iterator[None]:
        """Within the block the time of one call runs."""
        _set(self._seconds and self._seconds + _GRACE)
        try:
            yield
        finally:
            _set(self._seconds and 0.0)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Within the block time stands still: who waits at the line sees the scheduler's end there."""
        left = _set(self._seconds and 0.0)
        try:
            yield
        finally:
            _set(left or None)


def _set(seconds: float | None) -> float | None:
    """Set the timer, unless there is none; the seconds that it had left."""
    return None if seconds is None else signal.setitimer(signal.ITIMER_REAL, seconds)[0]
