"""Where the demo writes: a terminal, or the plain text of a pipe."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from typing import TextIO

COLOURS = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


class Screen:
    """Lines with the time since the start; on a terminal also colours and a status line at the bottom.

    Args:
        out: Where to write.
        clock: Seconds on a clock that never goes back.
        lively: Whether ``out`` is a terminal.
    """

    def __init__(self, out: TextIO, clock: Callable[[], float], *, lively: bool) -> None:
        self._out, self._clock, self._lively = out, clock, lively
        self._started = clock()
        self._status = ""

    @classmethod
    def of_this_process(cls) -> Screen:
        """The screen of a person at a terminal, or the plain text of a pipe."""
        return cls(sys.stdout, time.monotonic, lively=sys.stdout.isatty())

    @property
    def seconds(self) -> float:
        """Time since the start."""
        return self._clock() - self._started

    def paint(self, text: str, colour: str) -> str:
        """Colour the text where colours are shown; the same text where they are not."""
        return f"\033[{COLOURS[colour]}m{text}\033[0m" if self._lively else text

    def event(self, text: str) -> None:
        """Write one line that stays, with the time before it."""
        minutes, seconds = divmod(int(self.seconds), 60)
        self.line(f"{self.paint(f'{minutes}:{seconds:02d}', 'dim')}  {text}")

    def line(self, text: str = "") -> None:
        """Write one line that stays."""
        self._out.write(f"{self._cleared()}{text}\n")
        self._redraw()

    def status(self, text: str) -> None:
        """Change the status line; on anything but a terminal there is none."""
        self._out.write(self._cleared())
        self._status = text
        self._redraw()

    def _cleared(self) -> str:
        return "\r\033[K" if self._lively and self._status else ""

    def _redraw(self) -> None:
        if self._lively and self._status:
            self._out.write(self._status[: shutil.get_terminal_size().columns - 1])
        self._out.flush()
