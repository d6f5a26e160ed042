"""A study to look at."""

from __future__ import annotations

from collections.abc import Container

import optuna
from optuna.trial import FrozenTrial, TrialState


class ReadStudy(optuna.Study):
    """A study whose trials are never copied, since plots change none of them.

    Optuna's plots copy all trials, some once for each parameter: more than half of their cost.
    """

    def get_trials(
        self, deepcopy: bool = True, states: Container[TrialState] | None = None
    ) -> list[FrozenTrial]:
        """The trials themselves, whatever ``deepcopy`` says. They are not to be changed."""
        return super().get_trials(deepcopy=False, states=states)
