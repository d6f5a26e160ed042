"""The function's process, seen from the scheduler's."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from optuna_sweep.errors import SweepError
from optuna_sweep.objective.line import Line

LOAD_SECONDS: Final = 120.0
"""What loading the user's file may take: it was loaded a moment ago by the scheduler, so it ends some day."""

_LONGEST_QUESTION: Final = 64 * 2**20
_DYING: Final = 5.0
_STANDARD_ERROR: Final = 2

_BOOT: Final = (
    "import json, sys\n"
    "given = json.loads(sys.argv.pop())\n"
    "sys.path[:] = given.pop('path')\n"
    "from optuna_sweep.objective.child import main\n"
    "main(**given)\n"
)
"""No ``-m``, which runs the package before the path is set, and no fork, which copies locks and threads."""


class Process:
    """A process that has loaded the user's file, and calls its function.

    It has the scheduler's folder, environment and ``sys.path``; standard input is empty, and what is
    written below Python goes to standard error. It is the leader of a session of its own, so that no
    ctrl-C reaches it, and all that the function starts ends with it.

    Args:
        path: The user's file.
        function: The name of the function in it.
        timeout: Seconds that a call may take; for the guard, the caller watches the time.
        returns_config: The run gets what the function returns.

    Raises:
        SweepError: The system starts no more processes.
    """

    def __init__(self, path: Path, function: str, *, timeout: float, returns_config: bool) -> None:
        ours, theirs = socket.socketpair()
        given = {
            "path": [place for place in sys.path if isinstance(place, str)],
            "end": theirs.fileno(),
            "file": str(path),
            "function": function,
            "returns_config": returns_config,
            "call_seconds": timeout,
            "load_seconds": LOAD_SECONDS,
        }
        with theirs:
            self._process = _started(json.dumps(given), ours, theirs)
        self.line = Line(ours, longest=_LONGEST_QUESTION)

    @property
    def fate(self) -> str:
        """How it ended, as the predicate of a sentence; empty while it lives."""
        code = self._process.poll()
        if code is None:
            return ""
        return f"ended its process with exit code {code}" if code >= 0 else f"was ended by {_named(-code)}"

    def wait(self) -> None:
        """Give a process that has hung up a moment to end."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_DYING)

    def end(self) -> None:
        """End it at once, with all that it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self.line.close()
        self.wait()


def _started(given: str, ours: socket.socket, theirs: socket.socket) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            # With the fault handler a crash tells where in the user's file it was.
            [sys.executable, "-X", "faulthandler", "-c", _BOOT, given],
            stdin=subprocess.DEVNULL,
            stdout=_STANDARD_ERROR,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
    except OSError as error:
        ours.close()
        raise SweepError(f"No process can be started for objective(trial): {error}.") from error


def _named(number: int) -> str:
    try:
        name = signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
    return f"{name}, as where memory runs out," if name == "SIGKILL" else name
