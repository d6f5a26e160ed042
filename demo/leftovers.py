"""Processes that outlive the ones that started them, for a moment.

wandb-core and its system monitor run in sessions of their own, out of reach of a signal to
their client's group. They leave by themselves up to three seconds after it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

PROCESSES = Path("/proc")
LOOK_SECONDS = 0.1


def wait_for_clients(url: str, seconds: float) -> bool:
    """Wait until no process was started with this W&B in its environment.

    Args:
        url: The value of ``WANDB_BASE_URL``.
        seconds: How long to wait at most; nobody is killed then.

    Returns:
        Whether they are gone. Where the system has no ``/proc``, nothing is seen or waited for.
    """
    deadline = time.monotonic() + seconds
    while any(clients(url)):
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_SECONDS)
    return True


def clients(url: str) -> Iterator[int]:
    """The ids of the processes that were started with this W&B in their environment."""
    for folder in PROCESSES.glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes().split(b"\0")
        except OSError:  # it has ended, or is another user's
            continue
        if f"WANDB_BASE_URL={url}".encode() in environment:
            yield int(folder.name)
