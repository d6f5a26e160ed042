"""What the loop talks to: ask for runs, tell what was seen of them.

No network, no clock. A trial is told exactly once; what is seen of its runs afterwards has no
effect on the study.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import optuna
from optuna.trial import FrozenTrial, TrialState

from optuna_sweep.errors import SweepError, TrialError
from optuna_sweep.measure import Measure
from optuna_sweep.novelty import Novelty
from optuna_sweep.outcomes import (
    Completed,
    Decision,
    Failed,
    Observation,
    Outcome,
    Proposal,
    Verdict,
)
from optuna_sweep.run_ids import RunId
from optuna_sweep.search.exploring import Unvisited
from optuna_sweep.search.live import LiveTrial, Retry
from optuna_sweep.search.neighbours import Neighbours
from optuna_sweep.search.telling import tell_study
from optuna_sweep.search.worst import Worst
from optuna_sweep.space import SearchSpace
from optuna_sweep.study import Opened
from optuna_sweep.warm_start import ORIGIN

_FRUITLESS_ASKS = 50
_ADVISED_ASKS = 3  # of the study's own sampler, before ``Unvisited`` takes over
_NO_RETRY = Retry()


class Search:
    """One study at work.

    Args:
        opened: The study that trials are asked of and told to.
        space: How a trial gets its parameters.
        measure: How a run becomes a value.
        sweep_id: The sweep whose runs carry the trials out.
        repeats: How many runs each configuration gets.
        retry: Which runs are tried again.
    """

    # The trial's user attributes:
    RUN_ID = "run_id"
    """The id of its first run."""
    REASON = "reason"
    """Why it was pruned or failed, in words."""
    QUEUE_ITEMS = "queue_items"
    """For each of its runs that was queued, the id of the queue item."""

    def __init__(
        self,
        *,
        opened: Opened,
        space: SearchSpace,
        measure: Measure,
        sweep_id: str,
        repeats: int = 1,
        retry: Retry = _NO_RETRY,
    ) -> None:
        self.study = opened.study
        self.opened = opened
        self.space = space
        self.measure = measure
        self.sweep_id = sweep_id
        self.repeats = repeats
        self._retry = retry
        self._live: dict[str, LiveTrial] = {}
        self._due: deque[Proposal] = deque()
        self._novelty = Novelty(space)
        self._neighbours = Neighbours(self.study, self._take_note)
        self._used_up = False
        self._refused = 0
        self._worst = Worst(self.study.directions)
        self._asked = 0
        self._read_study()

    # Asking -------------------------------------------------------------------------------

    @property
    def owes_runs(self) -> bool:
        """Whether trials that are at work wait for runs (repeats and retries) to be started."""
        return bool(self._due)

    def ask(self) -> Proposal | None:
        """The next run to start; None when there is nothing left to try.

        Runs that trials at work wait for come first. The trial of a new run is in the study from
        here on, as running, until ``tell`` or ``abandon`` settles it.

        Raises:
            UserCodeError: The user's ``objective`` cannot be used.
            SweepError: The user's ``objective`` refused nearly every point of many.
        """
        if self._due:
            return self._due.popleft()
        self._refused = 0
        if self.opened.shared:
            self._neighbours.listen()
        for attempt in range(_FRUITLESS_ASKS):
            if self._used_up or self._novelty.exhausted:
                return None
            with self.opened.at_once():
                live = self._new_trial(explore=attempt >= _ADVISED_ASKS)
            if live is not None:
                for repeat in range(self.repeats):
                    self.owe(live, live.start(RunId(live.trial.number, repeat)))
                return self._due.popleft()
        if self._refused > _FRUITLESS_ASKS // 2:
            points = f"{self._refused} of {_FRUITLESS_ASKS} points in a row"
            raise SweepError(f"Your objective(trial) refused {points}. Let it suggest only what can be run.")
        self._used_up = True  # so many repeats in a row leave nothing to find
        return None

    def _new_trial(self, *, explore: bool) -> LiveTrial | None:
        """Ask the study; None where the point cannot be run, which the study has been told then."""
        own = self.study.sampler
        trial = self.ask_study(Unvisited.for_sampler(own, seed=self._asked) if explore else None)
        try:
            return self.begin(trial)
        finally:
            self.study.sampler = own if explore else self.study.sampler

    def begin(self, trial: optuna.Trial) -> LiveTrial | None:
        """Give a trial its parameters; None where they cannot be run, which the study has been told then."""
        try:
            config = self.space.suggest(trial)
        except TrialError as error:
            self._refused += 1
            self._settle(trial, Failed(str(error)))
            return None
        except Exception:
            self._settle(trial, Failed("the search space could not be evaluated"))
            raise
        if self.RUN_ID not in trial.user_attrs and not self._is_free(config, trial.number):
            self._settle(trial, Failed("a repeat of a configuration that was already run"))
            self._novelty.steer(self.study)
            return None
        return self.live_trial(trial, config)

    def _is_free(self, config: dict[str, Any], number: int) -> bool:
        if self.opened.shared:
            self._neighbours.listen()  # once more: the point may have been taken in the meantime
            key, before = self.space.key(config), self._neighbours.asking_before(number)
            if any(self.space.key(self.space.config(trial)) == key for trial in before):
                return False
        return self._novelty.is_new(config)

    # Telling ------------------------------------------------------------------------------

    def tell(self, seen: Observation) -> Verdict:
        """Take in an observation: report, prune or finish its trial.

        A run whose trial is settled, or that this search never proposed, gets DONE once it has
        ended and KEEP until then.
        """
        live = self._live.get(seen.run_id)
        if live is None:
            return Verdict(decision=Decision.DONE if seen.phase.ended else Decision.KEEP)
        with self.opened.at_once():
            pruned = live.report(seen)
            if pruned is not None:
                others = self._finish(live, pruned, but=seen.run_id)
                return Verdict(
                    decision=Decision.PRUNE, outcome=pruned, reason=pruned.reason, also_stop=others
                )
            return self._end(live, seen) if seen.phase.ended else Verdict(decision=Decision.KEEP)

    def abandon(self, run_id: str, reason: str) -> None:
        """Tell the run's trial as failed; nothing happens where it has been told."""
        live = self._live.get(run_id)
        if live is not None:
            self._finish(live, Failed(reason), but=run_id)

    def _end(self, live: LiveTrial, seen: Observation) -> Verdict:
        why = live.worth_another(seen, self._retry)
        if why:
            again = live.retry(seen.run_id)
            del self._live[seen.run_id]
            self._live[again.run_id] = live
            self._due.appendleft(again)
            return Verdict(decision=Decision.DONE, reason=why)
        outcome = live.end(seen, self._worst.values)
        del self._live[seen.run_id]
        if outcome is None:
            return Verdict(decision=Decision.DONE)
        others = self._finish(live, outcome, but=seen.run_id)
        reason = "" if isinstance(outcome, Completed) else outcome.reason
        return Verdict(decision=Decision.DONE, outcome=outcome, reason=reason, also_stop=others)

    def _finish(self, live: LiveTrial, outcome: Outcome, *, but: str) -> tuple[str, ...]:
        """Tell the trial and forget its runs; the ids of its other runs that were started."""
        due = {proposal.run_id for proposal in self._due}
        runs = [run_id for run_id, owner in self._live.items() if owner is live]
        self._due = deque(proposal for proposal in self._due if proposal.run_id not in runs)
        for run_id in runs:
            del self._live[run_id]
        self._settle(live.trial, outcome)
        return tuple(run_id for run_id in runs if run_id != but and run_id not in due)

    def _settle(self, trial: optuna.Trial, outcome: Outcome) -> None:
        if isinstance(outcome, Completed):
            self._worst.note(outcome.values)
        self._used_up = tell_study(self.study, trial, outcome, reason_at=self.REASON) or self._used_up

    # Continuing ---------------------------------------------------------------------------

    def note_queued(self, run_id: str, item_id: str) -> None:
        """Remember the run's queue item in the study, for a scheduler that takes over."""
        live = self._live.get(run_id)
        if live is not None:
            items = {**live.trial.user_attrs.get(self.QUEUE_ITEMS, {}), run_id: item_id}
            live.trial.set_user_attr(self.QUEUE_ITEMS, items)

    def ask_study(self, sampler: optuna.samplers.BaseSampler | None = None) -> optuna.Trial:
        """The study's next trial, from a sampler that depends on nothing that a restart would lose."""
        self.opened.reseed(self._asked)
        self.study.sampler = sampler or self.study.sampler
        trial = self.study.ask()
        self._asked = trial.number + 1
        return trial

    def live_trial(self, trial: optuna.Trial, config: dict[str, Any] | None = None) -> LiveTrial:
        """Put a trial to work."""
        config = self.space.suggest(trial) if config is None else config
        self._novelty.add(config)
        if self.RUN_ID not in trial.user_attrs:
            trial.set_user_attr(self.RUN_ID, RunId(trial.number).of(self.sweep_id))
        return LiveTrial(trial, config, self.sweep_id, self.measure, self.repeats)

    def owe(self, live: LiveTrial, proposal: Proposal) -> None:
        """The trial waits for this run, which has to be started."""
        self._live[proposal.run_id] = live
        self._due.append(proposal)

    def watch(self, live: LiveTrial, proposal: Proposal) -> None:
        """The trial waits for this run, which was started earlier."""
        self._live[proposal.run_id] = live

    def add_trials(self, trials: Sequence[FrozenTrial], note: tuple[str, object]) -> None:
        """Take in finished trials of other searches, and leave a note on the study."""
        with self.opened.at_once():
            self.study.add_trials(trials)
            self.study.set_user_attr(*note)
        self._read_study()

    def _read_study(self) -> None:
        """Learn what other schedulers and other searches have tried and told."""
        self._asked = self._neighbours.listen()

    def _take_note(self, trial: FrozenTrial) -> None:
        if trial.state is TrialState.COMPLETE and trial.values is not None:
            self._worst.note(trial.values)
        if self.RUN_ID in trial.user_attrs or ORIGIN in trial.user_attrs:
            self._novelty.add(self.space.config(trial))
