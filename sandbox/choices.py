"""Behaviours of the real server that nobody here could prove, each chosen in one place.

Whoever learns the truth about one of them changes it here, and nowhere else.
"""

from __future__ import annotations

HEARTBEAT_TIMEOUT = 300.0
"""Seconds without a file stream request after which a running run is called crashed."""

STATE_OF_A_STOPPED_RUN = "killed"
"""The end of a run that was asked to stop, or whose process was interrupted."""

EXIT_CODE_OF_AN_INTERRUPT = 255
"""What wandb-core reports as exit code after a KeyboardInterrupt."""

STATE_BEFORE_A_PROCESS = "pending"
"""A run that was made for a sweep without a ``host``: nobody runs it yet."""


def merged_config(old: dict[str, object], new: dict[str, object]) -> dict[str, object]:
    """The config of a run that is upserted again: new keys win, absent keys stay."""
    return {**old, **new}


NOT_A_NUMBER = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
"""How a float that JSON cannot write comes back from the API: as text."""
