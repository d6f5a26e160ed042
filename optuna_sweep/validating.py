"""Whether a sweep file can run, found out before anything is launched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from optuna_sweep.components.assembly import SAMPLER_PATH
from optuna_sweep.errors import ConfigError, OptunaSweepError, Problem, UserCodeError
from optuna_sweep.offline import LocalSweep, read, source_key, with_user_file
from optuna_sweep.previewing import preview
from optuna_sweep.setup import make_space
from optuna_sweep.summary import goal_lines, limit_lines, parameter_lines


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
    """Read a sweep file, make its search ready, and ask it for one trial that nobody will run.

    Args:
        path: The sweep file.
        source: A local file that stands in for the Python file that the sweep names.
    """
    key = source_key(None)
    try:
        sweep = read(path)
        key = source_key(sweep.config.source)
        return Examined(tuple(_summary(with_user_file(sweep, path.parent, source))), sound=True)
    except OptunaSweepError as error:
        lines = tuple(str(problem) for problem in problems_of(error, key))
        return Examined(lines, sound=False, trace=str(error) if isinstance(error, UserCodeError) else "")


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
        given = before[-1].strip() if before else "the Python file cannot be used"
        return (Problem(key, given, last.rstrip("."), "Correct the Python file"),)
    allowed = "a sampler that can search this space"
    return (Problem(SAMPLER_PATH, " ".join([*before, last]).rstrip("."), allowed, "Name another sampler"),)


def _summary(sweep: LocalSweep) -> Iterator[str]:
    said: list[str] = []
    size = None
    if sweep.config.parameters or sweep.user_file.objective is not None:
        size = make_space(sweep.config, sweep.user_file, lambda _: None).size()
        list(islice(preview(sweep, said.append), 1))
    yield from _space_lines(sweep)
    yield from goal_lines(sweep.config)
    yield from said
    yield from limit_lines(sweep.config, size)
    yield from (f"Note: {note}" for note in sweep.notes)


def _space_lines(sweep: LocalSweep) -> Iterator[str]:
    if sweep.user_file.objective is not None:
        yield f"Searched: what objective(trial) in {sweep.user_file.path} suggests."
    elif sweep.config.parameters:
        yield "Searched:"
        yield from (f"  {line}" for line in parameter_lines(sweep.config.parameters))
    else:
        yield "Searched: what the sweep's Python file suggests, which was not read."
