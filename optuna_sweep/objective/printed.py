"""Standard output of the function's process."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from optuna_sweep.objective.line import Closed, Line

_MOST_CHARACTERS: Final = 20_000


class Printed(io.TextIOBase):
    """Sends what is printed during a call to the scheduler, at once: a function that hangs has printed, too.

    Text beyond 20,000 characters is dropped, and so is what a thread prints between the calls.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self._lock = threading.Lock()
        self._left = 0

    @contextmanager
    def call(self) -> Iterator[None]:
        """Within the block the function is at work."""
        self._allow(_MOST_CHARACTERS)
        try:
            yield
        finally:
            self._allow(0)

    def write(self, text: str) -> int:
        """Take text from any thread."""
        with self._lock:
            taken = text[: self._left]
            self._left -= len(taken)
            if taken:
                self._send(taken)
        return len(text)

    def _allow(self, characters: int) -> None:
        with self._lock:
            self._left = characters

    def _send(self, text: str) -> None:
        try:
            self._line.send(json.dumps(["printed", text]).encode())
        except Closed:
            self._left = 0
