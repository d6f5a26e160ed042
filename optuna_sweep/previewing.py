"""What a sweep would try first: its real search, told made-up results."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution
from optuna.storages import InMemoryStorage

from optuna_sweep.errors import ConfigError, OptunaSweepError, Problem, SweepError
from optuna_sweep.measure import Measure
from optuna_sweep.offline import LocalSweep, source_key
from optuna_sweep.outcomes import Observation, Phase, Proposal, Row
from optuna_sweep.search import Search
from optuna_sweep.setup import facts_of, make_search
from optuna_sweep.starting_points import enqueue_points
from optuna_sweep.study.quiet import quiet_optuna
from optuna_sweep.user_file import SweepFacts, UserFile

_SWEEP = "preview"


def preview(
    sweep: LocalSweep, say: Callable[[str], None], seed: int | None = None
) -> Generator[Mapping[str, Any]]:
    """The configurations of the first trials, nested as runs get them, for as long as there are new ones.

    Nothing is written anywhere: a study that the user's file makes is copied first.

    Args:
        sweep: The sweep.
        say: Gets what the scheduler would say before its first run, and what the user's code prints.
        seed: Takes the place of the sweep's seeds.

    Raises:
        ConfigError: The settings cannot be carried out.
        UserCodeError: The user's file failed.
        SweepError: The sampler failed, or gives no point that can be used.
    """
    _require_space(sweep)
    with quiet_optuna():
        search = _search(_alone(sweep, seed), say)
        with closing(search.space):
            while (proposal := _asked(search)) is not None:
                _tell(search, proposal, seed or 0)
                yield proposal.parameters


def _require_space(sweep: LocalSweep) -> None:
    source = sweep.config.source
    if sweep.config.parameters or sweep.user_file.objective is not None or source is None:
        return
    given = f"{source.location!r} is an artifact, which is not fetched here"
    allowed, remedy = "a Python file on this machine", "Give a copy of it with --source FILE"
    raise ConfigError([Problem(source_key(source), given, allowed, remedy)])


def _search(sweep: LocalSweep, say: Callable[[str], None]) -> Search:
    facts = facts_of(sweep.raw, sweep.config, _SWEEP)
    search, _ = make_search(
        sweep.config,
        _without_consequences(sweep.user_file, facts, say),
        sweep_id=_SWEEP,
        storage=InMemoryStorage(),
        say=say,
        facts=facts,
        forgiving=False,
    )
    enqueue_points(search.study, search.space, sweep.config.settings.enqueue)
    return search


def _tell(search: Search, first: Proposal, seed: int) -> None:
    """Let a trial finish, with all of its runs, on a made-up result."""
    trial = search.study.get_trials(deepcopy=False)[first.trial]
    row = Row(0, _results(trial, search.measure, seed))
    run: Proposal | None = first
    while run is not None:
        search.tell(Observation(run_id=run.run_id, phase=Phase.FINISHED, rows=(row,), summary=row.values))
        run = search.ask() if search.owes_runs else None


def _asked(search: Search) -> Proposal | None:
    try:
        return search.ask()
    except OptunaSweepError:
        raise
    except Exception as error:  # samplers come from OptunaHub and users' files, too
        sampler = type(search.study.sampler).__name__
        raise SweepError(f"{sampler} cannot search this space: {type(error).__name__}: {error}") from error


def _without_consequences(user_file: UserFile, facts: SweepFacts, say: Callable[[str], None]) -> UserFile:
    """The user's file, with a copy in memory of the study that its ``study()`` makes."""
    made = user_file.make_study(facts)
    if made is None:
        return user_file
    theirs, terminator = made
    copy = optuna.create_study(directions=theirs.directions, sampler=theirs.sampler, pruner=theirs.pruner)
    copy.add_trials(theirs.get_trials())
    if theirs.trials:
        say(f"Your study() brings {len(theirs.trials)} trials.")
    return replace(user_file, study=lambda: copy if terminator is None else (copy, terminator))


def _alone(sweep: LocalSweep, seed: int | None) -> LocalSweep:
    """The sweep without what lies elsewhere, and with this seed in place of all of its own."""
    settings, alone = sweep.config.settings, {"storage": None, "warm_start": ()}
    update: dict[str, Any] = alone if seed is None else {**alone, "seed": seed}
    if seed is not None and settings.sampler is not None:
        args = _unseeded(settings.sampler.args)
        update["sampler"] = settings.sampler.model_copy(update={"args": args})
    return replace(sweep, config=replace(sweep.config, settings=settings.model_copy(update=update)))


def _unseeded(args: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _unseeded(value) if isinstance(value, Mapping) else value
        for key, value in args.items()
        if key != "seed"
    }


# Made-up results --------------------------------------------------------------------------


def _results(trial: optuna.trial.FrozenTrial, measure: Measure, seed: int) -> dict[str, Any]:
    """What a run of the trial logs: a smooth bowl for each metric, and constraints that hold."""
    logged: dict[str, Any] = {} if measure.step_metric is None else {measure.step_metric: 0}
    for bound in measure.constraints:
        logged[bound.metric] = bound.max if bound.min is None else bound.min
    for metric in measure.metrics:
        height = _bowl(trial, f"{seed}/{metric.name}")
        logged[metric.name] = height if metric.minimize else -height
    return logged


def _bowl(trial: optuna.trial.FrozenTrial, name: str) -> float:
    """The distance from a point that the name decides."""
    heights = [
        (_fraction(trial.distributions[key], value) - _made_up(f"{name}/{key}")) ** 2
        for key, value in trial.params.items()
    ]
    return math.fsum(heights)


def _fraction(distribution: BaseDistribution, value: Any) -> float:
    """Where a value lies in its range, from 0 to 1."""
    if isinstance(distribution, CategoricalDistribution):
        return float(distribution.to_internal_repr(value)) / len(distribution.choices)
    low, high, at = _ends(distribution, value)
    return (at - low) / (high - low) if high > low else 0.0


def _ends(distribution: Any, value: float) -> Sequence[float]:
    ends = (distribution.low, distribution.high, value)
    return [math.log(end) for end in ends] if distribution.log else ends


def _made_up(name: str) -> float:
    """A number from 0 to 1 that is always the same for a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) / 2**32
