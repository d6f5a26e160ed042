"""Opens the study of a sweep: created, continued, or made by the user's ``study()``."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import optuna
from optuna.samplers import BaseSampler
from optuna.storages import BaseStorage, InMemoryStorage
from optuna.study import StudyDirection
from optuna.trial import TrialState

from optuna_sweep.config import SweepConfig
from optuna_sweep.config.findings import without_passwords
from optuna_sweep.errors import SweepError, UserCodeError
from optuna_sweep.space import SearchSpace, WarpedStorage
from optuna_sweep.study.batched_journal import BatchedJournal
from optuna_sweep.study.choosing import choose
from optuna_sweep.study.claimed import ClaimedStorage
from optuna_sweep.study.journal import open_journal
from optuna_sweep.study.opened import Opened
from optuna_sweep.study.quiet import quiet_optuna
from optuna_sweep.study.reached import Reached
from optuna_sweep.user_file import SweepFacts, Terminator, UserFile

Direction = Literal["minimize", "maximize"]


def open_study(
    config: SweepConfig,
    space: SearchSpace,
    *,
    sweep_id: str,
    storage: Path | BaseStorage | Reached,
    user_file: UserFile | None = None,
    facts: SweepFacts | None = None,
) -> Opened:
    """Create the study, or continue the one that the storage holds.

    A sweep without a metric gets one direction too, since Optuna knows no study without; what its
    runs are told is up to ``Measure``.

    Args:
        config: The sweep file.
        space: Where the parameters come from.
        sweep_id: Names the study where the settings do not.
        storage: A journal file, made where it is missing, or any storage of Optuna. A user's
            study that lives in memory moves there; one that has a storage of its own stays. What
            is neither a journal file nor in memory may be shared with other sweeps.
        user_file: The user's functions; None where the sweep has no file.
        facts: What a ``study`` function with an argument is given; made up from the sweep's id
            where missing.

    Raises:
        ConfigError: The settings' sampler or pruner cannot be made.
        UserCodeError: A function of the user's file raised or returned something else.
        SweepError: The study that is there has other objectives than the sweep.
    """
    user_file = user_file or UserFile()
    name = config.settings.study_name or f"optuna-study-{sweep_id}"
    theirs = user_file.make_study(facts or _facts(config, sweep_id))
    with quiet_optuna():
        if theirs is None:
            return _create(config, user_file, name, _Home.at(storage, space, sweep_id))
        study, terminator = theirs
        _check_theirs(study, config, user_file)
        own = _storage_of(study)
        if isinstance(own, InMemoryStorage):
            return _move(study, terminator, name, _Home.at(storage, space, sweep_id))
        return _open(_Home.at(own, space, sweep_id), study.study_name, study, terminator)


def directions_of(config: SweepConfig) -> list[Direction]:
    """Optuna's directions for the sweep's objectives, one at least."""
    wanted: list[Direction] = ["minimize" if metric.minimize else "maximize" for metric in config.metrics]
    return wanted or ["minimize"]


@dataclass(frozen=True, slots=True)
class _Home:
    storage: BaseStorage
    space: SearchSpace
    sweep_id: str
    journal: Path | None = None
    backend: BatchedJournal | None = None
    reached: Reached | None = None
    lost: str = ""

    @classmethod
    def at(cls, place: Path | BaseStorage | Reached, space: SearchSpace, sweep_id: str) -> _Home:
        if isinstance(place, Path):
            opened = open_journal(place)
            return cls(opened.storage, space, sweep_id, place, opened.backend, lost=opened.lost)
        if isinstance(place, InMemoryStorage):
            return cls(place, space, sweep_id)
        if not isinstance(place, Reached):
            place = Reached(place, "the storage of your study()", without_passwords)
        return cls(place.as_storage, space, sweep_id, reached=place)

    @property
    def asked(self) -> BaseStorage:
        """The storage on which the study is asked."""
        wrapped = self.space.wrap(self.storage)
        return wrapped if self.reached is None else ClaimedStorage(wrapped, self.sweep_id)

    @property
    def shown(self) -> BaseStorage:
        """The storage in which it is read, in the values that the runs saw.

        A database would send all trials whenever somebody looks; finished ones are read once.
        """
        return self.storage if self.reached is None else WarpedStorage(self.storage, {})

    def seeded(self, make: Callable[[int], BaseSampler] | None) -> Callable[[int], BaseSampler] | None:
        """Sweeps that share a study and a seed must not all ask the same."""
        if make is None or self.reached is None:
            return make
        apart = zlib.crc32(self.sweep_id.encode())
        return lambda trial: make(trial + apart)


def _create(config: SweepConfig, user_file: UserFile, name: str, home: _Home) -> Opened:
    choice = choose(config, home.space, user_file)
    study = optuna.create_study(
        study_name=name,
        storage=home.asked,
        load_if_exists=True,
        directions=directions_of(config),
        sampler=choice.sampler,
        pruner=choice.pruner,
    )
    if _spelled(study.directions) != directions_of(config):
        raise SweepError(
            f"The study {name!r} exists with the directions {_listed(_spelled(study.directions))}, but the "
            f"sweep's metrics want {_listed(directions_of(config))}. Give the new study another name with "
            "scheduler.settings.study_name."
        )
    if config.metrics and study.metric_names is None:
        study.set_metric_names([metric.name for metric in config.metrics])
    return Opened(
        study=study,
        storage=home.shown,
        journal=home.journal,
        backend=home.backend,
        reached=home.reached,
        lines=tuple(line for line in (home.lost, choice.line) if line),
        sampler_for=home.seeded(choice.sampler_for),
    )


def _move(study: optuna.Study, terminator: Terminator | None, name: str, home: _Home) -> Opened:
    """Put a study that lives in memory where it outlives the process, with what it knows already."""
    kept = optuna.create_study(
        study_name=name, storage=home.storage, load_if_exists=True, directions=study.directions
    )
    if not kept.trials:
        kept.add_trials([trial for trial in study.trials if trial.state is not TrialState.RUNNING])
        for key, value in study.user_attrs.items():
            kept.set_user_attr(key, value)
    return _open(home, name, study, terminator)


def _open(home: _Home, name: str, theirs: optuna.Study, terminator: Terminator | None) -> Opened:
    sampler, pruner = theirs.sampler, theirs.pruner
    line = f"Sampler: {type(sampler).__name__}. Pruner: {type(pruner).__name__}. Both from your study()."
    return Opened(
        study=optuna.load_study(study_name=name, storage=home.asked, sampler=sampler, pruner=pruner),
        storage=home.shown,
        journal=home.journal,
        backend=home.backend,
        reached=home.reached,
        terminator=terminator,
        lines=tuple(line for line in (home.lost, line) if line),
    )


def _check_theirs(study: optuna.Study, config: SweepConfig, user_file: UserFile) -> None:
    wanted = directions_of(config)
    if _spelled(study.directions) != wanted:
        names = ", ".join(metric.name for metric in config.metrics) or "no metric"
        raise UserCodeError(
            f"study() in {user_file.path} must have the directions of the sweep's metrics ({names}): "
            f"{_listed(wanted)}. It has {_listed(_spelled(study.directions))}. Create it with "
            f"optuna.create_study(directions={wanted})."
        )


def _storage_of(study: optuna.Study) -> BaseStorage:
    """Where a study lives. Optuna has no public name for it, so it is found by its type."""
    return next(value for value in vars(study).values() if isinstance(value, BaseStorage))


def _facts(config: SweepConfig, sweep_id: str) -> SweepFacts:
    return SweepFacts(
        id=sweep_id,
        name=config.name or sweep_id,
        entity=config.entity or "",
        project=config.project or "",
        config={},
        controller_run_name=sweep_id,
    )


def _spelled(directions: Sequence[StudyDirection]) -> list[str]:
    return [direction.name.lower() for direction in directions]


def _listed(directions: Sequence[str]) -> str:
    return ", ".join(directions)
