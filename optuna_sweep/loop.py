"""The conductor: poll, observe, refill, until the sweep is done. Pure over its ports.

It knows W&B only as ``launch.Launch`` and Optuna only as ``Search``, so tests run it in
memory with virtual time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from optuna_sweep.errors import TrialError, Unavailable
from optuna_sweep.fleet import Fleet
from optuna_sweep.launch import Ending, Launch, Snapshot, SweepState
from optuna_sweep.outcomes import Decision, Failed, Observation, Outcome, Phase, Proposal
from optuna_sweep.pace import Pace
from optuna_sweep.patience import Patience
from optuna_sweep.recovery import dead_without_trace
from optuna_sweep.search import Adopted, Search
from optuna_sweep.stopping import Stop, StopRules
from optuna_sweep.supply import Supply

REQUESTS_PER_MINUTE = 50
_STOP_PATIENCE = 120.0


class Loop:
    """One sweep at work.

    Args:
        launch: Runs the trials.
        search: Chooses and judges them.
        rules: Say when nothing new is started.
        workers: How many runs may be in flight.
        told: Called once for each trial that was told, after the study knows it and after what takes its
            place is on the queue: to report takes time, and a worker waits.
        stopping: Called once when a rule ends the sweep; live runs may be at work then.
        ended: Called once for each run that has ended for good, after its trial was told; late, as ``told``.
        tick: Called after each step, which is every few seconds.
        requests_per_minute: What W&B may be asked.

    Attributes:
        stop: The rule that ended the sweep; None where a person did, and while it goes on.
    """

    def __init__(
        self,
        *,
        launch: Launch,
        search: Search,
        rules: StopRules,
        workers: int,
        told: Callable[[Proposal, Outcome], None] = lambda proposal, outcome: None,
        stopping: Callable[[Stop], None] = lambda stop: None,
        ended: Callable[[Proposal, Observation], None] = lambda proposal, seen: None,
        tick: Callable[[], None] = lambda: None,
        requests_per_minute: float = REQUESTS_PER_MINUTE,
    ) -> None:
        self._launch = launch
        self._search = search
        self._rules = rules
        self._workers = workers
        self._told = told
        self._stopping = stopping
        self._ended = ended
        self._tick = tick
        self._pace = Pace(launch, requests_per_minute)
        self._patience = Patience(launch)
        self._fleet = Fleet(launch, self._patience, self._note_queued, self._give_up)
        self._supply = Supply(launch, search, rules, self._fleet.unqueued)
        self._reports: list[Callable[[], None]] = []
        self._leaving = False
        self._stop_is_old: bool | None = None
        self._pause = 0.0
        self._last_failed = ""
        self.stop: Stop | None = None

    def adopt(self, runs: Sequence[Adopted]) -> None:
        """Take over runs that were found in W&B; they count as started. Called once, before ``run``."""
        for found in runs:
            run_id = found.proposal.run_id
            self._supply.known(run_id)
            self._rules.trial_known(found.proposal.trial)
            if found.wanted and dead_without_trace(found.found.run.phase, bool(found.found.run.summary)):
                # It was left out when the sweep's runs were counted, but its trial goes on.
                self._rules.run_started(found.proposal)
            run = found.found.run
            self._fleet.adopt(
                found.proposal,
                found.item_id,
                waiting=run.phase is Phase.WAITING,
                stopping=run.stopping,
            )
            if not found.wanted:
                self._fleet.stop(run_id)

    @property
    def running(self) -> int:
        """How many runs are in flight, those that wait on the queue included."""
        return len(self._fleet)

    def leave(self) -> None:
        """Have ``run`` return at its next step, with the live runs left at work.

        May be called from a signal handler.
        """
        self._leaving = True

    def run(self) -> Ending:
        """Work until the sweep is done, and say how it ended. The study holds every result then.

        Raises:
            SweepError: The sweep cannot go on. Live runs are left as they are.
        """
        while True:
            pause = 0.0
            try:
                snapshot = self._launch.snapshot(self._fleet.watched, self._search.measure.columns)
            except Unavailable as error:
                pause = self._patience.failed(error)
            else:
                self._patience.worked()
                ending = self._step(snapshot)
                if ending is not None:
                    return ending
                pause = self._pause
            if self._leaving:
                return Ending.PAUSED
            self._tick()
            self._launch.wait(max(pause, self._pace.pause(hurry=self._fleet.hurried)))

    def _step(self, snapshot: Snapshot) -> Ending | None:
        """Act on one moment; the sweep's ending where it is done."""
        self._pause = 0.0
        for seen in snapshot.observations:
            self._observe(seen)
        ending = self._ending(snapshot)
        if ending is not None:
            self._report()
        if ending is Ending.CANCELED:
            self._stop_all("the sweep was canceled")
            return ending
        if self.stop is not None and self._rules.stop.running == "stop":
            self._stop_all(f"the sweep was stopped: {self.stop.reason}")
            return Ending.FAILED if self.stop.failed else Ending.FINISHED
        if ending is not None and not len(self._fleet):
            return ending
        self._fleet.make_sure()
        self._fleet.stop_longer_than(self._rules.stop.run_timeout)
        if ending is None and not self._leaving:
            self._pause = self._refill()
        self._fleet.repeat_stops()
        self._report()
        return None

    def _observe(self, seen: Observation) -> None:
        run = self._fleet[seen.run_id]
        heard = self._fleet.settle(seen)
        if heard is None or heard.quiet:
            return
        verdict = self._search.tell(heard)
        if verdict.outcome is not None:
            self._rules.trial_told(verdict.outcome)
            self._last_failed = seen.run_id if isinstance(verdict.outcome, Failed) else self._last_failed
            self._reports.append(partial(self._told, run.proposal, verdict.outcome))
        elif verdict.reason:
            self._launch.say(f"{run.proposal.name}: {verdict.reason}")
        for run_id in verdict.also_stop:
            self._fleet.stop(run_id)
        if verdict.decision is Decision.PRUNE:
            self._fleet.stop(seen.run_id)
        elif verdict.decision is Decision.DONE:
            if isinstance(verdict.outcome, Failed) and dead_without_trace(seen.phase, bool(seen.summary)):
                self._rules.run_void()
            self._reports.append(partial(self._ended, run.proposal, seen))
            self._fleet.end(seen.run_id)

    def _report(self) -> None:
        while self._reports:
            self._reports.pop(0)()

    def _ending(self, snapshot: Snapshot) -> Ending | None:
        """The state to leave the sweep in when its last run has ended; None to go on."""
        if self._stop_is_old is None:
            # A resumed run may still carry the request that stopped it the last time.
            self._stop_is_old = snapshot.scheduler_stopped
        if snapshot.sweep is SweepState.CANCELED or (snapshot.scheduler_stopped and not self._stop_is_old):
            return Ending.CANCELED
        if snapshot.sweep is SweepState.PAUSED:
            return Ending.PAUSED
        if snapshot.sweep is SweepState.FINISHED:
            return Ending.FINISHED
        if self.stop is None:
            self.stop = self._supply.ruling()
            self._say_stop()
        if self.stop is None:
            return None
        # Runs that trials at work wait for belong to what was started: they go first.
        owed = (self._fleet.unqueued or self._search.owes_runs) and not self.stop.failed
        return None if owed else Ending.FAILED if self.stop.failed else Ending.FINISHED

    def _say_stop(self) -> None:
        if self.stop is not None:
            self._report()
            if self.stop.failed and self._last_failed:
                self.stop = replace(self.stop, reason=self.stop.reason + self._last_words())
            live = f" {len(self._fleet)} runs are still at work." if len(self._fleet) else ""
            self._launch.say(f"Nothing new is started ({self.stop.rule}): {self.stop.reason}.{live}")
            self._stopping(self.stop)

    def _last_words(self) -> str:
        try:
            words = self._launch.last_words(self._last_failed)
        except Unavailable:
            return ""
        return f"; the last that {self._last_failed} printed: {words}" if words else ""

    def _refill(self) -> float:
        """Start what may be started; how long to wait where W&B did not answer."""
        while due := self._supply.take(self._workers - len(self._fleet)):
            pause = self._fleet.start(due)
            if pause:
                return pause
        return 0.0

    def _give_up(self, proposal: Proposal, error: TrialError) -> None:
        outcome = Failed(str(error))
        self._search.abandon(proposal.run_id, outcome.reason)
        self._rules.trial_told(outcome)
        self._reports.append(partial(self._told, proposal, outcome))

    def _note_queued(self, proposal: Proposal, item_id: str) -> None:
        self._search.note_queued(proposal.run_id, item_id)
        inline = ", ".join(f"{name}={value}" for name, value in proposal.parameters.items())
        self._launch.say(f"{proposal.name} queued as {proposal.run_id}: {inline}")

    def _stop_all(self, reason: str) -> None:
        """Stop the live runs and wait for them, but not for ever: a queued one may never start."""
        for run in self._fleet:
            self._search.abandon(run.proposal.run_id, reason)
            self._fleet.stop(run.proposal.run_id)
        for proposal in self._fleet.unqueued:
            self._search.abandon(proposal.run_id, reason)
        self._fleet.unqueued.clear()
        deadline = self._launch.now() + _STOP_PATIENCE
        while len(self._fleet) and self._launch.now() < deadline:
            self._launch.wait(self._pace.pause(hurry=True))
            try:
                snapshot = self._launch.snapshot(self._fleet.watched, self._search.measure.columns)
            except Unavailable:
                continue
            for seen in snapshot.observations:
                if seen.phase.ended:
                    self._ended(self._fleet[seen.run_id].proposal, seen)
                if seen.phase.ended or seen.phase is Phase.WAITING:
                    self._fleet.end(seen.run_id)
