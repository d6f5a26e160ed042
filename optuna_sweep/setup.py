"""From a sweep file to a search that is ready: the steps that running, validating and previewing share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from optuna.storages import BaseStorage
from optuna.terminator import (
    BaseErrorEvaluator,
    BaseImprovementEvaluator,
    BestValueStagnationEvaluator,
    MedianErrorEvaluator,
    Terminator,
)
from pydantic import ValidationError

from optuna_sweep.components import (
    build_evaluator,
    evaluator_problems,
    pruner_problems,
    sampler_problems,
)
from optuna_sweep.config import Component, RetryEntry, SweepConfig
from optuna_sweep.errors import ConfigError, Problem
from optuna_sweep.measure import Measure
from optuna_sweep.objective import Forgiving, Process, RemoteObjective
from optuna_sweep.outcomes import Phase
from optuna_sweep.search import Retry, Search
from optuna_sweep.space import Declared, Programmed, SearchSpace
from optuna_sweep.study import Opened, Reached, open_study
from optuna_sweep.user_file import SweepFacts, UserFile

_COUNTING = {"BruteForceSampler", "GridSampler"}


def read_sweep(raw: object, *more: Problem) -> SweepConfig:
    """Read a sweep file and check everything that can be checked before user code runs.

    Args:
        raw: The sweep file as its user wrote it.
        more: Problems that others found, to be reported together.

    Raises:
        ConfigError: With all problems of the file.
    """
    problems: list[Problem] = []
    config = None
    try:
        config = SweepConfig.parse(raw)
    except ConfigError as error:
        problems += error.problems
    problems += [*_component_problems(raw, config), *more]
    if problems or config is None:
        raise ConfigError(problems)
    return config


def make_space(
    config: SweepConfig, user_file: UserFile, say: Callable[[str], None], *, forgiving: bool = True
) -> SearchSpace:
    """The user's ``objective(trial)`` where there is one, else the ``parameters`` block.

    Args:
        config: The sweep.
        user_file: The user's functions.
        say: Gets what people should know.
        forgiving: Whether a failure of the function costs its trial only; otherwise each is told at once.
    """
    path, function = user_file.path, user_file.objective
    if path is None or function is None:
        return _declared(config)
    if config.parameters:
        say("The search space comes from your objective(trial); the sweep's parameters are not used.")
    timeout = config.settings.objective_timeout
    native = config.source is not None and config.source.native
    start = partial(Process, path, function, timeout=timeout, returns_config=native)
    remote = RemoteObjective(start, timeout=timeout, say=say)
    return Programmed(Forgiving(remote, say) if forgiving else remote)


def make_search(
    config: SweepConfig,
    user_file: UserFile,
    *,
    sweep_id: str,
    storage: Path | BaseStorage | Reached,
    say: Callable[[str], None],
    facts: SweepFacts | None = None,
    forgiving: bool = True,
) -> tuple[Search, Opened]:
    """Open the study and put the search together; says who chose the sampler and the pruner.

    Its starting points are not queued yet: ``enqueue_points`` does that, after the study was made
    to agree with the runs that the sweep has already.

    Raises:
        ConfigError: The settings cannot be carried out.
        UserCodeError: The user's file failed.
    """
    space = make_space(config, user_file, say, forgiving=forgiving)
    opened = open_study(config, space, sweep_id=sweep_id, storage=storage, user_file=user_file, facts=facts)
    for line in opened.lines:
        say(line)
    search = Search(
        opened=opened,
        space=space,
        measure=Measure.of(config),
        sweep_id=sweep_id,
        repeats=config.settings.repeats,
        retry=_retry(config.settings.retry),
    )
    return search, opened


def terminator_of(
    config: SweepConfig, opened: Opened | None, say: Callable[[str], None]
) -> Callable[[], bool] | None:
    """What ends the search by looking at the study: the user's own rule, or ``stop.terminator``.

    One that fails is told to people and ends nothing. Optuna's look at one objective only.
    """
    named = config.settings.stop.terminator
    if opened is not None and opened.terminator is not None:
        theirs = opened.terminator
        return _unharmed(lambda: bool(theirs(opened.study)), say)
    if opened is not None and named is not None and len(config.metrics) == 1:
        evaluator = build_evaluator(named)
        terminator = Terminator(evaluator, _error_beside(evaluator))
        return _unharmed(lambda: terminator.should_terminate(opened.study), say)
    return None


def _error_beside(evaluator: BaseImprovementEvaluator) -> BaseErrorEvaluator | None:
    """What an improvement is held against; Optuna's own default wants cross-validation scores of each run."""
    if isinstance(evaluator, BestValueStagnationEvaluator):
        return None
    return MedianErrorEvaluator(evaluator)


def _unharmed(rule: Callable[[], bool], say: Callable[[str], None]) -> Callable[[], bool]:
    told: set[str] = set()

    def ask() -> bool:
        try:
            return rule()
        except Exception as error:  # a stranger's rule may raise anything, and the sweep goes on
            line = f"The terminator failed, and ends nothing: {type(error).__name__}: {error}"
            if line not in told:
                told.add(line)
                say(line)
            return False

    return ask


def _retry(entry: RetryEntry | None) -> Retry:
    return Retry() if entry is None else Retry(entry.max, frozenset(Phase(name) for name in entry.on))


def facts_of(raw: Mapping[str, Any], config: SweepConfig, sweep_id: str) -> SweepFacts:
    """What the user's ``study(facts)`` is told, with the sweep file as its user wrote it."""
    return SweepFacts(
        id=sweep_id,
        name=config.name or sweep_id,
        entity=config.entity or "",
        project=config.project or "",
        config=raw,
        controller_run_name=sweep_id,
    )


def _declared(config: SweepConfig) -> Declared:
    """The ``parameters`` block; probabilities have no meaning where every point is visited once."""
    sampler = config.settings.sampler
    every_point = (
        config.method == "grid" if sampler is None else bool(_types(sampler.model_dump()) & _COUNTING)
    )
    return Declared(config.parameters, weighted=not every_point)


def _types(component: object) -> set[object]:
    """The names of a component and of those inside it."""
    if not isinstance(component, Mapping):
        return set()
    inside = [_types(value) for value in _mapping(component.get("args")).values()]
    return {component.get("type")}.union(*inside)


def _component_problems(raw: object, config: SweepConfig | None) -> list[Problem]:
    """What is wrong with the parts of Optuna that are named, also where the rest of the file is wrong too."""
    settings = _mapping(_mapping(_mapping(raw).get("scheduler")).get("settings"))
    space = _declared(config) if config is not None and config.parameters else None
    sampler, pruner = _component(settings.get("sampler")), _component(settings.get("pruner"))
    terminator = _component(_mapping(settings.get("stop")).get("terminator"))
    problems = [] if sampler is None else sampler_problems(sampler, space=space)
    problems += [] if pruner is None else pruner_problems(pruner)
    return problems + ([] if terminator is None else evaluator_problems(terminator))


def _component(given: object) -> Component | None:
    """The component, or None where there is none or the file's own check has told what is wrong."""
    try:
        return Component.model_validate(given)
    except ValidationError:
        return None


def _mapping(given: object) -> Mapping[str, Any]:
    return given if isinstance(given, Mapping) else {}
