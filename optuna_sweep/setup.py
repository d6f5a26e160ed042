"""From a sweep file to a search that is ready: the steps that running, validating and previewing share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from optuna.storages import BaseStorage
from pydantic import ValidationError

from optuna_sweep.components import pruner_problems, sampler_problems
from optuna_sweep.config import Component, SweepConfig
from optuna_sweep.errors import ConfigError, Problem
from optuna_sweep.measure import Measure
from optuna_sweep.search import Search
from optuna_sweep.space import Declared, Programmed, SearchSpace
from optuna_sweep.study import Opened, open_study
from optuna_sweep.user_file import UserFile


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


def make_space(config: SweepConfig, user_file: UserFile, say: Callable[[str], None]) -> SearchSpace:
    """The user's ``objective(trial)`` where there is one, else the ``parameters`` block."""
    if user_file.objective is None:
        return Declared(config.parameters)
    if config.parameters:
        say("The search space comes from your objective(trial); the sweep's parameters are not used.")
    return Programmed(user_file.objective, timeout=config.settings.objective_timeout, say=say)


def make_search(
    config: SweepConfig,
    user_file: UserFile,
    *,
    sweep_id: str,
    storage: Path | BaseStorage,
    say: Callable[[str], None],
) -> tuple[Search, Opened]:
    """Open the study and put the search together; says who chose the sampler and the pruner.

    Raises:
        ConfigError: The settings cannot be carried out.
        UserCodeError: The user's file failed.
    """
    space = make_space(config, user_file, say)
    opened = open_study(config, space, sweep_id=sweep_id, storage=storage, user_file=user_file)
    for line in opened.lines:
        say(line)
    search = Search(opened=opened, space=space, measure=Measure.of(config), sweep_id=sweep_id)
    return search, opened


def _component_problems(raw: object, config: SweepConfig | None) -> list[Problem]:
    """What is wrong with the sampler and the pruner, also where the rest of the file is wrong too."""
    settings = _mapping(_mapping(_mapping(raw).get("scheduler")).get("settings"))
    space = Declared(config.parameters) if config is not None and config.parameters else None
    sampler, pruner = _component(settings.get("sampler")), _component(settings.get("pruner"))
    problems = [] if sampler is None else sampler_problems(sampler, space=space)
    return problems + ([] if pruner is None else pruner_problems(pruner))


def _component(given: object) -> Component | None:
    """The component, or None where there is none or the file's own check has told what is wrong."""
    try:
        return Component.model_validate(given)
    except ValidationError:
        return None


def _mapping(given: object) -> Mapping[str, Any]:
    return given if isinstance(given, Mapping) else {}
