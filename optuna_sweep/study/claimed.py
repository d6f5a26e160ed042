"""A study that several sweeps share: who asked for which trial."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Container, Sequence
from typing import Any

from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, TrialState, create_trial

from optuna_sweep.run_ids import CLAIM
from optuna_sweep.space import WarpedStorage
from optuna_sweep.study.reached import TOKEN

_WAITING = (TrialState.WAITING,)


class ClaimedStorage(WarpedStorage):
    """Marks the trials that one sweep asks for, in the write that makes them.

    A scheduler that takes over tells its own trials from those of others by the mark, so there
    must be no moment in which a trial at work has none. Points that another sweep has queued are
    its own; those that nobody has marked (a dashboard's) belong to whoever takes them first. What
    others have finished is read once, as in the base class.

    Args:
        storage: Where the study lives.
        sweep_id: Whose scheduler this is.
    """

    def __init__(self, storage: BaseStorage, sweep_id: str) -> None:
        super().__init__(storage, {})
        self._sweep_id = sweep_id

    def create_new_trial(self, study_id: int, template_trial: FrozenTrial | None = None) -> int:
        """Make a trial; it is marked unless it is finished already."""
        template = template_trial or create_trial(state=TrialState.RUNNING)
        if not template.state.is_finished():
            template = copy.copy(template)
            template.user_attrs = {**template.user_attrs, CLAIM: self._sweep_id}
            template.system_attrs = {**template.system_attrs, TOKEN: uuid.uuid4().hex}
        return super().create_new_trial(study_id, template)

    def set_trial_state_values(
        self, trial_id: int, state: TrialState, values: Sequence[float] | None = None
    ) -> bool:
        """Set the state; a waiting trial that is taken is marked."""
        done = super().set_trial_state_values(trial_id, state, values)
        if done and state is TrialState.RUNNING:
            self.set_trial_user_attr(trial_id, CLAIM, self._sweep_id)
        return done

    def get_all_trials(
        self, study_id: int, deepcopy: bool = True, states: Container[TrialState] | None = None
    ) -> list[FrozenTrial]:
        """All trials; where waiting ones alone are asked for, those that this sweep may take."""
        trials = super().get_all_trials(study_id, deepcopy, states)
        if states != _WAITING:
            return trials
        return [trial for trial in trials if self._may_take(trial.user_attrs)]

    def _may_take(self, marks: dict[str, Any]) -> bool:
        return marks.get(CLAIM) in (None, self._sweep_id)
