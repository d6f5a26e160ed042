"""Earlier results as trials of this study, or the reason why one cannot be. Pure."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import optuna
from optuna.storages import InMemoryStorage
from optuna.trial import FrozenTrial, TrialState, create_trial

from optuna_sweep import constraints
from optuna_sweep.errors import TrialError, UserCodeError
from optuna_sweep.outcomes import Completed, Failed
from optuna_sweep.space import SearchSpace
from optuna_sweep.study import quiet_optuna
from optuna_sweep.warm_start.earlier import Earlier

ORIGIN = "warm_start"
"""The user attribute that says where an imported trial comes from."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of earlier results.

    Attributes:
        trials: For ``study.add_trials``, where the study was opened on ``space.wrap``.
        lines: One for each result, in their order: used, or not and why.
    """

    trials: tuple[FrozenTrial, ...]
    lines: tuple[str, ...]


class _NotUsed(Exception):
    """The message says why."""


def import_all(earlier: Iterable[Earlier], space: SearchSpace, room: int | None = None) -> Imported:
    """Make trials of earlier results.

    Of several results for one configuration the first is used.

    Args:
        earlier: In the order in which the trials are to be numbered.
        space: The space that the new study searches.
        room: How many trials may be made; None for no limit.
    """
    trials: list[FrozenTrial] = []
    lines: list[str] = []
    known: dict[Hashable, str] = {}
    for result in earlier:
        full = room is not None and len(trials) >= room
        try:
            trial = _import(result, space, known, full=full)
        except _NotUsed as why:
            lines.append(f"warm_start: {result.origin}: not used: {why}")
        else:
            trials.append(trial)
            lines.append(f"warm_start: {result.origin}: used{_words(trial)}")
    return Imported(tuple(trials), tuple(lines))


def _import(result: Earlier, space: SearchSpace, known: dict[Hashable, str], *, full: bool) -> FrozenTrial:
    """The trial; its configuration is known from here on."""
    if isinstance(result.outcome, Failed):
        raise _NotUsed(result.outcome.reason)
    if full:
        raise _NotUsed("the runs of this sweep were started without it")
    placed, config = _placed(result, space)
    key = space.key(config)
    if key in known:
        raise _NotUsed(f"the same configuration as {known[key]}")
    known[key] = result.origin
    completed = result.outcome if isinstance(result.outcome, Completed) else None
    trial = create_trial(
        state=TrialState.PRUNED if completed is None else TrialState.COMPLETE,
        values=None if completed is None else completed.values,
        params=placed.params,
        distributions=placed.distributions,
        user_attrs={**placed.user_attrs, ORIGIN: result.origin},
        intermediate_values=dict(result.reports),
    )
    constraints.note(trial, result.constraints)
    return trial


def _placed(result: Earlier, space: SearchSpace) -> tuple[FrozenTrial, dict[str, Any]]:
    """A trial with the result's parameters, and the config that its run would get.

    A study of its own is asked for it, because only the space knows which parameters there are on
    the path that these values take, and what the sampler is to see of them.
    """
    try:
        fixed = space.fix(space.own(result.config))
        placed, config = _asked_for(fixed, space)
    except TrialError as error:
        raise _NotUsed(f"outside the space: {'; '.join(str(error).splitlines())}") from None
    except UserCodeError as error:
        *before, last = str(error).strip().splitlines()
        raise _NotUsed(f"objective(trial) cannot suggest it: {before[-1] if before else last}") from None
    _check(placed, fixed, result.searched)
    return placed, config


def _asked_for(fixed: Mapping[str, Any], space: SearchSpace) -> tuple[FrozenTrial, dict[str, Any]]:
    with quiet_optuna(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Fixed parameter", UserWarning)  # `_check` tells it better
        study = optuna.create_study(
            storage=space.wrap(InMemoryStorage()), sampler=optuna.samplers.RandomSampler(seed=0)
        )
        study.enqueue_trial(dict(fixed))
        config = space.suggest(study.ask())
    return study.get_trials()[0], config


def _check(placed: FrozenTrial, fixed: Mapping[str, Any], searched: frozenset[str] | None) -> None:
    for name in (searched or frozenset()) - placed.params.keys():
        raise _NotUsed(f"outside the space: {name}: is not searched there")
    for name, value in placed.params.items():
        if name not in fixed:
            raise _NotUsed(f"outside the space: it has no {name}")
        try:
            create_trial(params={name: value}, distributions={name: placed.distributions[name]}, value=0.0)
        except ValueError:
            allowed = placed.distributions[name]
            raise _NotUsed(f"outside the space: {name}: {value!r}: is not in {allowed}") from None


def _words(trial: FrozenTrial) -> str:
    if trial.state is TrialState.PRUNED:
        return " as pruned"
    return ", " + ", ".join(f"{value:.6g}" for value in trial.values or ())
