"""Behaviours of the real server that nobody here could prove, each chosen in one place.

Whoever learns the truth about one of them changes it here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

# Runs ----------------------------------------------------------------------------------------------

HEARTBEAT_TIMEOUT = 300.0
"""Seconds without a file stream request after which a running run is called crashed."""

STATE_BEFORE_A_PROCESS = "pending"
"""A run that was made for a sweep without a ``host``: nobody runs it yet."""

EXIT_CODE_OF_AN_INTERRUPT = 255
"""What wandb-core reports as exit code after a KeyboardInterrupt."""


def end_state(exit_code: int, *, stop_requested: bool) -> str:
    """The state of a run whose process reported its end.

    A run that was asked to stop and yet ended with 0 had finished by itself.
    """
    if exit_code == 0:
        return "finished"
    if stop_requested or exit_code == EXIT_CODE_OF_AN_INTERRUPT:
        return "killed"
    return "failed"


def merged_config(old: dict[str, object], new: dict[str, object]) -> dict[str, object]:
    """The config of a run that is upserted again: new keys win, absent keys stay."""
    return {**old, **new}


DEFAULT_RUN_ORDER = "+created_at"
"""The order of runs when a query names none."""

# History -------------------------------------------------------------------------------------------

DEFAULT_SAMPLES = 500
"""Rows that a history query answers when it names no number."""


def text_of(constant: str) -> str:
    """How a float that JSON cannot write comes back: ``NaN``, ``Infinity``, ``-Infinity``, as text."""
    return constant


def sampled(rows: Sequence[T], samples: int) -> list[T]:
    """At most this many rows, evenly spread, the first and the last among them."""
    if len(rows) <= samples:
        return list(rows)
    if samples == 1:
        return [rows[-1]]
    last = len(rows) - 1
    return [rows[round(at * last / (samples - 1))] for at in range(samples)]


# Queues and sweeps ---------------------------------------------------------------------------------

LEASE = 60.0
"""Seconds that a popped queue item waits to be acknowledged before it can be popped again."""

PRIORITY_OF_AN_ITEM = 2
"""The priority of an item pushed without one: medium, on W&B's scale from 0 (critical) to 3 (low)."""


def merged_resource_args(
    queue: dict[str, dict[str, object]], item: dict[str, dict[str, object]]
) -> dict[str, dict[str, object]]:
    """The resource arguments of an item in a queue: the item's flags win, the queue's others stay."""
    names = {*queue, *item}
    return {name: {**(queue.get(name) or {}), **(item.get(name) or {})} for name in sorted(names)}


SWEEP_STATES_THAT_STOP_RUNS = frozenset({"CANCELED"})
"""The states of a sweep that ask its runs to stop, waiting ones too. Its scheduler is no run of it and goes
on, and so do the runs of a FINISHED (stopped) and of a PAUSED sweep."""


def state_with_a_worker(state: str) -> str:
    """The state of a sweep when a worker is announced (createAgent): that sets a waiting sweep to work.

    No client sets RUNNING by itself, and launch agents start runs of RUNNING and PAUSED sweeps only.
    """
    return "RUNNING" if state == "PENDING" else state
