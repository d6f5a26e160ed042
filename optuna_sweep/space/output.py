"""What one thread prints, kept apart from what the others print."""

from __future__ import annotations

import contextlib
import io
import sys
import threading
from collections import deque
from collections.abc import Iterator
from typing import Final, TextIO

_MOST_CHARACTERS: Final = 20_000


class Printed(io.TextIOBase):
    """A standard output that keeps the text of one thread and passes the others' on.

    The thread is the first that ``claim`` is called in. Text beyond 20,000 characters is dropped.
    """

    def __init__(self, real: TextIO) -> None:
        self._real = real
        self._kept = io.StringIO()
        self._thread: int | None = None

    def claim(self) -> None:
        """Keep what this thread prints from now on."""
        self._thread = threading.get_ident()

    def write(self, text: str) -> int:
        """Take text from any thread."""
        if threading.get_ident() != self._thread:
            return self._real.write(text)
        self._kept.write(text[: max(_MOST_CHARACTERS - self._kept.tell(), 0)])
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""
        self._real.flush()

    @property
    def lines(self) -> list[str]:
        """The lines that were kept, without empty ones."""
        return [line for line in self._kept.getvalue().splitlines() if line.strip()]


_REPLACED: deque[Printed] = deque(maxlen=1000)
"""Kept alive: the ``print`` of older Pythons only borrows ``sys.stdout``. Another thread that prints while it
is replaced would write to an object that is gone, and crash the process."""


@contextlib.contextmanager
def kept_output() -> Iterator[Printed]:
    """Stand before standard output for a while."""
    printed = Printed(sys.stdout)
    _REPLACED.append(printed)
    with contextlib.redirect_stdout(printed):
        yield printed
