"""W&B's words for the states of runs, queue items and sweeps, in ours. The only place."""

from __future__ import annotations

from optuna_sweep.launch import Ending, SweepState
from optuna_sweep.outcomes import Phase

_RUNS = {
    "pending": Phase.WAITING,
    "running": Phase.RUNNING,
    "preempting": Phase.RUNNING,
    "finished": Phase.FINISHED,
    "failed": Phase.FAILED,
    "crashed": Phase.CRASHED,
    "preempted": Phase.PREEMPTED,
    "killed": Phase.STOPPED,
}

ENDED_STATES = tuple(state for state, phase in _RUNS.items() if phase.ended)
"""W&B's states of runs that have ended."""

_SWEEPS = {
    "PAUSED": SweepState.PAUSED,
    "FINISHED": SweepState.FINISHED,
    # The API writes one L; wandb's own scheduler waits for two and never notices.
    "CANCELED": SweepState.CANCELED,
    "CANCELLED": SweepState.CANCELED,
}

_ENDINGS = {
    Ending.FINISHED: "FINISHED",
    Ending.PAUSED: "PAUSED",
    Ending.CANCELED: "CANCELED",
    # W&B accepts no failed state for a sweep: its own scheduler asks for CRASHED, which
    # its own client refuses, and the sweep says RUNNING for ever. That it failed, and why,
    # is said by the scheduler's run, which ends as failed.
    Ending.FAILED: "CANCELED",
}


def phase_of_run(state: str) -> Phase:
    """The phase of a run in W&B's state; a state that we do not know means still alive."""
    return _RUNS.get(state.lower(), Phase.RUNNING)


def wish_for_sweep(state: str) -> SweepState:
    """What W&B wants of a sweep in this state; one that we do not know is no reason to stop."""
    return _SWEEPS.get(state.upper(), SweepState.ACTIVE)


def state_for_ending(ending: Ending) -> str:
    """The sweep state that W&B's API accepts for an ending."""
    return _ENDINGS[ending]


def taken_by_an_agent(item_state: str) -> bool:
    """Whether a launch agent has taken a queue item for good; one that dies then never gives it back."""
    return item_state.upper() == "CLAIMED"


def left_the_queue(item_state: str) -> bool:
    """Whether a queue item has died without starting its run."""
    return item_state.upper() == "FAILED"
