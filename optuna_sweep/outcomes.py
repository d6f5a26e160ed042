"""The words for what flows through the house.

A *trial* is Optuna's, a *run* is W&B's. A ``Proposal`` goes out (run this), an
``Observation`` comes back (this was seen), and a ``Verdict`` answers it (this
follows). All of them are frozen; the unions are closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Phase(Enum):
    """How far a run has come. W&B's own states are mapped to these in one place."""

    WAITING = "waiting"
    """Created, and on the queue or on its way there."""
    RUNNING = "running"
    """A process has reported for it, or its state is one that we do not know."""
    FINISHED = "finished"
    """The training process ended with exit code 0."""
    FAILED = "failed"
    """The training process ended with another exit code."""
    CRASHED = "crashed"
    """The training process stopped reporting."""
    PREEMPTED = "preempted"
    """The machine was taken away; Launch may queue the run again under the same id."""
    STOPPED = "stopped"
    """A person, or this scheduler, asked the run to stop, and it did."""
    LOST = "lost"
    """It left the queue without ever starting."""
    DELETED = "deleted"
    """Somebody removed the run from W&B."""

    @property
    def ended(self) -> bool:
        """Whether no process will report for this run again by itself."""
        return self not in (Phase.WAITING, Phase.RUNNING)


@dataclass(frozen=True, slots=True)
class Row:
    """One history row of a run, cut down to the columns that were asked for.

    Attributes:
        step: W&B's ``_step``.
        values: Column to value as W&B gave it: numbers, but also ``"NaN"``,
            ``None``, text or an object. Nothing is converted here.
    """

    step: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A run that should be started.

    Attributes:
        run_id: The id that the W&B run will have; see ``run_ids``.
        trial: The number of the Optuna trial that it carries out.
        name: The readable name of the run.
        parameters: The run's config, nested as the training code expects it.
        retry: It takes the place of a run that failed.
        again: A run of this id may have been made or queued before, by a request that got no answer or
            by a scheduler that died.
    """

    run_id: str
    trial: int
    name: str
    parameters: Mapping[str, Any]
    retry: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one poll saw of one run.

    Attributes:
        run_id: The run.
        phase: How far it has come.
        rows: History rows that no earlier observation of this run held, ascending
            by step. Empty means that there are none, never that they could not be read.
        summary: The run's whole summary, once it has ended. None before, and of a run that was
            lost or deleted: it has none.
        detail: Why, in W&B's words, where W&B gave any (a queue item's error).
        taken: While it waits: a launch agent has taken its queue item.
    """

    run_id: str
    phase: Phase
    rows: tuple[Row, ...] = ()
    summary: Mapping[str, Any] | None = None
    detail: str = ""
    taken: bool = False

    @property
    def quiet(self) -> bool:
        """Whether the run is at work and has logged nothing new: most of what polls see."""
        return self.phase is Phase.RUNNING and not self.rows


@dataclass(frozen=True, slots=True)
class Completed:
    """The trial has values, one for each objective in the config's order.

    Attributes:
        values: The values.
        feasible: Whether it keeps its constraints; one that does not is nobody's best.
    """

    values: tuple[float, ...]
    feasible: bool = True


@dataclass(frozen=True, slots=True)
class Pruned:
    """The trial was stopped because its intermediate values promised too little."""

    step: int
    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The trial has no value that the search can use."""

    reason: str


Outcome = Completed | Pruned | Failed


class Decision(Enum):
    """What the scheduler does with a run after an observation."""

    KEEP = "keep"
    """Go on watching."""
    PRUNE = "prune"
    """Ask W&B to stop the run; its trial has been told."""
    DONE = "done"
    """The run has ended and its trial has been told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer to an observation.

    Attributes:
        decision: What to do with the run.
        outcome: What the trial was told by this observation; None where it was told nothing.
        reason: One sentence for people, or empty where there is nothing to say.
        also_stop: Other runs of the same trial that are of no use any more.
    """

    decision: Decision
    outcome: Outcome | None = None
    reason: str = ""
    also_stop: tuple[str, ...] = ()
