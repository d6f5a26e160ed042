"""Why a pruner stopped a trial, in words and with the numbers that it compared.

Optuna's pruners answer yes or no. What they looked at is in the study, so it is computed again
from there, by the rules in Optuna's documentation. Of a pruner that is not known here (a user's own,
or a later Optuna's) nobody knows what it compared: it is called by its name, and the trial's place
among the others is told.
"""

from __future__ import annotations

import binascii
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import optuna
from optuna.pruners import (
    BasePruner,
    HyperbandPruner,
    PatientPruner,
    PercentilePruner,
    SuccessiveHalvingPruner,
    ThresholdPruner,
    WilcoxonPruner,
)
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

from optuna_sweep.components import BandPruner, TighteningPruner

_RUNG = "completed_rung_{}"


def why_pruned(study: optuna.Study, trial: FrozenTrial) -> str:
    """What the study's pruner saw in the trial's newest value when it said stop.

    To be asked before anything else happens to the study.

    Returns:
        A sentence that begins with the step: ``step 7: 0.412 is above the median 0.287 of 9 trials``.
    """
    step = max(trial.intermediate_values)
    value = trial.intermediate_values[step]
    words = "the value is no number" if math.isnan(value) else _seen(study.pruner, study, trial)
    return f"step {step}: {words or _place(study, trial)}"


def _seen(pruner: BasePruner, study: optuna.Study, trial: FrozenTrial) -> str:
    """What this pruner compared; empty where that is not known."""
    known: list[tuple[type[BasePruner], Callable[[Any, optuna.Study, FrozenTrial], str]]] = [
        (PercentilePruner, _percentile),  # MedianPruner is one
        (SuccessiveHalvingPruner, _halving),
        (HyperbandPruner, _hyperband),
        (ThresholdPruner, _threshold),
        (PatientPruner, _patient),
        (WilcoxonPruner, _wilcoxon),
        (BandPruner, _band),
        (TighteningPruner, _tightening),
    ]
    for kind, explain in known:
        # Not subclasses of users: what they compare is their own.
        if type(pruner) is kind or (kind is PercentilePruner and type(pruner) is optuna.pruners.MedianPruner):
            try:
                return explain(pruner, study, trial)
            except (KeyError, ValueError, IndexError):
                return ""  # the study does not hold what the explanation needs
    return ""


def _percentile(pruner: PercentilePruner, study: optuna.Study, trial: FrozenTrial) -> str:
    """The best value of the trial against the others' values at its step."""
    step = max(trial.intermediate_values)
    share = float(_argument(pruner, "percentile"))
    others = [
        other.intermediate_values[step]
        for other in study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        if step in other.intermediate_values
    ]
    limit = float(np.nanpercentile(others, 100 - share if _maximizes(study) else share))
    line = "median" if share == 50 else f"{share:g}% line"
    return f"{_best(study, trial)} is {_worse(study)} the {line} {limit:.6g} of {_trials(len(others))}"


def _halving(pruner: SuccessiveHalvingPruner, study: optuna.Study, trial: FrozenTrial) -> str:
    return _rung(
        study,
        trial,
        study.get_trials(deepcopy=False),
        int(_argument(pruner, "reduction_factor")),
        int(_argument(pruner, "bootstrap_count")),
    )


def _hyperband(pruner: HyperbandPruner, study: optuna.Study, trial: FrozenTrial) -> str:
    """Successive halving among the trials of the same bracket, which is drawn from the trial's number."""
    sizes: Sequence[int] = _argument(pruner, "trial_allocation_budgets")
    own = _bracket(study, trial, sizes)
    rivals = [one for one in study.get_trials(deepcopy=False) if _bracket(study, one, sizes) == own]
    factor, bootstrap = _argument(pruner, "reduction_factor"), _argument(pruner, "bootstrap_count")
    return f"{_rung(study, trial, rivals, int(factor), int(bootstrap))} (bracket {own})"


def _bracket(study: optuna.Study, trial: FrozenTrial, sizes: Sequence[int]) -> int:
    place = binascii.crc32(f"{study.study_name}_{trial.number}".encode()) % sum(sizes)
    return next(at for at in range(len(sizes)) if place < sum(sizes[: at + 1]))


def _rung(
    study: optuna.Study, trial: FrozenTrial, rivals: Iterable[FrozenTrial], factor: int, bootstrap: int
) -> str:
    """The trial's value against the best ``1 / factor`` of those that have passed the same rung."""
    rung = 0
    while _RUNG.format(rung + 1) in trial.system_attrs:
        rung += 1
    key = _RUNG.format(rung)
    reached = sorted(one.system_attrs[key] for one in rivals if key in one.system_attrs)
    value = trial.system_attrs[key]
    if len(reached) <= bootstrap:
        return f"{value:.6g}: only {_trials(len(reached))} of {bootstrap} have come to rung {rung}"
    place = max(len(reached) // factor, 1) - 1
    limit = reached[-(place + 1)] if _maximizes(study) else reached[place]
    what = f"the limit {limit:.6g} of the best 1/{factor} of {_trials(len(reached))}"
    return f"{value:.6g} is {_worse(study)} {what} at rung {rung}"


def _threshold(pruner: ThresholdPruner, study: optuna.Study, trial: FrozenTrial) -> str:
    value = trial.intermediate_values[max(trial.intermediate_values)]
    lower, upper = float(_argument(pruner, "lower")), float(_argument(pruner, "upper"))
    if value < lower:
        return f"{value:.6g} is below the threshold {lower:g}"
    return f"{value:.6g} is above the threshold {upper:g}" if value > upper else ""


def _patient(pruner: PatientPruner, study: optuna.Study, trial: FrozenTrial) -> str:
    patience = int(_argument(pruner, "patience"))
    inner: BasePruner | None = _argument(pruner, "wrapped_pruner")
    steps = sorted(trial.intermediate_values)
    before = _pick(study, (trial.intermediate_values[step] for step in steps[: -patience - 1]))
    waited = f"no value since step {steps[-patience - 1]} is better than {before:.6g}"
    more = "" if inner is None else _seen(inner, study, trial) or f"stopped by {type(inner).__name__}"
    return f"{waited}, and {more}" if more else waited


def _wilcoxon(pruner: WilcoxonPruner, study: optuna.Study, trial: FrozenTrial) -> str:
    best = study.best_trial
    shared = trial.intermediate_values.keys() & best.intermediate_values.keys()
    own = float(np.mean([trial.intermediate_values[step] for step in shared]))
    theirs = float(np.mean([best.intermediate_values[step] for step in shared]))
    sure = f"worse than the best trial ({best.number}) at p < {float(_argument(pruner, 'p_threshold')):g}"
    return f"{sure}: mean {own:.6g} against {theirs:.6g} over {len(shared)} shared steps"


def _band(pruner: BandPruner, study: optuna.Study, trial: FrozenTrial) -> str:
    seen = pruner.compare(study, trial)
    if seen is None:
        return ""
    what = f"the limit {seen.limit:.6g} of the {_trials(seen.trials)} that got to bracket {seen.band}"
    return f"{seen.value:.6g} is {_worse(study)} {what}"


def _tightening(pruner: TighteningPruner, study: optuna.Study, trial: FrozenTrial) -> str:
    seen = pruner.compare(study, trial)
    if seen is None:
        return ""
    where = "" if seen.step == max(trial.intermediate_values) else f" at step {seen.step}"
    even = "" if seen.outlook == seen.value else f", even {seen.outlook:.6g} by step {2 * seen.step},"
    better = f"{seen.better} of the {_trials(seen.others)} that got as far"
    borne = f"{seen.borne:.0%} is the most that may be"
    leader = "" if seen.leader is None else f"; the best trial had {seen.leader:.6g} there"
    return f"{seen.value:.6g}{where}{even} is {_worse(study)} {better}, and {borne}{leader}"


def _place(study: optuna.Study, trial: FrozenTrial) -> str:
    """Which pruner it was, and how many of the others are better at this step."""
    step = max(trial.intermediate_values)
    value = trial.intermediate_values[step]
    others = [
        other.intermediate_values[step]
        for other in study.get_trials(deepcopy=False)
        if other.number != trial.number and step in other.intermediate_values
    ]
    better = sum(other > value if _maximizes(study) else other < value for other in others)
    place = (
        f"{better} of the {_trials(len(others))} with a value there {'is' if better == 1 else 'are'} better"
    )
    named = f"{value:.6g}: stopped by {type(study.pruner).__name__}"
    return f"{named}; {place if others else 'no other trial has a value there'}"


def _argument(pruner: BasePruner, name: str) -> Any:
    """What a pruner was made with. Optuna has no public name for it; a KeyError where it moved."""
    return vars(pruner)[f"_{name}"]


def _best(study: optuna.Study, trial: FrozenTrial) -> str:
    """The trial's best value, said to be that where it is not the newest."""
    values = trial.intermediate_values
    best, newest = _pick(study, values.values()), values[max(values)]
    return f"{best:.6g}" if best == newest else f"its best {best:.6g}"


def _pick(study: optuna.Study, values: Iterable[float]) -> float:
    numbers = [value for value in values if not math.isnan(value)]
    return max(numbers) if _maximizes(study) else min(numbers)


def _maximizes(study: optuna.Study) -> bool:
    return study.direction is StudyDirection.MAXIMIZE


def _worse(study: optuna.Study) -> str:
    return "below" if _maximizes(study) else "above"


def _trials(count: int) -> str:
    return f"{count} trial{'' if count == 1 else 's'}"
