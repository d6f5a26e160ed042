"""What others have done to the study, learnt as it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import optuna
from optuna.trial import FrozenTrial, TrialState


class Neighbours:
    """Hears of each trial of a study once it is there, and again until it is finished.

    Args:
        study: Other schedulers may ask and tell it too.
        take_note: Called with each trial that may hold something new.
    """

    def __init__(self, study: optuna.Study, take_note: Callable[[FrozenTrial], None]) -> None:
        self._study = study
        self._take_note = take_note
        self._heard = 0
        self._unfinished: list[FrozenTrial] = []

    def listen(self) -> int:
        """Take note of what is new, and how many trials there are."""
        trials = self._study.get_trials(deepcopy=False)
        again = (trial.number for trial in self._unfinished)
        fresh = [trials[number] for number in (*again, *range(self._heard, len(trials)))]
        for trial in fresh:
            self._take_note(trial)
        self._unfinished = [trial for trial in fresh if not trial.state.is_finished()]
        self._heard = len(trials)
        return self._heard

    def asking_before(self, number: int) -> Iterator[FrozenTrial]:
        """The trials at work that are older than this one; some have no run yet."""
        for trial in self._unfinished:
            if trial.state is TrialState.RUNNING and trial.number < number:
                yield trial
