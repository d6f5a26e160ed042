"""Some trials of a study, as a study to draw."""

from __future__ import annotations

from collections.abc import Container, Iterable

import optuna
from optuna.storages import InMemoryStorage
from optuna.trial import FrozenTrial, TrialState


class Excerpt(optuna.Study):
    """A study of chosen trials: the trials themselves with their numbers, since plots change none of them.

    Optuna's plots ask for all trials many times over, some once for each parameter, and copy them. Here
    nothing is copied or read again, so that one drawing shows one moment of the study too.

    Args:
        study: The study, for its name and directions.
        trials: What is left of it, in the order in which the plots get them.
    """

    def __init__(self, study: optuna.Study, trials: Iterable[FrozenTrial]) -> None:
        storage = InMemoryStorage()
        storage.create_new_study(study.directions, study.study_name)
        super().__init__(study.study_name, storage)
        self._chosen = list(trials)

    def get_trials(
        self, deepcopy: bool = True, states: Container[TrialState] | None = None
    ) -> list[FrozenTrial]:
        """The trials themselves, whatever ``deepcopy`` says. They are not to be changed."""
        return [trial for trial in self._chosen if states is None or trial.state in states]
