"""When a study is started from earlier results, and where those are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import optuna
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial

from optuna_sweep.errors import ConfigError, Problem, Refused, SweepError
from optuna_sweep.launch import KnownRun
from optuna_sweep.measure import Measure
from optuna_sweep.recovery import first_number
from optuna_sweep.run_ids import read_run_id
from optuna_sweep.space import SearchSpace
from optuna_sweep.study import stored_trials
from optuna_sweep.warm_start.earlier import Earlier, of_runs, of_trials
from optuna_sweep.warm_start.importing import ORIGIN, import_all

_DONE = "warm_started"
"""The study's user attribute that says from what it was started."""

_KEY = "scheduler.settings.warm_start"
_SWEEP = "a sweep that W&B has, written sweep, project/sweep or entity/project/sweep"
_RUN = "a run that W&B has, written run, project/run or entity/project/run"
_STUDY = "a study with the sweep's objectives, in a journal file"


class Beginner(Protocol):
    """What is needed of the search; ``search.Search`` has it."""

    RUN_ID: str
    study: optuna.Study
    space: SearchSpace
    measure: Measure

    def add_trials(self, trials: Sequence[FrozenTrial], note: tuple[str, object]) -> None: ...  # noqa: D102


class EarlierRuns(Protocol):
    """Where runs of other sweeps are read. Names may leave out what is this sweep's: entity, project."""

    def runs_of(self, sweep: str, columns: Sequence[Sequence[str]]) -> tuple[KnownRun, ...]:
        """All runs of another sweep, with their history.

        Args:
            sweep: ``sweep``, ``project/sweep`` or ``entity/project/sweep``.
            columns: As for ``launch.Launch.snapshot``. Of a long history W&B sends a sample.

        Raises:
            Refused: There is no such sweep.
        """
        ...

    def runs_named(
        self, names: Sequence[str], columns: Sequence[Sequence[str]]
    ) -> tuple[KnownRun | None, ...]:
        """Single runs, of whatever sweep or none, with their history.

        Args:
            names: ``run``, ``project/run`` or ``entity/project/run``.
            columns: As for ``runs_of``.

        Returns:
            One for each name; None where W&B has no such run.
        """
        ...


@dataclass(frozen=True, slots=True)
class Sources:
    """Where earlier results are read.

    Attributes:
        names: ``settings.warm_start``.
        sweep_id: The sweep that is being started.
        earlier: Reads runs.
        fetch: The folder of an artifact; raises ``ConfigError`` where there is none.
        prior_runs: The sweep file's ``prior_runs``.
    """

    names: Sequence[str]
    sweep_id: str
    earlier: EarlierRuns
    fetch: Callable[[str], Path]
    prior_runs: Sequence[str] = ()


def begin_warm(search: Beginner, sources: Sources, runs: Sequence[KnownRun]) -> tuple[str, ...]:
    """Give a new study the trials of earlier sweeps, runs and studies.

    To be called at every start, before the study is made to agree with the sweep's runs; it does
    nothing after the first time. Imported trials come first in the study, in an order that depends on
    the sources alone. A study that was lost is started again so: its imported trials take no number
    that a run of the sweep has, so those are rebuilt under their own, whatever became of the sources.

    Args:
        search: Over a study that was opened.
        sources: What to start from.
        runs: The runs that the sweep has already. Those that this scheduler did not make were added
            by ``wandb launch-sweep --prior_run``, and are prior runs like those that the file names.

    Returns:
        A line for each earlier run or trial: whether it was used, and if not why.

    Raises:
        ConfigError: A source cannot be used, and nothing was launched yet.
        Unavailable: W&B did not answer; nothing has changed.
    """
    trials = search.study.get_trials(deepcopy=False)
    prior = _prior_runs(sources, runs)
    if not (sources.names or prior) or _DONE in search.study.user_attrs:
        return ()
    if any(search.RUN_ID in trial.user_attrs for trial in trials):
        search.study.set_user_attr(_DONE, [])
        return ("warm_start: nothing is used, because the study has trials of its own already.",)
    first = first_number(runs, sources.sweep_id)
    earlier, problems = _read_all(search, sources, prior)
    if problems and first is None:
        raise ConfigError(problems)
    known = {trial.user_attrs.get(ORIGIN) for trial in trials}
    new = [result for result in earlier if result.origin not in known]
    imported = import_all(new, search.space, None if first is None else max(first - len(trials), 0))
    search.add_trials(imported.trials, (_DONE, [*prior, *sources.names]))
    count = f"warm_start: the search starts from {len(imported.trials)} of {len(new)} earlier results."
    return (*map(str, problems), *imported.lines, count)


def _prior_runs(sources: Sources, runs: Sequence[KnownRun]) -> list[str]:
    """The prior runs' names: those of the file, then those that were added to the sweep."""
    named = {name.rpartition("/")[2] for name in sources.prior_runs} | {sources.sweep_id}
    added = [run.run_id for run in runs if read_run_id(run.run_id, sources.sweep_id) is None]
    return [*sources.prior_runs, *(run_id for run_id in added if run_id not in named)]


def _read_all(
    search: Beginner, sources: Sources, prior: Sequence[str]
) -> tuple[list[Earlier], list[Problem]]:
    earlier: list[Earlier] = []
    problems: list[Problem] = []
    found = sources.earlier.runs_named(prior, search.measure.columns) if prior else ()
    for place, (name, run) in enumerate(zip(prior, found, strict=True)):
        if run is None:
            problems.append(Problem(f"prior_runs[{place}]", repr(name), _RUN, "Correct or remove it"))
        else:
            earlier += of_runs(name.rpartition("/")[0] or "prior", [run], search.measure)
    for place, name in enumerate(sources.names):
        try:
            earlier += _read(name, search, sources)
        except _Unusable as error:
            problems.append(Problem(f"{_KEY}[{place}]", *error.parts, "Correct or remove it"))
    return earlier, problems


class _Unusable(Exception):
    def __init__(self, given: str, allowed: str) -> None:
        self.parts = (given, allowed)
        super().__init__(given)


def _read(name: str, search: Beginner, sources: Sources) -> Iterable[Earlier]:
    if ":" in name:
        return of_trials(
            name, _trials_of(name, search.study.directions, sources), search.space, search.measure
        )
    if name.rpartition("/")[2] == sources.sweep_id:
        raise _Unusable(f"{name!r}, which is this sweep", _SWEEP)
    try:
        return of_runs(name, sources.earlier.runs_of(name, search.measure.columns), search.measure)
    except Refused as error:
        raise _Unusable(f"{name!r}: {error}", _SWEEP) from error


def _trials_of(name: str, directions: Sequence[StudyDirection], sources: Sources) -> list[FrozenTrial]:
    try:
        return stored_trials(sources.fetch(name), directions)
    except ConfigError as error:
        raise _Unusable(error.problems[0].given, error.problems[0].allowed) from error
    except SweepError as error:
        raise _Unusable(f"{name!r}: {error}", _STUDY) from error
