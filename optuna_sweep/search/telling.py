"""The only place where a trial is told."""

from __future__ import annotations

import optuna
from optuna.trial import TrialState

from optuna_sweep.outcomes import Completed, Failed, Outcome, Pruned


def tell_study(study: optuna.Study, trial: optuna.Trial, outcome: Outcome, *, reason_at: str) -> bool:
    """Tell the trial's end to the study.

    Args:
        study: The trial's.
        trial: One that is running.
        outcome: What became of it.
        reason_at: The trial's user attribute that holds why it has no value.

    Returns:
        Whether the sampler said that this was its last point.
    """
    try:
        match outcome:
            case Completed(values):
                study.tell(trial, values)
            case Pruned(reason=reason):
                trial.set_user_attr(reason_at, reason)
                study.tell(trial, state=TrialState.PRUNED)
            case Failed(reason):
                trial.set_user_attr(reason_at, reason)
                study.tell(trial, state=TrialState.FAIL)
    except RuntimeError:
        # GridSampler and BruteForceSampler call Study.stop() when their last point is told,
        # which Optuna allows only inside optimize(); the trial is stored all the same
        # (optuna/optuna#4121). Any other RuntimeError leaves the trial running.
        if not study.get_trials(deepcopy=False)[trial.number].state.is_finished():
            raise
        return True
    return False
