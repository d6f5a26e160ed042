"""What a scheduler writes into the summary of a trial's run, and what a later scheduler reads there.

It is the only trace of how a trial ended that a lost study leaves: a run that a pruner stopped and a
run that was stopped because its scheduler died look the same otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MARK = "optuna/"
_STATE = f"{_MARK}state"
_AT_WORK = "at work"


def epitaph(number: int, state: str | None, reason: str | None) -> dict[str, Any]:
    """The summary keys of a run that has ended.

    Args:
        number: Its trial.
        state: How the trial has ended; None where other runs of it are still needed.
        reason: Why, where it was pruned or failed.
    """
    words = {f"{_MARK}trial": number, _STATE: state or _AT_WORK}
    return words | {f"{_MARK}reason": reason} if reason and state else words


def without_epitaph(summary: Mapping[str, Any]) -> dict[str, Any]:
    """What the run itself left: one that died without a trace has only what its scheduler said of it."""
    return {name: value for name, value in summary.items() if not name.startswith(_MARK)}


def tells_the_end(summary: Mapping[str, Any]) -> bool:
    """Whether its trial had ended when a scheduler wrote into this summary."""
    return bool(summary.get(_STATE, _AT_WORK) != _AT_WORK)
