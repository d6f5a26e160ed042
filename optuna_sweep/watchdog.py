"""The end of a scheduler that hangs."""

from __future__ import annotations

import faulthandler
from typing import Final

_STANDARD_ERROR: Final = 2


class Watchdog:
    """Ends this process with exit code 1 when it shows no sign of life for too long.

    A scheduler hangs where a user's sampler does, or a client that waits for ever. Its workers would idle
    for as long, and no other could take the sweep over, since wandb-core goes on saying that it lives.

    The time is kept by a thread of C, which needs no lock of Python's: what hangs may hold that for ever.
    Before the end it writes to standard error where each thread is. There is one for the whole process.

    Args:
        seconds: How long a silence may be.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def feed(self) -> None:
        """Show a sign of life; the first one starts the watch."""
        faulthandler.dump_traceback_later(self._seconds, exit=True, file=_STANDARD_ERROR)

    def rest(self) -> None:
        """End the watch."""
        faulthandler.cancel_dump_traceback_later()
