"""Runs: what they are, and how they begin, live and end.

::

    pending ──a process starts──▶ running ──complete, exit code──▶ finished │ failed │ killed
                                     │  ▲
                                     │  └──resumed── any end
                                     └──no heartbeat──▶ crashed (preempting ──▶ preempted)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox import choices, ids
from sandbox.history import History

if TYPE_CHECKING:
    from sandbox.files import Blob
    from sandbox.projects import Project

LIVE = frozenset({"running", "preempting"})
ENDED = frozenset({"finished", "failed", "killed", "crashed", "preempted"})


@dataclass(slots=True, eq=False, kw_only=True)
class Run:
    """One run. ``name`` is its short id in URLs, ``display_name`` what people read."""

    name: str
    project: Project
    created_at: float
    state: str
    username: str
    heartbeat_at: float
    display_name: str = ""
    sweep_name: str | None = None
    config: dict[str, Any] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    group: str | None = None
    job_type: str | None = None
    notes: str | None = None
    tags: list[str] = field(default_factory=list)
    host: str | None = None
    program: str | None = None
    commit: str | None = None
    repo: str | None = None
    stopped: bool = False
    exit_code: int | None = None
    history: History = field(default_factory=History)
    events: History = field(default_factory=History)
    log_lines: list[str] = field(default_factory=list)
    files: dict[str, Blob] = field(default_factory=dict)
    used_artifacts: list[Any] = field(default_factory=list)
    logged_artifacts: list[Any] = field(default_factory=list)
    alerts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The global id; schedulers build it themselves from the same fields."""
        return ids.encode("Run", "v1", self.name, self.project.name, self.project.entity.name)

    @property
    def description(self) -> str | None:
        """The old name of the notes."""
        return self.notes

    @property
    def group_name(self) -> str | None:
        """The old name of the group."""
        return self.group

    @property
    def updated_at(self) -> float:
        """When it was last heard of."""
        return self.heartbeat_at

    @property
    def read_only(self) -> bool:
        """Never: the one person here owns all runs."""
        return False

    @property
    def live(self) -> bool:
        """Whether a process is known to be at work on it."""
        return self.state in LIVE

    @property
    def ended(self) -> bool:
        """Whether its last process is gone; it may still be resumed."""
        return self.state in ENDED

    def process_started(self, now: float) -> None:
        """A process takes the run: a first one, or one that resumes it after its end."""
        if self.ended:
            # Not for a run that still waits: a stop that came before its process must reach it.
            self.stopped = False
        self.state = "running"
        self.exit_code = None
        self.heartbeat_at = now


class Runs:
    """Every run of this W&B, found by project and name or by global id.

    Attributes:
        endings: Called with each run that ends, once per end, in the order of adding.
        heartbeat_timeout: Seconds of silence after which a live run is called crashed.
    """

    def __init__(self) -> None:
        self._live: set[Run] = set()
        self.endings: list[Callable[[Run], None]] = []
        self.heartbeat_timeout = choices.HEARTBEAT_TIMEOUT

    def add(self, run: Run) -> Run:
        """Put a new run into its project."""
        run.project.runs[run.name] = run
        self.watch(run)
        return run

    def watch(self, run: Run) -> None:
        """Remember whether the run's heartbeat has to be looked after. Called when its state changed."""
        (self._live.add if run.live else self._live.discard)(run)

    def end(self, run: Run, state: str) -> None:
        """The run is over, in this state."""
        run.state = state
        self.watch(run)
        for told in self.endings:
            told(run)

    def complete(self, run: Run, exit_code: int, now: float) -> None:
        """The process said that it is done. A second word about the same end changes nothing."""
        if run.ended:
            return
        run.exit_code, run.heartbeat_at = exit_code, now
        preempted = run.state == "preempting" and exit_code != 0
        self.end(run, "preempted" if preempted else choices.end_state(exit_code, stop_requested=run.stopped))

    def stop(self, run: Run) -> None:
        """Ask the process to stop: it hears it in the answer to its next file stream request."""
        run.stopped = True

    def delete(self, run: Run) -> None:
        """Forget the run and its data; its name stays taken."""
        if run.project.runs.pop(run.name, None):
            run.project.deleted_runs.add(run.name)
        self._live.discard(run)

    def bury_the_silent(self, now: float) -> None:
        """Call crashed (or preempted) what has not been heard of for the heartbeat time-out."""
        for run in [run for run in self._live if now - run.heartbeat_at > self.heartbeat_timeout]:
            self.end(run, "preempted" if run.state == "preempting" else "crashed")

    def live(self) -> Iterator[Run]:
        """The runs that a process works on."""
        return iter(tuple(self._live))
