"""``enqueue``: the points that a study tries first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import optuna

from optuna_sweep.errors import ConfigError, Problem, TrialError
from optuna_sweep.space import SearchSpace
from optuna_sweep.warm_start import ORIGIN

STARTING_POINT = "starting_point"
"""The trial's user attribute that holds the place of its point in ``enqueue``."""

_AT = "scheduler.settings.enqueue"


def enqueue_points(study: optuna.Study, space: SearchSpace, points: Sequence[Mapping[str, Any]]) -> None:
    """Queue the points that the study has not been given yet, in their order.

    To be called at every start, after the study was made to agree with the sweep's runs: each
    trial carries the place of its point, so each point is queued once, also where a scheduler
    died between two of them. In a study that was lost and rebuilt from the runs, the n-th trial
    that was not imported is taken for the n-th point where it has the point's values. What a point
    leaves out is sampled.

    Args:
        study: As it was opened on ``space.wrap``.
        space: Where the points lie.
        points: Some or all parameters each.

    Raises:
        ConfigError: A point lies outside the space; nothing has been queued then.
    """
    trials = study.get_trials(deepcopy=False)
    known = {trial.user_attrs.get(STARTING_POINT) for trial in trials}
    asked = [trial for trial in trials if ORIGIN not in trial.user_attrs]
    for place, params in enumerate(_all_fixed(space, points)):
        rebuilt = place < len(asked) and params.items() <= asked[place].params.items()
        if place not in known and not rebuilt:
            study.enqueue_trial(params, user_attrs={STARTING_POINT: place})


def _all_fixed(space: SearchSpace, points: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    fixed: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for place, point in enumerate(points):
        try:
            fixed.append(space.fix(point))
        except TrialError as error:
            allowed = "a point of the search space"
            problems += [
                Problem(f"{_AT}[{place}]", line, allowed, "Correct or remove it")
                for line in str(error).splitlines()
            ]
    if problems:
        raise ConfigError(problems)
    return fixed
