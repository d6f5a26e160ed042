"""The conductor: poll, observe, refill, until the sweep is done. Pure over its ports.

It knows W&B only as ``launch.Launch`` and Optuna only as ``Search``, so tests run it in
memory with virtual time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from optuna_sweep.errors import SweepError, Unavailable
from optuna_sweep.launch import Ending, Launch, Snapshot, SweepState, Watch
from optuna_sweep.outcomes import Decision, Observation, Outcome, Phase, Proposal
from optuna_sweep.search import Search
from optuna_sweep.stopping import StopRules

POLL_SECONDS = 5.0
_LONGEST_PAUSE = 60.0
_LONGEST_OUTAGE = 6 * 3600.0
_STOP_PATIENCE = 120.0
_REPEAT_STOP_AFTER = 60.0
_SAY_AGAIN_AFTER = 60.0
_PREEMPTED_PATIENCE = 1800.0


@dataclass(frozen=True, slots=True)
class _Run:
    """A run in flight; it holds a worker until it has ended, also while it is being stopped.

    Attributes:
        proposal: What it carries out.
        watch: How a poll asks about it.
        stop_asked: When it was asked to stop; None while it has not been.
        preempted: Since when its machine is gone; None while it has one.
    """

    proposal: Proposal
    watch: Watch
    stop_asked: float | None = None
    preempted: float | None = None


@dataclass(slots=True)
class _Outage:
    """W&B has not answered since ``since``."""

    since: float
    said: float
    tries: int = 0


class Loop:
    """One sweep at work.

    Args:
        launch: Runs the trials.
        search: Chooses and judges them.
        rules: Say when nothing new is started.
        workers: How many runs may be in flight.
        told: Called once for each trial that was told, after the study knows it.
        poll_seconds: Time between polls.
    """

    def __init__(
        self,
        *,
        launch: Launch,
        search: Search,
        rules: StopRules,
        workers: int,
        told: Callable[[Proposal, Outcome], None] = lambda proposal, outcome: None,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._launch = launch
        self._search = search
        self._rules = rules
        self._workers = workers
        self._told = told
        self._poll_seconds = poll_seconds
        self._runs: dict[str, _Run] = {}
        self._unqueued: list[Proposal] = []
        self._used_up = False
        self._outage: _Outage | None = None

    def run(self) -> Ending:
        """Work until the sweep is done, and say how it ended. The study holds every result then.

        Raises:
            SweepError: The sweep cannot go on. Live runs are left as they are.
        """
        while True:
            snapshot = self._look()
            if snapshot is not None:
                for seen in snapshot.observations:
                    self._observe(seen)
                ending = self._ending(snapshot)
                if ending is Ending.CANCELED:
                    self._stop_all("the sweep was canceled")
                    return ending
                if ending is not None and not self._runs:
                    return ending
                if ending is None:
                    self._refill()
                self._repeat_stops()
            self._launch.wait(self._pause())

    # Seeing -------------------------------------------------------------------------------

    def _look(self) -> Snapshot | None:
        """The moment; None where W&B did not answer, which says nothing about the runs."""
        try:
            watched = [run.watch for run in self._runs.values()]
            snapshot = self._launch.snapshot(watched, self._search.measure.columns)
        except Unavailable as error:
            self._note_outage(error)
            return None
        if self._outage is not None:
            self._launch.say(f"W&B answers again after {self._launch.now() - self._outage.since:.0f} s.")
            self._outage = None
        return snapshot

    def _observe(self, seen: Observation) -> None:
        run = self._runs[seen.run_id]
        if seen.phase is not Phase.WAITING and run.watch.item_id is not None:
            run = self._runs[seen.run_id] = replace(run, watch=Watch(seen.run_id))
        verdict = self._search.tell(self._patient(run, seen))
        if verdict.outcome is not None:
            self._rules.trial_told(verdict.outcome)
            self._told(run.proposal, verdict.outcome)
        for run_id in verdict.also_stop:
            self._stop(self._runs[run_id])
        if verdict.decision is Decision.PRUNE:
            self._stop(self._runs[seen.run_id])
        elif verdict.decision is Decision.DONE:
            del self._runs[seen.run_id]
            self._launch.forget_run(seen.run_id)

    def _patient(self, run: _Run, seen: Observation) -> Observation:
        """Launch queues a preempted run again under the same id: give it time to come back."""
        if seen.phase is not Phase.PREEMPTED:
            since = None
        else:
            since = self._launch.now() if run.preempted is None else run.preempted
        self._runs[seen.run_id] = replace(run, preempted=since)
        if since is None or self._launch.now() - since >= _PREEMPTED_PATIENCE:
            return seen
        return replace(seen, phase=Phase.RUNNING)

    def _ending(self, snapshot: Snapshot) -> Ending | None:
        """The state to leave the sweep in when its last run has ended; None to go on."""
        if snapshot.sweep is SweepState.CANCELED or snapshot.scheduler_stopped:
            return Ending.CANCELED
        if snapshot.sweep is SweepState.PAUSED:
            return Ending.PAUSED
        if snapshot.sweep is SweepState.FINISHED:
            return Ending.FINISHED
        # Runs that trials at work wait for belong to what was started: they go first.
        owed = self._unqueued or self._search.owes_runs
        return Ending.FINISHED if (self._used_up or self._rules.reason) and not owed else None

    # Starting -----------------------------------------------------------------------------

    def _refill(self) -> None:
        while len(self._runs) < self._workers:
            proposal = self._next()
            if proposal is None:
                return
            try:
                self._launch.create_run(proposal)
                item = self._launch.enqueue(proposal)
            except Unavailable as error:
                self._unqueued.insert(0, proposal)
                self._note_outage(error)
                return
            if not proposal.retry:
                self._rules.run_started()
            self._runs[proposal.run_id] = _Run(proposal, Watch(proposal.run_id, item))
            self._launch.say(f"{proposal.name} queued as {proposal.run_id}: {_inline(proposal)}")

    def _next(self) -> Proposal | None:
        if self._unqueued:
            return self._unqueued.pop(0)
        if (self._rules.reason or self._used_up) and not self._search.owes_runs:
            return None
        proposal = self._search.ask()
        if proposal is None:
            self._used_up = True
            self._launch.say("Every point of the search space has been tried.")
        return proposal

    # Stopping -----------------------------------------------------------------------------

    def _stop(self, run: _Run) -> None:
        try:
            self._launch.stop_run(run.proposal.run_id)
            asked = self._launch.now()
        except Unavailable as error:
            self._note_outage(error)
            asked = self._launch.now() - _REPEAT_STOP_AFTER
        self._runs[run.proposal.run_id] = replace(run, stop_asked=asked)

    def _repeat_stops(self) -> None:
        """A stop request can be lost, and a run that starts after it does not know of it."""
        for run in list(self._runs.values()):
            if run.stop_asked is not None and self._launch.now() - run.stop_asked >= _REPEAT_STOP_AFTER:
                self._stop(run)

    def _stop_all(self, reason: str) -> None:
        """Stop the live runs and wait for them, but not for ever: a queued one may never start."""
        for run in list(self._runs.values()):
            self._search.abandon(run.proposal.run_id, reason)
            self._stop(run)
        for proposal in self._unqueued:
            self._search.abandon(proposal.run_id, reason)
        deadline = self._launch.now() + _STOP_PATIENCE
        while self._runs and self._launch.now() < deadline:
            self._launch.wait(self._pause())
            snapshot = self._look()
            for seen in snapshot.observations if snapshot else ():
                if seen.phase.ended or seen.phase is Phase.WAITING:
                    del self._runs[seen.run_id]

    # Waiting ------------------------------------------------------------------------------

    def _note_outage(self, error: Unavailable) -> None:
        now = self._launch.now()
        if self._outage is None:
            self._outage = _Outage(since=now, said=now - _SAY_AGAIN_AFTER)
        self._outage.tries += 1
        if now - self._outage.since > _LONGEST_OUTAGE:
            raise SweepError(
                f"W&B has not answered for {_LONGEST_OUTAGE / 3600:.0f} hours: {error}"
            ) from error
        if now - self._outage.said >= _SAY_AGAIN_AFTER:
            self._outage.said = now
            self._launch.say(f"W&B does not answer; the runs go on and so does the sweep: {error}")
        if error.retry_after is not None:
            self._launch.wait(error.retry_after)

    def _pause(self) -> float:
        if self._outage is None:
            return self._poll_seconds
        return float(min(self._poll_seconds * 2**self._outage.tries, _LONGEST_PAUSE))


def _inline(proposal: Proposal) -> str:
    return ", ".join(f"{name}={value}" for name, value in proposal.parameters.items())
