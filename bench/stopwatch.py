"""CPU time of parts of a process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


class Stopwatch:
    """CPU seconds spent in what it times, and how often that was called."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.times = 0
        self._depth = 0

    def timed(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, timed; what it calls of the others is part of it and counts once."""

        def timing(*arguments: Any, **named: Any) -> Any:
            began = time.process_time()
            self._depth += 1
            try:
                return act(*arguments, **named)
            finally:
                self._depth -= 1
                if not self._depth:
                    self.seconds += time.process_time() - began
                    self.times += 1

        return timing
