"""The runs in flight: started once each, stopped for certain, held until they have ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from optuna_sweep.errors import TrialError, Unavailable
from optuna_sweep.launch import Launch, NotQueued, Queued, QueueItem, Unclear, Watch
from optuna_sweep.outcomes import Observation, Phase, Proposal
from optuna_sweep.patience import Patience

_REPEAT_STOP_AFTER = 60.0
_PREEMPTED_PATIENCE = 1800.0
_QUEUE_PATIENCE = 900.0
_START_PATIENCE = 7200.0
"""Seconds from the moment that a launch agent took a run until its process reports: pulling an image and
waiting for a node take long, and a machine that died takes for ever."""
_ON_ITS_WAY = 30.0
"""Seconds after which a request that got no answer has reached W&B or never will."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run in flight; it holds a worker until it has ended, also while it is being stopped.

    Attributes:
        proposal: What it carries out.
        watch: How a poll asks about it.
        stop_asked: When it was asked to stop; None while it has not been.
        running: Since when it has been seen running; None while it waits.
        why: Why it was asked to stop, where a rule of the sweep said so.
        preempted: Since when its machine is gone; None while it has one.
        unsure: Since when nobody knows whether it is on the queue; None where that is known.
        adopted: It was found by this scheduler, not started by it.
        taken: Since when a launch agent has had it, while it has not started.
    """

    proposal: Proposal
    watch: Watch
    stop_asked: float | None = None
    running: float | None = None
    why: str = ""
    preempted: float | None = None
    unsure: float | None = None
    adopted: bool = False
    taken: float | None = None

    @property
    def settled(self) -> bool:
        """Whether seeing it running once more changes nothing."""
        return self.running is not None and self.taken is None and self.preempted is None


class Fleet:
    """Runs in flight, and those that wait to be put on the queue.

    Args:
        launch: Runs the trials.
        patience: Bears W&B's outages.
        queued: Called once for each run that is known to be on the queue, with its item's id.
        impossible: Called once for each run that cannot be made, with the reason.
    """

    def __init__(
        self,
        launch: Launch,
        patience: Patience,
        queued: Callable[[Proposal, str], None],
        impossible: Callable[[Proposal, TrialError], None],
    ) -> None:
        self._launch = launch
        self._patience = patience
        self._queued = queued
        self._impossible = impossible
        self._runs: dict[str, Run] = {}
        self._seconds: deque[float] = deque(maxlen=20)
        self.unqueued: list[Proposal] = []

    def __len__(self) -> int:
        return len(self._runs)

    def __iter__(self) -> Iterator[Run]:
        return iter(list(self._runs.values()))

    def __getitem__(self, run_id: str) -> Run:
        return self._runs[run_id]

    @property
    def watched(self) -> list[Watch]:
        """What a poll asks about."""
        return [run.watch for run in self._runs.values()]

    @property
    def hurried(self) -> bool:
        """Whether a run may end at any moment: it has run about as long as the shortest one did."""
        shortest = min(self._seconds, default=0.0)
        now = self._launch.now()
        return any(
            run.stop_asked is not None or (run.running is not None and now - run.running >= 0.8 * shortest)
            for run in self._runs.values()
        )

    # Starting -----------------------------------------------------------------------------

    def start(self, proposals: Sequence[Proposal]) -> float:
        """Make the runs and queue them; how long to wait where W&B did not answer.

        Each is in flight afterwards, or in ``unqueued``, or has been called impossible; none is forgotten.
        """
        back: list[Proposal] = []
        failures: list[Unavailable] = []
        for proposal, start in zip(proposals, self._launch.start_runs(proposals), strict=True):
            run_id = proposal.run_id
            match start:
                case Queued(item):
                    self._runs[run_id] = Run(proposal, Watch(run_id, item))
                    self._queued(proposal, item)
                case NotQueued(TrialError() as error):
                    self._impossible(proposal, error)
                case NotQueued(Unavailable() as error):
                    back.append(replace(proposal, again=True))
                    failures.append(error)
                case Unclear(error):
                    self._runs[run_id] = Run(proposal, Watch(run_id, made=False), unsure=self._launch.now())
                    failures.append(error)
        self.unqueued[:0] = back
        return self._patience.failed(failures[0]) if failures else 0.0

    def adopt(
        self, proposal: Proposal, item_id: str | None, *, waiting: bool, stopping: bool = False
    ) -> None:
        """Take over a run that another scheduler started.

        Args:
            proposal: The run.
            item_id: Its queue item, where it is known.
            waiting: It has not started yet.
            stopping: It was asked to stop, so there is no use in queueing it again.
        """
        unsure = self._launch.now() if waiting and item_id is None else None
        watch = Watch(proposal.run_id, item_id)
        self._runs[proposal.run_id] = Run(proposal, watch, unsure=unsure, adopted=not stopping)

    def make_sure(self) -> None:
        """Find out which waiting runs are on the queue, where a request or a scheduler died over it.

        Queueing a run twice would start it twice, so a run is queued again only when no item of
        the queue can be its own. Those that can are the unknown ones: W&B says which run an item
        starts only after an agent has taken it.
        """
        unsure = [run for run in self._runs.values() if run.unsure is not None]
        if not unsure:
            return
        try:
            items = self._launch.queue_items()
        except Unavailable as error:
            self._patience.failed(error)
            return
        started = {item.run_id: item.item_id for item in items if item.run_id is not None}
        strangers = self._strangers(items)
        for run in unsure:
            run_id = run.proposal.run_id
            waited = self._launch.now() - (run.unsure or 0.0)
            if run_id in started:
                self._runs[run_id] = replace(run, watch=Watch(run_id, started[run_id]), unsure=None)
            elif waited > (_QUEUE_PATIENCE if strangers else _ON_ITS_WAY):
                self._queue_again(run)

    def _strangers(self, items: Sequence[QueueItem]) -> list[QueueItem]:
        known = {run.watch.item_id for run in self._runs.values()}
        return [item for item in items if item.run_id is None and item.item_id not in known]

    def _queue_again(self, run: Run) -> None:
        del self._runs[run.proposal.run_id]
        if run.stop_asked is None:
            self.unqueued.append(replace(run.proposal, again=True))

    # Seeing -------------------------------------------------------------------------------

    def settle(self, seen: Observation) -> Observation | None:
        """What the search may hear of an observation; None where the run was queued again instead."""
        run = self._runs[seen.run_id]
        if seen.phase is Phase.RUNNING and run.settled:
            return seen
        if run.adopted and seen.phase is Phase.LOST:
            # Items die with their sweep: launch agents refuse the runs of a sweep that is not running.
            self._queue_again(run)
            return None
        if seen.phase is not Phase.WAITING:
            since = self._launch.now() if run.running is None else run.running
            run = replace(run, watch=Watch(seen.run_id), unsure=None, adopted=False, running=since)
        if run.why and seen.phase is Phase.STOPPED:
            seen = replace(seen, detail=run.why)
        run, seen = self._unless_stuck(run, seen)
        run = self._runs[seen.run_id] = replace(run, preempted=self._preempted_since(run, seen))
        if run.preempted is None or self._launch.now() - run.preempted >= _PREEMPTED_PATIENCE:
            return seen
        # Launch queues a preempted run again under the same id: it has time to come back.
        return replace(seen, phase=Phase.RUNNING)

    def _unless_stuck(self, run: Run, seen: Observation) -> tuple[Run, Observation]:
        """Call a run lost that was taken from the queue and does not start.

        It is asked to stop as well, so that a process that comes after all leaves at once.
        """
        if seen.phase is not Phase.WAITING or not seen.taken:
            return replace(run, taken=None), seen
        now = self._launch.now()
        since = now if run.taken is None else run.taken
        if now - since < _START_PATIENCE:
            return replace(run, taken=since), seen
        self.stop(seen.run_id)
        detail = f"a launch agent took it {_START_PATIENCE / 3600:g} hours ago, and it has not started"
        return self._runs[seen.run_id], replace(seen, phase=Phase.LOST, detail=detail)

    def _preempted_since(self, run: Run, seen: Observation) -> float | None:
        if seen.phase is not Phase.PREEMPTED:
            return None
        return self._launch.now() if run.preempted is None else run.preempted

    def end(self, run_id: str) -> None:
        """The run has ended; its worker is free."""
        run = self._runs.pop(run_id)
        if run.running is not None:
            self._seconds.append(self._launch.now() - run.running)
        self._launch.forget_run(run_id)

    # Stopping -----------------------------------------------------------------------------

    def stop(self, run_id: str) -> None:
        """Ask the run to stop, now and until it has."""
        run = self._runs[run_id]
        asked = self._launch.now()
        try:
            self._launch.stop_run(run_id)
        except Unavailable as error:
            self._patience.failed(error)
            asked -= _REPEAT_STOP_AFTER
        self._runs[run_id] = replace(run, stop_asked=asked)

    def stop_longer_than(self, seconds: float | None) -> None:
        """Stop the runs that have been running for longer than this."""
        if seconds is None:
            return
        for run in self:
            since = self._launch.now() if run.running is None else run.running
            if run.stop_asked is None and self._launch.now() - since > seconds:
                self._runs[run.proposal.run_id] = replace(
                    run, why=f"it ran for more than {seconds:g} seconds"
                )
                self.stop(run.proposal.run_id)

    def repeat_stops(self) -> None:
        """A stop request can be lost, and a run that starts after it does not know of it."""
        for run in self:
            if run.stop_asked is not None and self._launch.now() - run.stop_asked >= _REPEAT_STOP_AFTER:
                self.stop(run.proposal.run_id)
