"""A user's function in a thread, over the line that a process would have.

For tests of the conversation, whose functions are written beside them. What a process alone can do (end a
function, outlive one that crashes) is tried in tests/contract.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

from optuna_sweep.objective import RemoteObjective
from optuna_sweep.objective.guard import Guard
from optuna_sweep.objective.line import Line
from optuna_sweep.objective.printed import Printed
from optuna_sweep.objective.serving import Server


class Thread:
    """See ``remote.Child``; one that is ended can only ask no more."""

    fate = ""

    def __init__(self, function: Callable[[Any], Any], returns_config: bool = False) -> None:
        ours, theirs = socket.socketpair()
        self.line, line = Line(ours), Line(theirs)
        server = Server(
            function, line=line, printed=Printed(line), guard=Guard(None), returns_config=returns_config
        )
        self._thread = threading.Thread(target=_serve, args=(server, line), daemon=True)
        self._thread.start()

    def wait(self) -> None:
        pass

    def end(self) -> None:
        self.line.close()


def _serve(server: Server, line: Line) -> None:
    server.serve()
    line.close()


def in_thread(
    function: Callable[[Any], Any],
    *,
    timeout: float = 30.0,
    lines: list[str] | None = None,
    returns_config: bool = False,
) -> RemoteObjective:
    """The function may take its time, so that a busy machine fails no test."""
    say = (lines if lines is not None else []).append
    return RemoteObjective(lambda: Thread(function, returns_config), timeout=timeout, say=say)
