"""One line at the bottom of a terminal that is written anew in place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_CLEAR = "\r\x1b[2K"
_STDERR = 2


class StatusLine:
    """Shows one line below those that scroll by; nothing where there is no terminal.

    It writes to the terminal itself, not to a stream: wandb keeps what goes through the streams as the
    run's log, where a line that is written anew every few seconds would stand a thousand times.

    Args:
        terminal: A file descriptor; None for none.
    """

    def __init__(self, terminal: int | None) -> None:
        self._terminal = terminal
        self._text = ""

    @classmethod
    def of_this_process(cls) -> StatusLine:
        """On the terminal that standard error goes to; on none where it goes to a file or a pipe."""
        if os.environ.get("TERM", "dumb") == "dumb" or not os.isatty(_STDERR):
            return cls(None)
        try:
            return cls(os.open(os.ttyname(_STDERR), os.O_WRONLY | os.O_NOCTTY))
        except OSError:
            return cls(None)

    def show(self, text: str) -> None:
        """Write this in place of what stands there, cut to the terminal's width."""
        self._text = text
        if self._terminal is None:
            return
        # The cursor goes back to the begin, so that what others write needs no line break first.
        self._write(f"{_CLEAR}{text[: self._width]}\r")

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Make room for lines that scroll by, and come back below them."""
        if self._terminal is None or not self._text:
            yield
            return
        self._write(_CLEAR)
        try:
            yield
        finally:
            self.show(self._text)

    def clear(self) -> None:
        """Leave nothing behind."""
        if self._text and self._terminal is not None:
            self._write(_CLEAR)
        self._text = ""

    @property
    def _width(self) -> int:
        try:
            columns = os.get_terminal_size(self._terminal or 0).columns
        except OSError:
            columns = 0
        return (columns or 80) - 1

    def _write(self, text: str) -> None:
        if self._terminal is None:
            return
        try:
            os.write(self._terminal, text.encode("utf-8", "replace"))
        except OSError:
            self._terminal = None  # somebody closed the window; the sweep goes on
