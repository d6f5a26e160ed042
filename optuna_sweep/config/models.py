"""What the rest of the house reads of a sweep file: frozen, checked, and with one word for each thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from optuna_sweep.config.parameters import Parameter
from optuna_sweep.config.settings import Component, Constraint, Impute, Objective, Settings

Method = Literal["grid", "random", "bayes", "custom"]

__all__ = [
    "Component",
    "Constraint",
    "EarlyTerminate",
    "Method",
    "Metric",
    "Objective",
    "Settings",
    "Source",
    "SweepConfig",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One objective of the sweep.

    Attributes:
        name: The key under which training runs log it; slashes, dots and spaces are part of it.
        minimize: The direction; W&B minimises where a file says nothing.
        target: The sweep is done once a run reaches it; None for no such rule.
        impute: What W&B takes for a run that failed or was killed; None where the file says nothing.
    """

    name: str
    minimize: bool = True
    target: float | None = None
    impute: Impute | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyTerminate:
    """W&B's ``early_terminate: {type: hyperband}``, with W&B's own defaults filled in.

    Exactly one of ``min_iter`` and ``max_iter`` decides the brackets, ``max_iter`` where both are
    given, as in W&B's library. ``s`` is never None where ``max_iter`` is given.
    """

    min_iter: int | None = None
    max_iter: int | None = None
    s: int | None = None
    eta: float = 3.0
    strict: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The user's Python file, as the sweep file names it.

    Attributes:
        location: A ``.py`` path, or the name of a ``type="optuna"`` artifact.
        filename: The file inside, where ``location`` is an artifact.
        objective: The function that takes a trial and defines the search space.
        study: The function that makes the study.
        native: The file is written for W&B's own engine: ``study`` takes the sweep's facts and may
            return ``(study, terminator)``; a named function that is missing is a problem there.
    """

    location: str
    filename: str = "optuna_wandb.py"
    objective: str | None = "objective"
    study: str | None = "study"
    native: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepConfig:
    """A whole sweep file, after every check that needs neither Optuna nor W&B.

    Attributes:
        method: How points are chosen where the settings name no sampler.
        metrics: The objectives in order; empty only for grid and random sweeps, whose runs then
            have no value.
        parameters: The leaves of the ``parameters`` block in the file's order; empty where the
            user's file defines the space.
        settings: ``scheduler.settings``.
        source: The user's file; None where there is none.
        run_cap: How many runs the sweep may start; None for no limit.
        num_workers: How many runs may be in flight; None where the file says nothing.
        early_terminate: W&B's hyperband; None where the file has none.
        command: The words that start the training program; empty for the job's own.
        program: The training script of a plain W&B sweep.
        job: The training job. Never together with ``image_uri``.
        image_uri: The training image.
        name: The sweep's name.
        description: The sweep's description.
        project: The project that the file names.
        entity: The entity that the file names.
        scheduler: The rest of the ``scheduler`` block as it was written.
        launch: The ``launch`` block as it was written.
        notes: Sentences about what is odd but allowed, each with its path.
    """

    method: Method
    metrics: tuple[Metric, ...]
    parameters: tuple[Parameter, ...]
    settings: Settings
    source: Source | None = None
    run_cap: int | None = None
    num_workers: int | None = None
    early_terminate: EarlyTerminate | None = None
    command: tuple[str, ...] = ()
    program: str | None = None
    job: str | None = None
    image_uri: str | None = None
    name: str | None = None
    description: str | None = None
    project: str | None = None
    entity: str | None = None
    scheduler: Mapping[str, Any] = field(default_factory=dict)
    launch: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @classmethod
    def parse(cls, raw: object) -> SweepConfig:
        """Read a sweep file as its user wrote it, ``scheduler`` and ``launch`` included.

        Raises:
            ConfigError: With every problem that the file has, never only the first.
        """
        from optuna_sweep.config.reading import read_sweep

        return read_sweep(raw)
