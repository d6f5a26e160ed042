"""What the function's process does from its begin to its end."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from optuna_sweep.errors import UserCodeError
from optuna_sweep.objective.guard import Guard
from optuna_sweep.objective.line import Line
from optuna_sweep.objective.printed import Printed
from optuna_sweep.objective.serving import Server
from optuna_sweep.user_file.loading import run_file


def main(
    *, end: int, file: str, function: str, returns_config: bool, call_seconds: float, load_seconds: float
) -> None:
    """Load the user's file and call its function until the line is closed; does not return.

    Args:
        end: The descriptor of this process's end of the line.
        file: The user's file.
        function: The name of the function in it.
        returns_config: See ``Server``.
        call_seconds: What a call may take.
        load_seconds: What loading the file may take.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the scheduler decides what ctrl-C means
    _die_first()
    os.set_inheritable(end, False)
    line = Line(socket.socket(fileno=end))
    # For ever, since the file may keep it. What is printed between calls belongs to no trial, or was printed
    # when the scheduler loaded the file: it is dropped.
    sys.stdout = printed = Printed(line)
    try:
        with Guard(load_seconds).call():
            found = _function(Path(file), function)
        guard = Guard(call_seconds)
        Server(found, line=line, printed=printed, guard=guard, returns_config=returns_config).serve()
    except UserCodeError as error:
        line.send(json.dumps(["unusable", str(error)]).encode())
    except BaseException:
        traceback.print_exc()
    finally:
        # Hard, and with all that the function started: its threads could keep an interpreter from ending.
        os.killpg(0, signal.SIGKILL)


def _function(file: Path, name: str) -> Callable[[Any], Any]:
    found = vars(run_file(file)).get(name)
    if not callable(found):
        raise UserCodeError(f"{file} must define {name}() in every process that loads it.")
    return found  # type: ignore[no-any-return]


def _die_first() -> None:
    """Where memory runs out, Linux ends this process and not the scheduler."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
