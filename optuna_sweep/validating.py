"""Whether a sweep file can run, found out before anything is launched."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from optuna_sweep.components.assembly import SAMPLER_PATH
from optuna_sweep.components.hub import NotFetched
from optuna_sweep.config.findings import show
from optuna_sweep.errors import ConfigError, OptunaSweepError, Problem, UserCodeError
from optuna_sweep.offline import LocalSweep, read, source_key, with_user_file
from optuna_sweep.previewing import preview
from optuna_sweep.setup import make_space
from optuna_sweep.summary import goal_lines, limit_lines, parameter_lines

_TRIALS = 12
"""A sampler that cannot search the space says so when it has results to learn from: many from ten on."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What there is to say about a sweep file.

    Attributes:
        lines: The problems, each in one line; without any, what will be searched.
        sound: Whether the sweep can run.
        trace: The user's own traceback, where their code raised.
    """

    lines: tuple[str, ...]
    sound: bool
    trace: str = ""


def examine(path: Path, source: Path | None = None) -> Examined:
    """Read a sweep file, make its search ready, and ask it for trials that nobody will run.

    Args:
        path: The sweep file.
        source: A local file that stands in for the Python file that the sweep names.
    """
    key = source_key(None)
    try:
        sweep = read(path)
        key = source_key(sweep.config.source)
        summary = _summary(with_user_file(sweep, path.parent, source))
        return Examined(tuple(" ".join(line.splitlines()) for line in summary), sound=True)
    except OptunaSweepError as error:
        lines = tuple(str(problem) for problem in problems_of(error, key))
        theirs = isinstance(error, UserCodeError) and "\n" in str(error)
        return Examined(lines, sound=False, trace=str(error) if theirs else "")


def problems_of(error: OptunaSweepError, key: str) -> tuple[Problem, ...]:
    """What is wrong, in the four parts that a reader needs.

    Args:
        error: Why the sweep cannot run.
        key: Where its file names the user's Python file.
    """
    if isinstance(error, ConfigError):
        return error.problems
    *before, last = str(error).strip().splitlines()
    if isinstance(error, UserCodeError):
        raised, _, wanted = ("", "", last) if before else last.partition(". ")
        given = before[-1].strip() if before else raised
        return (Problem(key, given, wanted.rstrip(".") or "a usable file", "Correct the Python file"),)
    allowed = "a sampler that can search this space"
    return (Problem(SAMPLER_PATH, " ".join([*before, last]).rstrip("."), allowed, "Name another sampler"),)


def _summary(sweep: LocalSweep) -> Iterator[str]:
    said: list[str] = []
    notes = [*sweep.notes]
    size = None
    if sweep.config.parameters or sweep.user_file.objective is not None:
        size = make_space(sweep.config, sweep.user_file, lambda _: None).size()
        notes += _try_out(sweep, said)
    yield from _space_lines(sweep)
    yield from goal_lines(sweep.config)
    yield from said
    yield from limit_lines(sweep.config, size)
    yield from (f"Note: {note}" for note in notes)


def _try_out(sweep: LocalSweep, said: list[str]) -> Iterator[str]:
    """Ask the search for what it would run first; gives a note where that takes a network."""
    try:
        _check_points(sweep, _first_configs(sweep, said))
    except ConfigError as error:
        if not all(isinstance(problem, NotFetched) for problem in error.problems):
            raise
        for problem in error.problems:
            yield f"{problem.path}: {problem.given}, so the search was not tried"


def _first_configs(sweep: LocalSweep, said: list[str]) -> list[Mapping[str, Any]]:
    """The first configurations, with all points to try first where only a function knows the space.

    Without the configurations of points that lie outside: Optuna warns of them, and uses them.
    """
    programmed = sweep.user_file.objective is not None
    count = max(len(sweep.config.settings.enqueue), _TRIALS) if programmed else _TRIALS
    inside: list[Mapping[str, Any]] = []
    with warnings.catch_warnings(record=True) as warned, closing(preview(sweep, said.append)) as configs:
        warnings.filterwarnings("always", "Fixed parameter", UserWarning)
        for config in islice(configs, count):
            inside += [] if any("Fixed parameter" in str(each.message) for each in warned) else [config]
            warned.clear()
    return inside


def _check_points(sweep: LocalSweep, configs: Sequence[Mapping[str, Any]]) -> None:
    """See that the user's function can suggest each point to try first."""
    source = sweep.config.source
    if sweep.user_file.objective is None or source is None or source.native:
        return
    allowed, remedy = (
        "a point that objective(trial) can suggest",
        "Correct its names and values, or remove it",
    )
    problems = [
        Problem(f"scheduler.settings.enqueue[{place}]", show(point), allowed, remedy)
        for place, point in enumerate(sweep.config.settings.enqueue)
        if not any(_holds(config, point) for config in configs)
    ]
    if problems:
        raise ConfigError(problems)


def _holds(config: Mapping[str, Any], point: Mapping[str, Any]) -> bool:
    return all(name in config and config[name] == value for name, value in point.items())


def _space_lines(sweep: LocalSweep) -> Iterator[str]:
    if sweep.user_file.objective is not None:
        yield f"Searched: what objective(trial) in {sweep.user_file.path} suggests."
    elif sweep.config.parameters:
        yield "Searched:"
        yield from (f"  {line}" for line in parameter_lines(sweep.config.parameters))
    else:
        yield "Searched: what the sweep's Python file suggests, which was not read."
