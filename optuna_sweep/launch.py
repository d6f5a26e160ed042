"""The port: what a sweep asks of whoever runs its trials.

``wandb_adapter`` keeps these promises over W&B Launch; the tests keep them in
memory, with virtual time. The sweep itself (``loop``) knows nothing else of the
world, not even the clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Protocol

from optuna_sweep.errors import TrialError, Unavailable
from optuna_sweep.outcomes import Observation, Phase, Proposal, Row


class SweepState(Enum):
    """What W&B, or a person on its pages, wants of the sweep."""

    ACTIVE = "active"
    """Go on. Also a state that we do not know: it is no reason to stop."""
    PAUSED = "paused"
    """Start nothing new; let the live runs end, then leave. It can be resumed."""
    FINISHED = "finished"
    """Start nothing new; let the live runs end, then leave for good."""
    CANCELED = "canceled"
    """Stop the live runs and leave."""


class Ending(Enum):
    """The state in which a sweep is left. The values are W&B's."""

    FINISHED = "FINISHED"
    PAUSED = "PAUSED"
    CANCELED = "CANCELED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Watch:
    """A run that a poll asks about.

    Attributes:
        run_id: The run.
        item_id: Its queue item, while the run may still be waiting on the queue;
            None once it has started, or where the item is not known.
        made: Whether it is known to exist. One that nobody is sure of waits while it is not found.
    """

    run_id: str
    item_id: str | None = None
    made: bool = True


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that one poll learned, as of one moment.

    Attributes:
        sweep: What W&B wants of the sweep.
        scheduler_stopped: A person stopped the scheduler's own run on its page.
        observations: One for each run that was asked about, in the order of asking.
    """

    sweep: SweepState
    scheduler_stopped: bool
    observations: tuple[Observation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRun:
    """A run that the sweep has in W&B, as a starting scheduler finds it.

    Attributes:
        run_id: W&B's id of the run.
        phase: How far it has come.
        parameters: The run's config without W&B's own keys.
        summary: The run's summary.
        created_at: ISO 8601, as W&B gives it; empty where it gives none.
        stopping: It was asked to stop, by whomever; its process may not have heard of it yet.
        rows: Its history, where it was asked for; ascending by step.
        told: Whether a scheduler has written into its summary that its trial has ended.
    """

    run_id: str
    phase: Phase
    parameters: Mapping[str, Any]
    summary: Mapping[str, Any]
    created_at: str = ""
    stopping: bool = False
    rows: tuple[Row, ...] = ()
    told: bool = False


@dataclass(frozen=True, slots=True)
class QueueItem:
    """An item of the launch queue that has not ended.

    Attributes:
        item_id: W&B's id of the item.
        run_id: The run that it starts; None until a launch agent has taken it, since W&B does
            not say before.
    """

    item_id: str
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """The run was made, and waits on the queue as this item."""

    item_id: str


@dataclass(frozen=True, slots=True)
class NotQueued:
    """The run is not on the queue. After ``Unavailable`` it may be asked for again."""

    why: Unavailable | TrialError


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nobody knows whether the run was made, nor whether it is on the queue."""

    why: Unavailable


Start = Queued | NotQueued | Unclear


@dataclass(frozen=True, slots=True)
class Table:
    """A table for people.

    Attributes:
        columns: Their names.
        rows: A value for each column: a number, text, a truth value, or None for nothing.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


class Launch(Protocol):
    """Runs trials on machines. Every method may raise ``Unavailable`` or ``Refused``."""

    @property
    def sweep_id(self) -> str:
        """The id of the sweep, which is also the id of the scheduler's own run."""
        ...

    @property
    def requests(self) -> int:
        """How many requests were sent to W&B in the life of this object."""
        ...

    def begin_sweep(self) -> None:
        """Tell W&B that the sweep is being worked on. Called once, before anything is launched."""
        ...

    def snapshot(self, watched: Sequence[Watch], columns: Sequence[Sequence[str]]) -> Snapshot:
        """See all watched runs at once. Called once a poll.

        Args:
            watched: The runs to look at.
            columns: Groups of history columns. The columns of one group are read from
                rows that hold all of them; different groups may come from different rows.

        Returns:
            The moment. Each history row is given once in the life of this object.

        Raises:
            AnotherAtWork: Another scheduler has claimed the sweep: nothing of it is this one's any more.
        """
        ...

    def forget_run(self, run_id: str) -> None:
        """The run will not be watched again; whatever is remembered of it may go."""
        ...

    def start_runs(self, proposals: Sequence[Proposal]) -> tuple[Start, ...]:
        """Make runs in W&B and put them on the queue, in their order and with few requests.

        Making a run that is there changes nothing; queueing one again queues it twice. What became of
        each is told, in the same order; of failures only ``Refused`` is raised.
        """
        ...

    def queue_items(self) -> tuple[QueueItem, ...]:
        """The items on the queue that have not ended, whoever put them there."""
        ...

    def stop_run(self, run_id: str) -> None:
        """Ask the run to stop. It goes on for a while (10 to 30 seconds); keep watching it."""
        ...

    def describe_runs(self, summaries: Mapping[str, Mapping[str, Any]]) -> None:
        """Replace the whole summaries of runs, by their ids. Only of ended ones: a process writes it too."""
        ...

    def last_words(self, run_id: str) -> str:
        """The last line that the run's process printed; empty where it printed nothing.

        Of a Python process that failed it is the error.
        """
        ...

    def known_runs(self) -> tuple[KnownRun, ...]:
        """All runs of the sweep, oldest first. Called once, at the start."""
        ...

    def end_sweep(self, ending: Ending) -> None:
        """Leave the sweep in this state. The last thing that is asked."""
        ...

    def say(self, line: str) -> None:
        """Print one line for people."""
        ...

    def now(self) -> float:
        """Seconds on a clock that never goes back."""
        ...

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        ...


class OwnRun(Protocol):
    """The scheduler's own run in W&B: what it keeps there, and what it shows there."""

    def fetch_source(self, artifact: str) -> Path:
        """Download a ``type="optuna"`` artifact and return its folder."""
        ...

    def restore_file(self, name: str) -> Path | None:
        """The file that an earlier scheduler of this sweep kept; None where there is none."""
        ...

    def keep_file(self, path: Path) -> None:
        """Copy the file to W&B as it is now, in place of an earlier copy."""
        ...

    def save_study(self, files: Sequence[Path]) -> None:
        """Log the files as the sweep's ``type="optuna"`` artifact. Called once, at the end."""
        ...

    @property
    def next_step(self) -> int:
        """The first step that the run's history does not have yet."""
        ...

    def define_axis(self, name: str, best: Mapping[str, Literal["min", "max"]]) -> None:
        """Draw everything over the column ``name``, and summarize these columns by their best."""
        ...

    def log(self, row: Mapping[str, Any], step: int) -> None:
        """Add columns to the history row of this step; a row is sent when a later one begins."""
        ...

    def show(self, figures: Mapping[str, Mapping[str, Any]], tables: Mapping[str, Table], step: int) -> None:
        """Add plotly figures, as plain JSON data, and tables to the history row of this step."""
        ...

    def summarize(self, values: Mapping[str, Any]) -> None:
        """Set summary values of the scheduler's own run."""
        ...

    def alert(self, title: str, text: str, level: Literal["INFO", "ERROR"]) -> None:
        """Send people a message, which W&B hands on as they have asked it to.

        A second one of the same title within a minute is dropped.
        """
        ...
