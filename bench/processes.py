"""Processes that a benchmark starts and ends."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

LOG = "scheduler.log"


@contextmanager
def at_work(command: list[str], env: Mapping[str, str], home: Path) -> Iterator[Callable[[], bool]]:
    """A process group whose lines go to ``scheduler.log`` in its folder.

    Gives whether it is at work or ended well. Leaving the ``with`` ends all of it.
    """
    with (home / LOG).open("wb") as lines:
        process = subprocess.Popen(
            command, env=dict(env), cwd=home, stdout=lines, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            yield lambda: not process.poll()
        finally:
            for number in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(process.pid, number)
                    process.wait(5)
                except (ProcessLookupError, subprocess.TimeoutExpired):
                    continue
            process.wait()
