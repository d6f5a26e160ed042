"""The trials of one study, translated once each, in lists that are made once each."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Container
from operator import attrgetter
from typing import Final

from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, TrialState

_LIVE: Final = (TrialState.RUNNING, TrialState.WAITING)
_FINISHED: Final = frozenset(TrialState) - frozenset(_LIVE)
_NUMBER: Final = attrgetter("number")


class TrialLedger:
    """Reads a study so that the cost of a question hardly grows with the trials that have finished.

    Pruners ask for all finished trials at every report. Which they are changes only when a trial
    ends, so their lists are kept; live trials are read anew each time.

    Args:
        plain: The storage of the study, which other processes may write too.
        study_id: The study.
        translate: Makes of a stored trial what is shown.
        count_finished: How many trials of the study have finished; None where that costs as much as
            reading the live ones. While the number stays, so do the finished trials, and a question
            about them alone reads nothing.
    """

    def __init__(
        self,
        plain: BaseStorage,
        study_id: int,
        translate: Callable[[FrozenTrial], FrozenTrial],
        count_finished: Callable[[], int | None] = lambda: None,
    ) -> None:
        self._plain = plain
        self._study_id = study_id
        self._translate = translate
        self._count_finished = count_finished
        self._finished: dict[int, FrozenTrial] = {}
        self._lists: dict[frozenset[TrialState], list[FrozenTrial]] = {}
        self._live: dict[int, FrozenTrial] = {}
        self._count = 0
        for trial in plain.get_all_trials(study_id, deepcopy=False):
            self._take(trial)
            self._count += 1

    def trials(self, states: Container[TrialState] | None = None) -> list[FrozenTrial]:
        """All trials of these states by number, in a list that is the caller's own."""
        wanted = frozenset(state for state in TrialState if states is None or state in states)
        if not (wanted <= _FINISHED and self._count_finished() == len(self._finished)):
            self._refresh()
        listed = list(self._finished_ones(wanted))
        for trial in self._live.values():
            if trial.state in wanted:
                insort(listed, self._translate(trial), key=_NUMBER)
        return listed

    def _finished_ones(self, wanted: frozenset[TrialState]) -> list[FrozenTrial]:
        if wanted not in self._lists:
            by_number = (self._finished[number] for number in sorted(self._finished))
            self._lists[wanted] = [trial for trial in by_number if trial.state in wanted]
        return self._lists[wanted]

    def _refresh(self) -> None:
        # A database would send every trial each time, so it is only asked for those that may have changed.
        read = self._plain.get_all_trials(self._study_id, deepcopy=False, states=_LIVE)
        live = {trial.number: trial for trial in read}
        changed, self._live = set(self._live), {}
        while self._count in live or self._exists(self._count):
            changed.add(self._count)
            self._count += 1
        for number in sorted(changed):
            self._take(live.get(number) or self._read(number))

    def _take(self, trial: FrozenTrial) -> None:
        if not trial.state.is_finished():
            self._live[trial.number] = trial
            return
        shown = self._finished[trial.number] = self._translate(trial)
        for states, listed in self._lists.items():
            if trial.state in states:
                insort(listed, shown, key=_NUMBER)

    def _exists(self, number: int) -> bool:
        try:
            self._plain.get_trial_id_from_study_id_trial_number(self._study_id, number)
        except KeyError:
            return False
        return True

    def _read(self, number: int) -> FrozenTrial:
        trial_id = self._plain.get_trial_id_from_study_id_trial_number(self._study_id, number)
        return self._plain.get_trial(trial_id)
